"""The source of one build: which commit it is, what changed in it, and getting it into the workspace."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from dominoci_agent.backoff import Backoff
from dominoci_agent.pipeline.selection import Change
from dominoci_agent.runtime.credentials import Credentials
from dominoci_agent.runtime.git import GitError, RefusedError, Remote, check_ref, is_commit
from dominoci_agent.runtime.mirror import Mirror
from dominoci_agent.runtime.stop import Stop

T = TypeVar("T")

_BRANCHES, _TAGS = "refs/heads/", "refs/tags/"

# an arbiter that is being restarted is back within this time
_PATIENCE_S = 45.0


@dataclass(frozen=True)
class Wanted:
    """What a build was told to build: a ref, which is a branch or a tag where that is known, and what to build instead when
    the repository has no such ref (None: nothing)."""

    ref: str
    branch: str | None = None
    tag: str | None = None
    fallback: str | None = None


@dataclass(frozen=True)
class Found:
    """The commit of a build, and the ref that it was found by."""

    commit: str
    ref: str
    branch: str | None
    tag: str | None


@dataclass(frozen=True)
class Source:
    """A mirror together with where it is filled from."""

    mirror: Mirror
    remote: Remote
    stop: Stop

    @classmethod
    def open(cls, mirror: Mirror, url: str, shown: Credentials | str | None, stop: Stop) -> Source:
        """`shown` is what the repository is shown (a text: a password). RefusedError for an address that no build may use."""
        remote = Remote.at(url, shown)
        return cls(mirror, replace(remote, credentials=replace(remote.credentials, seen_hosts=mirror.seen_hosts)), stop)

    def find(self, wanted: Wanted, commit: str | None = None) -> Found:
        """Make sure that the commit (without one: what the ref points to now) is in the mirror. GitError, also when there is
        neither the ref nor its fallback."""
        if commit is None and is_commit(wanted.ref):
            commit = wanted.ref
        if commit is not None:
            commit = self._find_commit(commit)
            return Found(commit, wanted.ref, wanted.branch, wanted.tag)
        first, second = _names(wanted), _fallback_names(wanted)
        name, commit = self._patiently(lambda: self.mirror.fetch_ref(self.remote, [*first, *second], self.stop))
        if name in first:
            return Found(commit, wanted.ref, wanted.branch, wanted.tag)
        return Found(commit, wanted.fallback or "", _after(_BRANCHES, name), _after(_TAGS, name))

    def _find_commit(self, commit: str) -> str:
        if not is_commit(commit):
            raise RefusedError(f"{commit[:80]!r} is not a full commit id")
        if self.mirror.has(commit):
            return commit
        return self._patiently(lambda: self.mirror.fetch(self.remote, commit, self.stop))

    def change(self, found: Found, base: str | None) -> Change:
        """What the filters need to know. An unusable base makes the changed paths unknown, with the reason."""
        commit, branch, tag = found.commit, found.branch, found.tag
        if base is None or not is_commit(base):
            return Change(branch, tag)
        if base == commit:
            return Change(branch, tag, unknown_because="this commit was built before")
        try:
            self.mirror.fetch(self.remote, base, self.stop)
            return Change(branch, tag, self.mirror.changed(base, commit, self.stop))
        except GitError:
            why = f"the last built commit {base[:12]} is not in the repository any more"
            return Change(branch, tag, unknown_because=why)

    def files(self, tree: str, ending: str | tuple[str, ...]) -> dict[str, bytes]:
        """The files of one folder; see `Mirror.files`."""
        return self._patiently(lambda: self.mirror.files(self.remote, tree, ending, self.stop))

    def check_out(self, commit: str, workspace: Path) -> None:
        """Fill the (empty) workspace."""
        self._patiently(lambda: self.mirror.check_out(self.remote, commit, workspace, self.stop))

    def _patiently(self, act: Callable[[], T]) -> T:
        backoff, until = Backoff(), time.monotonic() + _PATIENCE_S
        while True:
            try:
                return act()
            except GitError as error:
                if error.damaged:
                    self.mirror.condemn()
                if error.permanent or self.stop or time.monotonic() > until:
                    raise
                self.stop.wait(backoff.next())


@dataclass(frozen=True)
class NoSource:
    """In a source's place where a build begins in an empty folder: there is no commit, and nothing to check out."""

    stop: Stop
    remote: Remote | None = None

    def find(self, wanted: Wanted, _commit: str | None = None) -> Found:
        """What was wanted, of no commit."""
        return Found("", wanted.ref, wanted.branch, wanted.tag)

    def change(self, found: Found, _base: str | None) -> Change:
        """Branch and tag are all that filters can ask for."""
        return Change(found.branch, found.tag, unknown_because="the build has no repository")

    def check_out(self, _commit: str, workspace: Path) -> None:
        """The workspace stays empty."""
        workspace.mkdir(parents=True, exist_ok=True)


def _names(wanted: Wanted) -> list[str]:
    """The full names that the wanted ref may have. What cannot be a ref is in no repository: only without a fallback is it
    an error."""
    try:
        return _full_names(wanted.branch, wanted.tag, wanted.ref)
    except RefusedError:
        if wanted.fallback is None:
            raise
        return []


def _fallback_names(wanted: Wanted) -> list[str]:
    return [] if wanted.fallback is None else _full_names(None, None, wanted.fallback)


def _after(kind: str, name: str) -> str | None:
    return name.removeprefix(kind) if name.startswith(kind) else None


def _full_names(branch: str | None, tag: str | None, ref: str) -> list[str]:
    if branch is not None:
        return [f"{_BRANCHES}{check_ref(branch)}"]
    if tag is not None:
        return [f"{_TAGS}{check_ref(tag)}"]
    if not ref or ref == "HEAD":
        return ["HEAD"]
    check_ref(ref)
    return [ref] if ref.startswith("refs/") else [f"{_BRANCHES}{ref}", f"{_TAGS}{ref}"]
