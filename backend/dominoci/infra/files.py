"""Logs, artifacts and caches as files; only this module knows their paths.

What is being written lies on this machine (`<data>/jobs/<project, or path of a job>/<number>/` for logs, `<data>/spool/` for
uploads). What is finished lies in the store: by default the same folder, otherwise `builds/<id>/…`, because names of projects
change and an object store cannot rename. `<data>/stored/<id>.json` then says how long the build's logs are.
"""

import fcntl
import hashlib
import json
import os
import random
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from dominoci.config import Settings
from dominoci.domain.errors import Unavailable
from dominoci.infra.folders import appendable, builds_below, is_build, logs_below, merge, names_in, remove_empty
from dominoci.infra.storage import Storage, room, storage_of

CHUNK = 64 << 10
CUT = b"\n[DominoCI: this log is longer than the limit; what follows is not kept]\n"
LEAST_ROOM = 32 << 20
LEFT_S = 24 * 3600.0  # an upload that old was left behind by a process that died


class WrongOffset(Exception):
    """A log chunk that does not continue the file; `expected` is where the next one must begin."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"expected offset {expected}")
        self.expected = expected


class TooMuch(Exception):
    """More bytes than the limit."""


class Build(Protocol):
    """What is asked of a build's row."""

    id: str
    folder: str


@dataclass(frozen=True)
class Place:
    """Whose files: `folder` is Build.folder, `build` its id."""

    folder: str
    build: str

    @classmethod
    def of(cls, row: Build) -> Self:
        """Of a row."""
        return cls(row.folder, row.id)


@dataclass(frozen=True)
class Upload:
    """A received file that is not in its place yet. `size` in bytes."""

    path: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class BuildFiles:
    """The files of builds: those on this machine below `root` (its jobs/), and those in the `storage`."""

    root: Path
    storage: Storage

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Where these settings keep them."""
        return cls(settings.data / "jobs", storage_of(settings.storage, settings.data))

    # ---- logs

    def log(self, place: Place, log_path: str) -> Path:
        """Where a step's log lies while it is written (and afterwards, where the store is the data folder)."""
        return self.root / place.folder / log_path

    def append(self, place: Place, log_path: str, offset: int, content: bytes, limit: int) -> int:
        """Adds a chunk at `offset` and answers the log's new size in bytes; the same chunk again changes nothing.

        Raises WrongOffset for a gap, Full when there is no room: then the log is as it was. What goes over `limit` is dropped
        with a note in the log; offsets go on being counted.
        """
        path = self.log(place, log_path)
        with room(), appendable(path) as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # a retry may overtake its first try in another process
            size = file.tell()
            if size >= limit:
                return offset + len(content)
            if offset > size:
                raise WrongOffset(size)
            fresh = content[size - offset :]
            _whole_or_nothing(file, size, fresh if size + len(fresh) < limit else fresh[: limit - size] + CUT)
            return max(size, offset + len(content))

    def size(self, place: Place, log_path: str) -> int:
        """The log's size in bytes; 0 before its first line."""
        return self.sizes(place, [log_path])[0]

    def sizes(self, place: Place, log_paths: Iterable[str]) -> list[int]:
        """The sizes of logs of one build; of those in the store this machine has noted them."""
        stored: Mapping[str, int] | None = None
        found = []
        for log_path in log_paths:
            try:
                found.append(self.log(place, log_path).stat().st_size)
            except FileNotFoundError:
                stored = self._stored(place) if stored is None else stored
                found.append(stored.get(log_path, 0))
        return found

    def _stored(self, place: Place) -> Mapping[str, int]:
        if self.storage.by_name:
            return {}
        try:
            noted: Mapping[str, int] = json.loads(self._note(place).read_text())
        except FileNotFoundError:
            return {}
        return noted

    def _note(self, place: Place) -> Path:
        return self.root.parent / "stored" / f"{place.build}.json"

    def read(self, place: Place, log_path: str, offset: int, limit: int) -> bytes:
        """At most `limit` bytes of a log from `offset`."""
        try:
            with self.log(place, log_path).open("rb") as file:
                file.seek(offset)
                return file.read(limit)
        except FileNotFoundError:
            pass
        try:
            return b"" if self.storage.by_name else self.storage.read(_log_key(place, log_path), offset, limit)
        except FileNotFoundError:
            return b""

    def log_file(self, place: Place, log_path: str) -> "LogFile":
        """One log, wherever it lies."""
        return LogFile(self, place, log_path)

    def lines(self, place: Place, log_path: str) -> Iterator[bytes]:
        """A whole log in chunks; nothing of one that does not exist."""
        path = self.log(place, log_path)
        try:
            yield from stream(path) if self.storage.by_name or path.is_file() else self.storage.stream(_log_key(place, log_path))
        except FileNotFoundError:
            return

    @contextmanager
    def moving_logs(self) -> Iterator[bool]:
        """Whether the one who asks may move logs now; False while another process does."""
        note = self.root.parent / "stored" / ".lock"
        with room():
            note.parent.mkdir(parents=True, exist_ok=True)
            file = note.open("ab")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def logs_here(self, builds: int) -> dict[str, list[str]]:
        """Logs that lie on this machine though the store is elsewhere: paths by folder of their build.

        Of about `builds` builds, drawn by lot: those that still run must not keep the others from their turn. What lost leases
        left behind (`set_aside`) is not looked at.
        """
        found: dict[str, list[str]] = {}
        if self.storage.by_name:
            return found
        numbered = list(builds_below(self.root))
        random.shuffle(numbered)
        for number in numbered:
            if len(found) >= builds:
                break
            for path in logs_below(number):
                folder, log_path = _split(path.relative_to(self.root))
                found.setdefault(folder, []).append(log_path)
        return found

    def store_logs(self, place: Place, log_paths: Iterable[str], until: float) -> None:
        """Moves finished logs to the store, within `moving_logs`; stops after the first one that ends past `until` (monotonic).

        A log that is not there any more is passed by: a rename, or retention, was faster. Raises Full, Unavailable.
        """
        for log_path in log_paths:
            self._store_log(place, log_path)
            if time.monotonic() > until:
                return

    def _store_log(self, place: Place, log_path: str) -> None:
        path = self.log(place, log_path)
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            return
        self._note_size(place, log_path, size)
        self._put_log(place, log_path, path)
        remove_empty(path.parent, self.root)

    def _note_size(self, place: Place, log_path: str, size: int) -> None:
        """Before the log moves: a reader between the two still finds the file."""
        note = self._note(place)
        half = note.with_suffix(".half")
        with room():
            note.parent.mkdir(parents=True, exist_ok=True)
            half.write_text(json.dumps({**self._stored(place), log_path: size}))
            half.replace(note)

    def _put_log(self, place: Place, log_path: str, path: Path) -> None:
        try:
            self.storage.put(path, _log_key(place, log_path))
        except Unavailable:
            if path.exists():  # else it is the log that is away, not the store
                raise

    # ---- artifacts and caches

    def receive(self, chunks: Iterable[bytes], limit: int) -> Upload:
        """Takes an upload in, not in its place yet. Raises TooMuch above `limit` bytes, Full; then nothing is left behind."""
        path = self.root.parent / "spool" / os.urandom(12).hex()
        digest, size = hashlib.sha256(), 0
        with room():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with path.open("wb") as file:
                    for chunk in chunks:
                        size += len(chunk)
                        if size > limit:
                            raise TooMuch
                        digest.update(chunk)
                        file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        return Upload(path, size, digest.hexdigest())

    def keep(self, upload: Upload, place: Place, name: str) -> None:
        """Moves a checked upload to its place, at once. `name` has been checked (`build_reports.artifact_name_problem`)."""
        self.storage.put(upload.path, self._artifact(place, name))

    def has_artifact(self, place: Place, name: str) -> bool:
        """Whether an artifact's bytes are in their place."""
        return self.storage.size(self._artifact(place, name)) is not None

    def open_artifact(self, place: Place, name: str) -> BinaryIO:
        """An artifact's bytes, for reading and seeking. Raises FileNotFoundError."""
        return self.storage.open(self._artifact(place, name))

    def _artifact(self, place: Place, name: str) -> str:
        return f"{_base(place, self.storage.by_name)}/artifacts/{name}"

    def keep_cache(self, upload: Upload, project_id: str, name: str) -> None:
        """Moves a checked upload to its place among the caches of a project."""
        self.storage.put(upload.path, f"caches/{project_id}/{name}")

    def open_cache(self, project_id: str, name: str) -> BinaryIO:
        """A cache's bytes. Raises FileNotFoundError."""
        return self.storage.open(f"caches/{project_id}/{name}")

    def has_cache(self, project_id: str, name: str) -> bool:
        """Whether a cache's bytes are in their place."""
        return self.storage.size(f"caches/{project_id}/{name}") is not None

    def remove_cache(self, project_id: str, name: str) -> None:
        """Removes a cache's bytes."""
        self.storage.remove(f"caches/{project_id}/{name}")

    def drop(self, upload: Upload) -> None:
        """Removes an upload that is not wanted."""
        upload.path.unlink(missing_ok=True)

    # ---- builds and projects as wholes

    def rename(self, old: str, new: str) -> None:
        """Moves the builds right below a project's name to another one, also where an agent has begun to write under that. What
        else lies there belongs to jobs in a folder of that name, and stays."""
        for name in names_in(self.root / old):
            if is_build(name):
                (self.root / new).mkdir(parents=True, exist_ok=True)
                merge(self.root / old / name, self.root / new / name)
        with suppress(OSError):
            (self.root / old).rmdir()

    def set_aside(self, place: Place, lease: int) -> None:
        """Moves what a lost lease left behind out of the way of the next one; kept for whoever wants to look."""
        path = self.root / place.folder
        if path.exists():
            target = path.with_name(f"{path.name}.lease{lease}")
            shutil.rmtree(target, ignore_errors=True)
            path.rename(target)

    def remove(self, place: Place) -> None:
        """Removes all files of a build, with what lost leases of it left behind."""
        path = self.root / place.folder
        if not self.storage.by_name:
            self.storage.remove(f"builds/{place.build}")
            self._note(place).unlink(missing_ok=True)
        for folder in (path, *path.parent.glob(f"{path.name}.lease*")):
            shutil.rmtree(folder, ignore_errors=True)

    def has_room(self) -> bool:
        """Whether this machine's disk takes a little more."""
        found = os.statvfs(self.root.parent)
        return found.f_bavail * found.f_frsize >= LEAST_ROOM

    def sweep_spool(self) -> None:
        """Removes uploads that a process left behind when it died."""
        for path in (self.root.parent / "spool").glob("*"):
            with suppress(FileNotFoundError):  # it is in its place meanwhile
                if path.stat().st_mtime < time.time() - LEFT_S:
                    path.unlink()


@dataclass(frozen=True)
class LogFile:
    """One log for those who follow it: it may move to the store meanwhile."""

    files: BuildFiles
    place: Place
    path: str

    def state(self) -> tuple[int, int]:
        """Its size in bytes, and a number that is another one once the file is another one; zeros before its first line."""
        try:
            found = self.files.log(self.place, self.path).stat()
        except FileNotFoundError:
            return self.files.size(self.place, self.path), 0
        return found.st_size, found.st_ino

    def read(self, start: int, end: int) -> bytes:
        """Its bytes from `start` to before `end`."""
        return self.files.read(self.place, self.path, start, end - start)


def _whole_or_nothing(file: FileIO, size: int, content: bytes) -> None:
    """Appends to a file of `size` bytes: a disk that fills up in between leaves nothing of it, so that offsets stay right."""
    try:
        written = 0
        while written < len(content):
            written += file.write(content[written:])
    except OSError:
        os.ftruncate(file.fileno(), size)
        raise


def _base(place: Place, by_name: bool) -> str:
    return f"jobs/{place.folder}" if by_name else f"builds/{place.build}"


def _log_key(place: Place, log_path: str) -> str:
    return f"{_base(place, False)}/logs/{log_path}"


def _split(path: Path) -> tuple[str, str]:
    """A log's path below jobs/ as its build's folder and its path there (`<stage>/<step>.log`)."""
    return path.parents[1].as_posix(), path.relative_to(path.parents[1]).as_posix()


def stream(path: Path) -> Iterator[bytes]:
    """A file in chunks."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
