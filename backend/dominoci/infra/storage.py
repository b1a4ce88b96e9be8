"""Where finished files lie: a folder, or an S3-compatible store, both through fsspec.

Keys are relative paths with "/". Every failure is a DominoError: Full when there is no room, Unavailable when the store is away;
neither repeats what the store's client says, which may hold addresses and keys.
"""

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, cast

import structlog

from dominoci.config import StorageSettings
from dominoci.domain.errors import DominoError, Full, Unavailable

log = structlog.get_logger()
CHUNK = 64 << 10
PART = 8 << 20  # a part of an upload, and the most that is read ahead: the client's own 50 MiB are memory for each request
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
AWAY_S = 15


@contextmanager
def room() -> Iterator[None]:
    """Raises Full where the disk of this machine has no room left."""
    try:
        yield
    except OSError as e:
        if e.errno in NO_ROOM:
            log.error("disk_full")
            raise Full("The arbiter's disk is full: nothing was kept. An admin must make room (docs/operations.md).") from e
        raise


class Storage:
    """One store. Any thread may use it; what it puts is seen whole or not at all."""

    def __init__(self, settings: StorageSettings, data: Path) -> None:
        self._settings = settings
        self.by_name = not settings.url  # the data folder: builds lie under their project's name and number
        self._remote = settings.url.startswith("s3://")
        self._root = settings.url.removeprefix("s3://") or str(data)
        self._opened: tuple[int, Any] | None = None
        self._lock = threading.Lock()

    @property
    def _files(self) -> Any:
        """The file system of this process: fsspec's own thread does not outlive a fork."""
        with self._lock:
            if self._opened is None or self._opened[0] != os.getpid():
                self._opened = os.getpid(), _s3(self._settings) if self._remote else _folder()
            return self._opened[1]

    def _path(self, key: str) -> str:
        if key.startswith("/") or any(part in ("", ".", "..") for part in key.split("/")) or "\0" in key:
            raise ValueError(f"not a key: {key!r}")
        return f"{self._root}/{key}"

    def put(self, source: Path, key: str) -> None:
        """Moves a complete local file into the store, over what had that key."""
        path = self._path(key)
        with self._guarded(writes=True):
            if self._remote:
                self._files.put_file(str(source), path, chunksize=PART, max_concurrency=2)
            else:
                self._move(source, Path(path))
        source.unlink(missing_ok=True)

    def _move(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source.replace(target)
        except OSError as e:
            if e.errno != errno.EXDEV:
                raise
            beside = target.with_name(f".{target.name}.{os.urandom(6).hex()}")
            try:
                self._files.put_file(str(source), str(beside))
                beside.replace(target)
            finally:
                beside.unlink(missing_ok=True)

    def open(self, key: str) -> BinaryIO:
        """A stored file, for reading and seeking. Raises FileNotFoundError."""
        more = {"block_size": PART, "cache_type": "readahead"} if self._remote else {}
        with self._guarded():
            return cast(BinaryIO, self._files.open(self._path(key), "rb", **more))

    def read(self, key: str, offset: int, limit: int) -> bytes:
        """At most `limit` bytes from `offset`. Raises FileNotFoundError."""
        if limit <= 0 or offset >= (self.size(key) or 0):
            return b""
        with self._guarded():
            return bytes(self._files.cat_file(self._path(key), start=offset, end=offset + limit))

    def stream(self, key: str) -> Iterator[bytes]:
        """A stored file in chunks. Raises FileNotFoundError."""
        with self.open(key) as file:
            while True:
                with self._guarded():
                    chunk = file.read(CHUNK)
                if not chunk:
                    return
                yield chunk

    def size(self, key: str) -> int | None:
        """How many bytes lie under a key; None when nothing does."""
        try:
            with self._guarded():
                return int(self._files.info(self._path(key))["size"])
        except FileNotFoundError:
            return None

    def remove(self, key: str) -> None:
        """Removes what has this key and all that lies below it; nothing there is no error."""
        try:
            with self._guarded():
                self._files.rm(self._path(key), recursive=True)
        except FileNotFoundError:
            return

    def check(self) -> None:
        """Raises Unavailable when the store does not answer, or its bucket is not there."""
        with self._guarded(writes=True):
            if self._remote:
                bucket, _, prefix = self._root.partition("/")
                self._files.call_s3("list_objects_v2", Bucket=bucket, Prefix=prefix, MaxKeys=1)
            else:
                Path(self._root).mkdir(parents=True, exist_ok=True)

    @contextmanager
    def _guarded(self, *, writes: bool = False) -> Iterator[None]:
        """FileNotFoundError passes, but where one `writes`: then it is the bucket that is not there."""
        try:
            with room():
                yield
        except DominoError:
            raise
        except Exception as e:  # the client of an object store raises what its many libraries raise
            missing = isinstance(e, FileNotFoundError)
            if (missing and not writes) or not (self._remote or isinstance(e, OSError)):
                raise
            log.warning("storage_away", error=type(e).__name__)
            raise Unavailable("The file store cannot be reached; try again.", AWAY_S) from None


def _folder() -> Any:
    from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]

    return LocalFileSystem()


def _s3(settings: StorageSettings) -> Any:
    from s3fs import S3FileSystem  # type: ignore[import-untyped]  # one second to import: only where it is used

    region = {"region_name": settings.region} if settings.region else {}
    made = S3FileSystem(
        key=settings.key_id or None,
        secret=settings.secret or None,
        endpoint_url=settings.endpoint or None,
        client_kwargs=region,
        config_kwargs={"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 1}},
        use_listings_cache=False,
        skip_instance_cache=True,
    )
    made.retries = 2  # the caller tries again: it knows for how long that is worth it
    return made


@lru_cache(maxsize=8)
def storage_of(settings: StorageSettings, data: Path) -> Storage:
    """The store that these settings name; one for all who ask in this process."""
    return Storage(settings, data)
