"""The state machine: one table, closed; and many states folded into one."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain.states import (
    FINAL,
    TRANSITIONS,
    WORST_FIRST,
    BuildState,
    EventState,
    ResultStatus,
    TreeState,
    fold,
    sources_of,
    state_of,
)

STATES = st.sampled_from(EventState)


def test_every_state_has_its_row_and_leads_only_to_states() -> None:
    assert set(TRANSITIONS) == set(EventState)
    assert all(targets <= set(EventState) for targets in TRANSITIONS.values())


def test_every_state_can_be_reached_from_waiting_and_can_reach_an_end() -> None:
    reached = {EventState.WAITING}
    for _ in EventState:
        reached |= {target for state in reached for target in TRANSITIONS[state]}
    assert reached == set(EventState)
    assert all(state.final or TRANSITIONS[state] & (FINAL | {EventState.QUEUED}) for state in EventState)


def test_nothing_that_waits_takes_a_result_and_nothing_changes_to_itself() -> None:
    assert {EventState.SUCCESS, EventState.FAILED, EventState.TIMED_OUT}.isdisjoint(TRANSITIONS[EventState.WAITING])
    assert not [state for state, targets in TRANSITIONS.items() if state in targets]


def test_a_final_state_stays_but_for_reruns_and_late_results() -> None:
    given_up = {EventState.TIMED_OUT, EventState.UNDELIVERABLE}
    for state in FINAL - given_up:
        assert TRANSITIONS[state] == {EventState.QUEUED, EventState.WAITING}
    for state in given_up:
        assert {state_of(s) for s in ResultStatus} - {EventState.TIMED_OUT} <= TRANSITIONS[state]


@given(STATES, STATES)
def test_the_sources_of_a_state_are_the_table_read_backwards(source: EventState, target: EventState) -> None:
    assert (source in sources_of(target)) == (target in TRANSITIONS[source])


def test_a_result_may_come_from_every_state_that_was_triggered() -> None:
    for status in ResultStatus:
        assert {EventState.QUEUED, EventState.TRIGGERED, EventState.RUNNING} <= set(sources_of(state_of(status)))


@pytest.mark.parametrize("state", EventState)
def test_final_means_that_nothing_more_is_expected(state: EventState) -> None:
    assert state.final == (state.value not in {"waiting", "queued", "triggered", "running"})


@pytest.mark.parametrize("state", BuildState)
def test_a_build_is_final_unless_it_waits_or_runs(state: BuildState) -> None:
    assert state.final == (state.value not in {"queued", "running"})


@given(st.lists(STATES, max_size=8))
def test_a_tree_runs_while_any_event_is_open(states: list[EventState]) -> None:
    assert (fold(states) is TreeState.RUNNING) == any(not state.final for state in states)


@given(st.lists(st.sampled_from(sorted(FINAL)), max_size=6))
def test_folding_depends_on_the_set_alone(states: list[EventState]) -> None:
    assert len({fold(order) for order in itertools.islice(itertools.permutations(states), 24)}) == 1
    assert fold(states) == fold(set(states)) == fold(states * 2)


IN_ORDER = (*WORST_FIRST, EventState.SKIPPED, EventState.SUCCESS)


@pytest.mark.parametrize(("worse", "better"), list(itertools.combinations(IN_ORDER, 2)))
def test_a_finished_tree_shows_the_worst(worse: EventState, better: EventState) -> None:
    expected = TreeState.SUCCESS if worse is EventState.SKIPPED else TreeState(worse.value)
    assert fold([better, worse, better]) is expected


def test_skips_alone_are_no_failure() -> None:
    assert fold([EventState.SUCCESS, EventState.SKIPPED]) is TreeState.SUCCESS
    assert fold([]) is TreeState.SUCCESS


def test_every_reported_status_is_an_event_state() -> None:
    assert {state_of(status).value for status in ResultStatus} == {"success", "failed", "cancelled", "skipped", "timed_out"}
