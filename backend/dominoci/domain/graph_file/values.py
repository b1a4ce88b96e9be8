"""How single values are read: each reader takes a node, answers the value as it is stored, and raises Wrong or notes faults."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from dominoci.domain.graph_file.faults import Faults, Mark, Wrong
from dominoci.domain.graph_file.nodes import Items, Node, Scalar, Table, shown

Reader = Callable[[Node, Faults], Any]
Problem = Callable[[str], str | None]
UNITS: Final[Mapping[str, int]] = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def line_of_text(longest: int, problem_of: Problem | None = None, *, lines: bool = False) -> Reader:
    """Text of 1 to `longest` characters (none is allowed too where it may have `lines`) in which `problem_of` sees nothing."""

    def read(node: Node, _faults: Faults) -> str:
        text = _scalar(node, "text").text
        if not lines and any(c < " " or c == "\x7f" for c in text):
            raise Wrong(node.mark, "Expected one line without control characters.")
        if "\0" in text or not (lines or text) or len(text) > longest:
            raise Wrong(node.mark, f"Expected text of {0 if lines else 1} to {longest} characters.")
        if problem_of and (problem := problem_of(text)):
            raise Wrong(node.mark, f"{shown(text)}: {problem}")
        return text

    return read


def choice(*words: str) -> Reader:
    """One of the words."""

    def read(node: Node, faults: Faults) -> str:
        text = _scalar(node, f"one of {', '.join(words)}").text
        if text not in words:
            raise Wrong(node.mark, f"Expected one of {', '.join(words)}, not {shown(text)}{faults.near(text, words)}.")
        return text

    return read


def whole(low: int, high: int) -> Reader:
    """A whole number from `low` to `high`."""

    def read(node: Node, _faults: Faults) -> int:
        text = _scalar(node, f"a whole number from {low} to {high}").text
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and low <= int(text) <= high):
            raise Wrong(node.mark, f"Expected a whole number from {low} to {high}, not {shown(text)}.")
        return int(text)

    return read


def flag(node: Node, _faults: Faults) -> bool:
    """`true` or `false`, without quotes."""
    scalar = _scalar(node, "true or false")
    if not scalar.plain or scalar.text not in ("true", "false"):
        raise Wrong(node.mark, f"Expected true or false, not {_quoted(scalar)}.")
    return scalar.text == "true"


def duration(low: int, high: int) -> Reader:
    """Whole seconds from `low` to `high`, with or without a unit: `90`, `90s`, `30m`, `6h`, `2d`."""

    def read(node: Node, _faults: Faults) -> int:
        text = _scalar(node, "a time such as 90s, 30m, 6h or 2d").text
        number, unit = (text[:-1], text[-1]) if text[-1:] in UNITS else (text, "s")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise Wrong(node.mark, f"Expected a time such as 90s, 30m, 6h or 2d, not {shown(text)}.")
        seconds = int(number) * UNITS[unit]
        if not low <= seconds <= high:
            raise Wrong(node.mark, f"Expected a time from {spelled(low)} to {spelled(high)}, not {shown(text)}.")
        return seconds

    return read


def spelled(seconds: int) -> str:
    """A time as it is written in a file, in the largest unit that says it exactly."""
    unit = next(unit for unit in ("d", "h", "m", "s") if seconds % UNITS[unit] == 0)
    return f"{seconds // UNITS[unit]}{unit}"


def items(node: Node, what: str, most: int) -> tuple[Node, ...]:
    """The nodes of a list; a single value is a list of one."""
    if isinstance(node, Table):
        raise Wrong(node.mark, f"Expected a list of {what}.")
    found = node.items if isinstance(node, Items) else (node,)
    if len(found) > most:
        raise Wrong(node.mark, f"Expected at most {most} {what}, not {len(found)}.")
    return found


def each(nodes: tuple[Node, ...], read: Reader, faults: Faults) -> list[Any]:
    """What `read` makes of each node; those that are wrong are noted and left out."""
    found = []
    for node in nodes:
        try:
            found.append(read(node, faults))
        except Wrong as e:
            faults.note(e)
    return found


def table(node: Node, readers: Mapping[str, Reader], faults: Faults, what: str) -> tuple[dict[str, Any], dict[str, Mark]]:
    """The values of a table with these keys, and where they stand. A key without a value is as if it were not there; keys that
    are not known are noted and left out, and so are values that are wrong, but for their places."""
    found: dict[str, Any] = {}
    marks: dict[str, Mark] = {}
    for key, value in pairs(node, what):
        if key.text not in readers:
            known = ", ".join(readers)
            hint = faults.near(key.text, readers) or f"; there are {known}"
            faults.add(key.mark, f"{shown(key.text)} is not known in {what}{hint}.")
        elif not value.empty:
            marks[key.text] = value.mark
            try:
                found[key.text] = readers[key.text](value, faults)
            except Wrong as e:
                faults.note(e)
    return found, marks


def pairs(node: Node, what: str) -> tuple[tuple[Scalar, Node], ...]:
    """Keys and values of a table; nothing at all is an empty one."""
    if isinstance(node, Table):
        return node.pairs
    if node.empty:
        return ()
    raise Wrong(node.mark, f"Expected {what} as `key: value` lines.")


def _scalar(node: Node, expected: str) -> Scalar:
    if not isinstance(node, Scalar):
        raise Wrong(node.mark, f"Expected {expected}, not a {'list' if isinstance(node, Items) else 'table'}.")
    return node


def _quoted(scalar: Scalar) -> str:
    return shown(scalar.text) if scalar.plain else f'"{shown(scalar.text)}" in quotes'
