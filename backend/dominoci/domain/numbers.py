"""What numbers say of trees and projects: how many children failed, what blocks most, and which results change by chance."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dominoci.domain.states import EventState

FAILED = frozenset({EventState.FAILED, EventState.TIMED_OUT, EventState.UNDELIVERABLE})
ENDED = FAILED | {EventState.SUCCESS, EventState.CANCELLED}  # by a run of their own: skipped ones are counted apart


def percent(part: int, whole: int) -> float | None:
    """`part` of `whole` in percent, with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


@dataclass(frozen=True)
class Share:
    """Of children that have settled: how many ended by a run of their own, how many of these failed, and how many were
    skipped."""

    settled: int
    failed: int
    skipped: int

    @property
    def failed_percent(self) -> float | None:
        """Of those that were not skipped."""
        return percent(self.failed, self.settled)


def share(counts: Mapping[str, int]) -> Share:
    """The share that failed, from how many events stand in which state; what has not settled is left out."""
    settled = sum(counts.get(state, 0) for state in ENDED)
    return Share(settled, sum(counts.get(state, 0) for state in FAILED), counts.get(EventState.SKIPPED, 0))


def blast_radius(events: int, blocked: Iterable[tuple[int, int]]) -> list[int]:
    """How many events each of `events` blocks, however far behind it, by the edges (parent, child) that block; parents have
    smaller indexes than their children."""
    children: dict[int, list[int]] = defaultdict(list)
    for parent, child in blocked:
        children[parent].append(child)
    behind = [0] * events  # sets as bits of whole numbers: 10,000 events are few operations
    for parent in sorted(children, reverse=True):
        for child in children[parent]:
            behind[parent] |= behind[child] | 1 << child
    return [found.bit_count() for found in behind]


Inputs = tuple[tuple[str, int], ...]  # (parent's event id, its attempt)


@dataclass(frozen=True)
class Run:
    """One attempt that passed or failed, what it was given, and the commit that it reported to have run; None where unknown."""

    event_id: str
    inputs: Inputs | None
    commit: str | None
    passed: bool


@dataclass(frozen=True)
class Flakiness:
    """Of `compared` groups of runs with the same inputs, those whose results differ: the event ids of each."""

    compared: int
    flaky: Sequence[Sequence[str]]


def flakiness(runs: Sequence[Run], parent_commits: Mapping[tuple[str, int], str | None]) -> Flakiness:
    """Which runs of one project had the same inputs and different results.

    Inputs are the same when the run's own commit and its parents' commits are (`parent_commits`, by what an attempt was given);
    where these are not known, when they are attempts of one event that were given the same.
    """
    groups: dict[Hashable, list[Run]] = defaultdict(list)
    commits = _commits(runs)
    for run in runs:
        if run.inputs is not None:
            commit = run.commit or commits.get((run.event_id, run.inputs))
            groups[_identity(run.event_id, run.inputs, commit, parent_commits)].append(run)
    several = [group for group in groups.values() if len(group) > 1]
    differ = [group for group in several if len({run.passed for run in group}) > 1]
    return Flakiness(len(several), [list(dict.fromkeys(run.event_id for run in group)) for group in differ])


def _commits(runs: Iterable[Run]) -> dict[tuple[str, Inputs | None], str | None]:
    """The commit for attempts that told none: what the others of the same event, given the same, agree on."""
    told: dict[tuple[str, Inputs | None], set[str]] = defaultdict(set)
    for run in runs:
        if run.commit:
            told[run.event_id, run.inputs].add(run.commit)
    return {key: commits.pop() if len(commits) == 1 else None for key, commits in told.items()}


def _identity(
    event_id: str, inputs: Inputs, commit: str | None, parent_commits: Mapping[tuple[str, int], str | None]
) -> Hashable:
    given = [parent_commits.get(pair) for pair in inputs]
    known = [one for one in given if one]
    if commit and len(known) == len(inputs):
        return commit, tuple(sorted(known))
    return event_id, inputs, commit
