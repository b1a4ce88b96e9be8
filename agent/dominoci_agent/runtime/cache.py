"""The caches of a build: bringing back what an earlier build of the project kept, and keeping it for the next one. A cache is a
help: what goes wrong with it is said in the log and fails nothing, but for a full disk."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from dominoci_agent.pipeline.model import Cache
from dominoci_agent.runtime.archive import ArchiveError, Limits, Tick, inside, pack, unpack
from dominoci_agent.runtime.below import open_below

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_MAX_KEY = 200
_MB = 1_000_000


@dataclass(frozen=True)
class Kept:
    """A cache on its way down: the key that it was kept under, its sha256 in hex (None: not told), and its bytes."""

    key: str
    sha256: str | None
    chunks: Iterator[bytes]


class CacheError(Exception):
    """The store did not do what it was asked; the text says why."""


class CacheStore(Protocol):
    """Where a project's caches lie. Both raise CacheError."""

    def get(self, key: str, prefix: str) -> AbstractContextManager[Kept | None]:
        """The cache of that key, else the newest whose key begins with `prefix`, else None."""

    def put(self, key: str, file: Path, sha256: str) -> None:
        """Keep a file under that key, in place of what is there."""


Ask = Callable[[str], bytes]  # a command of the definition -> what it says
Say = Callable[[str], None]  # a line for the step's log


@dataclass(frozen=True)
class _Known:
    """What a build found when it first asked for a cache: the full key, and what was restored under that very key."""

    key: str
    content: bytes | None = None


@dataclass
class Caches:
    """The caches of one build. `store` None: there is nowhere to keep anything. `keeps` False: what this build makes is not kept
    (strangers' code must not prepare what trusted builds will run)."""

    store: CacheStore | None
    workspace: Path
    scratch: Path
    keeps: bool = True
    limits: Limits = field(default_factory=Limits)
    _known: dict[Cache, _Known] = field(default_factory=dict)

    def restore(self, cache: Cache, ask: Ask, say: Say, tick: Tick) -> None:
        """Bring back the folders of a cache. OSError when the disk is full; whatever `tick` raises."""
        known = self._known[cache] = _Known(self._full_key(cache, ask))
        if self.store is None:
            say(f"cache {known.key}: there is nowhere to keep caches here")
            return
        try:
            found = self._fetch(self.store, cache, known.key, tick)
        except (CacheError, ArchiveError) as error:
            say(f"cache {known.key}: going on without it: {error}")
            return
        if found is None:
            say(f"cache {known.key}: nothing was kept yet")
            return
        key, files = found
        if key == known.key:
            self._known[cache] = _Known(known.key, self._content(cache))
        say(f"cache {known.key}: {files} files restored" + ("" if key == known.key else f" from {key}"))

    def save(self, cache: Cache, ask: Ask, say: Say, tick: Tick) -> None:
        """Keep the folders of a cache for the next build, unless they are just as they were restored. Raises as `restore`."""
        # the key of the build's beginning, if it was asked for: an installation may write into the very files that make it
        known = self._known.get(cache) or _Known(self._full_key(cache, ask))
        if self.store is None or not self.keeps:
            say(f"cache {known.key}: not kept" + ("" if self.keeps else ", because this build runs code from outside"))
            return
        if known.content is not None and known.content == self._content(cache):
            say(f"cache {known.key}: unchanged")
            return
        archive = self._temporary()
        try:
            packed = pack(self.workspace, cache.paths, archive, tick, self.limits)
            if packed.files:
                self.store.put(known.key, archive, packed.sha256)
            said = f"{packed.files} files kept ({archive.stat().st_size / _MB:.1f} MB)" if packed.files else "nothing to keep"
            say(f"cache {known.key}: {said}")
        except (CacheError, ArchiveError) as error:
            say(f"cache {known.key}: not kept: {error}")
        finally:
            archive.unlink(missing_ok=True)

    def _full_key(self, cache: Cache, ask: Ask) -> str:
        digest = hashlib.sha256()
        for name in cache.files:
            digest.update(b"file\0" + name.encode() + b"\0" + self._hash_of(name))
        for command in cache.commands:
            digest.update(b"command\0" + command.encode() + b"\0" + hashlib.sha256(ask(command)).digest())
        return f"{_prefix(cache)}{digest.hexdigest()[:32]}"

    def _hash_of(self, name: str) -> bytes:
        try:
            with os.fdopen(open_below(self.workspace, PurePosixPath(name)), "rb") as stream:
                return hashlib.file_digest(stream, "sha256").digest()
        except OSError:
            return b"none"

    def _fetch(self, store: CacheStore, cache: Cache, key: str, tick: Tick) -> tuple[str, int] | None:
        """Download, check, unpack aside, and only then move to where it belongs; the key found, and how many files."""
        archive, aside = self._temporary(), self._temporary()
        try:
            with store.get(key, _prefix(cache)) as kept:
                if kept is None:
                    return None
                self._download(kept, archive, tick)
            aside.mkdir()
            files = unpack(archive, aside, cache.paths, tick, self.limits)
            archive.unlink()
            for name in cache.paths:
                _move(aside / name, inside(self.workspace, name))
            return kept.key, files
        finally:
            archive.unlink(missing_ok=True)
            shutil.rmtree(aside, ignore_errors=True)

    def _download(self, kept: Kept, archive: Path, tick: Tick) -> None:
        digest, size = hashlib.sha256(), 0
        with archive.open("wb") as stream:
            for chunk in kept.chunks:
                tick()
                digest.update(chunk)
                size += len(chunk)
                if size > self.limits.size:
                    raise CacheError("it is larger than the limit")
                stream.write(chunk)
        if kept.sha256 is not None and digest.hexdigest() != kept.sha256:
            raise CacheError("what came is not what was kept (sha256)")

    def _content(self, cache: Cache) -> bytes:
        """A fingerprint of the folders as they stand; as cheap as listing them."""
        digest = hashlib.sha256()
        for name in sorted(cache.paths):
            for parent, folders, files in os.walk(inside(self.workspace, name)):
                folders.sort()
                for entry in sorted((*folders, *files)):
                    digest.update(_facts(Path(parent, entry)))
        return digest.digest()

    def _temporary(self) -> Path:
        self.scratch.mkdir(parents=True, exist_ok=True)
        return self.scratch / f"cache-{uuid.uuid4().hex}"


def _prefix(cache: Cache) -> str:
    return f"{_UNSAFE.sub('_', cache.key).lstrip('._-')[:_MAX_KEY] or 'cache'}-"


def _facts(path: Path) -> bytes:
    found = path.lstat()
    # a folder's size and time say nothing about what is in it
    told = (found.st_size, int(found.st_mtime)) if stat.S_ISREG(found.st_mode) else ()
    return f"{path}\0{found.st_mode}\0{told}\0".encode(errors="surrogateescape")


def _move(source: Path, target: Path) -> None:
    """Bring a restored folder into the workspace. What is there already stays: it is the commit's own."""
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        source.rename(target)
        return
    for parent, folders, files in os.walk(source):
        place = target / Path(parent).relative_to(source)
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            # nor below it: a link of the commit may lead anywhere
            folders[:] = []
            continue
        links = [name for name in folders if Path(parent, name).is_symlink()]
        _move_entries(Path(parent), place, [*files, *links])


def _move_entries(source: Path, target: Path, names: Sequence[str]) -> None:
    target.mkdir(exist_ok=True)
    for name in names:
        if not os.path.lexists(target / name):
            (source / name).rename(target / name)
