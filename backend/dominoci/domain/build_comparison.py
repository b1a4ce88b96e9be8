"""What differs from one build to another: steps side by side, artifacts, parameters. What may be to blame comes first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

BAD = ("failed", "timed_out")
# a step that takes this much longer is worth a word: half as long again, and not just by the machine's mood
SLOWER, SLOWER_BY_MS = 1.5, 2_000

T = TypeVar("T")
StepKey = tuple[str, str, str, str, int]  # pipeline, stage, hook or "", name, and which of those that are called the same
Content = tuple[int, str]  # size in bytes, SHA-256


@dataclass(frozen=True)
class StepRun:
    """How one step went, in the build that ran it. `took_ms` is None while it has not ended, or never began; `ignored`: its
    failure counts for nothing."""

    build_id: str
    n: int
    pipeline: str
    stage: str
    name: str
    hook: str | None
    state: str
    took_ms: int | None
    ignored: bool = False


class Difference(StrEnum):
    """What became of a step. In this order they are told."""

    BROKE = "broke"  # it fails now, and did not before: the suspect
    FAILS = "fails"  # it fails now, and so did it before, or it is new
    STATE = "state"  # it ended in another way, like skipped instead of success
    ADDED = "added"
    REMOVED = "removed"
    SLOWER = "slower"
    FASTER = "faster"
    SAME = "same"


ORDER = tuple(Difference)


@dataclass(frozen=True)
class StepPair:
    """A step in both builds; None where one of them has no such step."""

    old: StepRun | None
    new: StepRun | None
    difference: Difference


@dataclass(frozen=True)
class FileChange:
    """An artifact whose content differs, or that only one side has; `old` and `new` are its (size, sha256)."""

    name: str
    old: Content | None
    new: Content | None


@dataclass(frozen=True)
class ValueChange:
    """A parameter that has another value, or that only one side was given."""

    name: str
    old: str | None
    new: str | None


def steps(old: Sequence[StepRun], new: Sequence[StepRun]) -> list[StepPair]:
    """The steps of both, those first that may be to blame; what is told alike stays in the order of the builds."""
    before, after = _by_key(old), _by_key(new)
    keys = [*after, *(key for key in before if key not in after)]
    pairs = [_pair(before.get(key), after.get(key)) for key in keys]
    return sorted(pairs, key=lambda pair: ORDER.index(pair.difference))


def _by_key(runs: Iterable[StepRun]) -> dict[StepKey, StepRun]:
    seen: Counter[tuple[str, str, str, str]] = Counter()
    found: dict[StepKey, StepRun] = {}
    for run in runs:
        called = (run.pipeline, run.stage, run.hook or "", run.name)
        found[*called, seen[called]] = run
        seen[called] += 1
    return found


def _pair(old: StepRun | None, new: StepRun | None) -> StepPair:
    if new is None:
        return StepPair(old, None, Difference.REMOVED)
    fails = new.state in BAD and not new.ignored
    if fails:
        return StepPair(old, new, Difference.BROKE if old and old.state not in BAD else Difference.FAILS)
    if old is None:
        return StepPair(None, new, Difference.ADDED)
    return StepPair(old, new, Difference.STATE if old.state != new.state else _pace(old.took_ms, new.took_ms))


def _pace(old: int | None, new: int | None) -> Difference:
    if old is None or new is None or abs(new - old) < SLOWER_BY_MS:
        return Difference.SAME
    if new >= old * SLOWER:
        return Difference.SLOWER
    return Difference.FASTER if old >= new * SLOWER else Difference.SAME


def artifacts(old: Mapping[str, Content], new: Mapping[str, Content]) -> list[FileChange]:
    """The artifacts that are not the same in both, by name."""
    return [FileChange(name, old.get(name), new.get(name)) for name in _differing(old, new)]


def parameters(old: Mapping[str, str], new: Mapping[str, str]) -> list[ValueChange]:
    """The parameters that were not given alike, by name."""
    return [ValueChange(name, old.get(name), new.get(name)) for name in _differing(old, new)]


def _differing(old: Mapping[str, T], new: Mapping[str, T]) -> list[str]:
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
