"""Reads folders and files of a commit in a bare repository; those that git only points to (git-lfs) from their objects."""

import re
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from tarfile import BLOCKSIZE, PAX_FORMAT, REGTYPE, SYMTYPE, TarInfo
from types import TracebackType
from typing import Final, cast

from dominoci.domain.errors import TooLarge
from dominoci.infra.hosting import command
from dominoci.infra.hosting.objects import LONGEST_POINTER, LargeObjects, Pointer, pointer

CHUNK: Final = 64 << 10
MOST_ENTRIES: Final = 100_000
TIMEOUT_S: Final = 30
_LINE = re.compile(rb"(\d{6}) (\w+) ([0-9a-f]{40,64}) +(\d+|-)\t(.*)", re.DOTALL)
_KINDS = {"120000": "link", "040000": "folder"}


@dataclass(frozen=True)
class Entry:
    """One entry of a folder: `kind` is file, link or folder; `size` in bytes (None of a folder), of a large file its own."""

    path: str
    kind: str
    blob: str
    size: int | None
    executable: bool = False
    large: Pointer | None = None

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]


def listing(repository: Path, commit: str, path: str, *, deep: bool = False) -> list[Entry]:
    """The entries of the folder `path` at a commit (a full id), by name; `deep`: all files below it, with their whole paths. None
    there: an empty list. Raises TooLarge above MOST_ENTRIES, GitError."""
    options = ["-r"] if deep else []
    arguments = ["ls-tree", "-z", "-l", "--full-tree", *options, commit, "--", f"{path}/"]
    said = command.run(*arguments, at=repository, timeout_s=TIMEOUT_S)
    lines = said.split(b"\0")
    if len(lines) > MOST_ENTRIES:
        raise TooLarge(f"This folder has more than {MOST_ENTRIES} entries.")
    entries = [_entry(found) for line in lines if (found := _LINE.fullmatch(line))]
    return _resolved(repository, entries)


def entry(repository: Path, commit: str, path: str) -> Entry | None:
    """One file, link or folder at a commit; None when there is none."""
    said = command.run("ls-tree", "-z", "-l", "--full-tree", commit, "--", path, at=repository, timeout_s=TIMEOUT_S)
    found = _LINE.fullmatch(said.partition(b"\0")[0])
    return _resolved(repository, [_entry(found)])[0] if found else None


def _entry(found: "re.Match[bytes]") -> Entry:
    mode, size = found[1].decode(), found[4]
    kind = _KINDS.get(mode, "file")
    length = int(size) if size.isdigit() else None
    return Entry(found[5].decode(errors="surrogateescape"), kind, found[3].decode(), length, mode == "100755")


def _resolved(repository: Path, entries: list[Entry]) -> list[Entry]:
    """With what small files point to: all of them are read by one process."""
    small = [one for one in entries if one.kind == "file" and one.size is not None and 100 < one.size <= LONGEST_POINTER]
    if not small:
        return entries
    with Blobs(repository) as blobs:
        found = {one.blob: pointer(b"".join(blobs.read(one.blob))) for one in small}
    # a text that only looks like a pointer, or tells a size of its own, is a file like any other
    known, pointed = LargeObjects(repository), {blob: to for blob, to in found.items() if to}
    real = {blob: to for blob, to in pointed.items() if known.size(to.oid) == to.size}
    return [replace(one, size=to.size, large=to) if (to := real.get(one.blob)) else one for one in entries]


class Blobs:
    """Reads blobs one after another with one git process; a context manager."""

    def __init__(self, repository: Path) -> None:
        self._process = subprocess.Popen(
            [command.executable(), "cat-file", "--batch"],
            cwd=repository,
            env=command.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> "Blobs":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def read(self, blob: str) -> Iterator[bytes]:
        """The content of a blob (an object id); to be read to its end before the next. GitError when it is not there."""
        asked, answers = self._process.stdin, cast(BufferedReader, self._process.stdout)
        assert asked  # noqa: S101 - Popen was asked for a pipe
        asked.write(f"{blob}\n".encode())
        asked.flush()
        head = answers.readline().split()
        if len(head) != 3 or head[1] != b"blob":
            raise command.GitError(f"{blob} is no file")
        left = int(head[2])
        while left:
            chunk = answers.read(min(left, CHUNK))
            if not chunk:
                raise command.GitError(f"{blob} ended too soon")
            left -= len(chunk)
            yield chunk
        answers.read(1)


def content(repository: Path, one: Entry) -> Iterator[bytes]:
    """The bytes of a file. GitError when its object is not here."""
    if one.large is None:
        with Blobs(repository) as blobs:
            yield from blobs.read(one.blob)
    else:
        yield from _large(repository, one.large)


def _large(repository: Path, to: Pointer) -> Iterator[bytes]:
    try:
        with LargeObjects(repository).path(to.oid).open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except FileNotFoundError as e:
        raise command.GitError(f"the large file {to.oid} is not here") from e


def tar_gz(repository: Path, entries: list[Entry], strip: str) -> Iterator[bytes]:
    """Files and links as a .tar.gz, made while it is read: no more than a chunk of it is ever in memory. `strip` is taken off the
    beginning of each path; links that lead out of the archive are left out."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    with Blobs(repository) as blobs:
        for one in entries:
            for part in _member(repository, blobs, one, one.path.removeprefix(strip)):
                if packed := packer.compress(part):
                    yield packed
    yield packer.compress(bytes(2 * BLOCKSIZE)) + packer.flush()


def _member(repository: Path, blobs: Blobs, one: Entry, name: str) -> Iterator[bytes]:
    member = TarInfo(name)
    member.mode = 0o755 if one.executable else 0o644
    if one.kind == "link":
        member.type, member.linkname = SYMTYPE, b"".join(blobs.read(one.blob)).decode(errors="surrogateescape")
        if _inside(name, member.linkname):
            yield member.tobuf(PAX_FORMAT)
        return
    member.type, member.size = REGTYPE, one.size or 0
    yield member.tobuf(PAX_FORMAT)
    yield from _large(repository, one.large) if one.large else blobs.read(one.blob)
    yield bytes(-member.size % BLOCKSIZE)


def _inside(name: str, target: str) -> bool:
    depth = name.count("/")
    for part in target.split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return False
    return not target.startswith("/")
