"""The README shows the lines that the tests run."""

from pathlib import Path

import pytest

from dominoci.demo import snippets

README = (Path(__file__).parents[3] / "README.md").read_text()


@pytest.mark.parametrize("line", [*snippets.CHANGE, snippets.BREAK, snippets.MEND])
def test_the_readme_has_the_demos_lines_to_the_letter(line: str) -> None:
    assert line in README


def test_every_picture_and_page_that_the_readme_names_is_there() -> None:
    root = Path(__file__).parents[3]
    named = [part.split(")")[0] for part in README.split("](")[1:]]
    missing = [name for name in named if not name.startswith("http") and not (root / name).exists()]
    assert missing == []
