"""What a build shows on its commit: one status for each job, in the words of GitHub and GitLab alike."""

from typing import Final

from dominoci.domain.approval import NEEDED
from dominoci.domain.mirror import FAILURE, LONGEST, PENDING, SUCCESS, CommitStatus
from dominoci.domain.states import BuildState

_WORDS: Final = {
    BuildState.QUEUED: "waits for an agent",
    BuildState.RUNNING: "runs",
    BuildState.SUCCESS: "passed",
    BuildState.FAILED: "failed",
    BuildState.CANCELLED: "was cancelled",
    BuildState.SKIPPED: "had nothing to do",
    BuildState.TIMED_OUT: "took too long",
}
APPROVAL: Final = "waits until a maintainer approves this commit"


def status_of(number: int, state: BuildState, approval: str | None, because: str | None) -> CommitStatus:
    """The status of a build; `because` is its reason as a sentence."""
    says = APPROVAL if state is BuildState.QUEUED and approval == NEEDED else _WORDS[state]
    more = f": {because}" if because and state in (BuildState.FAILED, BuildState.CANCELLED, BuildState.TIMED_OUT) else ""
    return CommitStatus(state_of(state), f"Build #{number} {says}{more}"[:LONGEST])


def state_of(state: BuildState) -> str:
    """The word of the hosts for it."""
    if not state.final:
        return PENDING
    return SUCCESS if state in (BuildState.SUCCESS, BuildState.SKIPPED) else FAILURE


def context(job: str, *, pull: bool) -> str:
    """Under which name a job's status stands: a commit may be the head of a branch and of a pull request at once."""
    return f"dominoci/{'pr' if pull else 'push'}/{job}"[:200]
