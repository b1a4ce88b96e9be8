"""Outgoing webhooks: what they can be told of, in which formats, and how long a message is tried."""

import random
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

EVENT_ACCEPTED: Final = "event.accepted"
EVENT_CHANGED: Final = "event.state_changed"
TREE_OPENED: Final = "tree.opened"
TREE_FINISHED: Final = "tree.finished"
BUILD_FINISHED: Final = "build.finished"
KINDS: Final[Mapping[str, str]] = {
    EVENT_ACCEPTED: "The project reported a run that nobody had triggered; a success opens a tree.",
    EVENT_CHANGED: "An event of the project changed its state, in whoever's tree.",
    TREE_OPENED: "A tree was opened of which the project is the root.",
    TREE_FINISHED: "Such a tree ended; again when it was run again.",
    BUILD_FINISHED: "A build of the project on own agents ended.",
}
TEST: Final = "webhook.test"  # only when somebody asks for it

JSON: Final = "json"
CDEVENTS: Final = "cdevents"
FORMATS: Final = (JSON, CDEVENTS)
AS_CDEVENTS: Final = frozenset({EVENT_ACCEPTED, EVENT_CHANGED})  # the others have no counterpart among CDEvents

# 71.5 hours from the first try to the eleventh (Standard Webhooks 1.0 asks for about three days)
PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 16, 24)),
)
LONGEST_PEACE: Final = timedelta(hours=24)  # that a receiver may ask for with Retry-After
PEACE: Final = timedelta(minutes=1)  # at most this long the other messages of a webhook wait after one has failed


def pause(tries: int, retry_after_s: float | None = None) -> timedelta | None:
    """How long to wait after `tries` failed tries (from 1), with up to a tenth more by chance; None when it is given up. Never
    less than the receiver asked for (`Retry-After`, seconds), up to a day."""
    if tries > len(PAUSES):
        return None
    own = PAUSES[tries - 1] * random.uniform(1.0, 1.1)  # noqa: S311 - jitter, not a secret
    return max(own, min(timedelta(seconds=retry_after_s or 0), LONGEST_PEACE))


def format_problem(fmt: str, kinds: Collection[str]) -> str | None:
    """Why a webhook of this format cannot be told of these kinds, as a sentence; None when it can."""
    lacking = sorted(set(kinds) - AS_CDEVENTS) if fmt == CDEVENTS else []
    return f"As CDEvents only {' and '.join(sorted(AS_CDEVENTS))} are sent, not {', '.join(lacking)}." if lacking else None
