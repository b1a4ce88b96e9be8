"""SQL on the secrets of projects."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from dominoci.infra.models.builds import ProjectSecret


def of_project(session: Session, project_id: str) -> Sequence[ProjectSecret]:
    """All of a project, by name; they are bounded where they are made."""
    return session.scalars(select(ProjectSecret).where(ProjectSecret.project_id == project_id).order_by(ProjectSecret.name)).all()


def count(session: Session, project_id: str) -> int:
    """How many a project has."""
    mine = ProjectSecret.project_id == project_id
    return session.execute(select(func.count()).select_from(ProjectSecret).where(mine)).scalar_one()


def find(session: Session, project_id: str, name: str) -> ProjectSecret | None:
    """A project's secret of this name."""
    mine = (ProjectSecret.project_id == project_id, ProjectSecret.name == name)
    return session.scalars(select(ProjectSecret).where(*mine)).first()


def add(session: Session, row: ProjectSecret) -> None:
    """Stores a new one."""
    session.add(row)
    session.flush()


def remove(session: Session, row: ProjectSecret) -> None:
    """Deletes one."""
    session.delete(row)
    session.flush()


def remove_all(session: Session, project_id: str) -> None:
    """Deletes those of a project that goes away."""
    session.execute(delete(ProjectSecret).where(ProjectSecret.project_id == project_id))


def touch(session: Session, project_id: str, now: datetime, before: datetime) -> None:
    """Notes that a build was given a project's secrets, where that was not noted since `before`."""
    stale = or_(ProjectSecret.used_at.is_(None), ProjectSecret.used_at < before)
    session.execute(update(ProjectSecret).where(ProjectSecret.project_id == project_id, stale).values(used_at=now))
