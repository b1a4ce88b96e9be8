"""SQL on statuses of builds that are to be shown on their commits."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dominoci.infra.models.builds import Build
from dominoci.infra.models.jobs import Job
from dominoci.infra.models.notices import BuildStatus
from dominoci.store.leases import Leases
from dominoci.store.statements import insert_rows

_ROWS = Leases(BuildStatus)
claim, book, due, return_lapsed = _ROWS.claim, _ROWS.book, _ROWS.due, _ROWS.return_lapsed
OVER = ("done", "dead")
AT_ONCE = 10_000  # rows that one sweep removes


def waiting(session: Session, build_ids: Collection[str]) -> set[str]:
    """Of these builds those whose status waits to be sent: it is read when it is sent, so one row is enough."""
    query = select(BuildStatus.build_id).where(BuildStatus.build_id.in_(build_ids), BuildStatus.state == "pending")
    return set(session.scalars(query))


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Stores rows, all with the same columns, with one statement."""
    insert_rows(session, BuildStatus, rows)


def builds_of(session: Session, rows: Sequence[BuildStatus]) -> dict[str, Build]:
    """The builds that these rows are about, as they are now."""
    return {row.id: row for row in session.scalars(select(Build).where(Build.id.in_({row.build_id for row in rows})))}


def job_paths(session: Session, job_ids: Collection[str]) -> dict[str, str]:
    """Under which path each of these jobs is known: a copy under that of the job that it was copied from."""
    rows = session.execute(select(Job.id, Job.path, Job.copied_from).where(Job.id.in_(job_ids))).all()
    originals = {row.copied_from for row in rows if row.copied_from}
    known = {row.id: row.path for row in session.execute(select(Job.id, Job.path).where(Job.id.in_(originals)))}
    return {row.id: known.get(row.copied_from or "", row.path) for row in rows}


def sweep(session: Session, before: datetime) -> None:
    """Removes rows that were over before then, at most AT_ONCE: the next sweep goes on."""
    old = (BuildStatus.state.in_(OVER), BuildStatus.finished_at < before)
    ids = session.scalars(select(BuildStatus.id).where(*old).limit(AT_ONCE)).all()
    for start in range(0, len(ids), 1000):
        session.execute(delete(BuildStatus).where(BuildStatus.id.in_(ids[start : start + 1000])))
