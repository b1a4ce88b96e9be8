"""References in parameters: known ones are filled in, unknown ones are refused when a dependency is saved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain.parameters import NAMES, facts_of, fill, problems

FACTS = {
    **facts_of("parent", "net", {"commit": "abc", "branch": "main", "tag": None}, sub_id="1.2"),
    **facts_of("root", "core", {"commit": "def"}),
    "tree.id": "t",
    "event.sub_id": "1.2.1",
}


@pytest.mark.parametrize(
    ("written", "filled"),
    [
        ("${parent.commit}", "abc"),
        ("${parent.project}@${parent.branch} of ${root.commit}", "net@main of def"),
        ("${parent.tag}", ""),
        ("$${parent.commit}", "${parent.commit}"),
        ("costs $5 and ${parent.sub_id}", "costs $5 and 1.2"),
        ("${tree.id}/${event.sub_id}", "t/1.2.1"),
        ("plain", "plain"),
    ],
)
def test_references_are_filled_in(written: str, filled: str) -> None:
    assert problems({"A": written}) == []
    assert fill({"A": written}, FACTS) == {"A": filled}


@pytest.mark.parametrize("written", ["${parent.comit}", "${}", "${parent.commit", "${PATH}", "x ${root.sub_id}"])
def test_what_cannot_be_filled_in_is_refused_and_left_as_it_is(written: str) -> None:
    (problem,) = problems({"A": written})
    assert problem.startswith("A: ${")
    assert fill({"A": written}, FACTS) == {"A": written}


def test_what_is_filled_in_is_not_read_again() -> None:
    assert fill({"A": "${parent.message}"}, {"parent.message": "${tree.id}"}) == {"A": "${tree.id}"}


@given(st.text())
def test_any_text_either_is_refused_or_is_filled_in(text: str) -> None:
    filled = fill({"A": text}, dict.fromkeys(NAMES, "x"))["A"]
    if not problems({"A": text}) and "${" not in text:
        assert filled == text
