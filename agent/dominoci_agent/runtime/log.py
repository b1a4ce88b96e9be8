"""A step's log on its way out: masked, numbered by byte, sent in chunks, never twice and never unboundedly buffered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from dominoci_agent.runtime.mask import Mask

CHUNK = 256 * 1024  # so much is sent without waiting for more
MOST_AT_ONCE = 1024 * 1024  # the arbiter takes no more in one request
CAPACITY = 4 * 1024 * 1024
LIMIT = 256 * 1024 * 1024
_CUT = b"\n[the log ends here: it is longer than the limit]\n"


@dataclass(frozen=True)
class Offset:
    """The receiver expects another offset than the one sent."""

    expected: int


# (offset, bytes) -> None when stored, Offset when it must go elsewhere; raises when the outcome is not known
Send = Callable[[int, bytes], "Offset | None"]


class StepLog:
    """The sink of one step; written by the step's thread, flushed by the sender's.

    `wake` is called when there is something to send; with True when it should not wait any longer.
    """

    def __init__(self, mask: Mask, wake: Callable[[bool], None], *, capacity: int = CAPACITY, limit: int = LIMIT) -> None:
        self._stream = mask.stream()
        self._wake = wake
        self._capacity, self._left = capacity, limit
        self._lock = threading.Lock()
        self._buffer = bytearray()
        self._offset = 0  # of the buffer's first byte
        self._unsure = 0  # so many bytes were sent once without an answer
        self.size = 0

    def write(self, data: bytes) -> None:
        """Take output of the step."""
        self._take(self._stream.feed(data))

    def close(self) -> None:
        """The step has ended; what was held back as a possible secret goes out."""
        self._take(self._stream.close())

    def room(self) -> bool:
        """Whether the step may go on writing; False holds it back until the receiver has caught up."""
        return len(self._buffer) < self._capacity

    def _take(self, data: bytes) -> None:
        if not data or self._left <= 0:
            return
        if len(data) > self._left:
            data = data[: self._left] + _CUT
            self._left = 0
        else:
            self._left -= len(data)
        with self._lock:
            self._buffer += data
            self.size = self._offset + len(self._buffer)
            waiting = len(self._buffer)
        self._wake(waiting >= CHUNK)

    @property
    def sent(self) -> int:
        """Up to which byte the receiver has it."""
        return self._offset

    def pending(self) -> bool:
        """Whether there is something to send."""
        return bool(self._buffer)

    def flush(self, send: Send) -> None:
        """Send all that is there. Whatever `send` raises passes through, and the next flush goes on where this one stopped."""
        while self._buffer:
            with self._lock:
                chunk, offset = bytes(self._buffer[:MOST_AT_ONCE]), self._offset
            first = self._unsure == 0
            self._unsure = max(self._unsure, len(chunk))
            answer = send(offset, chunk)
            self._unsure = 0
            with self._lock:
                self._stored(len(chunk)) if answer is None else self._move(answer.expected, first=first)

    def _stored(self, count: int) -> None:
        del self._buffer[:count]
        self._offset += count

    def _move(self, expected: int, *, first: bool) -> None:
        """The receiver is elsewhere. If an earlier send had no answer, it has stored that one: go on behind it. Otherwise the
        log holds what another attempt of this build wrote: go on at its end."""
        skipped = expected - self._offset
        if not first and 0 < skipped <= len(self._buffer):
            self._stored(skipped)
        else:
            self._offset = expected
        self.size = self._offset + len(self._buffer)
