"""Logs and artifacts as files under `<data>/jobs/<project>/<number>/`; only this module knows their paths."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK = 64 << 10
CUT = b"\n[DominoCI: this log is longer than the limit; what follows is not kept]\n"


class WrongOffset(Exception):
    """A log chunk that does not continue the file; `expected` is where the next one must begin."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"expected offset {expected}")
        self.expected = expected


class TooMuch(Exception):
    """More bytes than the limit."""


@dataclass(frozen=True)
class Upload:
    """A received file that is not in its place yet. `size` in bytes."""

    path: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class BuildFiles:
    """The files of builds below `root`. `folder` arguments are `Build.folder`."""

    root: Path

    def log(self, folder: str, log_path: str) -> Path:
        """Where a step's log lies."""
        return self.root / folder / log_path

    def append(self, folder: str, log_path: str, offset: int, content: bytes, limit: int) -> int:
        """Adds a chunk at `offset` and answers the log's new size in bytes; the same chunk again changes nothing.

        Raises WrongOffset for a gap. What goes over `limit` is dropped with a note in the log; offsets go on being counted.
        """
        path = self.log(folder, log_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # a retry may overtake its first try in another process
            size = file.tell()
            if size >= limit:
                return offset + len(content)
            if offset > size:
                raise WrongOffset(size)
            fresh = content[size - offset :]
            file.write(fresh if size + len(fresh) < limit else fresh[: limit - size] + CUT)
            return max(size, offset + len(content))

    def size(self, folder: str, log_path: str) -> int:
        """The log's size in bytes; 0 before its first line."""
        try:
            return self.log(folder, log_path).stat().st_size
        except FileNotFoundError:
            return 0

    def read(self, folder: str, log_path: str, offset: int, limit: int) -> bytes:
        """At most `limit` bytes of a log from `offset`."""
        try:
            with self.log(folder, log_path).open("rb") as file:
                file.seek(offset)
                return file.read(limit)
        except FileNotFoundError:
            return b""

    def artifact(self, folder: str, name: str) -> Path:
        """Where an artifact lies. `name` has been checked (`build_reports.artifact_name_problem`)."""
        return self.root / folder / "artifacts" / name

    def receive(self, folder: str, name: str, chunks: Iterable[bytes], limit: int) -> Upload:
        """Writes an upload beside its place. Raises TooMuch above `limit` bytes; then nothing is left behind."""
        path = self.artifact(folder, f".{name}.{os.urandom(6).hex()}")
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
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

    def keep(self, upload: Upload, folder: str, name: str) -> None:
        """Moves a checked upload to its place, at once."""
        upload.path.replace(self.artifact(folder, name))

    def drop(self, upload: Upload) -> None:
        """Removes an upload that is not wanted."""
        upload.path.unlink(missing_ok=True)

    def rename(self, old: str, new: str) -> None:
        """Moves all builds of a project to another name."""
        if (self.root / old).exists():
            (self.root / old).rename(self.root / new)

    def set_aside(self, folder: str, lease: int) -> None:
        """Moves what a lost lease left behind out of the way of the next one; kept for whoever wants to look."""
        path = self.root / folder
        if path.exists():
            target = path.with_name(f"{path.name}.lease{lease}")
            shutil.rmtree(target, ignore_errors=True)
            path.rename(target)


def stream(path: Path) -> Iterator[bytes]:
    """A file in chunks."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
