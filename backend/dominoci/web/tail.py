"""Following a step's log: from any offset of the file, then on as it grows; no gap, no repeat, never half a character.

All who follow a log here share what is read of it and the frames that are made of that. Who has everything is *live*: the pump
(`web.pump`) sends each new frame to all of these in one go. Who has not is *behind*, and sends to itself until it has.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from dominoci.domain.errors import DominoError
from dominoci.infra.files import LogFile
from dominoci.web.outlet import text_frame

PIECE = 64 << 10
PIECES_AT_ONCE = 8
LONGEST_CHARACTER = 4
SENDS_AT_ONCE = 100  # then others may go on


class Replaced(Exception):
    """The log is shorter than what was read of it: the build has started anew, or the offset was never right."""


@dataclass(eq=False)
class Log:
    """One step's log, for all in this process who follow it."""

    topic: str
    step: int
    file: LogFile
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _asking: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _end: int = field(default=0, init=False)  # where all who are live stand
    _number: int = field(default=0, init=False)  # of the file that they read
    _seen: tuple[int, int] = field(default=(-1, 0), init=False)  # the file's size and number at the last look
    _live: dict["Tail", None] = field(default_factory=dict, init=False, repr=False)
    _stray: dict["Tail", None] = field(default_factory=dict, init=False, repr=False)  # those who began within a character
    _asked: int = field(default=-1, init=False)
    _complete: bool = field(default=False, init=False)

    def complete(self, version: int, look: Callable[[], bool]) -> bool:
        """Whether all of it is written; `look` is asked once for each version of the build, whoever follows."""
        with self._asking:
            if not self._complete and version > self._asked:
                self._complete, self._asked = look(), version
            return self._complete

    def join(self, tail: "Tail") -> None:
        """`tail` has sent all that it found. It is live from now on, or behind if more has come meanwhile."""
        with self._lock:
            if self._live:
                self._grow()
            else:
                self._end, self._number, self._seen = tail.offset, self.file.state()[1], (-1, 0)
            if tail.offset > self._end:
                self._stray[tail] = None
            elif tail.offset < self._end:
                tail.behind = True
            else:
                self._live[tail] = None
                self._grow()

    def leave(self, tail: "Tail") -> None:
        """Only its own thread moves `tail` from now on."""
        with self._lock:
            self._live.pop(tail, None)
            self._stray.pop(tail, None)

    def grow(self) -> None:
        """Sends what is new to all who are live; the others are told that there is something."""
        with self._lock:
            try:
                self._grow()
            except DominoError:
                self._drop()

    def _grow(self) -> None:
        if not self._live and not self._stray:
            return
        size, number = self.file.state()
        if (size, number) == self._seen:
            return
        self._seen = size, number
        for tail in self._stray:
            tail.fall_back()
        self._stray.clear()
        if size < self._end or (number != self._number and self._end):
            self._drop()  # another file: each looks for itself what that means
            return
        self._number = number
        while found := frame(self, (number, self._end, min(size, self._end + PIECE)), False):
            self._send(*found)

    def _send(self, content: bytes, after: int) -> None:
        for n, tail in enumerate(list(self._live), 1):
            if not tail.take(content, after):
                del self._live[tail]
            if n % SENDS_AT_ONCE == 0:
                time.sleep(0)
        self._end = after

    def _drop(self) -> None:
        for tail in (*self._live, *self._stray):
            tail.fall_back()
        self._live.clear()
        self._stray.clear()


@dataclass(eq=False)
class Tail:
    """One reader of one log. `offset` is the next byte to send; `behind` says that more can be sent at once, `complete` that all
    of the log is written. `offer` sends a frame if that is possible without waiting, `wake` calls the reader's own thread."""

    log: Log
    offset: int
    complete: bool = False
    offer: Callable[[bytes], bool] = field(default=lambda _frame: False, repr=False)
    wake: Callable[[], None] = field(default=lambda: None, repr=False)
    behind: bool = field(default=True, init=False)
    ended: bool = field(default=False, init=False)

    def frames(self) -> Iterator[bytes]:
        """What can be sent now, at most PIECES_AT_ONCE frames; the last one of a log that is complete says `eof`. Each must be
        sent before the next one is asked for: after the last the tail is live.

        `complete` must have been asked before the call: what was written before the end is then in the file. Raises Replaced.
        """
        self.log.leave(self)
        size, number = self.log.file.state()
        if self.offset > size:
            raise Replaced
        for _ in range(PIECES_AT_ONCE):
            end = min(size, self.offset + PIECE)
            found = frame(self.log, (number, self.offset, end), self.complete and end == size)
            if found is None:
                break
            content, self.offset = found
            yield content
        self.behind = self.offset + LONGEST_CHARACTER <= size
        if self.complete and self.offset == size:
            self.ended = True
            yield _encode(self.log.topic, self.log.step, self.offset, "", self.offset, eof=True)
        elif not self.behind:
            self.log.join(self)

    def take(self, content: bytes, after: int) -> bool:
        """A frame from the pump, if the reader has taken all before it."""
        if not self.offer(content):
            self.fall_back()
            return False
        self.offset = after
        return True

    def fall_back(self) -> None:
        """From here on its own thread sends."""
        self.behind = True
        self.wake()


def frame(log: Log, part: tuple[int, int, int], last: bool) -> tuple[bytes, int] | None:
    """The bytes of `part` (the file's number, start, end) as a frame, and where the next begins; None for half a character."""
    return None if part[1] == part[2] else _frame(log.topic, log.step, log.file, part, last)


@lru_cache(maxsize=32)
def _frame(topic: str, step: int, file: LogFile, part: tuple[int, int, int], last: bool) -> tuple[bytes, int] | None:
    """Written bytes never change as long as the file's number does not, so all who watch one log share one frame."""
    _, start, end = part
    content = file.read(start, end)
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


def _encode(topic: str, step: int, offset: int, text: str, after: int, *, eof: bool) -> bytes:
    return text_frame(json.dumps({"topic": topic, "step": step, "offset": offset, "data": text, "next": after, "eof": eof}))
