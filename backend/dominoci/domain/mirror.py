"""What a tree shows on the commit that set it off: one status, in the words of GitHub and GitLab alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dominoci.domain.states import EventState, TreeState

CONTEXT: Final = "dominoci/tree"
PENDING, SUCCESS, FAILURE = "pending", "success", "failure"
LONGEST: Final = 140  # GitHub refuses more
_PROBLEMS: Final = {
    EventState.FAILED: "failed",
    EventState.UNDELIVERABLE: "undeliverable",
    EventState.TIMED_OUT: "timed out",
    EventState.CANCELLED: "cancelled",
    EventState.SKIPPED: "skipped",
}


@dataclass(frozen=True)
class CommitStatus:
    """`state` is pending, success or failure; `text` at most 140 characters."""

    state: str
    text: str


def status_of(tree: TreeState, counts: Mapping[str, int]) -> CommitStatus:
    """The status of a tree whose events, the root among them, stand in these states."""
    downstream = max(sum(counts.values()) - 1, 0)
    passed = max(counts.get(EventState.SUCCESS, 0) - 1, 0)
    problems = [f"{counts[state]} {word}" for state, word in _PROBLEMS.items() if counts.get(state)]
    text = ", ".join([f"{passed} of {downstream} downstream passed", *problems])
    state = {TreeState.RUNNING: PENDING, TreeState.SUCCESS: SUCCESS}.get(tree, FAILURE)
    return CommitStatus(state, text[:LONGEST])
