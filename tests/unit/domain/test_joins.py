"""Joins: what a settled parent means for an edge, and what all its settled edges mean for a child."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain.filters import Filters, Patterns
from dominoci.domain.joins import Parent, SettledEdge, decide, outcome_of
from dominoci.domain.reasons import Reason, filtered, upstream_failed
from dominoci.domain.reports import Metadata
from dominoci.domain.states import EdgeOutcome, EventState
from dominoci.domain.tree import sub_id_key

ANY = Filters()
MAIN_ONLY = Filters(branches=Patterns(include=("main",)))
BLOCKING = [EventState.FAILED, EventState.TIMED_OUT, EventState.CANCELLED, EventState.UNDELIVERABLE]


def parent(state: EventState, sub_id: str = "1.1", project: str = "net", **more: Any) -> Parent:
    """A settled parent."""
    return Parent(sub_id, project, state, **more)


def passed(sub_id: str, project: str) -> SettledEdge:
    return SettledEdge(EdgeOutcome.PASSED, parent(EventState.SUCCESS, sub_id, project))


def by_filter(sub_id: str, project: str) -> SettledEdge:
    gone = parent(EventState.SUCCESS, sub_id, project, metadata=Metadata(branch="dev"))
    outcome, detail = outcome_of(gone, MAIN_ONLY)
    return SettledEdge(outcome, gone, detail)


def blocked(sub_id: str, project: str, state: EventState = EventState.FAILED, **more: Any) -> SettledEdge:
    return SettledEdge(EdgeOutcome.BLOCKED, parent(state, sub_id, project, **more))


def test_a_success_passes_an_edge_whose_filters_it_fits() -> None:
    assert outcome_of(parent(EventState.SUCCESS, metadata=Metadata(branch="main")), MAIN_ONLY) == (EdgeOutcome.PASSED, None)


def test_a_success_that_does_not_fit_is_filtered_with_the_rule() -> None:
    outcome, detail = outcome_of(parent(EventState.SUCCESS, metadata=Metadata(branch="dev")), MAIN_ONLY)
    assert outcome is EdgeOutcome.FILTERED
    assert detail == {"field": "branch", "value": "dev", "rule": "include", "patterns": ["main"]}


def test_a_success_that_told_nothing_fits_no_include_list() -> None:
    assert outcome_of(parent(EventState.SUCCESS), MAIN_ONLY)[0] is EdgeOutcome.FILTERED
    assert outcome_of(parent(EventState.SUCCESS), ANY)[0] is EdgeOutcome.PASSED


@pytest.mark.parametrize("state", BLOCKING)
def test_a_parent_without_success_blocks(state: EventState) -> None:
    assert outcome_of(parent(state, reason_code="reported"), ANY) == (EdgeOutcome.BLOCKED, None)


@pytest.mark.parametrize("code", ["filtered", "reported_skipped"])
def test_a_parent_that_had_nothing_to_do_passes_nothing_on_and_blocks_nothing(code: str) -> None:
    outcome, detail = outcome_of(parent(EventState.SKIPPED, reason_code=code), ANY)
    assert outcome is EdgeOutcome.FILTERED
    assert detail is not None
    assert detail["rule"] == "filtered"


def test_a_parent_that_was_skipped_for_a_failure_blocks() -> None:
    assert outcome_of(parent(EventState.SKIPPED, reason_code="upstream_failed"), ANY)[0] is EdgeOutcome.BLOCKED


def test_a_filtered_parent_counts_as_passed_beside_one_that_passed() -> None:
    decision = decide([passed("1.1", "net"), by_filter("1.2", "ui")], "all")
    assert decision.state is EventState.QUEUED
    assert decision.reason.text == "net (1.1) passed; join all: 2 of 2 settled, 1 by filter"


def test_at_least_one_parent_must_really_have_passed() -> None:
    decision = decide([by_filter("1.1", "net"), by_filter("1.2", "ui")], "all")
    assert decision.state is EventState.SKIPPED
    assert decision.reason.code == "filtered"
    assert decision.reason.text == "filter: branch dev is not in main (from net); branch dev is not in main (from ui)"


def test_one_blocking_parent_is_enough_to_skip() -> None:
    decision = decide([passed("1.1", "net"), blocked("1.2", "ui"), by_filter("1.3", "web")], "all")
    assert decision.state is EventState.SKIPPED
    assert decision.reason.text == "upstream ui failed"


def test_a_skip_names_the_event_at_the_root_of_it() -> None:
    first = decide([blocked("1.2", "ui", EventState.TIMED_OUT)], "all")
    skipped = {"reason_code": first.reason.code, "reason_params": dict(first.reason.params)}
    second = decide([blocked("1.2.1", "app", EventState.SKIPPED, **skipped)], "all")
    further = {"reason_code": second.reason.code, "reason_params": dict(second.reason.params)}
    third = decide([blocked("1.2.1.1", "docs", EventState.SKIPPED, **further)], "all")
    assert first.reason.text == "upstream ui timed out"
    assert second.reason.text == "upstream app was skipped because ui (1.2) timed out"
    assert third.reason.text == "upstream docs was skipped because ui (1.2) timed out"


def _edge(kind: str, n: int) -> SettledEdge:
    make = {"passed": passed, "filtered": by_filter, "blocked": blocked}[kind]
    return make(f"1.{n}", f"p{n}")


@given(st.lists(st.sampled_from(["passed", "filtered", "blocked"]), min_size=1, max_size=5))
def test_a_decision_depends_on_the_set_of_edges_alone(kinds: list[str]) -> None:
    edges = [_edge(kind, n) for n, kind in enumerate(kinds, start=1)]
    decisions = {
        repr(decide(sorted(order, key=lambda e: sub_id_key(e.parent.sub_id)), "all")) for order in itertools.permutations(edges)
    }
    assert len(decisions) == 1


@given(st.lists(st.sampled_from(["passed", "filtered", "blocked"]), min_size=1, max_size=6))
def test_the_rule_in_one_line(kinds: list[str]) -> None:
    decision = decide([_edge(kind, n) for n, kind in enumerate(kinds, start=1)], "all")
    runs = "blocked" not in kinds and "passed" in kinds
    assert decision.state is (EventState.QUEUED if runs else EventState.SKIPPED)
    expected = "parents_passed" if runs else "upstream_failed" if "blocked" in kinds else "filtered"
    assert decision.reason.code == expected


def test_reasons_are_made_of_their_parts() -> None:
    assert isinstance(upstream_failed([]), Reason)
    assert filtered([]).params == {"rules": []}
