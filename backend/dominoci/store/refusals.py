"""SQL on the reports of projects that were refused."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dominoci.infra.models.graph import Refusal


def newest(session: Session, project_id: str, limit: int) -> Sequence[Refusal]:
    """Those of a project that are kept, newest first."""
    query = select(Refusal).where(Refusal.project_id == project_id).order_by(Refusal.id.desc()).limit(limit)
    return session.scalars(query).all()


def add(session: Session, row: Refusal) -> None:
    """Stores a new one."""
    session.add(row)
    session.flush()


def remove(session: Session, ids: Sequence[str]) -> None:
    """Deletes these."""
    if ids:
        session.execute(delete(Refusal).where(Refusal.id.in_(ids)))
