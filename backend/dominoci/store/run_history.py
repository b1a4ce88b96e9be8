"""SQL on how the newest runs of a project ended: in trees, in reports that opened none, and as builds of its jobs."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from dominoci.infra.models.builds import Build
from dominoci.infra.models.jobs import Job
from dominoci.infra.models.trees import Attempt, Event, ReportRow, ResultRow, Tree
from dominoci.store.statements import Columns, table_of

LOOKED_BACK = 50  # runs of a project from which it is read how it fared on a branch

_EVENTS, _ATTEMPTS, _RESULTS, _REPORTS = (table_of(model) for model in (Event, Attempt, ResultRow, ReportRow))
_TREES, _BUILDS, _JOBS = table_of(Tree), table_of(Build), table_of(Job)
_PROJECT: BindParameter[Any] = bindparam("project")

# the newest events first: an index finds them, where a limited join would make MariaDB read a project's whole history
_NEWEST = (
    select(*(_EVENTS.c[name] for name in ("id", "tree_id", "position", "default_branch")))
    .where(_EVENTS.c.project_id == _PROJECT)
    .order_by(_EVENTS.c.id.desc())
    .limit(LOOKED_BACK)
    .subquery()
)
_RUNS = (
    select(
        *(_NEWEST.c.id, _NEWEST.c.position, _NEWEST.c.default_branch, _TREES.c.root_project_name, _TREES.c.root_meta),
        *(_ATTEMPTS.c[name] for name in ("number", "state", "finished_at", "ref", "run_url")),
        _RESULTS.c.meta,
    )
    .join_from(_NEWEST, _ATTEMPTS, _ATTEMPTS.c.event_id == _NEWEST.c.id)
    .join(_TREES, _TREES.c.id == _NEWEST.c.tree_id)
    .join(_RESULTS, (_RESULTS.c.event_id == _ATTEMPTS.c.event_id) & (_RESULTS.c.attempt == _ATTEMPTS.c.number), isouter=True)
    .where(_ATTEMPTS.c.finished_at.is_not(None))
)
_TOLD = (
    select(*(_REPORTS.c[name] for name in ("id", "status", "meta", "links", "received_at", "tree_id")))
    .where(_REPORTS.c.project_id == _PROJECT)
    .order_by(_REPORTS.c.id.desc())
    .limit(LOOKED_BACK)
)
_BUILDS_OF_JOB = (
    select(*(_BUILDS.c[name] for name in ("id", "state", "branch", "tag", "commit", "message", "finished_at")))
    .where(_BUILDS.c.job_id == bindparam("job"), _BUILDS.c.finished_at.is_not(None), _BUILDS.c.job == "")
    .order_by(_BUILDS.c.id.desc())
    .limit(LOOKED_BACK)
)
_OF_JOB = (
    select(_BUILDS.c.id, _JOBS.c.id.label("job_id"), _JOBS.c.path, _JOBS.c.pull)
    .join_from(_BUILDS, _JOBS, _JOBS.c.id == _BUILDS.c.job_id)
    .where(_BUILDS.c.id.in_(bindparam("ids", expanding=True)), _BUILDS.c.project_id == _PROJECT)
)


def runs(session: Session, project_id: str) -> Sequence[Columns]:
    """The newest runs of a project in trees that have ended: the event's `id`, `position` and `default_branch`, its tree's
    `root_project_name` and `root_meta`, of the attempt `number`, `state`, `finished_at`, `ref`, `run_url`, and the metadata
    (`meta`) that was reported, if any was."""
    return session.execute(_RUNS, {"project": project_id}).all()


def told_without_tree(session: Session, project_id: str) -> list[Columns]:
    """Of a project's newest reports those that opened no tree: `id`, `status`, `meta`, `links`, `received_at`."""
    return [row for row in session.execute(_TOLD, {"project": project_id}) if row.tree_id is None]


def jobs_of(session: Session, project_id: str, build_ids: Collection[str]) -> dict[str, Columns]:
    """The jobs (`job_id`, `path`, `pull`) of those of these builds that are of one and of this project, by build id."""
    rows = session.execute(_OF_JOB, {"ids": sorted(build_ids), "project": project_id}) if build_ids else ()
    return {row.id: row for row in rows}


def builds_of_job(session: Session, job_id: str) -> Sequence[Columns]:
    """The newest builds of a job that have ended."""
    return session.execute(_BUILDS_OF_JOB, {"job": job_id}).all()
