"""Builds that are to stop: waiting ones leave the queue, running ones are asked to."""

from collections.abc import Iterable

from dominoci.domain.reasons import Reason
from dominoci.domain.states import BuildState
from dominoci.infra.models.builds import Build
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import build_feed, build_statuses, search_documents, webhook_messages
from dominoci.store import flows as store


def withdraw(uow: UnitOfWork, rows: Iterable[Build], reason: Reason) -> None:
    """Builds that nobody waits for any more: they leave the queue; running ones are asked to stop."""
    ended = []
    for row in rows:
        if BuildState(row.state).final:  # a job that ended with its run, earlier in this loop
            continue
        row.cancel_requested = True
        row.cancelled_by = row.cancelled_by or reason.params.get("who")
        idle = bool(row.plan) and not stop_jobs(uow, row, reason)
        if row.state == BuildState.QUEUED.value or idle:
            row.state, row.finished_at = BuildState.CANCELLED.value, uow.now
            row.reason_code, row.reason_params = reason.code, dict(reason.params)
            ended.append(row)
        build_feed.publish(uow, row)
    search_documents.tell_builds(uow, ended)
    webhook_messages.tell_builds(uow, [row for row in ended if not row.job])
    build_statuses.note(uow, ended)
    uow.session.flush()


def stop_jobs(uow: UnitOfWork, run: Build, reason: Reason) -> list[Build]:
    """The jobs of a locked run that is to stop: waiting ones end now, running ones are asked to; answers those that still run."""
    running, ended = [], []
    for row in store.jobs(uow.session, run.id, lock=True):
        if BuildState(row.state).final:
            continue
        row.cancel_requested, row.cancelled_by = True, row.cancelled_by or run.cancelled_by
        if row.state == BuildState.QUEUED.value:
            row.state, row.finished_at = BuildState.CANCELLED.value, uow.now
            row.reason_code, row.reason_params = reason.code, dict(reason.params)
            ended.append(row)
        else:
            running.append(row)
        build_feed.publish(uow, row)
    search_documents.tell_builds(uow, ended)
    uow.session.flush()
    return running


def queue_again(uow: UnitOfWork, row: Build) -> None:
    """A build that was withdrawn before any agent took it waits for one again."""
    row.state, row.finished_at, row.cancel_requested, row.cancelled_by = BuildState.QUEUED.value, None, False, None
    row.reason_code = row.reason_params = None
    build_feed.publish(uow, row)
    uow.session.flush()
    uow.wake_agents()
