"""Caches: folders that a build keeps as one archive, for the project's next build (which may do without)."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

from dominoci.domain.errors import Forbidden, Invalid, NotFound
from dominoci.domain.ids import new_id
from dominoci.infra.files import BuildFiles, Upload
from dominoci.infra.models.builds import Build, BuildCache
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal
from dominoci.services.build_reports import check_digest, held
from dominoci.store import caches

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
    """Where an upload is to lie; `known` when the same content lies there under the same key."""

    project_id: str
    cache_id: str
    name: str
    known: bool


class Stored(Protocol):
    """What names the file of a cache: another content is another file, so that whoever reads the old one reads on."""

    id: str
    sha256: str


def name_of(row: Stored) -> str:
    """The name of a cache's file."""
    return f"{row.id}-{row.sha256[:16]}"


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
    known = row is not None and row.sha256 == upload.sha256
    cache_id = row.id if row else new_id()
    return Plan(build.project_id, cache_id, f"{cache_id}-{upload.sha256[:16]}", known)


def book(uow: UnitOfWork, who: Principal, build_id: str, key: str, cache_id: str, upload: Upload) -> int:
    """Books a content that lies in its place, instead of the one that the key had; the project's caches that were unused for
    longest make room. Answers 201."""
    build = may_keep(uow, who, build_id, key)
    files, replaced = BuildFiles.of(uow.settings), caches.find(uow.session, build.project_id, key)
    row = BuildCache(id=cache_id, project_id=build.project_id, key=key, created_at=uow.now)
    if replaced is not None:
        if replaced.sha256 != upload.sha256:
            uow.after_commit(partial(files.remove_cache, replaced.project_id, name_of(replaced)))
        row = replaced
    row.size, row.sha256, row.build_id, row.created_at, row.used_at = upload.size, upload.sha256, build_id, uow.now, uow.now
    caches.add(uow.session, row)
    _make_room(uow, files, build.project_id)
    return NEW


def _make_room(uow: UnitOfWork, files: BuildFiles, project_id: str) -> None:
    left, gone = uow.settings.keeping.project_caches, []
    for place, row in enumerate(caches.of_project(uow.session, project_id)):
        left -= row.size
        if place and (left < 0 or place >= MOST):
            gone.append(row)
    for row in gone:
        uow.after_commit(partial(files.remove_cache, project_id, name_of(row)))
    caches.remove(uow.session, [row.id for row in gone])
