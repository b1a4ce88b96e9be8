"""The source of one build: which commit it is, what changed in it, and getting it into the workspace."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from dominoci_agent.backoff import Backoff
from dominoci_agent.pipeline.selection import Change
from dominoci_agent.runtime.git import GitError, RefusedError, Remote, check_ref, is_commit
from dominoci_agent.runtime.mirror import Mirror
from dominoci_agent.runtime.stop import Stop

T = TypeVar("T")

# an arbiter that is being restarted is back within this time
_PATIENCE_S = 45.0


@dataclass(frozen=True)
class Source:
    """A mirror together with where it is filled from."""

    mirror: Mirror
    remote: Remote
    stop: Stop

    @classmethod
    def open(cls, mirror: Mirror, url: str, password: str | None, stop: Stop) -> Source:
        """RefusedError for an address that no build may use."""
        return cls(mirror, Remote.at(url, password), stop)

    def find_commit(self, commit: str | None, *, branch: str | None, tag: str | None, ref: str) -> str:
        """Make sure that the commit (or what the ref points to now) is in the mirror; its full id. GitError."""
        if commit is None and is_commit(ref):
            commit = ref
        if commit is not None:
            wanted = commit
            if not is_commit(wanted):
                raise RefusedError(f"{wanted[:80]!r} is not a full commit id")
            if not self.mirror.has(wanted):
                self._patiently(lambda: self.mirror.fetch(self.remote, wanted, self.stop))
            return wanted
        names = _full_names(branch, tag, ref)
        return self._patiently(lambda: self.mirror.fetch_ref(self.remote, names, self.stop))

    def change(self, commit: str, base: str | None, branch: str | None, tag: str | None) -> Change:
        """What the filters need to know. An unusable base makes the changed paths unknown, with the reason."""
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

    def files(self, tree: str, ending: str) -> dict[str, bytes]:
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


def _full_names(branch: str | None, tag: str | None, ref: str) -> list[str]:
    if branch is not None:
        return [f"refs/heads/{check_ref(branch)}"]
    if tag is not None:
        return [f"refs/tags/{check_ref(tag)}"]
    if not ref or ref == "HEAD":
        return ["HEAD"]
    check_ref(ref)
    return [ref] if ref.startswith("refs/") else [f"refs/heads/{ref}", f"refs/tags/{ref}"]
