"""Calls into libraries that know no end of their own: each on a thread that is left behind when its time is over."""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

WAIT_S: Final = 3.0  # for another one to end
SEND_S: Final = 12.0  # both together are well within a lease (`store.leases.LEASE`)

Answer = TypeVar("Answer")


class Busy(Exception):
    """As many calls as may be are under way, or hang."""


class HardEnd:
    """At most `most` such calls at a time in one process; those that were left behind are among them until they end."""

    def __init__(self, most: int, *, wait_s: float = WAIT_S, send_s: float = SEND_S) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._wait_s, self.send_s = wait_s, send_s

    def run(self, call: Callable[[], Answer]) -> Answer:
        """What `call` answers or raises. Raises Busy when there was no room for it, TimeoutError when it took longer than
        `send_s` seconds: it may still come to an end then, unseen."""
        if not self._free.acquire(timeout=self._wait_s):
            raise Busy
        ended: SimpleQueue[tuple[Answer | None, Exception | None]] = SimpleQueue()

        def work() -> None:
            try:
                ended.put((call(), None))
            except Exception as error:  # noqa: BLE001 - raised where the caller waits
                ended.put((None, error))
            finally:
                self._free.release()

        threading.Thread(target=work, name="notification-send", daemon=True).start()
        try:
            answer, error = ended.get(timeout=self.send_s)
        except Empty:
            raise TimeoutError from None
        if error is not None:
            raise error
        return answer  # type: ignore[return-value]  # no error: the call has answered
