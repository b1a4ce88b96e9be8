"""The end of a build, whoever tells it: what is written, and what follows from it in its tree."""

from collections.abc import Mapping, Sequence
from typing import Any

from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Artifact, Links, Metadata, Report
from dominoci.domain.states import BuildState, ResultStatus
from dominoci.infra.models.builds import Build
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import (
    build_statuses,
    job_builds,
    notifications,
    reports,
    results,
    search_documents,
    views,
    webhook_messages,
)
from dominoci.services.tree_change import TreeChange
from dominoci.store import builds, projects, statements, trees
from dominoci.store.statements import Columns

View = dict[str, Any]


def report(uow: UnitOfWork, row: Build, status: ResultStatus, given: Mapping[str, Any], made: Sequence[Columns]) -> Report:
    """What a build reports: `given` is the metadata that its agent told, `made` are artifacts (`build_id`, `name`, `size`,
    `sha256`)."""
    metadata = Metadata(
        branch=given.get("branch") or row.branch,
        tag=given.get("tag") or row.tag,
        pipeline=given.get("pipeline"),
        commit=given.get("commit") or row.commit,
        message=(given.get("message") or row.message or "")[:500] or None,
    )
    project = projects.pages(uow.session, row.project_id)
    links = Links(
        repository=project.repository_url if project else None,
        pipeline=views.build_url(uow.settings, row.id),
        owners=project.owners_url if project else None,
    )
    return Report(status, metadata, links, tuple(_artifact(uow, row) for row in made))


def _artifact(uow: UnitOfWork, row: Columns) -> Artifact:
    url = views.artifact_url(uow.settings, row.build_id, row.name)
    return Artifact(name=row.name, url=url, sha256=row.sha256, size=row.size)


def close(uow: UnitOfWork, row: Build, told: Report, reason: Reason) -> None:
    """Writes the end of a locked build. Webhooks hear of it, but not of the jobs of a run."""
    new = {
        "state": BuildState(told.status.value.lower()).value,
        "reason_code": reason.code,
        "reason_params": dict(reason.params),
        "commit": told.metadata.commit,
        "message": told.metadata.message,
        "finished_at": uow.now,
        "lease_until": None,
        "result_digest": told.digest(),
        "version": row.version + 1,
    }
    statements.change(uow.session, row, **new)
    search_documents.tell_builds(uow, [row])
    if not row.job:
        webhook_messages.tell_builds(uow, [row])
    build_statuses.note(uow, [row])


def pass_on(uow: UnitOfWork, change: TreeChange | None, row: Build, told: Report, reason: Reason) -> View:
    """A build of a tree (`change`, locked) gives its event's result; a success of any other build opens a tree, but
    for strangers' code."""
    if change and row.event_id and row.attempt:
        event = trees.events_by_id(uow.session, [row.event_id])[0]
        if results.is_awaited(uow, event, row.attempt, told):
            results.accept(change, event, row.attempt, told, reason)
        return {"tree_id": row.tree_id, "sub_id": row.sub_id}
    project = projects.by_id(uow.session, row.project_id)
    if project is None or project.deleted_at:
        return {"tree_id": None, "reason": "the project was deleted"}
    if not row.trusted:
        notifications.tell_build(uow, row)
        return {"tree_id": None, "reason": "strangers' code starts nothing downstream"}
    if silent := job_builds.silent(uow, project, row):
        notifications.tell_build(uow, row)
        return {"tree_id": None, "reason": silent}
    answer = reports.of_build(uow, project, told)[1]
    if answer.get("tree_id"):
        _link_root(uow, row, answer)
    return answer


def _link_root(uow: UnitOfWork, row: Build, answer: View) -> None:
    """The build is shown as the run of its tree's root event."""
    new: dict[str, Any] = {"tree_id": answer["tree_id"], "sub_id": answer["sub_id"]}
    event = trees.event(uow.session, answer["tree_id"], answer["sub_id"]) if answer["sub_id"] == "1" else None
    if event and not builds.has_attempt(uow.session, event.id, event.attempt):
        new |= {"event_id": event.id, "attempt": event.attempt}
        statements.change(uow.session, event, queued_at=row.created_at, started_at=row.started_at)
    statements.change(uow.session, row, **new)
