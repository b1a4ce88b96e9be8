"""Long polls of agents: how many may wait in this process, and what wakes them."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from dominoci.domain.errors import TooMany
from dominoci.web.closing import CLOSING

T = TypeVar("T")
LOOK_AGAIN_S = 2.0  # a lost bell costs at most this
STOP_WITHIN_S = 0.5
RETRY_AFTER_S = 2


class Polls:
    """At most `cap` requests wait at a time; `listen` is called before the first of them does."""

    def __init__(self, cap: int, listen: Callable[[], None]) -> None:
        self._slots = threading.BoundedSemaphore(cap)
        self._listen = listen
        self._bell = threading.Condition()
        self._rings = 0

    def wake(self) -> None:
        """Everybody who waits looks again."""
        with self._bell:
            self._rings += 1
            self._bell.notify_all()

    def take(self, look: Callable[[], T | None], wait_s: float, gone: Callable[[], bool] = lambda: False) -> T | None:
        """What `look` finds, now or within `wait_s` seconds, else None. Raises TooMany when `cap` requests wait already.

        Nothing is looked for once `gone()` says that nobody waits any more: what an agent that was killed had asked for
        would be handed to nobody, and lie there for the length of a lease.
        """
        rings = self._rings
        found = look()
        if found is not None or wait_s <= 0:
            return found
        if not self._slots.acquire(blocking=False):
            raise TooMany("Too many agents wait here already.", retry_after=RETRY_AFTER_S)
        try:
            self._listen()
            return self._wait(look, gone, rings, time.monotonic() + wait_s)
        finally:
            self._slots.release()

    def _wait(self, look: Callable[[], T | None], gone: Callable[[], bool], rings: int, deadline: float) -> T | None:
        looked = time.monotonic()
        while not CLOSING.is_set() and not gone() and (now := time.monotonic()) < deadline:
            with self._bell:
                if self._rings == rings:
                    self._bell.wait(min(STOP_WITHIN_S, deadline - now))
                rung, rings = self._rings != rings, self._rings
            if (rung or time.monotonic() - looked >= LOOK_AGAIN_S) and not gone():
                looked = time.monotonic()
                if (found := look()) is not None:
                    return found
        return None
