"""A step's log as people read it: lines as a terminal leaves them, and in which of them a text stands."""

import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

# what the page drops too (frontend/src/components/log/ansi.ts): CSI, OSC and other strings, two-byte escapes
_ESCAPES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?"
)
_COLOURS: Final = re.compile(r"\x1b\[[0-9;:]*m")
_LONGEST: Final = 1 << 20  # bytes of one line that are looked at together
_LONGEST_ESCAPE: Final = 4096
_C1: Final = re.compile("[\x90-\x9f]")


@dataclass
class Found:
    """How many lines hold a text, and the numbers (from 1) of the first of them."""

    count: int = 0
    lines: list[int] = field(default_factory=list)


def find(chunks: Iterable[bytes], needle: str, most: int) -> Found:
    """The lines of a log that hold `needle`, whatever the case; at most `most` are numbered. Takes memory for a few megabytes,
    however long the log or one of its lines is."""
    wanted = needle.lower()
    found, before = Found(), 0
    long_line: _LongLine | None = None
    for block, whole in _blocks(chunks):
        rest = block
        if not whole or long_line:
            long_line = long_line or _LongLine(wanted)
            head, feed, rest = block.partition(b"\n") if whole else (block, b"", b"")
            long_line.feed(head)
            if not whole:
                continue
            _note(found, before + 1, most, there=long_line.there)
            before, long_line = before + len(feed), None
        _find_in_lines(rest.decode("utf-8", "replace"), wanted, before, found, most)
        before += rest.count(b"\n")
    if long_line:
        _note(found, before + 1, most, there=long_line.there)
    return found


def _find_in_lines(text: str, wanted: str, before: int, found: Found, most: int) -> None:
    # a text that escapes cut in two would be missed in what was not looked at without them
    if "\x1b" in text or wanted in text.lower():
        shown = _shown(text).lower()
        for number, line in enumerate(shown.split("\n"), before + 1) if wanted in shown else ():
            _note(found, number, most, there=wanted in line)


def _note(found: Found, number: int, most: int, *, there: bool) -> None:
    if there:
        found.count += 1
        if len(found.lines) < most:
            found.lines.append(number)


class _LongLine:
    """A line too long to be held: looked at piece by piece, each together with the end of the one before."""

    def __init__(self, wanted: str) -> None:
        self.there = False
        self._wanted = wanted
        self._overlap = max(_LONGEST_ESCAPE, len(wanted) * 4)
        self._end = ""
        self._decoder = getincrementaldecoder("utf-8")("replace")

    def feed(self, piece: bytes) -> None:
        """More of the line."""
        text = self._end + self._decoder.decode(piece)
        _, overwritten, after = text.rstrip("\r").rpartition("\r")
        if overwritten:
            self.there, text = False, after
        self.there = self.there or self._wanted in plain(text).lower()
        self._end = text[-self._overlap :]


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
    return _ESCAPES.sub("", shown) if "\x1b" in shown or _C1.search(shown) else shown


def _blocks(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The same bytes, cut behind line feeds (True; the last block may lack one) or, where there is none for _LONGEST bytes,
    somewhere in a line (False)."""
    open_line: list[bytes] = []
    size = 0
    for chunk in chunks:
        head, feed, rest = chunk.rpartition(b"\n")
        if feed:
            yield b"".join([*open_line, head, feed]), True
            open_line, size = [rest], len(rest)
            continue
        open_line.append(chunk)
        size += len(chunk)
        if size > _LONGEST:
            yield b"".join(open_line), False
            open_line, size = [], 0
    yield b"".join(open_line), True
