"""Estimates lie among what they were made from, and the critical path is the longest one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain.eta import ENOUGH, Estimate, Task, estimate, late, percentile, schedule, spoken

SECONDS = st.floats(min_value=0, max_value=1e6, allow_nan=False)


@given(st.lists(SECONDS, min_size=1, max_size=50))
def test_the_median_is_never_above_the_90th_percentile_and_both_lie_among_the_durations(durations: list[float]) -> None:
    found = estimate(durations)
    assert found.p50_s is not None
    assert found.p90_s is not None
    assert min(durations) <= found.p50_s <= found.p90_s <= max(durations)


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (50, 3), (90, 4.6), (100, 5)])
def test_percentiles_are_interpolated_between_the_closest_ranks(percent: float, expected: float) -> None:
    assert percentile([5, 1, 4, 2, 3], percent) == pytest.approx(expected)


def test_an_estimate_is_reliable_with_five_durations() -> None:
    assert estimate([]) == Estimate(None, None, 0)
    assert not estimate([1.0] * (ENOUGH - 1)).reliable
    assert estimate([1.0] * ENOUGH).reliable


@st.composite
def trees(draw: st.DrawFn) -> list[Task]:
    """Tasks that have not begun, behind a root that is done; parents come first."""
    tasks = [Task(began_s=0.0, ended_s=0.0)]
    for index in range(1, draw(st.integers(1, 12))):
        parents = draw(st.sets(st.integers(0, index - 1), min_size=1, max_size=3))
        tasks.append(Task(sorted(parents), estimate(draw(st.lists(SECONDS, max_size=4))), skipped=draw(st.booleans())))
    return tasks


def longest(tasks: list[Task], index: int) -> float:
    """The longest way to the end of a task, by trying all of them."""
    own = 0.0 if tasks[index].skipped else tasks[index].expected.p50_s or 0.0
    return own + max((longest(tasks, parent) for parent in tasks[index].parents), default=0.0)


@given(trees())
def test_the_critical_path_is_a_path_and_as_long_as_the_longest(tasks: list[Task]) -> None:
    plan = schedule(tasks)
    assert plan.path[0] == 0
    assert all(parent in tasks[child].parents for parent, child in pairwise(plan.path))
    ways = [longest(tasks, i) for i, task in enumerate(tasks) if not task.skipped]
    assert plan.critical_s == pytest.approx(max(ways))
    assert plan.ends_s[plan.path[-1]] == pytest.approx(max(ways))


@given(trees(), SECONDS)
def test_nothing_starts_before_its_parents_have_ended_and_no_end_is_later_than_the_pessimistic_one(
    tasks: list[Task], now_s: float
) -> None:
    plan = schedule(tasks, now_s)
    for index, task in enumerate(tasks):
        assert all(plan.ends_s[parent] <= plan.starts_s[index] for parent in task.parents)
        assert plan.starts_s[index] <= plan.ends_s[index] <= plan.pessimistic_ends_s[index]
        assert index == 0 or task.skipped or plan.starts_s[index] >= now_s


def test_what_runs_ends_by_its_median_and_not_before_now() -> None:
    expected = estimate([60.0])
    running, slow = Task((0,), expected, began_s=10.0), Task((0,), expected, began_s=0.0)
    after = Task((1,), expected)
    plan = schedule([Task(began_s=0.0, ended_s=0.0), running, after, slow], now_s=65.0)
    assert list(plan.ends_s) == [0.0, 70.0, 130.0, 65.0]
    assert list(plan.path) == [0, 1, 2]


def test_of_what_is_done_the_critical_path_is_what_really_took_longest() -> None:
    root = Task(began_s=0.0, ended_s=0.0)
    quick, slow = Task((0,), began_s=0.0, ended_s=30.0), Task((0,), began_s=0.0, ended_s=90.0)
    joined, skipped = Task((1, 2), began_s=90.0, ended_s=100.0), Task((3,), skipped=True)
    plan = schedule([root, quick, slow, joined, skipped], now_s=5000.0)
    assert (list(plan.path), plan.critical_s) == ([0, 2, 3], 100.0)


def test_a_short_rerun_long_after_the_rest_does_not_become_the_critical_path() -> None:
    root, slow = Task(began_s=0.0, ended_s=0.0), Task((0,), began_s=0.0, ended_s=90.0)
    again, after = Task((0,), began_s=4000.0, ended_s=4005.0), Task((2,), began_s=20.0, ended_s=50.0)
    plan = schedule([root, slow, again, after], now_s=5000.0)
    assert (list(plan.path), plan.critical_s) == ([0, 1], 90.0)


FIVE = estimate([60.0] * 5)


@pytest.mark.parametrize(
    ("elapsed", "expected", "left", "because"),
    [
        (61, FIVE, 1000, "queued 1m 01s ago, while 9 of 10 past runs took at most 1m 00s"),
        (60, FIVE, 1000, None),
        (1e6, estimate([60.0] * 4), 1000, None),  # too few to call it late
        (10, FIVE, -189, "its deadline passed 3m 09s ago"),
        (10, FIVE, 360, "its deadline comes in 6m 00s"),
        (10, FIVE, 361, None),
        (10, FIVE, None, None),
        (3600, FIVE, -1, "its deadline passed 1 s ago; queued 1h 00m ago, while 9 of 10 past runs took at most 1m 00s"),
    ],
)
def test_what_is_overdue_says_why(elapsed: float, expected: Estimate, left: float | None, because: str | None) -> None:
    found = late(elapsed, expected, left, span_s=3600)
    assert (found.because if found else None) == because


def test_the_most_urgent_sorts_first() -> None:
    cases = [(600, 1000), (120, 1000), (10, 300), (10, 20), (10, -5), (10, -500)]
    found = [late(elapsed, FIVE, left, 3600) for elapsed, left in cases]
    ranked = sorted(range(len(cases)), key=lambda i: found[i].urgency if found[i] else ())  # type: ignore[union-attr]
    assert ranked == [5, 4, 3, 2, 0, 1]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.85, "850 ms"), (42, "42 s"), (59.9, "59 s"), (189, "3m 09s"), (3840, "1h 04m"), (90_000, "25h 00m")]
)
def test_durations_read_well(seconds: float, text: str) -> None:
    assert spoken(seconds) == text
