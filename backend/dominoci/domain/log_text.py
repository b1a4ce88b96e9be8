"""A step's log as people read it: lines as a terminal leaves them, and in which of them a text stands."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

# what the page drops too (frontend/src/components/log/ansi.ts): CSI, OSC and other strings, two-byte escapes
_ESCAPES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?"
)
_COLOURS: Final = re.compile(r"\x1b\[[0-9;:]*m")
_C1: Final = re.compile("[\x90-\x9f]")


@dataclass
class Found:
    """How many lines hold a text, and the numbers (from 1) of the first of them."""

    count: int = 0
    lines: list[int] = field(default_factory=list)


def find(chunks: Iterable[bytes], needle: str, most: int) -> Found:
    """The lines of a log that hold `needle`, whatever the case; at most `most` are numbered."""
    wanted = needle.lower()
    found, before = Found(), 0
    for block in _whole_lines(chunks):
        text = block.decode("utf-8", "replace")
        # a text that escapes cut in two would be missed in what was not looked at without them
        if "\x1b" in text or wanted in text.lower():
            shown = _shown(text).lower()
            for number, line in enumerate(shown.split("\n"), before + 1) if wanted in shown else ():
                if wanted in line:
                    found.count += 1
                    if len(found.lines) < most:
                        found.lines.append(number)
        before += text.count("\n")
    return found


def _shown(text: str) -> str:
    """Many lines as people read them. Escapes end with their line, so that without carriage returns all are cut out at once, and
    colours, which most are, by a shorter expression: measured, a million coloured lines take a third of the time."""
    if "\r" in text:
        return "\n".join(plain(line) for line in text.split("\n"))
    left = _COLOURS.sub("", text)
    # cutting colours first could let another escape swallow what came after them
    return _ESCAPES.sub("", text) if "\x1b" in left or _C1.search(left) else left


def plain(line: str) -> str:
    """A line without escapes; of what carriage returns overwrite only the last writing."""
    shown = line.removesuffix("\r").rpartition("\r")[2]
    return _ESCAPES.sub("", shown) if "\x1b" in shown or any("\x90" <= c <= "\x9f" for c in shown) else shown


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes cut behind line feeds only; the last piece may lack one."""
    open_line: list[bytes] = []
    for chunk in chunks:
        head, feed, rest = chunk.rpartition(b"\n")
        if not feed:
            open_line.append(chunk)
            continue
        yield b"".join([*open_line, head, feed])
        open_line = [rest]
    yield b"".join(open_line)
