"""Every link in the docs leads somewhere, and every page can be reached."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import BY_NAME, DOCS, PAGES, Page, anchor_of

REPOSITORY = DOCS.parent


def inner_links(page: Page) -> Iterator[tuple[str, Path, str]]:
    """Every link of a page within the repository: as it stands there, the file, and the anchor."""
    for target in page.links:
        if not target.startswith(("http://", "https://", "mailto:")):
            path, _, anchor = target.partition("#")
            yield target, (page.path.parent / path).resolve() if path else page.path, anchor


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_headings_that_are_there(page: Page) -> None:
    for target, path, anchor in inner_links(page):
        assert path.exists(), f"{page.name}: {target}"
        if anchor:
            known = BY_NAME[str(path.relative_to(DOCS))].anchors
            assert anchor in known, f"{page.name}: {target}; there are {sorted(known)}"


def test_every_page_can_be_reached_from_the_index() -> None:
    reached, ahead = set(), [BY_NAME["README.md"]]
    while ahead:
        page = ahead.pop()
        if page.name not in reached:
            reached.add(page.name)
            near = [str(path.relative_to(DOCS)) for _, path, _ in inner_links(page) if path.is_relative_to(DOCS)]
            ahead += [BY_NAME[name] for name in near if name in BY_NAME]
    assert reached == set(BY_NAME)


def test_anchors_are_spelled_as_github_spells_them() -> None:
    assert anchor_of("Who may do what?") == "who-may-do-what"
    assert anchor_of("The graph as code: `dominoci.yml`") == "the-graph-as-code-dominociyml"
    assert anchor_of("1. Make the *project*") == "1-make-the-project"
