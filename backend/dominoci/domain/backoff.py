"""When to try again: exponential backoff with full jitter."""

import random
from datetime import datetime, timedelta

BASE_S = 1.0
CAP_S = 300.0
MAX_TRIES = 10
POLLS_S = (15, 30, 60, 120, 300)  # a run that says nothing is asked for, ever less often


def delay(tries: int, retry_after_s: float | None = None) -> timedelta:
    """How long to wait after `tries` failed tries (from 1): half of 2^(tries-1) seconds plus jitter, at most five minutes.

    What the other side asked for (`Retry-After`, seconds) is obeyed up to one hour.
    """
    if retry_after_s is not None:
        return timedelta(seconds=min(max(retry_after_s, BASE_S), 3600.0))
    ceiling = min(CAP_S, BASE_S * 2.0 ** (tries - 1))
    return timedelta(seconds=ceiling / 2 + random.uniform(0, ceiling / 2))  # noqa: S311 - jitter, not a secret


def next_poll(now: datetime, polls: int) -> datetime:
    """When a CI system is next asked for a run that it was asked for `polls` times."""
    seconds = POLLS_S[min(polls, len(POLLS_S) - 1)]
    return now + timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311 - jitter, not a secret
