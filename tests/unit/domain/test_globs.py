"""Globs: what fits, against a slow matcher that is plainly right, and in bounded time whatever the pattern."""

import time
from functools import cache
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain.globs import MAX_PATTERN, matches, pattern_problem

TEXTS = ["".join(letters) for n in range(6) for letters in product("ab", repeat=n)]


def slowly(pattern: str, text: str) -> bool:
    """The definition, tried in every way."""

    @cache
    def fits(p: int, t: int) -> bool:
        if p == len(pattern):
            return t == len(text)
        if pattern[p] == "*":
            return any(fits(p + 1, rest) for rest in range(t, len(text) + 1))
        return t < len(text) and pattern[p] in ("?", text[t]) and fits(p + 1, t + 1)

    return fits(0, 0)


@pytest.mark.parametrize("length", range(6))
def test_matching_agrees_with_the_definition_for_every_short_pattern_and_text(length: int) -> None:
    for letters in product("ab*?", repeat=length):
        pattern = "".join(letters)
        assert [t for t in TEXTS if matches(pattern, t)] == [t for t in TEXTS if slowly(pattern, t)], pattern


@given(st.text(alphabet="ab/", max_size=12), st.data())
def test_a_pattern_made_of_parts_of_a_text_agrees_too(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6)))
    pattern = "*".join(text[a:b] for a, b in zip([0, *cuts[1::2]], [*cuts[::2], len(text)], strict=False))
    assert matches(pattern, text) == slowly(pattern, text)


@given(st.text(max_size=30))
def test_a_text_without_wildcards_fits_itself_only(text: str) -> None:
    literal = text.replace("*", "").replace("?", "")
    assert matches(literal, literal)
    assert not matches(literal, literal + "x")


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("main", "main", True),
        ("main", "Main", False),
        ("main", "mainline", False),
        ("*", "", True),
        ("*", "release/1.2", True),
        ("release/*", "release/1/2", True),
        ("release/*", "release/", True),
        ("release/*", "release", False),
        ("v?.?", "v1.2", True),
        ("v?.?", "v1.10", False),
        ("*-rc*", "v2-rc1", True),
        ("[ab]", "a", False),
        ("[ab]", "[ab]", True),
        ("a+", "aaaa", False),
        (r"\*", r"\anything", True),
        ("", "", True),
        ("", "x", False),
        ("?", "é", True),
    ],
)
def test_stars_cross_slashes_and_all_else_is_literal(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits


@pytest.mark.parametrize("pattern", ["a*" * 99 + "b", "*a" * 99 + "b", "*?" * 99 + "b"])
def test_a_hostile_pattern_costs_no_more_than_its_length_times_the_texts(pattern: str) -> None:
    began = time.process_time()
    assert not matches(pattern, "a" * 5000)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("pattern", ["", "x" * (MAX_PATTERN + 1), "main\n", "a\0", "\x7f"])
def test_patterns_that_cannot_be_used_say_why(pattern: str) -> None:
    assert str(pattern_problem(pattern)).startswith("a pattern must")


@pytest.mark.parametrize("pattern", ["x", "x" * MAX_PATTERN, "release/*", "Ünïcode ?"])
def test_usable_patterns_have_no_problem(pattern: str) -> None:
    assert pattern_problem(pattern) is None
