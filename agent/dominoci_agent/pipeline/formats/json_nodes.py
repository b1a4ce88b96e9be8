"""JSON text as the values of `nodes`. A reader of its own, because that of Python keeps no lines, and YAML's refuses tabs and
half of what JSON may write as an escape."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]

from dominoci_agent.pipeline.errors import DefinitionError, Problem, Problems, Where
from dominoci_agent.pipeline.formats.nodes import MAX_DEPTH, MAX_NODES, Items, Node, Scalar, Table, refuse_size, shown

_SPACE = re.compile(r"[ \t\r\n]*")
_WORD = re.compile(r"-?[A-Za-z0-9.+-]+")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def read_json(text: str, file: str) -> Node:
    """The file's one value. DefinitionError with every problem."""
    refuse_size(text, file)
    reader = _Reader(text, file)
    found = reader.value(1)
    if reader.peek():
        raise reader.fail("expected the end of the file")
    reader.problems.raise_any()
    return found


class _Reader:
    """Goes through the text once. RFC 8259, and a name stands once in an object."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file, self.at = text, file, 0
        self.problems, self.nodes = Problems(), 0
        self.line, self.counted = 1, 0

    def where(self) -> Where:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return Where(self.file, self.line)

    def fail(self, expected: str) -> DefinitionError:
        here = shown(self.text[self.at : self.at + 20])
        instead = f"{expected} and not {here!r}" if here else f"{expected}, but the file ends here"
        return DefinitionError(Problem(self.where(), f"this is not JSON: {instead}"))

    def peek(self) -> str:
        """The next character that counts; "" at the end."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def take(self, wanted: str) -> None:
        if self.peek() != wanted:
            raise self.fail(f'expected "{wanted}"')
        self.at += 1

    def value(self, depth: int) -> Node:
        start = self.peek()
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            too_deep = f"nested more than {MAX_DEPTH} deep"
            message = too_deep if depth > MAX_DEPTH else f"the file holds more than {MAX_NODES} values"
            raise DefinitionError(Problem(self.where(), message))
        if start == "{":
            return self.object(depth)
        if start == "[":
            return self.list(depth)
        return self.string() if start == '"' else self.word()

    def object(self, depth: int) -> Table:
        where, pairs, first = self.where(), list[tuple[Scalar, Node]](), dict[str, Where]()
        self.take("{")
        while self.peek() != "}" or pairs:
            key = self.string()
            self.take(":")
            pairs.append((key, self.value(depth + 1)))
            before = first.setdefault(key.text, key.where)
            if before is not key.where:
                self.problems.add(key.where, f'"{shown(key.text)}" stands twice; the first is at {before}')
            if self.peek() == "}":
                break
            self.take(",")
        self.take("}")
        return Table(tuple(pairs), where)

    def list(self, depth: int) -> Items:
        where, items = self.where(), list[Node]()
        self.take("[")
        while self.peek() != "]" or items:
            items.append(self.value(depth + 1))
            if self.peek() == "]":
                break
            self.take(",")
        self.take("]")
        return Items(tuple(items), where)

    def string(self) -> Scalar:
        if self.peek() != '"':
            raise self.fail('expected a name in quotes (")')
        where = self.where()
        try:
            text, self.at = scanstring(self.text, self.at + 1)
        except json.JSONDecodeError as error:
            self.at = min(error.pos, len(self.text))
            raise DefinitionError(Problem(self.where(), f"this is not JSON: {error.msg[0].lower()}{error.msg[1:]}")) from None
        if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
            raise DefinitionError(Problem(where, "there is a character that is no text"))
        return Scalar(text, False, where)

    def word(self) -> Scalar:
        found, where = _WORD.match(self.text, self.at), self.where()
        word = found[0] if found else ""
        if word not in ("true", "false", "null") and not _NUMBER.fullmatch(word):
            raise self.fail("expected a value")
        self.at += len(word)
        return Scalar(word, True, where)
