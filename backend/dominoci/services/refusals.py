"""Reports that a project's own token sent and that were refused: the last few are kept, so that whoever connects a project reads
what is wrong with them. They are no more shown once a report is accepted, or after a day."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dominoci.domain.ids import new_id
from dominoci.infra.models.graph import Project, Refusal
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal, writable_project
from dominoci.store import refusals

View = dict[str, Any]
KEPT = 10  # a project
KEPT_FOR = timedelta(days=1)
APART = timedelta(seconds=3)  # a pipeline that tries again and again writes no more often
LONGEST = 500  # characters of what was wrong
STATUSES = frozenset({400, 409, 413, 422})

# what to do about an answer of this status
FIXES: Mapping[int, str] = {
    400: "Send the body as one JSON document: quotes inside a shell command are what most often breaks it.",
    409: "Each attempt takes one result, and an Idempotency-Key one report: send it once, from one place.",
    413: "Send less: a message and links rather than the output, and the few artifacts that others need.",
    422: "Correct the fields that are named; the API reference shows all that there are.",
}


def is_wanted(uow: UnitOfWork, project_id: str) -> bool:
    """Whether another one may be written now: not so soon after the one before."""
    last = refusals.newest(uow.session, project_id, 1)
    return not last or uow.now - last[0].at >= APART


def note(uow: UnitOfWork, project_id: str, route: str, status: int, detail: str) -> None:
    """Keeps one, in place of what is too much or too old."""
    if not is_wanted(uow, project_id):
        return
    kept = refusals.newest(uow.session, project_id, KEPT + 1)
    refusals.remove(uow.session, [row.id for i, row in enumerate(kept) if i >= KEPT - 1 or _is_old(uow, row)])
    row = {"project_id": project_id, "route": route, "status": status, "detail": detail[:LONGEST]}
    refusals.add(uow.session, Refusal(id=new_id(), at=uow.now, **row))


def listed(uow: UnitOfWork, who: Principal, key: str) -> View:
    """Those since the project's last report that was accepted, newest first, each with what to do about it."""
    project = writable_project(uow, who, key)
    accepted = _last_accepted(project)
    rows = refusals.newest(uow.session, project.id, KEPT)
    shown = [row for row in rows if not _is_old(uow, row) and (accepted is None or row.at > accepted)]
    return {"items": [_view(row) for row in shown], "next_cursor": None}


def _is_old(uow: UnitOfWork, row: Refusal) -> bool:
    return uow.now - row.at > KEPT_FOR


def _last_accepted(project: Project) -> datetime | None:
    return datetime.fromisoformat(project.last_result["at"]) if project.last_result else None


def _view(row: Refusal) -> View:
    told = {"id": row.id, "at": row.at, "route": row.route, "status": row.status, "detail": row.detail}
    return {**told, "fix": FIXES.get(row.status, FIXES[422])}
