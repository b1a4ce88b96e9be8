"""docs/elasticsearch.md: its queries ask for fields that documents have and that can be searched."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dominoci.domain.search_document import MAPPINGS
from tests.docs.pages import BY_NAME

PAGE = BY_NAME["elasticsearch.md"]
WORD = re.compile(r"(?<![\w\"-])@?[a-z_]+(?:\.[a-z_]+)*(?![\w(-])")
MADE = re.compile(r"(\w+) = ")
TEXTS = re.compile(r'"[^"]*"')


def fields(properties: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """Every field that can be searched, by its whole name."""
    for name, mapping in properties.items():
        if "properties" in mapping:
            yield from fields(mapping["properties"], f"{before}{name}.")
        else:
            yield f"{before}{name}"


KNOWN = set(fields(MAPPINGS["properties"]))


def test_the_queries_name_fields_that_there_are() -> None:
    queries = PAGE.of("esql")
    assert len(queries) >= 5
    for query in queries:
        text = TEXTS.sub("", query.text.split("\n", 1)[1])
        named = set(WORD.findall(text)) - set(MADE.findall(text)) - {"day", "dominoci"}
        assert named <= KNOWN, named - KNOWN
        assert named


def test_the_search_names_fields_that_there_are() -> None:
    (search,) = [json.loads(block.text) for block in PAGE.of("json") if "aggs" in block.text]
    text = json.dumps(search)
    asked = set(re.findall(r'"field": "([^"]+)"', text)) | set(re.findall(r'"(?:terms|range)": {"([^"]+)": [\[{]', text))
    assert asked == {"project.name", "state", "took_s", "waited_s", "@timestamp"}
    assert asked <= KNOWN


def test_every_field_is_explained() -> None:
    told = set(re.findall(r"`([@\w.]+)`", PAGE.path.read_text("utf-8")))
    assert KNOWN - told == set()
