"""How long things take: estimates from past durations, the longest path through a tree of events, and what is overdue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

ENOUGH: Final = 5  # with fewer past durations an estimate is "about", and nothing is called overdue by it
NEAR: Final = 0.1  # of a deadline's span


@dataclass(frozen=True)
class Estimate:
    """How long something takes, by `samples` past durations: their median and 90th percentile in seconds, None without any."""

    p50_s: float | None = None
    p90_s: float | None = None
    samples: int = 0

    @property
    def reliable(self) -> bool:
        """Whether there were enough past durations."""
        return self.samples >= ENOUGH


def percentile(durations: Sequence[float], percent: float) -> float:
    """The `percent`th percentile (0..100) of one or more durations.

    Linear interpolation between the closest ranks: definition 7 of R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical
    Packages", The American Statistician 50 (1996), which numpy and spreadsheets (PERCENTILE.INC) use too.
    """
    ordered = sorted(durations)
    place = (len(ordered) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return min(ordered[below] + (ordered[above] - ordered[below]) * (place - below), ordered[above])


def estimate(durations: Sequence[float]) -> Estimate:
    """The estimate that past durations in seconds give."""
    if not durations:
        return Estimate()
    return Estimate(percentile(durations, 50), percentile(durations, 90), len(durations))


@dataclass(frozen=True)
class Task:
    """One event of a tree; `parents` are indexes of tasks before it. Times are seconds after the tree was opened.

    `began_s` is when it was queued and `ended_s` when it ended, None where that has not happened. One that is `skipped`, or
    will be, takes no time of its own; what comes after it still waits for what is before it.
    """

    parents: Sequence[int] = ()
    expected: Estimate = Estimate()
    began_s: float | None = None
    ended_s: float | None = None
    skipped: bool = False


@dataclass(frozen=True)
class Schedule:
    """When each task starts and ends, in seconds after the tree was opened, and the indexes of the critical path, first to last.

    `ends_s` take the median for what is to come, `pessimistic_ends_s` the 90th percentile of every single task.
    """

    starts_s: Sequence[float]
    ends_s: Sequence[float]
    pessimistic_ends_s: Sequence[float]
    path: Sequence[int]

    @property
    def critical_s(self) -> float:
        """How long the tasks on the critical path take together."""
        return sum(self.ends_s[i] - self.starts_s[i] for i in self.path)


def schedule(tasks: Sequence[Task], now_s: float = 0.0) -> Schedule:
    """When `tasks` (parents first) start and end, if what has not begun begins as soon as its parents have ended.

    A task without history counts as taking no time. The critical path ends at the task that ends last and goes back, from each
    task, to the parent that ends last: the longest path through what is left. Where all is done it is the path whose tasks took
    longest together: what ended last may be a short one that somebody ran again the next day.
    """
    starts: list[float] = []
    ends: list[float] = []
    latest: list[float] = []
    for task in tasks:
        ready = max((ends[p] for p in task.parents), default=0.0)
        begin, end = _span(task, ready, now_s, task.expected.p50_s or 0.0)
        starts.append(begin)
        ends.append(end)
        late = max((latest[p] for p in task.parents), default=0.0)
        latest.append(_span(task, late, now_s, task.expected.p90_s or 0.0)[1])
    left = any(not task.skipped and task.ended_s is None for task in tasks)
    return Schedule(starts, ends, latest, _critical_path(tasks, ends if left else _ways(tasks, starts, ends)))


def _ways(tasks: Sequence[Task], starts: Sequence[float], ends: Sequence[float]) -> list[float]:
    """How long the tasks on the longest way to the end of each take together."""
    ways: list[float] = []
    for task, start, end in zip(tasks, starts, ends, strict=True):
        ways.append(end - start + max((ways[p] for p in task.parents), default=0.0))
    return ways


def _span(task: Task, ready_s: float, now_s: float, takes_s: float) -> tuple[float, float]:
    """Start and end of one task whose parents end at `ready_s`."""
    if task.skipped:
        return ready_s, ready_s
    if task.began_s is None:
        begin = max(ready_s, now_s)
        return begin, begin + takes_s
    if task.ended_s is None:
        return task.began_s, max(now_s, task.began_s + takes_s)
    return task.began_s, task.ended_s


def _critical_path(tasks: Sequence[Task], reached: Sequence[float]) -> list[int]:
    """Back from the task that `reached` the most, always to the parent that reached the most."""
    ran = [i for i, task in enumerate(tasks) if not task.skipped]
    if not ran:
        return []
    path = [max(ran, key=lambda i: reached[i])]
    while parents := tasks[path[-1]].parents:
        path.append(max(parents, key=lambda i: reached[i]))
    return path[::-1]


@dataclass(frozen=True)
class Late:
    """Why an event is, or is about to be, overdue. They sort by urgency, the most urgent first."""

    urgency: tuple[int, float]
    because: str


def late(elapsed_s: float, expected: Estimate, left_s: float | None, span_s: float) -> Late | None:
    """Whether an event is overdue that was queued `elapsed_s` seconds ago and whose deadline comes in `left_s` (negative: has
    passed) of the `span_s` that it was given; None when it is not.

    First what is past its deadline, longest first; then what is about to be, soonest first; then what takes longer than nine in
    ten past runs did, by how many times as long.
    """
    slow = expected.reliable and expected.p90_s is not None and elapsed_s > expected.p90_s
    typical = expected.p90_s or 0.0
    reasons = []
    urgency = (2, -elapsed_s / max(typical, 1.0))
    if left_s is not None and left_s < 0:
        urgency = (0, left_s)
        reasons.append(f"its deadline passed {spoken(-left_s)} ago")
    elif left_s is not None and left_s <= NEAR * span_s:
        urgency = (1, left_s)
        reasons.append(f"its deadline comes in {spoken(left_s)}")
    if slow:
        reasons.append(f"queued {spoken(elapsed_s)} ago, while 9 of 10 past runs took at most {spoken(typical)}")
    return Late(urgency, "; ".join(reasons)) if reasons else None


def spoken(seconds: float) -> str:
    """A duration as people read it: `850 ms`, `42 s`, `3m 09s`, `1h 04m`."""
    if seconds < 1:
        return f"{int(seconds * 1000)} ms"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes}m {rest:02d}s" if minutes < 60 else f"{minutes // 60}h {minutes % 60:02d}m"
