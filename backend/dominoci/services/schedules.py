"""Schedules of jobs: each moment starts one build, however many schedulers look. What nobody could take goes by a rule."""

from datetime import datetime
from typing import Final

import structlog

from dominoci.domain import schedule
from dominoci.domain import triggers as rules
from dominoci.domain.errors import DominoError
from dominoci.domain.states import BuildState
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Job, Trigger
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import job_starts, triggers
from dominoci.store import builds, jobs, projects
from dominoci.store import triggers as store

log = structlog.get_logger()
AT_ONCE: Final = 200


def turn(transactions: Transactions) -> None:
    """Starts what is due. A schedule that cannot start its job says why, and holds up no other."""
    for trigger_id, due_at in transactions.read(lambda uow: store.due(uow.session, rules.SCHEDULE, uow.now, AT_ONCE)):
        try:
            transactions.write(_take, trigger_id, due_at)
        except DominoError as error:
            log.warning("schedule_failed", trigger=trigger_id, because=error.detail)
            transactions.write(_fail, trigger_id, due_at, error.detail)
        except Exception:  # one schedule must not keep the others from their turn; it is tried again
            log.exception("schedule_failed", trigger=trigger_id)


def _take(uow: UnitOfWork, trigger_id: str, due_at: datetime) -> None:
    """One turn: moved on by compare-and-set in the transaction that makes the build, so that there is one build or none."""
    row = store.of_id(uow.session, trigger_id)
    if row is None or not store.take(uow.session, trigger_id, due_at, _after(row, uow.now)):
        return
    job = jobs.by_id(uow.session, row.job_id)
    project = projects.by_id(uow.session, job.project_id) if job else None
    because = _skipped(uow, row, job, project, due_at)
    if because or job is None or project is None:
        told = triggers.outcome(uow.now, rules.SKIPPED, because or "", row.last)
    else:
        told = triggers.started(uow.now, _start(uow, row, job, project))
    store.book(uow.session, trigger_id, last=told)
    log.info("schedule_taken", trigger=trigger_id, due=due_at.isoformat(), outcome=told["outcome"])


def _after(row: Trigger, now: datetime) -> datetime | None:
    """The turn behind now: all that lie before it are this one."""
    return schedule.following(row.config["cron"], row.config["zone"], now)


def _start(uow: UnitOfWork, row: Trigger, job: Job, project: Project) -> Build:
    return job_starts.start(uow, project, job, "schedule", row.parameters, ref=row.config.get("ref"))


def _skipped(uow: UnitOfWork, row: Trigger, job: Job | None, project: Project | None, due_at: datetime) -> str | None:
    """Why a turn starts nothing; None when it starts a build."""
    if job is None or project is None or job.deleted_at or project.deleted_at:
        return "The job was deleted."
    if job.closed_at or not job.enabled:
        return "The branch of the job is closed." if job.closed_at else "The job is switched off."
    if row.config["missed"] == schedule.SKIP and schedule.is_missed(due_at, uow.now):
        return f"Nobody was there at {due_at:%Y-%m-%d %H:%M} UTC, and missed turns are skipped."
    # without agents a schedule would pile up builds without end
    if (before := _last_build(uow, row)) and before.state == BuildState.QUEUED.value:
        return f"#{before.number}, which the last turn has started, still waits for an agent."
    return None


def _last_build(uow: UnitOfWork, row: Trigger) -> Build | None:
    id_ = (row.last or {}).get("build_id")
    return builds.build(uow.session, id_) if id_ else None


def _fail(uow: UnitOfWork, trigger_id: str, due_at: datetime, because: str) -> None:
    row = store.of_id(uow.session, trigger_id)
    if row and store.take(uow.session, trigger_id, due_at, _after(row, uow.now)):
        store.book(uow.session, trigger_id, last=triggers.outcome(uow.now, rules.FAILED, because, row.last))
