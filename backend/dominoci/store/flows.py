"""SQL on runs: builds whose jobs are builds of their own."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from dominoci.infra.models.builds import Build, BuildArtifact
from dominoci.store.builds import QUEUED, RUNNING
from dominoci.store.statements import Columns, table_of

_ARTIFACTS = table_of(BuildArtifact)
_JOB = aliased(Build)
# a build that runs without a lease has been handed over: its jobs have leases of their own
_HANDED_OVER = (Build.state == RUNNING, Build.lease_until.is_(None), Build.job == "")
_HAS_WORK = exists().where(_JOB.parent_id == Build.id, _JOB.state.in_((QUEUED, RUNNING)))


def jobs(session: Session, run_id: str, *, lock: bool = False) -> Sequence[Build]:
    """The builds of a run's jobs as they stand now, in the order in which they were queued; `lock`ed (lock the run first)."""
    query = select(Build).where(Build.parent_id == run_id).order_by(Build.id).execution_options(populate_existing=True)
    return session.scalars(query.with_for_update() if lock else query).all()


def artifacts(session: Session, run_id: str) -> Sequence[Columns]:
    """What the jobs of a run uploaded (`build_id`, `name`, `size`, `sha256`), by name."""
    made = select(_ARTIFACTS.c.build_id, _ARTIFACTS.c.name, _ARTIFACTS.c.size, _ARTIFACTS.c.sha256)
    query = made.join_from(_ARTIFACTS, Build, Build.id == _ARTIFACTS.c.build_id).where(Build.parent_id == run_id)
    return session.execute(query.order_by(_ARTIFACTS.c.name, _ARTIFACTS.c.build_id)).all()


def overdue(session: Session, begun_before: datetime, limit: int) -> Sequence[str]:
    """Runs that began before this time and go on."""
    return session.scalars(select(Build.id).where(*_HANDED_OVER, Build.started_at < begun_before).limit(limit)).all()


def held_too_long(session: Session, begun_before: datetime, limit: int) -> Sequence[str]:
    """Builds that an agent took before this time, and holds still."""
    query = select(Build.id).where(Build.state == RUNNING, Build.lease_until.is_not(None), Build.started_at < begun_before)
    return session.scalars(query.limit(limit)).all()


def at_rest(session: Session, limit: int) -> Sequence[str]:
    """Runs that go on although none of their jobs waits or runs."""
    return session.scalars(select(Build.id).where(*_HANDED_OVER, ~_HAS_WORK).limit(limit)).all()
