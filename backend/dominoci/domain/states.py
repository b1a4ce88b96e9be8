"""The states of events, trees and builds, their allowed transitions, and how many states fold into one."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class EventState(StrEnum):
    """Where one event of a tree stands."""

    WAITING = "waiting"
    QUEUED = "queued"
    TRIGGERED = "triggered"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    TIMED_OUT = "timed_out"
    UNDELIVERABLE = "undeliverable"

    @property
    def final(self) -> bool:
        """Whether nothing more is expected."""
        return self in FINAL


class TreeState(StrEnum):
    """Where a whole tree stands."""

    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    UNDELIVERABLE = "undeliverable"


class ResultStatus(StrEnum):
    """What a project reports at the end."""

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    SKIPPED = "SKIPPED"
    TIMED_OUT = "TIMED_OUT"


class EdgeOutcome(StrEnum):
    """How one frozen dependency was settled by its parent."""

    PASSED = "passed"
    FILTERED = "filtered"
    BLOCKED = "blocked"


class BuildState(StrEnum):
    """Where a build of an own agent stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    TIMED_OUT = "timed_out"

    @property
    def final(self) -> bool:
        """Whether the build has ended."""
        return self not in (BuildState.QUEUED, BuildState.RUNNING)


_E = EventState
FINAL = frozenset({_E.SUCCESS, _E.FAILED, _E.CANCELLED, _E.SKIPPED, _E.TIMED_OUT, _E.UNDELIVERABLE})
AGAIN = frozenset({_E.QUEUED, _E.WAITING})
ACTIVE = frozenset({_E.QUEUED, _E.TRIGGERED, _E.RUNNING})
REPORTED = frozenset({_E.SUCCESS, _E.FAILED, _E.CANCELLED, _E.SKIPPED, _E.TIMED_OUT})

# A result may overtake the booking of its own delivery (queued -> success), and a late one still counts after a timeout or a
# delivery that was given up (the CI system had got it after all). Running goes back to queued when an agent's lease lapses.
# What is final is queued again when it is rerun, and waits again when something before it is.
TRANSITIONS: Mapping[EventState, frozenset[EventState]] = {
    _E.WAITING: frozenset({_E.QUEUED, _E.SKIPPED, _E.CANCELLED}),
    _E.QUEUED: REPORTED | {_E.TRIGGERED, _E.RUNNING, _E.UNDELIVERABLE},
    _E.TRIGGERED: REPORTED | {_E.RUNNING, _E.UNDELIVERABLE},
    _E.RUNNING: REPORTED | {_E.QUEUED},
    _E.SUCCESS: AGAIN,
    _E.FAILED: AGAIN,
    _E.CANCELLED: AGAIN,
    _E.SKIPPED: AGAIN,
    _E.TIMED_OUT: frozenset({_E.SUCCESS, _E.FAILED, _E.CANCELLED, _E.SKIPPED}) | AGAIN,
    _E.UNDELIVERABLE: REPORTED | AGAIN,
}

# the order is data, the merge is a fold
WORST_FIRST = (_E.FAILED, _E.UNDELIVERABLE, _E.TIMED_OUT, _E.CANCELLED)


def sources_of(target: EventState) -> tuple[EventState, ...]:
    """The states from which an event may change to `target`: what a compare-and-set must find in the row."""
    return tuple(state for state, targets in TRANSITIONS.items() if target in targets)


def fold(states: Iterable[EventState]) -> TreeState:
    """The state of a tree whose events stand in `states`: running while any is not final, else the worst, else success."""
    seen = frozenset(states)
    if not seen <= FINAL:
        return TreeState.RUNNING
    worst = next((state for state in WORST_FIRST if state in seen), None)
    return TreeState(worst.value) if worst else TreeState.SUCCESS


def state_of(status: ResultStatus) -> EventState:
    """The event state that a reported status leads to."""
    return EventState(status.value.lower())
