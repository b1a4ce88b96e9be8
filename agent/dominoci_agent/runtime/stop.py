"""One switch a build: once thrown, everything that waits for the build wakes up and ends."""

from __future__ import annotations

import enum
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Why(enum.StrEnum):
    """Why a build is stopped before its end."""

    CANCELLED = "cancelled"  # somebody asked for it
    TIMED_OUT = "timed_out"  # the build's own limit
    LEASE_LOST = "lease_lost"  # the build belongs to somebody else by now: say nothing about it
    SHUTDOWN = "shutdown"  # the agent ends: the build is handed back


# after these nobody may be told anything about the build any more
_OVER = (Why.LEASE_LOST, Why.SHUTDOWN)


class Stop:
    """Thrown once; the first reason counts, except that a build that was stopped can still be lost. Any thread may throw or ask.

    `fileno()` becomes readable (at its end) when thrown, and stays so: every poll() in the build hears it.
    """

    def __init__(self) -> None:
        self.why: Why | None = None
        self.since: float | None = None  # when it was first thrown, on the monotonic clock
        self._thrown = threading.Event()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._calls: list[Callable[[], None]] = []
        self._read, self._write = os.pipe()

    def throw(self, why: Why) -> bool:
        """Stop the build; False when that changes nothing."""
        with self._lock:
            if self.why in _OVER or (self.why is not None and why not in _OVER):
                return False
            self.why = why
            self.since = self.since or time.monotonic()
            if self._write >= 0:
                os.close(self._write)
                self._write = -1
            calls = list(self._calls)
        self._thrown.set()
        if why in _OVER:
            self._over.set()
        for call in calls:
            call()
        return True

    @contextmanager
    def then(self, call: Callable[[], None]) -> Iterator[None]:
        """For what can neither poll nor wait: `call` is called when it is thrown meanwhile, or was before. It must not block."""
        with self._lock:
            self._calls.append(call)
        if self:
            call()
        try:
            yield
        finally:
            with self._lock:
                self._calls.remove(call)

    def __bool__(self) -> bool:
        return self.why is not None

    def wait(self, seconds: float) -> bool:
        """Sleep that long, or until thrown; True when thrown."""
        return self._thrown.wait(seconds)

    def wait_over(self, seconds: float) -> bool:
        """Sleep that long, or until nobody may be told anything any more; True when that is so."""
        return self._over.wait(seconds)

    @property
    def over(self) -> bool:
        """Whether nobody may be told anything about the build any more."""
        return self._over.is_set()

    def fileno(self) -> int:
        """For poll()."""
        return self._read

    def close(self) -> None:
        """Give the descriptors back; throwing does nothing from now on."""
        with self._lock:
            for descriptor in {self._read, self._write} - {-1}:
                os.close(descriptor)
            self._read = self._write = -1
