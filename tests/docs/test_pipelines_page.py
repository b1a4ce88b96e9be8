"""What the page about pipelines shows as a definition is one, and what it says of it is so."""

import pytest

from dominoci_agent.pipeline.definition import Definition, guess, load_text
from dominoci_agent.pipeline.formats.factory import Definition as Factory
from dominoci_agent.pipeline.routing import following
from tests.docs.pages import BY_NAME, Block

ENDINGS = {"hcl": "hcl", "yaml": "yml", "json": "json"}
BLOCKS = BY_NAME["pipelines.md"].of(*ENDINGS)


def load(block: Block) -> Definition:
    name = f"shown.{ENDINGS[block.language]}"
    return load_text(guess(name, block.text), block.text, name)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.language}:{block.line}")
def test_every_shown_definition_can_be_run(block: Block) -> None:
    definition = load(block)
    assert definition.warnings == ()
    fetched = definition.imports if isinstance(definition, Factory) else {}
    for pipeline in definition.pipelines([name for name in definition.places if name not in fetched], {}):
        assert following(pipeline, {}).start


def test_every_format_is_shown() -> None:
    assert {guess(f"shown.{ENDINGS[block.language]}", block.text) for block in BLOCKS} == {"factory", "flow", "job", "builder"}
    assert any(isinstance(found := load(block), Factory) and found.imports for block in BLOCKS)
