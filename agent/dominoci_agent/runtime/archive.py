"""Folders as one .tar.gz and back. What is read back may come from anybody: regular files, folders and links that stay inside,
within limits, and nothing else."""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from dominoci_agent.runtime.below import folder_below, open_in
from dominoci_agent.runtime.space import is_disk_full

_LEVEL = 1  # the network between agent and arbiter is faster than a better compression
_PIECE = 256 * 1024
# tarfile reads the headers of long names whole: an archive must not make it read a gigabyte
_LONGEST_READ = 1024 * 1024


class ArchiveError(Exception):
    """An archive that must not or cannot be unpacked, or a folder that cannot be packed; the text says why."""


@dataclass(frozen=True)
class Limits:
    """What an archive may hold: `files` counts every entry, `size` is the sum of the unpacked bytes."""

    files: int = 500_000
    size: int = 8 * 1024**3


@dataclass(frozen=True)
class Packed:
    """A finished archive: how many entries, its sha256 in hex, and the links that were left out because they lead outside."""

    files: int
    sha256: str
    left_out: tuple[str, ...]


Tick = Callable[[], None]  # called again and again; raises to end the work


def inside(root: Path, name: str) -> Path:
    """The place of a relative name below `root`. ArchiveError when it is root itself, outside, or behind a link."""
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or PurePosixPath(name).is_absolute():
        raise ArchiveError(f'"{name}" must be a folder below the workspace')
    place = root
    for part in parts:
        place = place / part
        if place.is_symlink():
            raise ArchiveError(f'"{name}" leads through a link')
    return place


def pack(
    root: Path, names: Sequence[str], target: Path, tick: Tick, limits: Limits | None = None, workspace: Path | None = None
) -> Packed:
    """Write these files and folders below `root` (`.`: all of it) into `target`. The same content makes the same bytes. Names
    that are not there are left out. From `workspace` on (default: `root`) no link is followed, whenever it was made.
    ArchiveError when there is more than the limits allow; OSError."""
    limits = limits or Limits()
    left_out: list[str] = []
    files = size = 0
    with target.open("wb") as stream:
        hashing = _Hashing(stream)
        with (
            gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=cast("BinaryIO", hashing), mtime=0) as zipped,
            tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            for path, folder in _entries(root, names, workspace or root):
                tick()
                entry = _entry(path, folder, root)
                if entry is None:
                    left_out.append(path.relative_to(root).as_posix())
                    continue
                files, size = files + 1, size + entry.size
                if files > limits.files or size > limits.size:
                    raise ArchiveError(f"more than {limits.files} files or {limits.size} bytes")
                _add(tar, entry, path, folder, tick)
    return Packed(files, hashing.digest.hexdigest(), tuple(left_out))


def _entries(root: Path, names: Sequence[str], workspace: Path) -> Iterator[tuple[Path, int]]:
    """Every entry, and the open folder in which it stands."""
    for name in sorted(set(names)):
        start = root if name == "." else inside(root, name)
        if name != "." and start.exists():
            with folder_below(workspace, start.parent.relative_to(workspace)) as folder:
                yield start, folder
        for parent, folders, files in os.walk(start):
            folders.sort()
            with folder_below(workspace, Path(parent).relative_to(workspace)) as folder:
                for entry in sorted((*folders, *files)):
                    yield Path(parent, entry), folder


def _entry(path: Path, folder: int, root: Path) -> tarfile.TarInfo | None:
    """The header of one file, folder or link; None for what is left out."""
    found = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
    entry = tarfile.TarInfo(path.relative_to(root).as_posix())
    entry.mode, entry.mtime = stat.S_IMODE(found.st_mode), int(found.st_mtime)
    if stat.S_ISREG(found.st_mode):
        entry.size = found.st_size
    elif stat.S_ISDIR(found.st_mode):
        entry.type = tarfile.DIRTYPE
    elif stat.S_ISLNK(found.st_mode) and Path(os.path.realpath(path)).is_relative_to(root.resolve()):
        entry.type, entry.linkname = tarfile.SYMTYPE, os.readlink(path.name, dir_fd=folder)
        return None if os.path.isabs(entry.linkname) else entry  # noqa: PTH117
    else:
        return None
    return entry


def _add(tar: tarfile.TarFile, entry: tarfile.TarInfo, path: Path, folder: int, tick: Tick) -> None:
    _forget(tar)
    if not entry.isreg():
        tar.addfile(entry)
        return
    with os.fdopen(open_in(folder, path.name), "rb") as stream:
        tar.addfile(entry, cast("IO[bytes]", _Ticking(stream, tick)))


def unpack(archive: Path, folder: Path, names: Sequence[str], tick: Tick, limits: Limits | None = None) -> int:
    """Unpack into an empty folder what lies at or below `names`; how many entries. ArchiveError, and then the folder holds
    nothing that anybody may use, when the archive has any other entry, is damaged, or exceeds the limits; OSError."""
    try:
        return _unpack(archive, folder, [PurePosixPath(name) for name in names], tick, limits or Limits())
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise ArchiveError(f"it is damaged: {error}") from None
    except OSError as error:
        if is_disk_full(error):
            raise
        # a name that is too long, a file where a folder should be: its entries do not fit together
        raise ArchiveError(f"it cannot be unpacked: {error.strerror}") from None


def _unpack(archive: Path, folder: Path, allowed: Sequence[PurePosixPath], tick: Tick, limits: Limits) -> int:
    links: list[tuple[Path, str]] = []
    files = size = 0
    with gzip.open(archive) as zipped, _tar_of(zipped) as tar:
        for entry in tar:
            tick()
            _forget(tar)
            files, size = files + 1, size + entry.size + _header_size(entry)
            if files > limits.files or size > limits.size:
                raise ArchiveError(f"it holds more than {limits.files} files or {limits.size} bytes")
            place = _place(entry.name, folder, allowed)
            if entry.issym():
                links.append((place, entry.linkname))
            else:
                _write(tar, entry, place, tick)
    # last: nothing is ever written through a link
    _link(links, folder)
    return files


def _forget(tar: tarfile.TarFile) -> None:
    """tarfile keeps every header that it has written or read, with all that an archive may put there, to the end."""
    tar.members = []  # type: ignore[attr-defined]


def _header_size(entry: tarfile.TarInfo) -> int:
    return sum(len(name) + len(str(value)) for name, value in entry.pax_headers.items())


def _tar_of(zipped: gzip.GzipFile) -> tarfile.TarFile:
    return tarfile.open(fileobj=cast("IO[bytes]", _Bounded(cast("IO[bytes]", zipped))), mode="r:")


def _place(name: str, folder: Path, allowed: Sequence[PurePosixPath]) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not any(path.is_relative_to(top) for top in allowed):
        raise ArchiveError(f"the entry {name[:200]!r} is outside")
    return folder / path


def _write(tar: tarfile.TarFile, entry: tarfile.TarInfo, place: Path, tick: Tick) -> None:
    if entry.isdir():
        place.mkdir(parents=True, exist_ok=True)
        return
    content = tar.extractfile(entry) if entry.isreg() else None
    if content is None:
        raise ArchiveError(f"the entry {entry.name[:200]!r} is neither a file nor a folder")
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("xb") as stream:
        while piece := content.read(_PIECE):
            tick()
            stream.write(piece)
    place.chmod((entry.mode & 0o777) | stat.S_IRUSR | stat.S_IWUSR)
    os.utime(place, (entry.mtime, entry.mtime))


def _link(links: Sequence[tuple[Path, str]], folder: Path) -> None:
    for place, leads_to in links:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(leads_to)
    root = folder.resolve()
    for place, leads_to in links:
        # asked of the file system, because one link may lead through another
        if os.path.isabs(leads_to) or not Path(os.path.realpath(place)).is_relative_to(root):  # noqa: PTH117
            raise ArchiveError(f"the link {str(place.relative_to(folder))[:200]!r} leads outside")


class _Hashing:
    """A file that is hashed while it is written."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.digest = stream, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self.stream.write(data)

    def flush(self) -> None:
        self.stream.flush()


@dataclass
class _Ticking:
    """A file that asks at each read whether the work goes on."""

    stream: IO[bytes]
    tick: Tick

    def read(self, size: int = -1) -> bytes:
        self.tick()
        return self.stream.read(size)


@dataclass
class _Bounded:
    """A stream that is only read in small pieces."""

    stream: IO[bytes]

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _LONGEST_READ:
            raise ArchiveError("it has a header without end")
        return self.stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.stream.seek(offset, whence)

    def tell(self) -> int:
        return self.stream.tell()
