"""SQL on what is kept of finished builds, and for how long."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from dominoci.domain.states import BuildState, EventState, TreeState
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Job
from dominoci.infra.models.trees import Event, Tree
from dominoci.store.statements import Columns

GREEN = BuildState.SUCCESS.value
_PLACE = (Build.id, Build.folder)


def ended(session: Session, folders: Collection[str], before: datetime) -> Sequence[Columns]:
    """Builds (`id`, `folder`) of these folders that ended before `before`."""
    query = select(*_PLACE).where(Build.folder.in_(folders))
    return session.execute(query.where(Build.finished_at < before, Build.expired_at.is_(None))).all()


def oldest(
    session: Session, after: tuple[datetime, str] | None, before: datetime, builds: int, limit: int
) -> Sequence[Columns]:
    """Builds that ended before `before` and whose files are there, oldest first, behind `after` (when it ended, its id).

    `last` tells whether one is among the newest `builds` of its project (of a deleted one, none is), `newest_green` whether no
    newer one of its job and branch was green; all builds of tags count as one branch. Of deleted jobs, of copies whose branch is
    gone and of pull requests none is, or each that there ever was would keep one for ever. Jobs of a workflow go with their run,
    and are left out.
    """
    newer = aliased(Build)
    alike = or_(newer.branch == Build.branch, and_(newer.branch.is_(None), Build.branch.is_(None)))
    same_job = or_(newer.job_id == Build.job_id, and_(newer.job_id.is_(None), Build.job_id.is_(None)))
    green = and_(newer.project_id == Build.project_id, newer.number > Build.number, same_job, alike)
    lasting = and_(Job.deleted_at.is_(None), Job.closed_at.is_(None), Job.kind != "pull_request")
    alive = or_(Build.job_id.is_(None), exists().where(Job.id == Build.job_id, lasting))
    newest_green = and_(Build.state == GREEN, alive, ~exists().where(green, newer.state == GREEN, newer.job == ""))
    columns = (Build.id, Build.folder, Build.tree_id, Build.finished_at)
    last = and_(Build.number >= Project.next_build - builds, Project.deleted_at.is_(None))
    query = select(*columns, last.label("last"), newest_green.label("newest_green")).join(Project, Project.id == Build.project_id)
    query = query.where(Build.expired_at.is_(None), Build.finished_at < before, Build.job == "")
    if after is not None:
        ended, build_id = after
        query = query.where(Build.finished_at >= ended, or_(Build.finished_at > ended, Build.id > build_id))
    return session.execute(query.order_by(Build.finished_at, Build.id).limit(limit)).all()


def needed_trees(session: Session, tree_ids: Collection[str]) -> set[str]:
    """Those of these trees that still run, or in which a project has its last success: its combo names their artifacts."""
    running = select(Tree.id).where(Tree.id.in_(tree_ids), Tree.state == TreeState.RUNNING.value)
    found = set(session.scalars(running))
    newer = aliased(Event)
    newest = select(newer.id).where(newer.project_id == Event.project_id, newer.state == EventState.SUCCESS.value)
    last = newest.order_by(newer.id.desc()).limit(1).correlate(Event).scalar_subquery()
    query = select(Event.tree_id).where(Event.tree_id.in_(tree_ids), Event.state == EventState.SUCCESS.value, Event.id == last)
    return found | set(session.scalars(query.distinct()))


def jobs_of(session: Session, build_ids: Collection[str]) -> Sequence[Columns]:
    """The builds (`id`, `folder`) that are jobs of these runs."""
    return session.execute(select(*_PLACE).where(Build.parent_id.in_(build_ids))).all()


def expire(session: Session, build_ids: Collection[str], now: datetime) -> None:
    """Books that the files of these builds are gone."""
    session.execute(update(Build).where(Build.id.in_(build_ids)).values(expired_at=now))
