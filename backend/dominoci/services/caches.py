"""Caches: folders that a build keeps as one archive, for the project's next build (which may do without)."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog

from dominoci.domain.errors import DominoError, Forbidden, Invalid, NotFound
from dominoci.domain.ids import new_id
from dominoci.infra.files import BuildFiles, Upload
from dominoci.infra.models.builds import Build, BuildCache
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal
from dominoci.services.build_reports import check_digest, held
from dominoci.store import caches

log = structlog.get_logger()
LONGEST_KEY = 300
MOST = 500  # of one project
NOTED_EVERY = timedelta(minutes=10)
NEW = 201


@dataclass(frozen=True)
class Kept:
    """A cache that was found: `name` is that of its file. `size` in bytes."""

    id: str
    project_id: str
    key: str
    name: str
    size: int
    sha256: str
    unnoted: bool  # that it was used is to be written


@dataclass(frozen=True)
class Plan:
    """Where an upload is to lie: in a file of its own, so that of two builds that keep one key none takes away the other's.
    `known` is the cache that has the same key and content, if there is one; `sha256` is of both."""

    project_id: str
    id: str
    sha256: str
    known: str | None

    @property
    def name(self) -> str:
        """The name of the upload's file."""
        return name_of(self)

    @property
    def known_name(self) -> str:
        """The name of the known one's file."""
        return _name(self.known or "", self.sha256)


class Stored(Protocol):
    """What names the file of a cache: another content is another file, so that whoever reads the old one reads on."""

    @property
    def id(self) -> str:
        """Of the cache."""

    @property
    def sha256(self) -> str:
        """Of its content, hex."""


def name_of(row: Stored) -> str:
    """The name of a cache's file."""
    return _name(row.id, row.sha256)


def _name(cache_id: str, sha256: str) -> str:
    return f"{cache_id}-{sha256[:16]}"


def find(uow: UnitOfWork, who: Principal, build_id: str, key: str, prefix: str | None) -> Kept:
    """The cache of the held build's project with this key, else the newest whose key begins with `prefix`. Raises NotFound."""
    build = held(uow, who, build_id)
    row = caches.find(uow.session, build.project_id, key)
    if row is None and prefix:
        row = caches.newest(uow.session, build.project_id, prefix)
    if row is None:
        raise NotFound("There is no such cache.")
    return Kept(row.id, row.project_id, row.key, name_of(row), row.size, row.sha256, uow.now - row.used_at > NOTED_EVERY)


def note_use(uow: UnitOfWork, cache_id: str) -> None:
    """Writes that a cache was used: those unused for longest go first."""
    caches.used(uow.session, cache_id, uow.now)


def may_keep(uow: UnitOfWork, who: Principal, build_id: str, key: str) -> Build:
    """The held build, if it may write its project's caches. Raises Forbidden for a build of strangers' code: what it keeps would
    be run by the next trusted build. Raises Invalid for a key that cannot be used."""
    if not key.isascii() or not key.isprintable() or key != key.strip() or not 1 <= len(key) <= LONGEST_KEY:
        raise Invalid("The cache's key cannot be used.", {"key": [f"must have 1 to {LONGEST_KEY} printable ASCII characters"]})
    build = held(uow, who, build_id)
    if not build.trusted:
        raise Forbidden("A build of a fork's code may read its project's caches, not write them.")
    return build


def plan(uow: UnitOfWork, who: Principal, build_id: str, key: str, upload: Upload, stated: str) -> Plan:
    """Where an upload goes, before it is booked. Raises Invalid when its digest does not fit it."""
    build = may_keep(uow, who, build_id, key)
    check_digest(upload, stated)
    row = caches.find(uow.session, build.project_id, key)
    known = row.id if row is not None and row.sha256 == upload.sha256 else None
    return Plan(build.project_id, new_id(), upload.sha256, known)


def book(uow: UnitOfWork, who: Principal, build_id: str, key: str, cache_id: str, upload: Upload) -> int:
    """Books a content that lies in its place (`Plan.id`), instead of the one that the key had; the project's caches that were
    unused for longest make room. Answers 201."""
    build = may_keep(uow, who, build_id, key)
    files, replaced = BuildFiles.of(uow.settings), caches.find(uow.session, build.project_id, key)
    if replaced is not None:
        uow.after_commit(partial(_remove_file, files, replaced.project_id, name_of(replaced)))
        caches.remove(uow.session, [replaced.id])
    about = {"size": upload.size, "sha256": upload.sha256, "build_id": build_id, "created_at": uow.now, "used_at": uow.now}
    caches.add(uow.session, BuildCache(id=cache_id, project_id=build.project_id, key=key, **about))
    _make_room(uow, files, build.project_id)
    return NEW


def _make_room(uow: UnitOfWork, files: BuildFiles, project_id: str) -> None:
    left, gone = uow.settings.keeping.project_caches, []
    for place, row in enumerate(caches.of_project(uow.session, project_id)):
        left -= row.size
        if place and (left < 0 or place >= MOST):
            gone.append(row)
    for row in gone:
        uow.after_commit(partial(_remove_file, files, project_id, name_of(row)))
    caches.remove(uow.session, [row.id for row in gone])


def _remove_file(files: BuildFiles, project_id: str, name: str) -> None:
    """What was booked stays booked, though the store is away by now."""
    try:
        files.remove_cache(project_id, name)
    except DominoError as e:
        log.warning("cache_file_left", project=project_id, name=name, because=e.detail)
