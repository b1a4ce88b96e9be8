"""Notes of when somebody was last heard of are worth a write now and then, not one with every request."""

import threading
import time

MOST = 10_000


class Pace:
    """Says, for each key, once in `every_s` seconds that it is time. Of this process only; any thread may ask."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._last: dict[str, float] = {}
        self._lock = threading.Lock()

    def due(self, key: str) -> bool:
        """Whether it is time for `key`; if so, the next time is `every_s` seconds away."""
        now = time.monotonic()
        with self._lock:
            if now - self._last.get(key, -self._every_s) < self._every_s:
                return False
            if len(self._last) >= MOST:
                self._last.clear()
            self._last[key] = now
            return True
