"""What the demo consists of."""

import re

import networkx as nx
import pytest

from dominoci.demo import snippets, sources


def test_the_graph_is_a_diamond_with_two_ends_and_a_nightly() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph((upstream, downstream) for upstream, downstream, _ in sources.EDGES)
    assert nx.is_directed_acyclic_graph(graph)
    assert set(graph) == set(sources.NAMES)
    assert [name for name in graph if graph.in_degree(name) == 0] == [sources.ROOT]
    assert sorted(graph.predecessors("app")) == ["net", "ui"]


@pytest.mark.parametrize("name", sources.NAMES)
def test_every_repository_has_a_pipeline_a_readme_and_what_its_steps_call(name: str) -> None:
    files = sources.files(name)
    assert "README.md" in files
    definitions = [content.decode() for path, content in files.items() if re.fullmatch(r"\.factory/[a-z]+\.hcl", path)]
    assert definitions
    called = {path for text in definitions for path in re.findall(r"\bci/[a-z]+\.(?:py|sh)\b", text)}
    assert called
    assert called <= set(files)


@pytest.mark.parametrize("name", sources.NAMES)
def test_nothing_but_sources_goes_in(name: str) -> None:
    assert {path.rsplit(".", 1)[-1] for path in sources.files(name)} <= {"py", "sh", "hcl", "md", "txt"}


def test_what_begins_like_a_program_is_one() -> None:
    files = sources.files("app")
    assert sources.is_program(files["ci/try.sh"])
    assert not sources.is_program(files["ci/assemble.py"])


def test_the_breaking_line_changes_one_line_of_one_file() -> None:
    pattern = re.search(r"sed -i 's/(\w+)/(\w+)/' (\S+)", snippets.BREAK)
    assert pattern
    old, new, path = pattern.groups()
    text = sources.files(sources.ROOT)[path].decode()
    assert sum(old in line for line in text.splitlines()) == 1
    assert new not in text
