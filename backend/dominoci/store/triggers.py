"""SQL on the triggers of jobs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from dominoci.infra.db import changed
from dominoci.infra.models.jobs import HookDelivery, Trigger


def add(session: Session, row: Trigger | HookDelivery) -> None:
    """Stores a new row."""
    session.add(row)
    session.flush()


def of_job(session: Session, job_id: str) -> Sequence[Trigger]:
    """A job's triggers, newest first."""
    return session.scalars(select(Trigger).where(Trigger.job_id == job_id).order_by(Trigger.id.desc())).all()


def count(session: Session, job_id: str) -> int:
    """How many triggers a job has."""
    return session.execute(select(func.count()).where(Trigger.job_id == job_id)).scalar_one()


def of_id(session: Session, trigger_id: str, job_id: str | None = None) -> Trigger | None:
    """One trigger; None also where it is another job's."""
    row = session.get(Trigger, trigger_id)
    return row if row and job_id in (None, row.job_id) else None


def lock(session: Session, trigger_id: str) -> Trigger | None:
    """The trigger as it is now, locked until the transaction ends."""
    query = select(Trigger).where(Trigger.id == trigger_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def remove(session: Session, row: Trigger) -> None:
    """Deletes a trigger."""
    session.delete(row)
    session.flush()


def due(session: Session, kind: str, now: datetime, limit: int) -> list[tuple[str, datetime]]:
    """Which triggers of a kind are due (id, when they were), the longest waiting first."""
    query = select(Trigger.id, Trigger.next_at).where(Trigger.next_at <= now, Trigger.kind == kind, Trigger.enabled)
    rows = session.execute(query.order_by(Trigger.next_at).limit(limit))
    return [(row.id, row.next_at) for row in rows if row.next_at]


def take(session: Session, trigger_id: str, due_at: datetime, next_at: datetime | None) -> bool:
    """Moves a due trigger on to its next turn; True for exactly one of all that try to take this one."""
    mine = (Trigger.id == trigger_id, Trigger.next_at == due_at, Trigger.enabled)
    return changed(session.execute(update(Trigger).where(*mine).values(next_at=next_at))) == 1


def book(session: Session, trigger_id: str, **values: Any) -> None:
    """Writes new values of one trigger."""
    session.execute(update(Trigger).where(Trigger.id == trigger_id).values(**values))


def delivery(session: Session, digest: str) -> HookDelivery | None:
    """What was taken under this delivery id before."""
    return session.get(HookDelivery, digest)
