"""Reading the known keys of one mapping of a YAML or JSON definition; whatever is wrong is noted with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dominoci_agent.pipeline import values
from dominoci_agent.pipeline.errors import Problems, Where
from dominoci_agent.pipeline.formats.nodes import Items, Node, Scalar, Table, shown
from dominoci_agent.pipeline.model import Cache

Check = Callable[[str], str | None]

SETTINGS = ("timeout", "environment", "image", "artifacts", "cache", "secrets")
MAX_TEXT = 32_000


@dataclass(frozen=True)
class Fields:
    """One mapping; `what` names it in messages. Each method answers the value of a key, or the empty one of its kind when it is
    not there or not usable."""

    table: Table
    what: str
    problems: Problems = field(repr=False)

    @classmethod
    def of(cls, node: Node, what: str, known: Iterable[str], problems: Problems) -> Fields:
        """The mapping `node`, in which no other keys than `known` may stand."""
        known = tuple(known)
        if not isinstance(node, Table):
            problems.add(node.where, f"expected {what} as a mapping with {', '.join(known)}")
            return cls(Table((), node.where), what, problems)
        for key, _ in node.pairs:
            if key.text not in known:
                problems.add(key.where, f'unknown key "{shown(key.text)}" in {what}; expected {", ".join(known)}')
        return cls(node, what, problems)

    @property
    def where(self) -> Where:
        """Where the mapping begins."""
        return self.table.where

    def node(self, key: str) -> Node | None:
        """The value of a key as it is; None when it is absent or empty."""
        found = self.table.get(key)
        return None if isinstance(found, Scalar) and found.value is None else found

    def place(self, key: str) -> Where:
        """Where the key's value stands, or else the mapping."""
        found = self.table.get(key)
        return found.where if found else self.where

    def text(self, key: str, check: Check | None = None) -> str | None:
        """A string; a number or a flag counts as it is written."""
        node = self.node(key)
        if node is None:
            return None
        if isinstance(node, Scalar) and len(node.text) <= MAX_TEXT:
            return self._checked(node, check)
        self.problems.add(node.where, f'"{key}" of {self.what} must be a text of at most {MAX_TEXT} characters')
        return None

    def flag(self, key: str) -> bool:
        """true or false; false when it is absent."""
        node = self.node(key)
        value = node.value if isinstance(node, Scalar) else None
        if node is not None and not isinstance(value, bool):
            self.problems.add(node.where, f'"{key}" of {self.what} must be true or false')
        return value is True

    def items(self, key: str, expected: str) -> tuple[Node, ...]:
        """The members of a list; `expected` shows how it is written."""
        node = self.node(key)
        if node is None or isinstance(node, Items):
            return node.items if node else ()
        self.problems.add(node.where, f'"{key}" of {self.what} must be a list; expected {expected}')
        return ()

    def texts(self, key: str, check: Check | None = None) -> tuple[str, ...]:
        """A list of strings."""
        found = []
        for node in self.items(key, f'{key}: ["…"]'):
            if isinstance(node, Scalar) and node.text:
                found.append(self._checked(node, check))
            else:
                self.problems.add(node.where, f'"{key}" of {self.what} must hold texts only')
        return tuple(text for text in found if text is not None)

    def _checked(self, node: Scalar, check: Check | None) -> str | None:
        wrong = check(node.text) if check else None
        if wrong:
            self.problems.add(node.where, wrong)
        return None if wrong else node.text

    def timeout(self) -> float | None:
        """`timeout` in seconds."""
        node = self.node("timeout")
        seconds = values.seconds(node.value) if isinstance(node, Scalar) else None
        if node is not None and seconds is None:
            self.problems.add(node.where, values.TIMEOUT)
        return seconds

    def environment(self) -> dict[str, str]:
        """`environment` as a mapping of names to texts."""
        node = self.node("environment")
        if node is None or isinstance(node, Table):
            pairs = node.pairs if node else ()
            return {key.text: value.text for key, value in pairs if self._is_variable(key, value) and isinstance(value, Scalar)}
        self.problems.add(node.where, 'expected environment: {NAME: "value"}')
        return {}

    def _is_variable(self, key: Scalar, value: Node) -> bool:
        wrong = values.variable(key.text, "a name in environment")
        if not isinstance(value, Scalar):
            wrong = wrong or f'"{key.text}" in environment must be a text, a number, true or false'
        if wrong:
            self.problems.add(key.where, wrong)
        return not wrong

    def secrets(self) -> tuple[str, ...]:
        """`secrets` as a list of names."""
        return self.texts("secrets", lambda text: values.variable(text, "the name of a secret"))

    def cache(self) -> tuple[Cache, ...]:
        """`cache: {key, paths, files}`."""
        node = self.node("cache")
        if node is None:
            return ()
        inner = Fields.of(node, "cache", ("key", "paths", "files"), self.problems)
        key, paths = inner.text("key", values.cache_key), inner.texts("paths", values.path)
        if key is None or not paths:
            self.problems.add(node.where, "a cache needs a key and paths: cache: {key: npm, paths: [node_modules]}")
            return ()
        return (Cache(key, paths, inner.texts("files", values.path)),)
