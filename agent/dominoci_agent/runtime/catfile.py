"""Reading single objects of a local repository through one `git cat-file --batch`; never touches the network."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from dominoci_agent.runtime.git import environment

TREE_MODE = b"40000"


class MissingObjectError(LookupError):
    """The repository does not hold the object (in a partial clone: not yet)."""


class CatFile:
    """A context manager; not for several threads. Knows nothing of the remote, so a missing object is just missing."""

    def __init__(self, git_folder: Path) -> None:
        self._folder = git_folder

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["git", "cat-file", "--batch"],
            env=environment({}, GIT_DIR=str(self._folder)),
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._process.wait()

    def read(self, object_id: str, at_most: int | None = None) -> bytes:
        """The content of an object, or the first `at_most` bytes of it; MissingObjectError when it is not here."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise MissingObjectError(object_id)
        stdin.write(object_id.encode() + b"\n")
        stdin.flush()
        header = stdout.readline().split()
        if len(header) != 3:
            raise MissingObjectError(object_id)
        size = int(header[2])
        kept = size if at_most is None else min(size, at_most)
        content = stdout.read(kept)
        rest = size + 1 - kept  # git ends it with a line end
        while rest > 0:
            rest -= len(stdout.read(min(rest, 65536))) or rest
        return content

    def tree(self, object_id: str) -> dict[str, tuple[bytes, str]]:
        """The entries of a tree: name -> (mode, object id). Names that are no UTF-8 are left out."""
        content, entries, at = self.read(object_id), {}, 0
        width = len(object_id) // 2
        while at < len(content):
            space, end = content.index(b" ", at), content.index(b"\0", at)
            name, raw = content[space + 1 : end], content[end + 1 : end + 1 + width]
            with contextlib.suppress(UnicodeDecodeError):
                entries[name.decode()] = (content[at:space], raw.hex())
            at = end + 1 + width
        return entries
