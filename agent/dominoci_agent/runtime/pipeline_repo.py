"""The pipeline repository of a run, as a job sees it: brought before the job, and after it kept as a commit and merged.

Its root holds `workspace/`, all that the job sees of it, and `variables/`, one file each. The repository itself lies outside of
what a job can reach: nothing that a job writes is configuration, a hook or an attribute to git. Contents go in and out as they
are: no ignore rules, no filters, no line ends. Files above a limit go beside git, as git-lfs has it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from dominoci_agent.backoff import Backoff
from dominoci_agent.runtime import git
from dominoci_agent.runtime.git import GitError, Remote
from dominoci_agent.runtime.snapshot import Pointer, Snapshot, pointers, write_commit
from dominoci_agent.runtime.stop import Stop

WORKSPACE, VARIABLES = "workspace", "variables"
_MAIN, _JOBS, _OWN = "refs/heads/main", "refs/jobs/", "refs/heads/own"
_THEIRS = "refs/remotes/origin/main"
_PATIENCE_S = 120.0  # an arbiter that is being restarted, and jobs beside this one that push, are done by then
_MOST_TRIES = 50
_MOST_NAMED = 20
_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
# whatever attributes a workspace brings along: contents stay as they are, and are merged by lines
_ATTRIBUTES = "* -text -ident -filter !eol !working-tree-encoding !merge\n"
_SETTINGS = {"merge.renames": "false", "merge.directoryRenames": "false", "core.protectNTFS": "false"}
_TRAILER = re.compile(r"^State: ([a-z_]+)$", re.MULTILINE)

T = TypeVar("T")


class LargeFiles(Protocol):
    """Where files above the limit are kept. Both raise OSError or GitError when it cannot be done."""

    def put(self, files: Mapping[Pointer, Path]) -> None:
        """Keep these files."""

    def get(self, pointer: Pointer, target: Path) -> bool:
        """Write a kept file to `target`, whole and checked, or not at all; False when it is not one of those kept here."""


class MergeConflict(Exception):
    """What the job left contradicts what jobs beside it left; `paths` are those of the workspace and names of variables."""

    def __init__(self, paths: Sequence[str]) -> None:
        named = [_spoken(path) for path in paths[:_MOST_NAMED]]
        more = f" and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else ""
        super().__init__(f"What it left contradicts what a job beside it left: {', '.join(named)}{more}.")
        self.paths = tuple(paths)


def _spoken(path: str) -> str:
    kind, _, name = path.partition("/")
    return f"variable {name}" if kind == VARIABLES else name if kind == WORKSPACE else path


@dataclass(frozen=True)
class JobEnd:
    """What a commit tells of the job that it is of."""

    job: str
    build: str
    state: str

    @property
    def message(self) -> str:
        """The commit's message."""
        return f"{self.job}\n\nState: {self.state}\nBuild: {self.build}\n"


@dataclass
class PipelineRepo:
    """One job's copy. `tree` is the folder that it fills, `store` a folder of the agent's own. Not for several threads."""

    tree: Path
    store: Path
    remote: Remote
    stop: Stop
    large: LargeFiles | None = None
    over: int = 5_000_000
    more: Mapping[str, str] = field(default_factory=dict)  # for git's environment
    base: str = ""

    @property
    def workspace(self) -> Path:
        """What the job sees."""
        return self.tree / WORKSPACE

    def bring(self) -> None:
        """Fetch, and lay the newest state out. GitError."""
        self._create()
        self._patiently(self._fetch)
        self.base = self._at(_THEIRS)
        self._git("read-tree", "-u", "--reset", self.base, GIT_WORK_TREE=str(self.tree), GIT_INDEX_FILE=str(self.store / "index"))
        self.workspace.mkdir(exist_ok=True)
        for pointer, path in pointers(self.workspace):
            self._bring_large(pointer, path)

    def _create(self) -> None:
        for part in ("objects/info", "objects/pack", "refs/heads", "info"):
            (self.store / part).mkdir(parents=True, exist_ok=True)
        self.tree.mkdir(parents=True, exist_ok=True)
        (self.store / "config").write_text(_CONFIG)
        (self.store / "info/attributes").write_text(_ATTRIBUTES)
        (self.store / "HEAD").write_text("ref: refs/heads/own\n")

    def _bring_large(self, pointer: Pointer, path: Path) -> None:
        if self.large is None:
            return
        mode, large = path.stat().st_mode, self.large
        half = self.store / f"large-{pointer.oid[:16]}"
        # a pointer that is unknown is one of the project's own, which some job has copied: a file like any other
        if self._patiently(lambda: large.get(pointer, half)):
            half.chmod(mode & 0o777)
            half.replace(path)

    def variables(self) -> dict[str, str]:
        """The variables of the state that was brought."""
        folder = self.tree / VARIABLES
        found = {path.name: path for path in folder.iterdir() if path.is_file()} if folder.is_dir() else {}
        return {name: path.read_text(errors="replace") for name, path in sorted(found.items())}

    def set_variables(self, values: Mapping[str, str]) -> None:
        """Variables that the job has set."""
        (self.tree / VARIABLES).mkdir(exist_ok=True)
        for name, value in values.items():
            (self.tree / VARIABLES / name).write_text(value)

    def left_by(self, build: str) -> str | None:
        """The state that the same job ended in, when an agent before this one ran it, pushed, and could not tell; else None.
        Its commit is then merged, if it was not."""
        own = self._found(f"{_JOBS}{build}")
        if own is None:
            return None
        told = self._git("cat-file", "commit", own).decode(errors="replace")
        self._share(own, JobEnd("", build, ""))
        state = _TRAILER.search(told)
        return state[1] if state else "failed"

    def keep(self, end: JobEnd, note: Callable[[str], None]) -> str:
        """Commit the workspace as the job left it, merge what others pushed meanwhile, push; the commit's id. `note` is told what
        cannot be kept. MergeConflict, GitError, OSError."""
        snapshot = Snapshot.of(self.tree, self.over if self.large else None)
        for line in snapshot.left_out:
            note(line)
        large = self.large
        if large is not None and snapshot.large:
            self._patiently(lambda: large.put(snapshot.large))
        write_commit(snapshot, _OWN, self.base, end.message, self._environment(), self.stop)
        own = self._at(_OWN)
        self._share(own, end)
        return own

    def _share(self, own: str, end: JobEnd) -> None:
        """Pushes until nobody was faster. Whatever comes of the merge, the job's own state is kept."""
        backoff, until = Backoff(), time.monotonic() + _PATIENCE_S
        for _ in range(_MOST_TRIES):
            self._patiently(self._fetch)
            try:
                self._push(self._merged(own, end), own, end.build)
                return
            except MergeConflict:
                self._patiently(lambda: self._push(None, own, end.build))
                raise
            except GitError as error:
                if error.permanent or self.stop or time.monotonic() > until:
                    raise
            self.stop.wait(backoff.next())
        raise GitError("other jobs of the run pushed faster than this one could merge", permanent=True)

    def _merged(self, own: str, end: JobEnd) -> str:
        theirs = self._at(_THEIRS)
        if theirs == self.base or self._holds(own, theirs):
            return own
        if self._holds(theirs, own):
            return theirs
        code, output, errors = git.outcome(
            ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", theirs, own],
            _SETTINGS, self.stop, **self._environment(),
        )  # fmt: skip
        tree, *rest = output.split(b"\0")
        if code == 1:
            raise MergeConflict([name.decode(errors="replace") for name in rest if name])
        if code:
            raise GitError(errors.decode(errors="replace").strip()[-300:] or f"git ended with {code}", permanent=True)
        message = f"Merge {end.job or 'a job'}\n"
        parents = ["-p", theirs, "-p", own]
        return self._git("commit-tree", *parents, tree.decode(), data=message.encode()).decode().strip()

    def _holds(self, newer: str, older: str) -> bool:
        """Whether one commit comes after the other."""
        arguments = ["merge-base", "--is-ancestor", older, newer]
        return git.outcome(arguments, _SETTINGS, self.stop, **self._environment())[0] == 0

    def _fetch(self) -> None:
        wanted = [f"+{_MAIN}:{_THEIRS}", f"+{_JOBS}*:{_JOBS}*"]
        self._git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", "origin", *wanted, remote=self.remote)

    def _push(self, main: str | None, own: str, build: str) -> None:
        moves = [f"{own}:{_JOBS}{build}", *([f"{main}:{_MAIN}"] if main else [])]
        self._git("push", "--quiet", "--atomic", "--no-verify", "origin", *moves, remote=self.remote)

    def _git(self, *arguments: str, remote: Remote | None = None, data: bytes | None = None, **more: str) -> bytes:
        settings = {**_SETTINGS, "remote.origin.url": self.remote.url}
        return git.run(arguments, settings, self.stop, remote=remote, data=data, **{**self._environment(), **more})

    def _environment(self) -> dict[str, str]:
        who = {"NAME": "DominoCI", "EMAIL": "dominoci@localhost"}
        names = {f"GIT_{role}_{part}": text for role in ("AUTHOR", "COMMITTER") for part, text in who.items()}
        return {"GIT_DIR": str(self.store), **names, **self.more}

    def _at(self, ref: str) -> str:
        found = self._found(ref)
        if found is None:
            raise GitError("the run's repository has no state to begin with", permanent=True)
        return found

    def _found(self, ref: str) -> str | None:
        code, output, _ = git.outcome(["rev-parse", "--verify", "--quiet", ref], _SETTINGS, self.stop, **self._environment())
        return output.decode().strip() if code == 0 else None

    def _patiently(self, act: Callable[[], T]) -> T:
        """An arbiter that is away for a moment is waited for."""
        backoff, until = Backoff(), time.monotonic() + _PATIENCE_S
        while True:
            try:
                return act()
            except GitError as error:
                if error.permanent or self.stop or time.monotonic() > until:
                    raise
            self.stop.wait(backoff.next())
