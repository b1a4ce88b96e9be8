"""What a run is to those who are told, which rule it concerns, and text of others as one line that does nothing."""

from datetime import timedelta

import pytest

from dominoci.domain import notice
from dominoci.domain.notice import Tie
from dominoci.domain.plain_text import cut_bytes, one_line


@pytest.mark.parametrize(
    ("state", "before", "kinds"),
    [
        ("failed", None, ("first_failure", "failure")),
        ("failed", "success", ("first_failure", "failure")),
        ("failed", "failed", ("failure",)),
        ("timed_out", "undeliverable", ("failure",)),
        ("undeliverable", "success", ("first_failure", "undeliverable", "failure")),
        ("undeliverable", "failed", ("undeliverable", "failure")),
        ("success", None, ("success",)),
        ("success", "success", ("success",)),
        ("success", "timed_out", ("recovery", "success")),
        ("cancelled", "failed", ()),
        ("skipped", "success", ()),
    ],
)
def test_what_a_run_is_follows_from_the_one_before(state: str, before: str | None, kinds: tuple[str, ...]) -> None:
    assert notice.of_run(state, before) == kinds


def test_one_thing_is_told_once_and_by_its_most_telling_name() -> None:
    kinds = notice.of_run("failed", "success")
    assert notice.chosen(kinds, ["failure", "first_failure"]) == "first_failure"
    assert notice.chosen(kinds, ["failure"]) == "failure"
    assert notice.chosen(kinds, ["success", "recovery"]) is None
    assert notice.of_tree("failed") == ("tree_failed", "tree_finished")
    assert notice.of_tree("cancelled") == ("tree_finished",)


def test_branches_of_a_rule_are_globs_and_none_is_every_one() -> None:
    assert notice.is_on("main", [])
    assert notice.is_on(None, [])
    assert notice.is_on("release/1.2", ["main", "release/*"])
    assert not notice.is_on("feature/x", ["main", "release/*"])
    assert not notice.is_on(None, ["*"])  # a tag is on no branch


@pytest.mark.parametrize(
    ("tie", "mine", "starred", "owned"),
    [
        (Tie("owner", starred=False, visible=True), True, False, True),
        (Tie("viewer", starred=True, visible=True), True, True, False),
        (Tie(None, starred=True, visible=True), True, True, False),
        (Tie(None, starred=True, visible=False), False, False, False),
    ],
)
def test_which_projects_a_personal_rule_is_about(tie: Tie, mine: bool, starred: bool, owned: bool) -> None:
    assert [notice.concerns(which, tie) for which in ("mine", "starred", "owned")] == [mine, starred, owned]


def test_a_message_is_given_up_when_it_is_of_no_use_any_more() -> None:
    waits = [notice.pause(tries) for tries in range(1, len(notice.PAUSES) + 2)]
    assert waits[-1] is None
    assert sum((wait for wait in waits if wait), timedelta()) < timedelta(hours=4)
    assert notice.pause(1, 600) == timedelta(minutes=10)
    assert notice.pause(1, 10**9) == notice.LONGEST_PEACE


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("fix\r\nQUIT :bye", "fix QUIT :bye"),
        ("a\x00b\x01ACTION\x02\x03,4c", "a b ACTION ,4c"),
        ("\x1b[31mred\x1b[0m \x1b]8;;http://evil.test\x07link\x1b]8;;\x07", "red link"),
        ("abc\u202egpj.exe\u2066x\u2069", "abcgpj.exex"),
        ("a\u2028b\u2029c\x85d\x0bd", "a b c d d"),
        ("ze\u200bro\ufeff wi\u00addth", "zero width"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("hidden by\rwhat is written over it", "hidden by what is written over it"),
        ("  many \t spaces  ", "many spaces"),
        ("x" * 400, "x" * 299 + "…"),
        (None, ""),
        ("Grüße, 世界 🚀", "Grüße, 世界 🚀"),
    ],
)
def test_text_of_others_is_one_line_that_does_nothing(told: str | None, shown: str) -> None:
    assert one_line(told) == shown


def test_a_line_is_cut_between_characters() -> None:
    assert cut_bytes("é" * 100, 51) == "é" * 24 + "…"
    assert len(cut_bytes("🚀" * 100, 50).encode()) <= 50
    assert cut_bytes("short", 50) == "short"
