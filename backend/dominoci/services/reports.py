"""A project reports on its own: a success opens a tree; anything else is recorded; a run that a tree started is bound to it."""

import hashlib
from typing import Any

from dominoci.domain.errors import Conflict, Forbidden
from dominoci.domain.ids import new_id
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Report, as_json
from dominoci.domain.states import ResultStatus
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Event, ReportRow
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import opening, preview, recording, results
from dominoci.services.access import Principal
from dominoci.store import projects, trees

Answer = tuple[int, dict[str, Any]]


def dry_run(uow: UnitOfWork, who: Principal, told: Report) -> dict[str, Any]:
    """`POST /events?dry_run=true`: what would fall; nothing is changed."""
    return preview.preview(uow, _caller(uow, who), told)


def report(uow: UnitOfWork, who: Principal, told: Report, idempotency_key: str | None) -> Answer:
    """`POST /events`: 201 with a new tree, or 200 with what the same report led to before, or with why there is no tree."""
    return of_project(uow, _caller(uow, who), told, idempotency_key)


def _caller(uow: UnitOfWork, who: Principal) -> Project:
    project = projects.by_id(uow.session, who.id) if who.kind == "project" else None
    if project is None:
        raise Forbidden("Only a project's own token may report its events.")
    return project


def of_project(uow: UnitOfWork, project: Project, told: Report, idempotency_key: str | None) -> Answer:
    """The same for a project whose identity is already known."""
    dedup = _identity(told, idempotency_key)
    if dedup and (known := trees.find_report(uow.session, project.id, dedup)):
        return 200, _repeat(uow, known, told, idempotency_key)
    if bound := _own_event(uow, project, told):
        if dedup:
            row = _record(uow, project, told, dedup)
            row.tree_id, row.sub_id = bound.tree_id, bound.sub_id
        return results.bind(uow, bound, told)
    row = _record(uow, project, told, dedup)
    if told.status is not ResultStatus.SUCCESS:
        recording.note_last(project, told, uow.now, None, None)
        reason = Reason("not_success", {"status": told.status.value})
        return 200, {"tree_id": None, "reason": reason.text}
    return 201, opening.open_tree(uow, project, told, row)


def _identity(told: Report, idempotency_key: str | None) -> str | None:
    """What makes a repeat recognisable. Without a pipeline link only the key does: a nightly of the same commit is a new tree.

    The status belongs to it: a pipeline that failed and was tried again under the same link opens its tree when it succeeds.
    """
    if idempotency_key:
        return hashlib.sha256(f"key\n{idempotency_key}".encode()).hexdigest()
    if told.links.pipeline:
        return hashlib.sha256(f"run\n{told.status}\n{told.metadata.commit}\n{told.links.pipeline}".encode()).hexdigest()
    return None


def _repeat(uow: UnitOfWork, known: ReportRow, told: Report, idempotency_key: str | None) -> dict[str, Any]:
    if idempotency_key and known.digest != told.digest():
        raise Conflict("Another report came with this Idempotency-Key before; the first one is kept.")
    if known.tree_id is None:
        return {"tree_id": None, "reason": Reason("not_success", {"status": known.status}).text}
    return opening.opened_view(uow, known.tree_id, known.sub_id or "1")


def _own_event(uow: UnitOfWork, project: Project, told: Report) -> Event | None:
    """The event of a tree that is this very run: its report is that event's result, not a new root (loop guard).

    The same pipeline link is the same run, also after its result; the same commit only while the event runs.
    """
    if told.links.pipeline and (known := trees.event_of_run(uow.session, project.id, told.links.pipeline)):
        return known
    running = trees.running_with_commit(uow.session, project.id)
    return next((event for event, commit in running if commit is not None and commit == told.metadata.commit), None)


def _record(uow: UnitOfWork, project: Project, told: Report, dedup: str | None) -> ReportRow:
    row = ReportRow(
        id=new_id(),
        project_id=project.id,
        dedup=dedup,
        digest=told.digest(),
        status=told.status.value,
        meta=as_json(told.metadata),
        links=as_json(told.links),
        artifacts=as_json(told.artifacts),
        tree_id=None,
        sub_id=None,
        received_at=uow.now,
    )
    trees.add(uow.session, row)
    return row
