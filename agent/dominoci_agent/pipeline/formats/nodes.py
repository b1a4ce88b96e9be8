"""YAML and JSON text as values that know their lines; what they mean is the business of the format.

Read from libyaml's events: size, depth and number of values are bounded before anything is built. Anchors, aliases and tags
(which is how YAML bombs are made) are refused. Nothing is interpreted, so that a plain `no` stays the word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import yaml

from dominoci_agent.pipeline.errors import DefinitionError, Problem, Problems, Where

MAX_BYTES = 100_000
MAX_DEPTH = 24
MAX_NODES = 20_000
# YAML 1.2, section 5.1; the first is a byte order mark, which may only begin the file
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,18}\.?[0-9]{0,18}|\.[0-9]{1,18})(?:[eE][-+]?[0-9]{1,2})?")

Repeatable = Collection[tuple[str, str]]
Plain = str | int | float | bool | None


@dataclass(frozen=True)
class Scalar:
    """A single value as it is written; `plain` when it stands without quotes."""

    text: str
    plain: bool
    where: Where

    @property
    def value(self) -> Plain:
        """What it says by the core rules of YAML 1.2: a string in quotes is always a string."""
        if not self.plain:
            return self.text
        if self.text in _NOTHING:
            return None
        if self.text in _FLAGS:
            return _FLAGS[self.text]
        if _INTEGER.fullmatch(self.text):
            return int(self.text)
        return float(self.text) if _NUMBER.fullmatch(self.text) else self.text


@dataclass(frozen=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    where: Where


@dataclass(frozen=True)
class Table:
    """Values by keys in their order. A key stands once, but for those that the reader was told may repeat."""

    pairs: tuple[tuple[Scalar, Node], ...]
    where: Where

    def get(self, key: str) -> Node | None:
        """The first value of that key."""
        return next((value for name, value in self.pairs if name.text == key), None)


Node = Scalar | Items | Table


def read_yaml(text: str, file: str, repeatable: Repeatable = ()) -> Node:
    """The file's one document. `repeatable`: (key of a mapping, key in it) that may stand there again and again.
    DefinitionError with every problem."""
    problems = Problems()
    try:
        _refuse_unreadable(text, file)
        found = _Composer(text, file, repeatable, problems).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(filter(None, [error.context, error.problem])) or str(error)
        raise DefinitionError(Problem(Where(file, mark.line + 1 if mark else 1), f"this is not YAML: {said}")) from None
    except yaml.YAMLError as error:
        raise DefinitionError(Problem(Where(file, 1), f"this is not YAML: {error}")) from None
    problems.raise_any()
    if found is None:
        raise DefinitionError(Problem(Where(file, 1), "the file is empty"))
    return found


def _refuse_unreadable(text: str, file: str) -> None:
    refuse_size(text, file)
    # libyaml compares each %TAG with all before it: a file full of them would take minutes
    for pattern, message in ((_UNPRINTABLE, "there is a character that is no text"), (_DIRECTIVE, "directives (%) are not read")):
        if found := pattern.search(text):
            raise DefinitionError(Problem(Where(file, text.count("\n", 0, found.start()) + 1), message))


def refuse_size(text: str, file: str) -> None:
    """DefinitionError for a text that is too big to be read."""
    size = len(text.encode(errors="replace"))
    if size > MAX_BYTES:
        raise DefinitionError(Problem(Where(file, 1), f"the file has {size} bytes; at most {MAX_BYTES} are read"))


class _Composer:
    """Builds the tree; DefinitionError where going on would make no sense."""

    def __init__(self, text: str, file: str, repeatable: Repeatable, problems: Problems) -> None:
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self.file, self.repeatable, self.problems = file, repeatable, problems
        self.nodes = 0

    def document(self) -> Node | None:
        found: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if found is not None:
                    raise self.fail(event, "a definition is one document; this begins another one")
                found = self.node(next(self.events), 1, "")
        return found

    def where(self, event: yaml.Event) -> Where:
        return Where(self.file, event.start_mark.line + 1 if event.start_mark else 1)

    def fail(self, event: yaml.Event, message: str) -> DefinitionError:
        return DefinitionError(Problem(self.where(event), message))

    def node(self, event: yaml.Event, depth: int, key: str) -> Node:
        """One value; `key`: under which it stands."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.fail(event, f"the file holds more than {MAX_NODES} values")
        if depth > MAX_DEPTH:
            raise self.fail(event, f"nested more than {MAX_DEPTH} deep")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise self.fail(event, "anchors and aliases are not read: write the value out, and a word with & or * in quotes")
        if getattr(event, "tag", None) is not None:
            raise self.fail(event, "tags (!name) are not read: put a word that begins with ! in quotes")
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(tuple(self.node(part, depth + 1, key) for part in self.until(yaml.SequenceEndEvent)), self.where(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self.table(event, depth, key)
        return Scalar(getattr(event, "value", ""), not getattr(event, "style", None), self.where(event))

    def until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def table(self, start: yaml.Event, depth: int, own_key: str) -> Table:
        pairs: list[tuple[Scalar, Node]] = []
        first: dict[str, Where] = {}
        for event in self.until(yaml.MappingEndEvent):
            key = self.node(event, depth + 1, own_key)
            if not isinstance(key, Scalar):
                raise self.fail(event, "a key must be a word")
            pairs.append((key, self.node(next(self.events), depth + 1, key.text)))
            before = first.setdefault(key.text, key.where)
            if before is not key.where and (own_key, key.text) not in self.repeatable:
                self.problems.add(key.where, f'"{shown(key.text)}" stands twice; the first is at {before}')
        return Table(tuple(pairs), self.where(start))


def shown(text: str) -> str:
    """A piece of the file in a message: one short line."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."


def plain(node: Node) -> object:
    """The value as Python has it, all the way down; a key as it is written."""
    if isinstance(node, Table):
        return {key.text: plain(value) for key, value in node.pairs}
    return [plain(item) for item in node.items] if isinstance(node, Items) else node.value
