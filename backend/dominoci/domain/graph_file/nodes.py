"""YAML as a tree of scalars, lists and tables that know their places. Nothing is interpreted: what a plain `no` or `1.0` means
is for the field to say that it stands in, so that a branch called `no` stays a branch.

Read from libyaml's events: the file's size, depth and number of values are bounded before anything is built, and anchors,
aliases and tags (which is how YAML bombs are made) are refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from dominoci.domain.graph_file.faults import START, Faults, Mark, Wrong

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 12
MAX_NODES: Final = 50_000
# YAML 1.2, section 5.1; the first is a byte order mark, which may only begin the file
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_DIRECTIVE: Final = re.compile(r"^%", re.MULTILINE)
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_QUOTE: Final = "A pattern that begins with * or ! must be in quotes."
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class Scalar:
    """A single value as it is written; `plain` when it stands without quotes."""

    text: str
    plain: bool
    mark: Mark

    @property
    def empty(self) -> bool:
        """Whether it says that there is no value."""
        return self.plain and self.text in _NOTHING


@dataclass(frozen=True)
class Items:
    """A list."""

    items: tuple["Node", ...]
    mark: Mark
    empty = False


@dataclass(frozen=True)
class Table:
    """Values by keys, each key once."""

    pairs: tuple[tuple[Scalar, "Node"], ...]
    mark: Mark
    empty = False


Node = Scalar | Items | Table


def compose(text: str, faults: Faults) -> Node | None:
    """The file's one document; None when it is empty or cannot be read, which is a fault then."""
    try:
        _refuse_unreadable(text)
        return _Composer(text, faults).document()
    except Wrong as e:
        faults.note(e)
    except yaml.MarkedYAMLError as e:
        at = e.problem_mark or e.context_mark
        said = ", ".join(filter(None, [e.context, e.problem])) or str(e)
        hint = f" {_QUOTE}" if e.context in ("while scanning an alias", "while scanning a tag") else ""
        faults.add(Mark(at.line + 1, at.column + 1) if at else START, f"This is not YAML: {said}.{hint}")
    except yaml.YAMLError as e:
        faults.add(START, f"This is not YAML: {e}.")
    return None


def _refuse_unreadable(text: str) -> None:
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise Wrong(START, f"The file is larger than {MAX_BYTES >> 20} MiB.")
    if found := _UNPRINTABLE.search(text, 1 if text.startswith("\ufeff") else 0):
        raise Wrong(_place(text, found.start()), "This character is no text; write it as an escape in double quotes.")
    # libyaml compares each %TAG with all before it: a file full of them would take minutes
    if found := _DIRECTIVE.search(text):
        raise Wrong(_place(text, found.start()), "Directives (%YAML, %TAG) are not taken here.")


def _place(text: str, offset: int) -> Mark:
    before = text[:offset]
    return Mark(before.count("\n") + 1, offset - before.rfind("\n"))


class _Composer:
    """Builds the tree; Wrong where going on would make no sense."""

    def __init__(self, text: str, faults: Faults) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._faults = faults
        self._nodes = 0

    def document(self) -> Node | None:
        found: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if found is not None:
                    raise Wrong(_mark(event), "A graph file is one document; this begins another one.")
                found = self._node(next(self._events), 1)
        return found

    def _node(self, event: yaml.Event, depth: int) -> Node:
        mark = _mark(event)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise Wrong(mark, f"The file holds more than {MAX_NODES} values.")
        if depth > MAX_DEPTH:
            raise Wrong(mark, f"Nested more than {MAX_DEPTH} levels deep.")
        self._refuse_names(event, mark)
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(tuple(self._node(part, depth + 1) for part in self._until(yaml.SequenceEndEvent)), mark)
        if isinstance(event, yaml.MappingStartEvent):
            return self._table(mark, depth)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, not event.style, mark)
        return Scalar("", True, mark)  # an alias, which has been refused

    def _refuse_names(self, event: yaml.Event, mark: Mark) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._faults.add(mark, f"Aliases (*name) are not taken here: write the value out. {_QUOTE}")
        elif getattr(event, "anchor", None) is not None:
            self._faults.add(mark, "Anchors (&name) are not taken here: write the value out where it is needed.")
        if getattr(event, "tag", None) is not None:
            self._faults.add(mark, f"Tags (!name) are not taken here. {_QUOTE}")

    def _until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        for event in self._events:
            if isinstance(event, end):
                return
            yield event

    def _table(self, mark: Mark, depth: int) -> Table:
        pairs: dict[str, tuple[Scalar, Node]] = {}
        for event in self._until(yaml.MappingEndEvent):
            key, value = self._node(event, depth + 1), self._node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                self._faults.add(key.mark, "A key must be a word.")
            elif key.text in pairs:
                first = pairs[key.text][0].mark.line
                self._faults.add(key.mark, f"{shown(key.text)} stands twice; first in line {first}.")
            else:
                pairs[key.text] = (key, value)
        return Table(tuple(pairs.values()), mark)


def _mark(event: yaml.Event) -> Mark:
    at = event.start_mark
    return Mark(at.line + 1, at.column + 1) if at else START


def shown(text: str) -> str:
    """A piece of the file in a message: one short line."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."
