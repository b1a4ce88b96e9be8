"""A bare, partial copy of one repository, kept from build to build.

First only the commit and its trees come over the network (`--depth=1 --filter=blob:none`), then the few files of
`.factory/`; all other contents come with the checkout, once the filters have decided that there is something to run.
A commit that is here already needs no network at all. A file `refs/dominoci/<commit>` says that a commit and its trees are here.
"""

from __future__ import annotations

import os
import shutil
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dominoci_agent.runtime import git
from dominoci_agent.runtime.catfile import TREE_MODE, CatFile, MissingObjectError
from dominoci_agent.runtime.git import GitError, Remote
from dominoci_agent.runtime.stop import Stop

_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
_REFS = "refs/dominoci"
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none")
_MAX_MESSAGE = 4000
_DAMAGED = "damaged"
_LOOK_S = 0.2
_MAX_FILE = 1 << 20  # of a definition; what is longer is cut off, and refused for its length
_FILE_MODES = (b"100644", b"100755")


@dataclass(frozen=True)
class Commit:
    """What a commit says of itself, its root folder, and of the entries in there that were asked for the object ids: folders and
    regular files apart, absent where the commit has no such one."""

    id: str
    message: str
    tree: str
    folders: Mapping[str, str]
    files: Mapping[str, str]


class Mirror:
    """One repository's copy. Builds may use it side by side; fetches wait for each other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # beside the copy, because they must outlive it: whoever is met for the first time again is believed again
        self.seen_hosts = folder.with_name(f"{folder.name}.known_hosts")
        self._lock = threading.Lock()
        if not (folder / "HEAD").exists():
            self._create()

    def _create(self) -> None:
        for part in ("objects/info", "objects/pack", _REFS):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        (self.folder / "config").write_text(_CONFIG)
        # last, because it is what tells a whole mirror from a half-made one
        (self.folder / "HEAD").write_text("ref: refs/heads/main\n")

    def has(self, commit: str) -> bool:
        """Whether the commit and its trees are here (its files may not be)."""
        return (self.folder / _REFS / commit).exists()

    def fetch(self, remote: Remote, commit: str, stop: Stop) -> str:
        """Make sure that the commit and its trees are here; its id (another one where `commit` is an annotated tag's).
        GitError when the repository has no such commit."""
        with self._alone(stop):
            if self.has(commit):
                return commit
            self._fetch(remote, f"+{commit}:{_REFS}/{commit}", stop)
            return self._keep(self.folder / _REFS / commit)

    def fetch_ref(self, remote: Remote, names: Iterable[str], stop: Stop) -> tuple[str, str]:
        """Fetch the first of the full ref names that exists; its name, and the commit it points to."""
        failures: list[str] = []
        for name in names:
            incoming = f"{_REFS}/incoming-{uuid.uuid4().hex}"
            try:
                with self._alone(stop):
                    self._fetch(remote, f"+{name}:{incoming}", stop)
            except GitError as error:
                if "remote ref" not in str(error):
                    raise
                failures.append(str(error))
                continue
            return name, self._keep(self.folder / incoming)
        raise GitError("; ".join(failures) or "no ref was named", permanent=True)

    def _keep(self, incoming: Path) -> str:
        commit = incoming.read_text().strip()
        with CatFile(self.folder) as objects:
            commit = _peel(objects, commit)
        if incoming.name != commit:
            incoming.with_name(commit).write_text(commit + "\n")
            incoming.unlink()
        return commit

    def _fetch(self, remote: Remote, refspec: str, stop: Stop) -> None:
        arguments = [*_FETCH, "--depth=1", "--", "origin", refspec]
        with self._no_half_packs():
            git.run(arguments, remote.settings(), stop, remote=remote, GIT_DIR=str(self.folder))

    @contextmanager
    def _alone(self, stop: Stop) -> Iterator[None]:
        """One fetch at a time. GitError when the build is stopped while it waits for another one's."""
        while not self._lock.acquire(timeout=_LOOK_S):
            if stop:
                raise GitError("the build was stopped", permanent=True)
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def _no_half_packs(self) -> Iterator[None]:
        """What a fetch that failed leaves behind would keep a full disk full. Only while the lock is held."""
        try:
            yield
        except GitError:
            for half in (self.folder / "objects/pack").glob("tmp_*"):
                half.unlink(missing_ok=True)
            raise

    def commit(self, commit: str, names: Iterable[str]) -> Commit:
        """Read a commit that is here, and which of these names its root folder has."""
        try:
            with CatFile(self.folder) as objects:
                head, _, message = objects.read(commit).partition(b"\n\n")
                if not head.startswith(b"tree "):  # a tag may name a single file
                    raise GitError(f"{commit[:12]} is no commit", permanent=True)
                tree = head.split(b"\n", 1)[0].removeprefix(b"tree ").decode()
                entries = objects.tree(tree)
        except MissingObjectError:
            # a marker without its objects: the disk was full, or somebody tidied up
            self.condemn()
            raise GitError("the agent's copy of the repository is damaged", permanent=True) from None
        found = {name: entries[name] for name in names if name in entries}
        folders = {name: entry for name, (mode, entry) in found.items() if mode == TREE_MODE}
        files = {name: entry for name, (mode, entry) in found.items() if mode in _FILE_MODES}
        return Commit(commit, _text(message), tree, folders, files)

    def subfolder(self, commit: str, path: str) -> str | None:
        """The object id of a folder (`a/b/c`) in a commit that is here; None when it has no such folder."""
        entry, mode = self.commit(commit, ()).tree, TREE_MODE
        with CatFile(self.folder) as objects:
            for name in path.split("/"):
                mode, entry = objects.tree(entry).get(name, (b"", "")) if mode == TREE_MODE else (b"", "")
        return entry if mode == TREE_MODE else None

    def condemn(self) -> None:
        """The copy is damaged: builds of now may fail, the next start of the agent begins a new one."""
        (self.folder / _DAMAGED).touch()

    def files(self, remote: Remote, tree: str, ending: str | tuple[str, ...], stop: Stop) -> dict[str, bytes]:
        """The regular files of one folder whose names end so, by name. Only these are fetched if they are missing."""
        with CatFile(self.folder) as objects:
            entries = objects.tree(tree)
            wanted = {name: entry for name, (mode, entry) in entries.items() if name.endswith(ending) and mode in _FILE_MODES}
            found = {name: content for name, entry in wanted.items() if (content := _have(objects, entry)) is not None}
        missing = {name: entry for name, entry in wanted.items() if name not in found}
        if missing:
            self._fetch_objects(remote, missing.values(), stop)
            with CatFile(self.folder) as objects:
                found |= {name: objects.read(entry, _MAX_FILE) for name, entry in missing.items()}
        return found

    def _fetch_objects(self, remote: Remote, objects: Iterable[str], stop: Stop) -> None:
        settings = {**remote.settings(), "fetch.negotiationAlgorithm": "noop"}
        lines = "".join(f"{entry}\n" for entry in sorted(set(objects)))
        with self._alone(stop):
            arguments = [*_FETCH, "--stdin", "origin"]
            with self._no_half_packs():
                git.run(arguments, settings, stop, remote=remote, data=lines.encode(), GIT_DIR=str(self.folder))

    def changed(self, base: str, commit: str, stop: Stop) -> tuple[str, ...]:
        """The paths that differ between two commits that are here; compares trees, so no file is needed."""
        arguments = ["diff-tree", "-r", "--no-renames", "--name-only", "-z", base, commit]
        output = git.run(arguments, {}, stop, GIT_DIR=str(self.folder))
        return tuple(path.decode(errors="replace") for path in output.split(b"\0") if path)

    def check_out(self, remote: Remote, commit: str, workspace: Path, stop: Stop) -> None:
        """Make `workspace` a git work tree at the commit. What is missing here is fetched first, in one go.

        The work tree has a repository of its own that borrows the mirror's objects: what a step does to refs,
        configuration or index stays in its build."""
        inner = workspace / ".git"
        for part in ("objects/info", "refs/heads", "refs/tags"):
            (inner / part).mkdir(parents=True, exist_ok=True)
        (inner / "objects/info/alternates").write_text(f"{self.folder / 'objects'}\n")
        url = remote.url.replace("\\", "\\\\").replace('"', '\\"')
        (inner / "config").write_text(
            f'[core]\n\trepositoryformatversion = 0\n\tbare = false\n[remote "origin"]\n\turl = "{url}"\n'
        )
        (inner / "HEAD").write_text(commit + "\n")
        if (self.folder / "shallow").exists():
            shutil.copyfile(self.folder / "shallow", inner / "shallow")
        git.run(
            ["-c", "core.bare=false", "read-tree", "-u", "--reset", commit],
            remote.settings(),
            stop,
            remote=remote,
            GIT_DIR=str(self.folder),
            GIT_WORK_TREE=str(workspace),
            GIT_INDEX_FILE=str(inner / "index"),
        )


def _text(message: bytes) -> str:
    """A commit's message for people: no control characters but line ends."""
    text = message[:_MAX_MESSAGE].decode(errors="replace").strip()
    return "".join(char for char in text if char == "\n" or char.isprintable())


def _have(objects: CatFile, object_id: str) -> bytes | None:
    try:
        return objects.read(object_id, _MAX_FILE)
    except MissingObjectError:
        return None


def _peel(objects: CatFile, object_id: str) -> str:
    """The commit that an annotated tag (of a tag …) names."""
    content = objects.read(object_id)
    while content.startswith(b"object "):
        object_id = content.split(b"\n", 1)[0].removeprefix(b"object ").decode()
        content = objects.read(object_id)
    return object_id


def clean_mirrors(folder: Path, max_packs: int = 200) -> None:
    """At the agent's start: locks of a killed git are in the way of the next one, and a mirror of very many packs is slow.
    Nothing in a mirror is worth keeping at any price, it is only a cache."""
    for mirror in [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else ():
        packs = len(list((mirror / "objects/pack").glob("*.pack")))
        if packs > max_packs or (mirror / _DAMAGED).exists():
            shutil.rmtree(mirror, ignore_errors=True)
            continue
        for parent, _, files in os.walk(mirror):
            for name in files:
                if name.endswith(".lock") or name.startswith("tmp_"):
                    (Path(parent) / name).unlink(missing_ok=True)
