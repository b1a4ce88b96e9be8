"""Following a step's log: from any offset of the file, then on as it grows; no gap, no repeat, never half a character."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from dominoci.infra.files import LogFile

PIECE = 64 << 10
PIECES_AT_ONCE = 8
LONGEST_CHARACTER = 4


class Replaced(Exception):
    """The log is shorter than what was read of it: the build has started anew, or the offset was never right."""


@dataclass
class Tail:
    """One reader of one log. `offset` is the next byte to send; `behind` says that more can be sent at once."""

    topic: str
    step: int
    log: LogFile
    offset: int
    behind: bool = field(default=True, init=False)
    ended: bool = field(default=False, init=False)

    def frames(self, complete: bool) -> Iterator[str]:
        """What can be sent now, at most PIECES_AT_ONCE frames; the last one of a log that is `complete` says `eof`.

        `complete` must have been asked before the call: what was written before the end is then in the file. Raises Replaced.
        """
        size, number = self.log.state()
        if self.offset > size:
            raise Replaced
        self.behind = False
        for _ in range(PIECES_AT_ONCE):
            end = min(size, self.offset + PIECE)
            found = _frame(self.topic, self.step, self.log, (number, self.offset, end), complete and end == size)
            if found is None:
                break
            frame, self.offset = found
            yield frame
        self.behind = self.offset + LONGEST_CHARACTER <= size
        if complete and self.offset == size:
            self.ended = True
            yield _encode(self.topic, self.step, self.offset, "", self.offset, eof=True)


@lru_cache(maxsize=32)
def _frame(topic: str, step: int, log: LogFile, part: tuple[int, int, int], last: bool) -> tuple[str, int] | None:
    """The bytes of `part` (the file's number, start, end) as a frame, and where the next begins; None for half a character.

    Written bytes never change as long as the file's number does not, so all who watch one log share one frame.
    """
    _, start, end = part
    if start == end:
        return None
    content = log.read(start, end)
    if not last:
        content = content[: len(content) - unfinished(content)]
    after = start + len(content)
    text = content.decode("utf-8", "replace")
    return (_encode(topic, step, start, text, after, eof=False), after) if content else None


def unfinished(content: bytes) -> int:
    """How many bytes at the end of `content` are the beginning of a UTF-8 character whose rest is still to come."""
    for back in range(1, min(LONGEST_CHARACTER, len(content) + 1)):
        byte = content[-back]
        if byte < 0x80:
            return 0
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if back < length else 0
    return 0


def _encode(topic: str, step: int, offset: int, text: str, after: int, *, eof: bool) -> str:
    return json.dumps({"topic": topic, "step": step, "offset": offset, "data": text, "next": after, "eof": eof})
