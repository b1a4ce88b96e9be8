"""Fetching imported pipelines: by git, from the same kinds of address as any repository, and no more than the one folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dominoci_agent.pipeline.errors import DefinitionError, Problem, decode
from dominoci_agent.pipeline.formats.factory_import import Import
from dominoci_agent.runtime.credentials import Credentials
from dominoci_agent.runtime.git import GitError, Remote
from dominoci_agent.runtime.mirror import Mirror
from dominoci_agent.runtime.source import Source, Wanted
from dominoci_agent.runtime.stop import Stop

# name for people, address, what is shown there -> the local copy
Mirrors = Callable[[str, str, Credentials], Mirror]


@dataclass(frozen=True)
class Importer:
    """Fetches for one build; `own` is the build's own repository, whose credentials are shown to its origin and nowhere else."""

    mirrors: Mirrors
    stop: Stop
    own: Remote | None = None
    _read: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def __call__(self, wanted: Import) -> Mapping[str, str]:
        """The `.hcl` files of the folder. DefinitionError when there is no such repository, ref or folder; GitError when trying
        again may help."""
        if str(wanted) not in self._read:
            self._read[str(wanted)] = self._fetch(wanted)
        return self._read[str(wanted)]

    def _fetch(self, wanted: Import) -> dict[str, str]:
        try:
            source = self._source(wanted.repository)
            commit = source.find(Wanted(wanted.ref)).commit
            tree = source.mirror.subfolder(commit, wanted.folder)
            files = source.files(tree, ".hcl") if tree else {}
        except GitError as error:
            if not error.permanent or self.stop:
                raise GitError(f"{wanted}: {error}", permanent=error.permanent) from None
            raise _cannot(wanted, f"cannot be fetched: {error}") from None
        if not files:
            raise _cannot(wanted, f"there is no .hcl file in the folder {wanted.folder} at {wanted.ref}")
        return {wanted.file(name): decode(wanted.file(name), content) for name, content in sorted(files.items())}

    def _source(self, url: str) -> Source:
        same = self.own is not None and Remote.at(url, None).origin == self.own.origin
        shown = self.own.credentials if self.own and same else Credentials()
        return Source.open(self.mirrors(_readable(url), url, shown), url, shown, self.stop)


def _cannot(wanted: Import, why: str) -> DefinitionError:
    return DefinitionError(Problem(wanted.where, f"the imported pipeline {wanted}: {why}"))


def _readable(url: str) -> str:
    return re.sub(r"\.git$", "", url).rpartition("/")[2]
