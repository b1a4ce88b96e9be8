"""The pipeline definition of a commit: read from the mirror once, then remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TypeVar

from dominoci_agent.pipeline.errors import DefinitionError, Problem, Where
from dominoci_agent.pipeline.formats import factory
from dominoci_agent.runtime.mirror import Commit
from dominoci_agent.runtime.source import Source

_REMEMBERED = 256

K = TypeVar("K")
V = TypeVar("V")


class Definitions:
    """A small memory over the builds of one agent; most builds of a commit, and most commits, share a definition."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commits: OrderedDict[tuple[str, str], Commit] = OrderedDict()
        self._loaded: OrderedDict[str, factory.Definition] = OrderedDict()

    def of(self, source: Source, commit: str) -> tuple[Commit, factory.Definition]:
        """The commit's own facts and its definition. DefinitionError when it has none, or a wrong one."""
        key = (str(source.mirror.folder), commit)
        with self._lock:
            head = self._commits.get(key)
        if head is None:
            head = source.mirror.commit(commit, factory.FOLDER)
            self._remember(self._commits, key, head)
        if head.folder is None:
            raise _nothing(commit)
        with self._lock:
            definition = self._loaded.get(head.folder)
        if definition is None:
            definition = self._load(source, head.folder, commit)
            self._remember(self._loaded, head.folder, definition)
        return head, definition

    def _load(self, source: Source, tree: str, commit: str) -> factory.Definition:
        files = {f"{factory.FOLDER}/{name}": content for name, content in source.files(tree, ".hcl").items()}
        if not files:
            raise _nothing(commit)
        return factory.load({name: decode(name, content) for name, content in files.items()})

    def _remember(self, memory: OrderedDict[K, V], key: K, value: V) -> None:
        with self._lock:
            memory[key] = value
            while len(memory) > _REMEMBERED:
                memory.popitem(last=False)


def decode(name: str, content: bytes) -> str:
    """The text of a definition file. DefinitionError with the line of the first byte that is no UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DefinitionError(Problem(Where(name, line), "the file is not UTF-8")) from None


def _nothing(commit: str) -> DefinitionError:
    where = Where(f"{factory.FOLDER}/", 1)
    return DefinitionError(Problem(where, f"no *.hcl file in {factory.FOLDER}/ at commit {commit[:12]}: nothing to run"))
