"""Ctrl-C between requests, not in them."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def after_this() -> Iterator[None]:
    """A Ctrl-C in the block counts at its end; a second one at once.

    httpcore guards its pool by a lock that a KeyboardInterrupt can leave locked (when it comes between taking the lock and
    entering the block that gives it back): the clean-up then waits for it for ever.
    """
    if threading.current_thread() is not threading.main_thread():  # others never hear of a signal
        yield
        return
    came = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal came
        if came:
            raise KeyboardInterrupt
        came = True

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt
