"""Notifications: of what people and channels can be told, what each channel needs to know, how often it is tried and how much of
it there may be."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from dominoci.domain.globs import matches
from dominoci.domain.states import EventState, TreeState

FIRST_FAILURE: Final = "first_failure"
FAILURE: Final = "failure"
RECOVERY: Final = "recovery"
SUCCESS: Final = "success"
UNDELIVERABLE: Final = "undeliverable"
TREE_FAILED: Final = "tree_failed"
TREE_FINISHED: Final = "tree_finished"
TEST: Final = "test"  # only when somebody asks for it
KINDS: Final[Mapping[str, str]] = {
    FIRST_FAILURE: "A run failed, and the last one of the same project and branch had not.",
    FAILURE: "A run failed, timed out, or could not be delivered to its CI system.",
    RECOVERY: "A run succeeded, and the last one of the same project and branch had failed.",
    SUCCESS: "A run succeeded.",
    UNDELIVERABLE: "A run could not be delivered to its CI system: nothing ran at all.",
    TREE_FAILED: "A tree of which the project is the root ended, and not all of it went well.",
    TREE_FINISHED: "A tree of which the project is the root ended.",
}

BAD: Final = frozenset({EventState.FAILED.value, EventState.TIMED_OUT.value, EventState.UNDELIVERABLE.value})
GOOD: Final = EventState.SUCCESS.value
BAD_TREE: Final = frozenset({TreeState.FAILED.value, TreeState.TIMED_OUT.value, TreeState.UNDELIVERABLE.value})

SLACK, DISCORD, TEAMS, IRC, EMAIL = "slack", "discord", "teams", "irc", "email"
BY_ADDRESS: Final = frozenset({SLACK, DISCORD, TEAMS})  # one secret address, which takes a POST
BUILT_IN: Final[Mapping[str, str]] = {SLACK: "Slack", DISCORD: "Discord", TEAMS: "Microsoft Teams", IRC: "IRC", EMAIL: "E-mail"}

MINE, STARRED, OWNED = "mine", "starred", "owned"
WHICH: Final[Mapping[str, str]] = {
    MINE: "projects that one is a member of, alone or by a group, and those that one has starred",
    STARRED: "projects that one has starred",
    OWNED: "projects that one is an owner of",
}

# what is told hours later helps nobody, and what a channel refuses for long is not missed there
PAUSES: Final = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
MOST_TRIES: Final = 1 + len(PAUSES)
LONGEST_PEACE: Final = timedelta(hours=2)  # that a channel may ask for with Retry-After
WINDOW: Final = timedelta(hours=1)  # over which the messages of a rule are counted


def pause(tries: int, retry_after_s: float | None = None) -> timedelta | None:
    """How long to wait after `tries` failed tries (from 1), with up to a tenth more by chance; None when it is given up."""
    if tries > len(PAUSES):
        return None
    own = PAUSES[tries - 1] * random.uniform(1.0, 1.1)  # noqa: S311 - jitter, not a secret
    return max(own, min(timedelta(seconds=retry_after_s or 0), LONGEST_PEACE))


def of_run(state: str, before: str | None) -> tuple[str, ...]:
    """What a run that ended in `state` is, the most telling first; `before` is how the last one of the same project and branch
    had ended, None when there was none. Empty for what is neither good nor bad (cancelled, skipped)."""
    if state in BAD:
        first = () if before in BAD else (FIRST_FAILURE,)
        undeliverable = (UNDELIVERABLE,) if state == EventState.UNDELIVERABLE.value else ()
        return (*first, *undeliverable, FAILURE)
    if state == GOOD:
        return (RECOVERY, SUCCESS) if before in BAD else (SUCCESS,)
    return ()


def of_tree(state: str) -> tuple[str, ...]:
    """The same for a tree that has ended."""
    return (TREE_FAILED, TREE_FINISHED) if state in BAD_TREE else (TREE_FINISHED,)


def chosen(kinds: Sequence[str], wanted: Sequence[str]) -> str | None:
    """Of what something is, the most telling that a rule wants; one thing is one message, however often a rule fits."""
    return next((kind for kind in kinds if kind in wanted), None)


def is_on(branch: str | None, patterns: Sequence[str]) -> bool:
    """Whether a rule with these branch patterns (none: every branch, and tags) is about a run on `branch`."""
    return not patterns or (branch is not None and any(matches(pattern, branch) for pattern in patterns))


@dataclass(frozen=True)
class Tie:
    """What a person has to do with a project: a role or None, and whether it is starred. `visible`: whether it may be seen."""

    role: str | None
    starred: bool
    visible: bool


def concerns(which: str, tie: Tie) -> bool:
    """Whether a personal rule about these projects (a key of `WHICH`) is about one with this tie."""
    if not tie.visible:
        return False
    if which == OWNED:
        return tie.role == "owner"
    return tie.starred or (which == MINE and tie.role is not None)


def label(channel: str, destination: Mapping[str, Any]) -> str:
    """What people call the place that a rule tells, without anything secret."""
    if channel == IRC:
        return f"{destination['room']} on {destination['host']}"
    if channel == EMAIL:
        return ", ".join(destination["to"])
    return str(destination["host"])
