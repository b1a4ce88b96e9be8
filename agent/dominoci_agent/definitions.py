"""The pipeline definition of a build: the text that it was given, or read from the mirror once, then remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TypeVar

from dominoci_agent.client.wire import Claim, Given
from dominoci_agent.imports import Importer, Mirrors
from dominoci_agent.pipeline.definition import ROOT_NAMES, Definition, guess, load_files, load_text, nothing
from dominoci_agent.pipeline.errors import DefinitionError, Problem, Where, decode
from dominoci_agent.pipeline.formats import factory, flow, job
from dominoci_agent.runtime.mirror import Commit
from dominoci_agent.runtime.source import NoSource, Source

_REMEMBERED = 256

_NO_COMMIT = Commit("", "", "", {}, {})

K = TypeVar("K")
V = TypeVar("V")


class Definitions:
    """A small memory over the builds of one agent; most builds of a commit, and most commits, share a definition."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commits: OrderedDict[tuple[str, str], Commit] = OrderedDict()
        self._loaded: OrderedDict[tuple[str, ...], Definition] = OrderedDict()

    def of_claim(self, claim: Claim, source: Source | NoSource, commit: str, mirrors: Mirrors) -> tuple[Commit, Definition]:
        """The same as `of` for what a claim says: without a repository the definition is the given one."""
        if isinstance(source, Source):
            return self.of(source, commit, mirrors, claim.definition, claim.file)
        assert claim.definition is not None  # noqa: S101  the wire sees to it
        return _NO_COMMIT, _importing(load_text(claim.definition.format, claim.definition.text), source, mirrors)

    def of(
        self, source: Source, commit: str, mirrors: Mirrors, given: Given | None = None, file: str | None = None
    ) -> tuple[Commit, Definition]:
        """The commit's own facts and its definition: the given one if there is one, else what stands in `file`, else what is
        looked for. `mirrors` is where this build's copies of repositories are that pipelines are imported from. DefinitionError
        when the commit has none, or a wrong one."""
        key = (str(source.mirror.folder), commit)
        head = self._recall(self._commits, key) or self._remember(self._commits, key, source.mirror.commit(commit, ROOT_NAMES))
        if given is not None:
            return head, _importing(load_text(given.format, given.text), source, mirrors)
        if file is not None:
            return head, _importing(_named(source, head, file), source, mirrors)
        # its content is known by the ids of what it may stand in, so another commit with the same ones needs no reading
        found = {**head.folders, **head.files}
        entries = tuple(found.get(name, "") for name in ROOT_NAMES)
        definition = self._recall(self._loaded, entries)
        if definition is None:
            definition = self._remember(self._loaded, entries, _load(source, head))
        return head, _importing(definition, source, mirrors)

    def _recall(self, memory: OrderedDict[K, V], key: K) -> V | None:
        with self._lock:
            return memory.get(key)

    def _remember(self, memory: OrderedDict[K, V], key: K, value: V) -> V:
        with self._lock:
            memory[key] = value
            while len(memory) > _REMEMBERED:
                memory.popitem(last=False)
        return value


def _importing(definition: Definition, source: Source | NoSource, mirrors: Mirrors) -> Definition:
    """The definition, able to fetch what it imports as this build may."""
    if isinstance(definition, factory.Definition) and definition.imports:
        return replace(definition, fetch=Importer(mirrors, source.stop, source.remote))
    return definition


def _named(source: Source, head: Commit, file: str) -> Definition:
    """The definition in one file of the commit, of the format that its name and its keys show."""
    folder, _, name = file.rpartition("/")
    tree = source.mirror.subfolder(head.id, folder) if folder else head.tree
    content = source.files(tree, name).get(name) if tree else None
    if content is None:
        raise DefinitionError(Problem(Where(file, 1), f"there is no such file in commit {head.id[:12]}, so nothing to run"))
    text = decode(file, content)
    return load_text(guess(name, text), text, file)


def _load(source: Source, head: Commit) -> Definition:
    """Reads no more than the format that wins: the files of the others are not even fetched."""
    files: dict[str, bytes] = {}
    if factory.FOLDER in head.folders:
        files = source.files(head.folders[factory.FOLDER], ".hcl")
        files = {f"{factory.FOLDER}/{name}": content for name, content in files.items()}
    if not files and flow.FILE in head.files:
        files = {name: content for name, content in source.files(head.tree, flow.FILE).items() if name == flow.FILE}
    if not files and job.FOLDER in head.folders:
        files = source.files(head.folders[job.FOLDER], job.FILES)
        files = {f"{job.FOLDER}/{name}": content for name, content in files.items()}
    if not files:
        raise nothing(f"commit {head.id[:12]}")
    return load_files({name: decode(name, content) for name, content in files.items()})
