"""A folder as one commit: every file as it is, in one go through git-fast-import(1); large files as pointers (git-lfs)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import signal
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from dominoci_agent.runtime import git
from dominoci_agent.runtime.git import GitError
from dominoci_agent.runtime.stop import Stop

_CHUNK = 256 * 1024
_MOST_FILES = 200_000
_MOST_NAMED = 20
_LONGEST_POINTER = 1024  # the specification's own limit
# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize (\d{1,18})\n"
)
OWN = ".domino/variables"  # of the workspace: what a job says there is taken away, not kept


@dataclass(frozen=True)
class Pointer:
    """A large file: its SHA-256 in hex, and its size in bytes."""

    oid: str
    size: int

    @property
    def text(self) -> bytes:
        """What stands for it in git."""
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.oid}\nsize {self.size}\n".encode()


@dataclass
class Snapshot:
    """What is kept of a folder: regular files and links by their paths below it, and the large ones among them."""

    root: Path
    files: dict[str, str] = field(default_factory=dict)  # path → git's mode
    pointers: dict[str, Pointer] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)  # lines for the job's log

    @classmethod
    def of(cls, root: Path, over: int | None) -> Snapshot:
        """Look at everything. OSError for what cannot be read, and for more files than anybody can want to keep."""
        found = cls(root)
        others: list[str] = []
        for folder, name in _walk(root):
            path = Path(folder, name)
            inner = str(path.relative_to(root))
            about = path.lstat()
            if stat.S_ISLNK(about.st_mode):
                found.files[inner] = "120000"
            elif stat.S_ISREG(about.st_mode):
                found.files[inner] = "100755" if about.st_mode & stat.S_IXUSR else "100644"
                if over is not None and about.st_size > over:
                    found.pointers[inner] = _hashed(path)
            else:
                others.append(inner)
            if len(found.files) > _MOST_FILES:
                raise OSError(f"the workspace has more than {_MOST_FILES} files")
        if others:
            named = ", ".join(others[:_MOST_NAMED])
            found.left_out.append(f"not kept in the workspace, for they are neither files nor links: {named}")
        return found

    @property
    def large(self) -> dict[Pointer, Path]:
        """The large files."""
        return {pointer: self.root / path for path, pointer in self.pointers.items()}


def _walk(root: Path) -> Iterator[tuple[str, str]]:
    """(folder, name) of everything that is not a folder. `.git` is left out wherever it stands: git cannot hold another one."""

    def failed(error: OSError) -> None:
        raise error

    for folder, folders, names in os.walk(root, onerror=failed):
        inner = os.path.relpath(folder, root)
        links = [name for name in folders if Path(folder, name).is_symlink()]
        kept = [name for name in folders if name not in links and name.lower() != ".git"]
        folders[:] = sorted(name for name in kept if os.path.normpath(f"{inner}/{name}") != f"workspace/{OWN}")
        yield from ((folder, name) for name in sorted([*names, *links]) if name.lower() != ".git")


def _hashed(path: Path) -> Pointer:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Pointer(digest.hexdigest(), size)


def pointers(folder: Path) -> Iterator[tuple[Pointer, Path]]:
    """The files below a folder that are pointers."""
    for inner, name in _walk(folder):
        path = Path(inner, name)
        if not path.is_symlink() and path.is_file() and path.stat().st_size <= _LONGEST_POINTER:
            found = _POINTER.fullmatch(path.read_bytes())
            if found:
                yield Pointer(found[1].decode(), int(found[2])), path


def write_commit(snapshot: Snapshot, ref: str, parent: str, message: str, environment: Mapping[str, str], stop: Stop) -> None:
    """Make the commit, and let `ref` name it. GitError, OSError."""
    process = subprocess.Popen(
        ["git", "fast-import", "--quiet", "--force", "--done"],
        env=git.environment({"core.protectNTFS": "false"}, **environment),
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin  # noqa: S101 - Popen was asked for pipes
    assert process.stderr  # noqa: S101
    try:
        # broken: git has ended, and says why below
        with stop.then(lambda: _kill(process)), contextlib.suppress(BrokenPipeError):
            _send(snapshot, ref, parent, message, process.stdin)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        said = process.stderr.read().decode(errors="replace").strip()
    finally:
        _kill(process)
        code = process.wait()
        process.stderr.close()
    if code:
        first = next((line for line in said.splitlines() if line.startswith(("fatal:", "error:"))), said[-300:])
        raise GitError("stopped" if stop else first or f"git ended with {code}", permanent=True)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _send(snapshot: Snapshot, ref: str, parent: str, message: str, out: IO[bytes]) -> None:
    text = message.encode()
    who = f"DominoCI <dominoci@localhost> {int(time.time())} +0000"
    out.write(f"commit {ref}\ncommitter {who}\ndata {len(text)}\n".encode() + text + f"\nfrom {parent}\ndeleteall\n".encode())
    for path, mode in snapshot.files.items():
        out.write(b"M %s inline %s\n" % (mode.encode(), _quoted(path)))
        pointer = snapshot.pointers.get(path)
        if pointer:
            out.write(b"data %d\n%s\n" % (len(pointer.text), pointer.text))
        elif mode == "120000":
            target = os.fsencode((snapshot.root / path).readlink())
            out.write(b"data %d\n%s\n" % (len(target), target))
        else:
            _send_file(snapshot.root / path, out)
    out.write(b"\ndone\n")


def _send_file(path: Path, out: IO[bytes]) -> None:
    """Exactly as many bytes as are announced, though something may still be writing to the file."""
    with path.open("rb") as stream:
        left = os.fstat(stream.fileno()).st_size
        out.write(b"data %d\n" % left)
        while left > 0:
            chunk = stream.read(min(left, _CHUNK)) or bytes(min(left, _CHUNK))
            out.write(chunk)
            left -= len(chunk)
        out.write(b"\n")


def _quoted(path: str) -> bytes:
    raw = os.fsencode(path)
    for plain, escaped in ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n")):
        raw = raw.replace(plain, escaped)
    return b'"' + raw + b'"'
