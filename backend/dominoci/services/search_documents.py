"""What Elasticsearch is told: a document of every build and every event that has ended, written in the transaction that ended it,
so that there is none without it. An installation without Elasticsearch pays nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import structlog

from dominoci.domain import search_document as rules
from dominoci.domain.ids import new_id
from dominoci.domain.states import EventState
from dominoci.domain.times import rfc3339
from dominoci.infra.models.builds import Build
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import views, webhook_cdevents
from dominoci.services.webhook_messages import Told
from dominoci.store import search_documents as store

View = dict[str, Any]
log = structlog.get_logger()


def tell_builds(uow: UnitOfWork, builds: Iterable[Build]) -> None:
    """Documents of builds that have ended, the jobs of runs among them."""
    if uow.settings.elasticsearch.url:
        _write(uow, [_row(uow, rules.BUILD, build.id, _build(uow, build)) for build in builds])


def tell_change(uow: UnitOfWork, told: Told) -> None:
    """Documents of the events that a change of a tree has ended, and of its root, which ends with the tree's opening."""
    if uow.settings.elasticsearch.url:
        moved = {event.id: event for event, _ in told.changes()} | ({told.root.id: told.root} if told.root else {})
        ended = [event for event in moved.values() if EventState(event.state).final]
        _write(uow, [_row(uow, rules.EVENT, event.id, _event(uow, event, told)) for event in ended])


def sweep(uow: UnitOfWork) -> None:
    """Gives documents up that nobody has taken for a month: Elasticsearch is gone, or configured no more."""
    if gone := store.sweep(uow.session, uow.now - rules.KEPT_FOR):
        log.warning("search_documents_given_up", documents=gone)


def _write(uow: UnitOfWork, rows: Sequence[View]) -> None:
    """The scheduler sends them together, within seconds: a ring for each would make a request of each."""
    store.add(uow.session, rows)


def _row(uow: UnitOfWork, kind: str, subject_id: str, body: View) -> View:
    fresh = {"state": "pending", "tries": 0, "next_at": uow.now, "lease_until": None, "lease_owner": None}
    empty = {"finished_at": None, "reading": None}
    return {"id": new_id(), "kind": kind, "subject_id": subject_id, "body": body, "created_at": uow.now, **fresh, **empty}


def _build(uow: UnitOfWork, row: Build) -> View:
    """Field names are the API's, where it has them."""
    fields = ("id", "number", "state", "cause", "ref", "branch", "tag", "commit", "message", "tree_id", "sub_id", "attempt")
    ended = row.finished_at or uow.now
    return {
        "kind": rules.BUILD,
        "@timestamp": rfc3339(ended),
        **{field: getattr(row, field) for field in (*fields, "trusted", "version")},
        "url": views.build_url(uow.settings, row.id),
        "project": {"id": row.project_id, "name": row.project_name},
        "job": _job(row),
        "flow_job": row.job or None,
        "run_id": row.parent_id,
        "agent": {"id": row.agent_id, "name": row.agent_name} if row.agent_id else None,
        "pipelines": list(row.pipelines),
        "reason": views.reason(row.reason_code, row.reason_params),
        **_times(row.created_at, row.started_at, ended),
        "created_at": rfc3339(row.created_at),
    }


def _job(row: Build) -> View | None:
    """The job whose build this is, by the path that it had then."""
    path = row.folder.rpartition("/")[0] if not row.job else None
    return {"id": row.job_id, "path": path} if row.job_id else None


def _event(uow: UnitOfWork, event: Event, told: Told) -> View:
    fields = ("id", "sub_id", "state", "attempt", "ref", "run_url")
    ended = event.finished_at or uow.now
    report = told.reported.get(event.id)
    return {
        "kind": rules.EVENT,
        "@timestamp": rfc3339(ended),
        **{field: getattr(event, field) for field in fields},
        "version": told.tree.version,
        "url": webhook_cdevents.event_url(uow, event),
        "level": event.sub_id.count("."),
        "target": event.target.get("kind"),
        "project": {"id": event.project_id, "name": event.project_name},
        "tree": _tree(uow, told),
        "reason": views.reason(event.reason_code, event.reason_params),
        **_times(event.queued_at, event.started_at, ended),
        "queued_at": rfc3339(event.queued_at) if event.queued_at else None,
        "triggered_at": rfc3339(event.triggered_at) if event.triggered_at else None,
        **(_result(report.status.value, report.metadata, len(report.artifacts)) if report else {"result": None}),
    }


def _tree(uow: UnitOfWork, told: Told) -> View:
    tree = told.tree
    shown = {"id": tree.id, "url": views.tree_url(uow.settings, tree.id), "project": tree.root_project_name}
    return {**shown, "opened_at": rfc3339(tree.opened_at)}


def _result(status: str, metadata: Any, artifacts: int) -> View:
    told = {field: getattr(metadata, field) for field in ("branch", "tag", "commit", "message")}
    return {**told, "result": {"status": status, "pipeline": metadata.pipeline, "artifacts": artifacts}}


def _times(asked: datetime | None, started: datetime | None, ended: datetime) -> View:
    """When it ran; how long it waited before that and how long it took, in seconds. What never ran took no time."""
    return {
        "started_at": rfc3339(started) if started else None,
        "finished_at": rfc3339(ended),
        "waited_s": (started - asked).total_seconds() if started and asked else None,
        "took_s": (ended - started).total_seconds() if started else None,
    }
