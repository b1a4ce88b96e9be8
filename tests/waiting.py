"""Waiting for a state instead of for a time."""

import time
from collections.abc import Callable


def until(state: Callable[[], object], what: str, within_s: float = 60.0) -> None:
    """Returns once `state()` is true; AssertionError naming `what` when it is not within `within_s` seconds."""
    limit = time.monotonic() + within_s
    while not state():
        assert time.monotonic() < limit, f"not within {within_s:.0f} s: {what}"
        time.sleep(0.02)
