"""The repositories that the arbiter hosts itself: bare ones under `<data>/git/`, served over HTTP by `web.git`."""

import fcntl
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dominoci.config import Settings
from dominoci.domain.refs import is_ref_name
from dominoci.infra.hosting import blobs, command, post_receive, refs
from dominoci.infra.hosting.command import GitError

__all__ = ["GitError", "Hosting", "UntoldPush", "local_url"]

MAX_PUSH = 1 << 30
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
# agents fetch exact commits, and only the part of the tree that they need; pushes are checked before they are taken, but
# for what old histories are full of; cleaning up happens within the push, so that no process is left behind
_CONFIG = f"""
[http]
	receivepack = true
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[receive]
	fsckObjects = true
	maxInputSize = {MAX_PUSH}
[receive "fsck"]
	zeroPaddedFilemode = warn
	badTimezone = warn
	missingSpaceBeforeDate = warn
[gc]
	autoDetach = false
[maintenance]
	autoDetach = false
[core]
	hooksPath = hooks
"""
_HOOK = """#!/bin/sh
# written by DominoCI when the repository was made; the door passes its own paths, so that an upgrade needs no rewriting
python={python}
script={script}
exec "${{DOMINOCI_PYTHON:-$python}}" -I -S "${{DOMINOCI_POST_RECEIVE:-$script}}"
"""


_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared, not bound


def local_url(settings: Settings) -> str:
    """Where what runs on this machine (hooks, the demo's clone) reaches the web process without a way round through a proxy."""
    host = _ANYWHERE.get(settings.host, settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


@dataclass(frozen=True)
class UntoldPush:
    """A push that is stored in a repository, but of which the arbiter does not know (yet)."""

    project_id: str
    ref: str
    before: str
    after: str
    file: Path


@dataclass(frozen=True)
class Hosting:
    """The hosted repositories below `data`; `push_url` is where their hooks reach the web process on this machine.

    Any thread of any process may call any method; a repository appears and disappears as a whole.
    """

    data: Path
    push_url: str

    @property
    def root(self) -> Path:
        """The folder of all hosted repositories."""
        return self.data / "git"

    def folder(self, project_id: str) -> Path:
        """Where a project's repository is or would be. Raises ValueError for what cannot be an id."""
        if not _ID.fullmatch(project_id):
            raise ValueError(f"not a project's id: {project_id!r}")
        return self.root / f"{project_id}.git"

    def exists(self, project_id: str) -> bool:
        """Whether the project has a repository here."""
        return (self.folder(project_id) / "HEAD").exists()

    def ensure(self, project_id: str, default_branch: str, mint: Callable[[], str]) -> None:
        """Makes the repository, if it is not there, with a token from `mint` for its hook; HEAD names the default branch in
        any case. Raises ValueError for an impossible branch name."""
        if not is_ref_name(default_branch):
            raise ValueError(f"not a name for a branch: {default_branch!r}")
        folder = self.folder(project_id)
        if not self.exists(project_id):
            with self.alone():
                if not self.exists(project_id):
                    self._create(folder, default_branch, {"url": self.push_url, "project": project_id, "token": mint()})
        if refs.head_branch(folder) != default_branch:
            _write(folder / "HEAD", f"ref: {refs.HEADS}{default_branch}\n", 0o644)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only one process at a time makes repositories: a second token would make the first one's hook a stranger."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _create(self, folder: Path, branch: str, settings: Mapping[str, str]) -> None:
        new = Path(tempfile.mkdtemp(prefix=".new-", dir=self.root))
        try:
            command.run("init", "--quiet", "--bare", "--template=", f"--initial-branch={branch}", "--", str(new), at=self.root)
            with (new / "config").open("a") as config:
                config.write(_CONFIG)
            _write(new / post_receive.SETTINGS, json.dumps(settings), 0o600)
            (new / "hooks").mkdir()
            hook = _HOOK.format(python=shlex.quote(sys.executable), script=shlex.quote(post_receive.__file__))
            _write(new / "hooks" / "post-receive", hook, 0o755)
            new.rename(folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def remove(self, project_id: str) -> None:
        """Removes the repository with everything in it; one that is not there is no error."""
        self.root.mkdir(parents=True, exist_ok=True)
        grave = Path(tempfile.mkdtemp(prefix=".gone-", dir=self.root))
        try:
            self.folder(project_id).rename(grave / "repository")
        except FileNotFoundError:
            pass
        finally:
            shutil.rmtree(grave, ignore_errors=True)

    def environment(self, project_name: str, push_url: str) -> Mapping[str, str]:
        """What a push must have in its environment, so that the hook finds its way whatever has changed since it was written."""
        return {
            "DOMINOCI_PUSH_URL": push_url,
            "DOMINOCI_PROJECT": project_name,
            "DOMINOCI_PYTHON": sys.executable,
            "DOMINOCI_POST_RECEIVE": post_receive.__file__,
        }

    def resolve(self, project_id: str, ref: str) -> str | None:
        """The commit that `ref` (a branch, a tag, a full ref name, HEAD or a commit id) stands for now; None when there is none.

        A name that is both is the branch. Branches are read from files, without a process.
        """
        folder = self.folder(project_id)
        if ref == "HEAD":
            ref = refs.head_branch(folder) or ref
        if ref.startswith(refs.HEADS):
            return refs.read(folder, ref)
        if refs.is_sha(ref):
            return _peeled(folder, ref)
        tag = ref.removeprefix(refs.TAGS)
        branch = None if tag != ref else refs.read(folder, refs.HEADS + ref)
        # a tag may be an object of its own, and only git can say what commit it speaks of
        return branch or (_peeled(folder, refs.TAGS + tag) if refs.read(folder, refs.TAGS + tag) else None)

    def branch_exists(self, project_id: str, branch: str) -> bool:
        """Whether the project has this branch now."""
        return refs.read(self.folder(project_id), refs.HEADS + branch) is not None

    def file(self, project_id: str, ref: str, path: str, most: int) -> bytes | None:
        """The content of a file where `ref` is now; None when there is no such ref or file. Raises TooLarge for more than `most`
        bytes, GitError."""
        commit = self.resolve(project_id, ref)
        return blobs.read(self.folder(project_id), commit, path, most) if commit else None

    def untold(self, older_than_s: float) -> Iterator[UntoldPush]:
        """Pushes that no hook could tell of in that time, oldest first within a project; delete `file` once the arbiter knows."""
        before_ns = time.time_ns() - int(older_than_s * 1e9)
        for file in sorted(self.root.glob(f"*.git/{post_receive.UNTOLD}/*.json")):
            try:
                if int(file.name.split("-")[0]) > before_ns:
                    continue
                push = json.loads(file.read_bytes())
                yield UntoldPush(file.parents[1].stem, push["ref"], push["before"], push["after"], file)
            except (OSError, ValueError, KeyError):
                continue


def _peeled(folder: Path, name: str) -> str | None:
    if not folder.is_dir():
        return None
    try:
        found = command.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", at=folder)
    except GitError:
        return None
    return found.decode().strip() or None


def _write(path: Path, text: str, mode: int) -> None:
    half = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
    half.replace(path)
