"""The Markdown of docs/ as tests look at it: headings with their anchors, links, fenced blocks and inline code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).parents[2] / "docs"
FENCE: Final = re.compile(r"^(?P<indent> *)```(?P<info>.*)$")
HEADING: Final = re.compile(r"^(#{1,6}) (.+)$")
LINK: Final = re.compile(r"!?\[(?:[^\[\]`]|`[^`]*`)*\]\(([^()\s]+)\)")
CODE: Final = re.compile(r"`([^`]+)`")
NOT_IN_ANCHOR: Final = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Block:
    """One fenced block: the words behind its fence, its text, and the line of its fence."""

    info: tuple[str, ...]
    text: str
    line: int

    @property
    def language(self) -> str:
        """The first word behind the fence; empty when there is none."""
        return self.info[0] if self.info else ""

    @property
    def file(self) -> str | None:
        """The name that the page tells to save it under."""
        return next((word.removeprefix("file=") for word in self.info if word.startswith("file=")), None)


@dataclass(frozen=True)
class Page:
    """One file."""

    path: Path
    blocks: list[Block] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As other pages link to it."""
        return str(self.path.relative_to(DOCS))

    @cached_property
    def anchors(self) -> set[str]:
        """What a link may have behind its `#`, spelled as GitHub and the app's help do."""
        seen: dict[str, int] = {}
        found = set()
        for line in self.prose:
            if heading := HEADING.match(line):
                anchor = anchor_of(heading[2])
                again = seen[anchor] = seen.get(anchor, -1) + 1
                found.add(f"{anchor}-{again}" if again else anchor)
        return found

    @property
    def links(self) -> Iterator[str]:
        """Where the page leads to, pictures too."""
        return (target for line in self.prose for target in LINK.findall(line))

    @property
    def inline(self) -> Iterator[str]:
        """What stands between backquotes."""
        return (code for line in self.prose for code in CODE.findall(line))

    def of(self, *languages: str) -> list[Block]:
        """The blocks in these languages."""
        return [block for block in self.blocks if block.language in languages]


def anchor_of(heading: str) -> str:
    """`## A *heading*: of `x`` → `a-heading-of-x`."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return NOT_IN_ANCHOR.sub("", text).replace(" ", "-")


def read(path: Path) -> Page:
    """The page, its fenced blocks parted from the rest."""
    page, info, begun, inside = Page(path), "", 0, False
    kept: list[str] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        fence = FENCE.match(line)
        if not inside and fence:
            inside, info, kept, begun = True, fence["info"], [], number
        elif inside and fence and not fence["info"]:
            inside = False
            page.blocks.append(Block(tuple(info.split()), "\n".join(kept) + "\n", begun))
        else:
            (kept if inside else page.prose).append(line)
    assert not inside, f"{path}: the block of line {begun} has no end"
    return page


PAGES: Final = [read(path) for path in sorted(DOCS.rglob("*.md"))]
BY_NAME: Final = {page.name: page for page in PAGES}
