"""Reasons: every code makes a sentence, whatever the parameters of an old or strange row."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain.joins import Parent, SettledEdge, decide
from dominoci.domain.reasons import CODES, Reason, rule_sentence, sentence
from dominoci.domain.states import EdgeOutcome, EventState

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["parents", "join", "settled", "filtered", "rules", "status", "because", "agent", "number", "project", "sub_id"]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_meaning_and_reads_without_parameters(code: str) -> None:
    assert CODES[code].meaning.endswith(".")
    text = sentence(code, {})
    assert text
    assert not text.endswith(".")
    assert "{" not in text


@given(st.sampled_from(sorted(CODES)), st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6))
def test_no_parameters_make_a_sentence_fail(code: str, params: dict[str, Any]) -> None:
    assert isinstance(Reason(code, params).text, str)


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert sentence("invented_tomorrow", {"x": 1}) == "invented tomorrow"


def test_a_missing_word_reads_as_a_question_mark() -> None:
    assert sentence("cancelled_by", {}) == "cancelled by ?"


def test_braces_in_a_parameter_stay_braces() -> None:
    assert sentence("build_failed", {"because": "{agent} {0} {because.__class__}"}) == "{agent} {0} {because.__class__}"


STATE_SENTENCES = {
    EventState.FAILED: "upstream net failed",
    EventState.TIMED_OUT: "upstream net timed out",
    EventState.CANCELLED: "upstream net was cancelled",
    EventState.UNDELIVERABLE: "upstream net could not be delivered",
    EventState.SKIPPED: "upstream net was skipped",
}


@pytest.mark.parametrize(("state", "text"), STATE_SENTENCES.items())
def test_every_blocking_state_has_its_words(state: EventState, text: str) -> None:
    blocked = SettledEdge(EdgeOutcome.BLOCKED, Parent("1.1", "net", state))
    assert decide([blocked], "all").reason.text == text


def test_several_failed_parents_are_all_named() -> None:
    edges = [SettledEdge(EdgeOutcome.BLOCKED, Parent(f"1.{n}", f"p{n}", EventState.FAILED)) for n in (1, 2)]
    assert decide(edges, "all").reason.text == "upstream p1 failed and upstream p2 failed"


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "waits for 1 parent to settle"), (2, "waits for 2 parents to settle"), (0, "waits for 0 parents to settle")],
)
def test_waiting_counts_its_parents(count: int, text: str) -> None:
    assert sentence("waiting", {"parents": count}) == text


def test_names_are_joined_as_people_do() -> None:
    parents = [{"project": p, "sub_id": f"1.{n}"} for n, p in enumerate("abc", start=1)]
    params = {"parents": parents, "join": "all", "settled": 3, "filtered": 0}
    assert sentence("parents_passed", params) == "a (1.1), b (1.2) and c (1.3) passed; join all: 3 of 3 settled"


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"field": "branch", "value": "main", "rule": "include", "patterns": ["release/*"]}, "branch main is not in release/*"),
        ({"field": "tag", "value": None, "rule": "include", "patterns": ["v*", "w*"]}, "tag (none) is not in v*, w*"),
        ({"field": "pipeline", "value": "lint", "rule": "exclude", "patterns": ["l*"]}, "pipeline lint is excluded by l*"),
        ({"parent": "net", "rule": "filtered", "patterns": []}, "net was itself filtered"),
    ],
)
def test_a_filter_rule_in_words(rule: dict[str, Any], text: str) -> None:
    assert rule_sentence(rule) == text


def test_a_view_carries_code_parameters_and_text() -> None:
    assert Reason("reported", {"status": "FAILED"}).view() == {
        "code": "reported",
        "params": {"status": "FAILED"},
        "text": "reported FAILED",
    }
