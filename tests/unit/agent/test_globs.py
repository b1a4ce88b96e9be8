"""Glob patterns mean what people expect, and no pattern can stall the agent."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci_agent.pipeline.globs import GlobError, compile_glob, matches_any


@pytest.mark.parametrize(
    ("pattern", "covered", "not_covered"),
    [
        ("main", ["main"], ["main2", "amain", ""]),
        ("release/*", ["release/1.0", "release/"], ["release/1/2", "release"]),
        ("*", ["main", ""], ["a/b"]),
        ("**", ["main", "a/b/c", ""], []),
        ("src/**", ["src/a.py", "src/a/b.py"], ["src", "xsrc/a"]),
        ("**/x.py", ["x.py", "a/x.py", "a/b/x.py"], ["ax.py", "a/x.pyc"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "xa/b"]),
        ("**/*.md", ["README.md", "docs/a.md"], ["README.mdx"]),
        ("v?.[0-9]", ["v1.2", "vx.9"], ["v/.1", "v1.x", "v12.3"]),
        ("[!a-c]x", ["dx"], ["ax", "/x"]),
        ("[]]", ["]"], ["["]),
        ("a**b", ["ab", "a/x/b"], ["a/x/c"]),
        ("é*", ["école"], ["ecole"]),
        ("a.b", ["a.b"], ["axb"]),
    ],
)
def test_a_pattern_covers_what_it_says(pattern: str, covered: list[str], not_covered: list[str]) -> None:
    assert [text for text in covered if not compile_glob(pattern).matches(text)] == []
    assert [text for text in not_covered if compile_glob(pattern).matches(text)] == []


@pytest.mark.parametrize("pattern", ["", "[ab", "x" * 257])
def test_an_unusable_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(GlobError):
        compile_glob(pattern)


def test_time_is_linear_in_the_text_for_the_worst_pattern() -> None:
    glob = compile_glob("*a" * 100 + "b")

    def seconds(length: int) -> float:
        started = time.thread_time()
        assert not glob.matches("a" * length)
        return time.thread_time() - started

    seconds(1000)
    # a backtracking matcher would need longer than the universe for this
    assert seconds(200_000) < 5


@given(st.text(alphabet="ab/*?", min_size=1, max_size=12), st.text(alphabet="ab/", max_size=12))
def test_it_agrees_with_a_slow_matcher_that_tries_everything(pattern: str, text: str) -> None:
    assert compile_glob(pattern).matches(text) == slow(pattern, text, "/")


def slow(pattern: str, text: str, before: str) -> bool:
    """The definition of a match, by trying all ways. `before`: the pattern's character just read."""
    if not pattern:
        return not text
    if pattern.startswith("**/") and before == "/":
        starts = [0] + [at + 1 for at, char in enumerate(text) if char == "/"]
        return any(slow(pattern[3:], text[start:], "/") for start in starts)
    if pattern.startswith("**"):
        rest = pattern.lstrip("*")
        return any(slow(rest, text[at:], "*") for at in range(len(text) + 1))
    if pattern[0] == "*":
        ends = range((text + "/").index("/") + 1)
        return any(slow(pattern[1:], text[at:], "*") for at in ends)
    if not text or (pattern[0] != text[0] and not (pattern[0] == "?" and text[0] != "/")):
        return False
    return slow(pattern[1:], text[1:], pattern[0])


def test_no_pattern_covers_nothing() -> None:
    assert not matches_any([], "main")
    assert matches_any(["x", "ma*"], "main")
