"""A project reports on its own: a success opens a tree; anything else is recorded; a run that a tree started is bound to it."""

import hashlib
from collections.abc import Collection
from typing import Any

from dominoci.domain import credentials
from dominoci.domain.errors import Conflict, Forbidden, Invalid
from dominoci.domain.ids import new_id
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Report
from dominoci.domain.states import ResultStatus
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import ReportRow
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import answers, notifications, opening, preview, recording, results, used_tokens, webhook_messages
from dominoci.services.access import Principal
from dominoci.services.opening import Cause
from dominoci.store import projects, trees
from dominoci.store.statements import Columns

Answer = tuple[int, dict[str, Any]]


def dry_run(uow: UnitOfWork, who: Principal, told: Report, kinds: Collection[str]) -> dict[str, Any]:
    """`POST /events?dry_run=true`: what would fall; nothing is changed. `kinds` of target are those that can be triggered."""
    return preview.preview(uow, who, _caller(uow, who), told, kinds)


def report(
    uow: UnitOfWork, who: Principal, told: Report, idempotency_key: str | None, event_token: str | None = None
) -> Answer:
    """`POST /events`: 201 with a new tree, or 200 with what the same report led to before, or with why there is no tree.

    `event_token` says in which event's run the report was made: of the same project it is that event's result, of another one it
    is what caused the new tree.
    """
    project = _caller(uow, who)
    if event_token is None:
        return of_project(uow, project, told, _used_up(uow, who, told, idempotency_key))
    claim = credentials.read_event(uow.keys, event_token)
    event = trees.event(uow.session, claim.tree_id, claim.sub_id) if claim else None
    if claim is None or event is None:
        raise Invalid("The event token is not valid.", {"event_token": ["is not one that this arbiter issued"]})
    if event.project_id == project.id:
        return results.record(uow, who, event_token, told, {})
    tree = trees.tree(uow.session, event.tree_id)
    cause = Cause(event.tree_id, event.sub_id, tree.depth if tree else 1)
    return of_project(uow, project, told, _used_up(uow, who, told, idempotency_key), cause)


def _used_up(uow: UnitOfWork, who: Principal, told: Report, key: str | None) -> str | None:
    """The idempotency key, after a CI job's signed token was used for this report: the token is one, where nothing else is."""
    used_tokens.use(uow, who, f"report {told.digest()}")
    return key or (who.proof.id if who.proof and not told.links.pipeline else None)


def _caller(uow: UnitOfWork, who: Principal) -> Project:
    project = projects.by_id(uow.session, who.id) if who.kind == "project" else None
    if project is None:
        raise Forbidden("Only a project's own token may report its events.")
    return project


def of_build(uow: UnitOfWork, project: Project, told: Report) -> Answer:
    """The same for the end of a build of own agents that no tree started: it is known not to be any event's run."""
    return of_project(uow, project, told, None, binds=False)


def of_project(
    uow: UnitOfWork,
    project: Project,
    told: Report,
    idempotency_key: str | None,
    cause: Cause | None = None,
    *,
    binds: bool = True,
) -> Answer:
    """The same for a project whose identity is already known; `binds`: the report may be that of an event's run."""
    dedup = _identity(told, idempotency_key)
    if dedup and (known := trees.find_report(uow.session, project.id, dedup)):
        return 200, _repeat(uow, project, known, told, idempotency_key)
    if bound := _own_event(uow, project, told) if binds else None:
        if dedup:
            _record(uow, project, told, dedup, bound.tree_id, bound.sub_id)
        return results.bind(uow, bound.tree_id, bound.id, told)
    if refusal := no_tree(project, told):
        _record(uow, project, told, dedup, None, None)
        recording.note_last(uow, project.id, told, None, None)
        webhook_messages.tell_report(uow, project, told, refusal)
        notifications.tell_report(uow, project, told)
        return 200, {"tree_id": None, "reason": refusal.text}
    tree_id = new_id()
    _record(uow, project, told, dedup, tree_id, "1")
    return 201, opening.open_tree(uow, project, told, tree_id, cause)


def no_tree(project: Project, told: Report) -> Reason | None:
    """Why a root report opens no tree; None when it does."""
    if told.status is not ResultStatus.SUCCESS:
        return Reason("not_success", {"status": told.status.value})
    return None if project.enabled else Reason("project_disabled", {"project": project.name})


def _identity(told: Report, idempotency_key: str | None) -> str | None:
    """What makes a repeat recognisable. Without a pipeline link only the key does: a nightly of the same commit is a new tree.

    The status belongs to it: a pipeline that failed and was tried again under the same link opens its tree when it succeeds.
    """
    if idempotency_key:
        return hashlib.sha256(f"key\n{idempotency_key}".encode()).hexdigest()
    if told.links.pipeline:
        return hashlib.sha256(f"run\n{told.status}\n{told.metadata.commit}\n{told.links.pipeline}".encode()).hexdigest()
    return None


def _repeat(
    uow: UnitOfWork, project: Project, known: Columns, told: Report, idempotency_key: str | None
) -> dict[str, Any]:
    if idempotency_key and known.digest != told.digest():
        raise Conflict("Another report came with this Idempotency-Key before; the first one is kept.")
    if known.tree_id is None:
        refusal = no_tree(project, told) or Reason("opened_nothing", {})
        return {"tree_id": None, "reason": refusal.text}
    event = trees.event(uow.session, known.tree_id, known.sub_id or "1")
    return answers.opened_view(uow, event) if event else {"tree_id": known.tree_id}


def _own_event(uow: UnitOfWork, project: Project, told: Report) -> Columns | None:
    """The event (`id`, `tree_id`, `sub_id`) of a tree that is this very run: its report is that event's result, not a new root
    (loop guard).

    The same pipeline link is the same run, also after its result; the same commit only while the event runs.
    """
    if told.links.pipeline and (known := trees.event_of_run(uow.session, project.id, told.links.pipeline)):
        return known
    if told.metadata.commit is None:
        return None
    running = trees.running_with_commit(uow.session, project.id)
    return next((event for event in running if event.commit == told.metadata.commit), None)


def _record(
    uow: UnitOfWork, project: Project, told: Report, dedup: str | None, tree_id: str | None, sub_id: str | None
) -> None:
    place = {"tree_id": tree_id, "sub_id": sub_id, "received_at": uow.now}
    row = {"id": new_id(), "project_id": project.id, "dedup": dedup, **recording.content(told), **place}
    trees.add_many(uow.session, ReportRow, [row])
