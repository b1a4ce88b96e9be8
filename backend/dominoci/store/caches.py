"""SQL on the caches that a project's builds keep for the next one."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from dominoci.infra.models.builds import BuildCache
from dominoci.store.statements import Columns


def find(session: Session, project_id: str, key: str) -> BuildCache | None:
    """The project's cache of exactly this key."""
    return session.scalars(select(BuildCache).where(BuildCache.project_id == project_id, BuildCache.key == key)).first()


def newest(session: Session, project_id: str, prefix: str) -> BuildCache | None:
    """The project's newest cache whose key begins so. Compared by characters: LIKE takes a for A in SQLite."""
    begins = func.substr(BuildCache.key, 1, len(prefix)) == prefix
    query = select(BuildCache).where(BuildCache.project_id == project_id, begins)
    return session.scalars(query.order_by(BuildCache.created_at.desc()).limit(1)).first()


def add(session: Session, row: BuildCache) -> None:
    """Stores a new row."""
    session.add(row)
    session.flush()


def used(session: Session, cache_id: str, now: datetime) -> None:
    """Notes that a build has asked for a cache."""
    session.execute(update(BuildCache).where(BuildCache.id == cache_id).values(used_at=now))


def of_project(session: Session, project_id: str) -> Sequence[BuildCache]:
    """All caches of a project, the last used first."""
    query = select(BuildCache).where(BuildCache.project_id == project_id)
    return session.scalars(query.order_by(BuildCache.used_at.desc(), BuildCache.id.desc())).all()


def unused(session: Session, before: datetime, limit: int) -> Sequence[Columns]:
    """Caches (`id`, `project_id`, `sha256`) that no build has used since `before`."""
    query = select(BuildCache.id, BuildCache.project_id, BuildCache.sha256).where(BuildCache.used_at < before)
    return session.execute(query.order_by(BuildCache.used_at).limit(limit)).all()


def remove(session: Session, ids: Collection[str]) -> None:
    """Forgets these caches."""
    if ids:
        session.execute(delete(BuildCache).where(BuildCache.id.in_(ids)))
