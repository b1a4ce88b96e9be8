"""Glob patterns for branches, tags and paths, matched in time linear in the text whatever the pattern.

`*` and `?` stay inside one path segment, `**` crosses them, `**/` also stands for no folder at all, `[a-z]` and
`[!a-z]` are one character. A backtracking `re` would let a pattern like `*a*a*a*b` stall the agent, so a pattern is run
as a set of states (the bits of a number); the sets met are remembered, which makes a character one look-up.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

MAX_PATTERN = 256
_MEMORY = 4096


class GlobError(ValueError):
    """A pattern that cannot be read; the text says why."""


@dataclass(frozen=True)
class _State:
    """One place in a pattern: the states a character leads to, and the one reached without any character."""

    move: Callable[[str], int]
    free: int = 0


@dataclass
class Glob:
    """A compiled pattern; make it with `compile_glob`."""

    pattern: str
    _states: list[_State] = field(repr=False)
    _seen: dict[tuple[int, str], int] = field(default_factory=dict, repr=False)

    def matches(self, text: str) -> bool:
        """Whether the whole of `text` fits; O(len(text) * len(pattern)) at worst."""
        current = self._closure(1)
        for char in text:
            known = self._seen.get((current, char))
            current = self._step(current, char) if known is None else known
            if not current:
                return False
        return bool(current >> len(self._states) & 1)

    def _step(self, current: int, char: str) -> int:
        reached = 0
        for index, state in enumerate(self._states):
            if current >> index & 1:
                reached |= state.move(char)
        if len(self._seen) >= _MEMORY:
            self._seen.clear()
        result = self._seen[current, char] = self._closure(reached)
        return result

    def _closure(self, current: int) -> int:
        # free moves only lead forward, so one pass from the left finds them all
        for index, state in enumerate(self._states):
            if current >> index & 1:
                current |= state.free
        return current


def _character(at: int, accepts: Callable[[str], bool]) -> _State:
    target = 1 << (at + 1)
    return _State(lambda char: target if accepts(char) else 0)


def _star(at: int, *, crosses: bool) -> _State:
    here = 1 << at
    return _State(lambda char: here if crosses or char != "/" else 0, free=here << 1)


def _folders(at: int) -> list[_State]:
    """`**/`: the first state is the start of a folder (free to go on), the second the inside of one."""
    start, inside = 1 << at, 2 << at
    return [
        _State(lambda char: start if char == "/" else inside, free=4 << at),
        _State(lambda char: start if char == "/" else inside),
    ]


def _character_class(pattern: str, at: int) -> tuple[Callable[[str], bool], int]:
    """Read `[...]` at `at`: the test, and the position behind it."""
    negated = pattern.startswith(("!", "^"), at + 1)
    start = at + 1 + negated
    end = pattern.find("]", start + 1)
    if end < 0:
        raise GlobError(f'"[" is never closed in the pattern "{pattern}"')
    wanted: set[str] = set()
    ranges: list[tuple[str, str]] = []
    index = start
    while index < end:
        if index + 2 < end and pattern[index + 1] == "-":
            ranges.append((pattern[index], pattern[index + 2]))
            index += 3
        else:
            wanted.add(pattern[index])
            index += 1

    def accepts(char: str) -> bool:
        inside = char in wanted or any(low <= char <= high for low, high in ranges)
        return inside != negated and char != "/"

    return accepts, end + 1


def _states(pattern: str) -> list[_State]:
    states: list[_State] = []
    at = 0
    while at < len(pattern):
        char, here = pattern[at], len(states)
        if pattern.startswith("**/", at) and (at == 0 or pattern[at - 1] == "/"):
            states += _folders(here)
            at += 3
        elif char == "*":
            end = at + len(pattern[at:]) - len(pattern[at:].lstrip("*"))
            states.append(_star(here, crosses=end - at > 1))
            at = end
        elif char == "[":
            accepts, at = _character_class(pattern, at)
            states.append(_character(here, accepts))
        else:
            states.append(_character(here, "/".__ne__ if char == "?" else char.__eq__))
            at += 1
    return states


@functools.lru_cache(maxsize=512)
def compile_glob(pattern: str) -> Glob:
    """Read a pattern. GlobError when it is empty, longer than MAX_PATTERN characters, or has an open `[`."""
    if not pattern:
        raise GlobError("a pattern must not be empty")
    if len(pattern) > MAX_PATTERN:
        raise GlobError(f"a pattern may have {MAX_PATTERN} characters, this one has {len(pattern)}")
    return Glob(pattern, _states(pattern))


def matches_any(patterns: Iterable[str], text: str) -> bool:
    """Whether at least one of the patterns covers `text`; no pattern: False."""
    return any(compile_glob(pattern).matches(text) for pattern in patterns)
