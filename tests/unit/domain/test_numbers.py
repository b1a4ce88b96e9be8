"""Shares of failed children, what blocks most, and results that change by chance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain.numbers import Run, blast_radius, flakiness, percent, share
from dominoci.domain.tree import descendants


def test_skipped_children_are_counted_apart_and_open_ones_not_at_all() -> None:
    found = share({"success": 5, "failed": 1, "timed_out": 1, "undeliverable": 1, "cancelled": 1, "skipped": 7, "running": 3})
    assert (found.settled, found.failed, found.skipped, found.failed_percent) == (9, 3, 7, 33.3)


@pytest.mark.parametrize(("part", "whole", "expected"), [(0, 0, None), (1, 3, 33.3), (2, 3, 66.7), (3, 3, 100.0)])
def test_percentages_have_one_decimal(part: int, whole: int, expected: float | None) -> None:
    assert percent(part, whole) == expected


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]), max_size=25))
def test_an_event_blocks_what_can_be_reached_from_it(edges: set[tuple[int, int]]) -> None:
    named = [(str(parent), str(child)) for parent, child in edges]
    assert blast_radius(10, edges) == [len(descendants(named, [str(i)])) for i in range(10)]


GIVEN = (("core", 1),)


def test_attempts_of_one_event_with_the_same_inputs_and_different_results_are_flaky() -> None:
    runs = [Run("e", GIVEN, None, False), Run("e", GIVEN, None, True), Run("f", GIVEN, None, True), Run("f", GIVEN, None, True)]
    found = flakiness(runs, {})
    assert (found.compared, found.flaky) == (2, [["e"]])


def test_other_inputs_are_no_flakiness() -> None:
    runs = [Run("e", GIVEN, None, False), Run("e", (("core", 2),), None, True)]
    assert flakiness(runs, {}) == flakiness([], {})


def test_another_commit_of_its_own_is_no_flakiness_but_a_failure_that_told_none_is_taken_for_the_same() -> None:
    fixed = [Run("e", GIVEN, "a", False), Run("e", GIVEN, "b", True)]
    silent = [Run("e", GIVEN, None, False), Run("e", GIVEN, "b", True)]
    assert flakiness(fixed, {}).compared == 0
    assert flakiness(silent, {}).flaky == [["e"]]


def test_runs_in_different_trees_are_compared_by_all_commits() -> None:
    commits: dict[tuple[str, int], str | None] = {("p", 1): "1", ("q", 1): "1", ("r", 1): "2", ("s", 1): None, ("t", 1): None}
    events = {"e": "p", "f": "q", "g": "r", "h": "s", "i": "t"}
    runs = [Run(event, ((parent, 1),), "own", event not in "fi") for event, parent in events.items()]
    found = flakiness(runs, commits)
    assert (found.compared, found.flaky) == (1, [["e", "f"]])


def test_attempts_whose_inputs_nobody_kept_say_nothing() -> None:
    assert flakiness([Run("e", None, None, False), Run("e", None, None, True)], {}).compared == 0
