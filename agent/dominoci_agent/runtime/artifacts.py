"""Finding what a step promised to leave behind, and hashing it."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dominoci_agent.pipeline.globs import GlobError, compile_glob
from dominoci_agent.runtime.below import open_below

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@=-]{0,199}")
_SPECIAL = re.compile(r"[*?\[]")
MAX_ARTIFACTS = 1000


class ArtifactError(Exception):
    """Artifacts that cannot be had; the text says what to change. `trouble`: it is not the step that must change, the arbiter
    could not take them."""

    def __init__(self, text: str, *, trouble: bool = False) -> None:
        super().__init__(text)
        self.trouble = trouble


@dataclass(frozen=True)
class Artifact:
    """A regular file to be kept, to be read at `path`; `sha256` in hex, `size` in bytes."""

    name: str
    path: Path
    size: int
    sha256: str


def collect(patterns: Iterable[str], workspace: Path) -> Iterator[Artifact]:
    """The files that the globs name, relative to the workspace; each can be read until the next one is asked for. Links are not
    followed, so nothing outside is ever read. ArtifactError when a glob finds nothing, or two files would have one name."""
    found: dict[str, Path] = {}
    for pattern in patterns:
        for path in _matches(pattern, workspace):
            if not SAFE_NAME.fullmatch(path.name):
                raise ArtifactError(f"the artifact {path.name!r} needs a name of letters, digits and . _ + @ = -")
            if found.setdefault(path.name, path) != path:
                both = f"{found[path.name].relative_to(workspace)} and {path.relative_to(workspace)}"
                raise ArtifactError(f"two artifacts would be called {path.name}: {both}")
    if len(found) > MAX_ARTIFACTS:
        raise ArtifactError(f"{len(found)} artifacts; at most {MAX_ARTIFACTS} are taken")
    return _held(found, workspace)


def _held(found: Mapping[str, Path], workspace: Path) -> Iterator[Artifact]:
    """Each file open from before it is hashed until after it was sent: both read the very file that was found inside."""
    for name, path in sorted(found.items()):
        inner = path.relative_to(workspace)
        try:
            descriptor = open_below(workspace, inner)
        except OSError as error:
            raise ArtifactError(f"{inner} cannot be read: {error.strerror}") from None
        with os.fdopen(descriptor, "rb"):
            yield hashed(name, Path(f"/proc/self/fd/{descriptor}"))


def _matches(pattern: str, workspace: Path) -> list[Path]:
    parts = PurePosixPath(pattern).parts
    if not parts or parts[0] == "/" or ".." in parts:
        raise ArtifactError(f'the artifact pattern "{pattern}" must stay inside the workspace')
    try:
        glob = compile_glob(str(PurePosixPath(*parts)))
    except GlobError as error:
        raise ArtifactError(str(error)) from None
    fixed = workspace
    for part in parts[:-1]:
        if _SPECIAL.search(part):
            break
        fixed = fixed / part
        if fixed.is_symlink():
            break
    found = [path for path in _walk(fixed) if glob.matches(path.relative_to(workspace).as_posix())]
    if not found:
        raise ArtifactError(f'no file matches the artifact pattern "{pattern}"')
    return found


def _walk(folder: Path) -> Iterator[Path]:
    """Every regular file below; links to folders are not entered, links to files are not regular."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for parent, folders, names in os.walk(folder):
        if ".git" in folders:
            folders.remove(".git")
        for name in names:
            path = Path(parent, name)
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


def hashed(name: str, path: Path) -> Artifact:
    """A file that no step can change as an artifact. ArtifactError for a name that no artifact may have; OSError."""
    if not SAFE_NAME.fullmatch(name):
        raise ArtifactError(f"the artifact {name!r} needs a name of letters, digits and . _ + @ = -")
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return Artifact(name, path, os.fstat(stream.fileno()).st_size, digest)
