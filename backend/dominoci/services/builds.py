"""Builds of own agents as people and pushes ask for them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from dominoci.domain.errors import Conflict, NotFound
from dominoci.domain.permission import Role
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Metadata, Report
from dominoci.domain.states import BuildState, ResultStatus
from dominoci.infra.files import BuildFiles
from dominoci.infra.models.builds import Build, Step
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, build_waiting, inputs, results, starting, views, webhook_messages
from dominoci.services.access import Principal, require_roles, require_user, role_of, sight, visible_project, writable_project
from dominoci.services.tree_change import TreeChange
from dominoci.store import builds, projects, trees
from dominoci.store.paging import Page
from dominoci.store.paging import listing as page_view

View = dict[str, Any]
NOTHING = "0" * 40


def start(uow: UnitOfWork, who: Principal, key: str, ref: str | None, parameters: dict[str, str]) -> View:
    """A build by hand. Its success is a root event. Raises Conflict for a project that other CI systems run."""
    project = writable_project(uow, who, key)
    if project.target["kind"] != starting.AGENT:
        raise Conflict(f"{project.name} is run by {project.target['kind']}: start it there, or report an event.")
    row = _add(uow, project, ref or project.default_branch, cause="manual", parameters=parameters)
    _note(uow, who, "build.started", row, {"ref": row.ref, "parameters": parameters})
    return _full(uow, row)


def push(
    uow: UnitOfWork, who: Principal, project_id: str, ref: str, before: str | None, after: str
) -> tuple[int, View]:
    """A push to a hosted repository: 201 with a new root build, 200 with the one that the same push made before."""
    project = projects.by_id(uow.session, project_id)
    if project is None or who.kind != "hook" or who.id != project_id:
        raise NotFound("There is no such project, or you may not see it.")
    projects.lock(uow.session, project_id)  # the hook and the scheduler may tell the same push at the same time
    if known := builds.of_push(uow.session, project_id, ref, after):
        return 200, {"build": views.build(uow.settings, known)}
    row = _add(uow, project, ref, cause="push", parameters={}, commit=after)
    row.base_commit = before if before and before != NOTHING else None
    row.base_commit = builds.last_built_commit(uow.session, project_id, row.branch or "") or row.base_commit
    uow.session.flush()
    _note(uow, who, "build.started", row, {"ref": ref, "commit": after})
    return 201, {"build": views.build(uow.settings, row)}


def _note(uow: UnitOfWork, who: Principal, action: str, row: Build, after: View) -> None:
    about = audit.About("build", row.id, f"{row.project_name} #{row.number}")
    audit.note(uow, who, action, about, after=after, projects=[row.project_id])


def _add(
    uow: UnitOfWork, project: Project, ref: str, *, cause: str, parameters: dict[str, str], commit: str | None = None
) -> Build:
    number = projects.take_build_numbers(uow.session, {project.id: 1})[project.id]
    branch, tag = starting.split_ref(ref)
    blank = starting.blank_build(project.id, project.name, number, uow.now)
    row = Build(**blank, cause=cause, ref=ref, branch=branch, tag=tag, commit=commit, parameters=parameters)
    builds.add(uow.session, row)
    uow.wake_agents()
    publish(uow, row)
    return row


def publish(uow: UnitOfWork, row: Build) -> None:
    """Counts a change of a build, and tells the live pages and the feed of it; the caller flushes."""
    row.version += 1
    tell(uow, row, [])


def tell(uow: UnitOfWork, row: Build, steps: list[View], *, feed: bool = True) -> None:
    """Tells the live pages of a build, and the feed, what has changed; the row's version counts it already."""
    fields = ("id", "number", "state", "commit", "message", "started_at", "finished_at", "cancel_requested")
    shown = {field: getattr(row, field) for field in fields}
    shown["reason"] = views.reason(row.reason_code, row.reason_params)
    uow.publish(f"build:{row.id}", {"version": row.version, "build": shown, "steps": steps})
    if feed:
        uow.publish("feed", {"version": 0, "build": {**shown, "project": row.project_name}})


def listing(uow: UnitOfWork, who: Principal, query: Mapping[str, Any], page: Page) -> View:
    """Builds, newest first; `query` may hold project (id or name), state and branch."""
    require_user(who)
    project_id = visible_project(uow, who, query["project"]).id if query.get("project") else None
    keep = None if project_id or who.is_admin else partial(_seen, uow, who)
    wanted = builds.Wanted(project_id, query.get("state"), query.get("branch"))
    rows, cursor = builds.builds(uow.session, wanted, page, keep)
    return page_view(rows, cursor, lambda row: views.build(uow.settings, row))


def _seen(uow: UnitOfWork, who: Principal, rows: Sequence[Build]) -> list[Build]:
    seen = sight(uow, who, {row.project_id for row in rows})
    return [row for row in rows if row.project_id in seen]


def get(uow: UnitOfWork, who: Principal, build_id: str) -> View:
    """A build with its steps and artifacts."""
    return _full(uow, visible_build(uow, who, build_id))


def visible_build(uow: UnitOfWork, who: Principal, build_id: str) -> Build:
    """The build, if `who` may see its project."""
    row = builds.build(uow.session, build_id)
    project = projects.by_id(uow.session, row.project_id) if row else None
    if row is None or project is None or role_of(uow, who, project) is None:
        raise NotFound("There is no such build, or you may not see it.")
    return row


def _full(uow: UnitOfWork, row: Build) -> View:
    files = BuildFiles(uow.settings.data / "jobs")
    steps = [step_view(step, files.size(row.folder, step.log_path)) for step in builds.steps(uow.session, row.id)]
    artifacts = [
        {"name": a.name, "size": a.size, "sha256": a.sha256, "url": artifact_url(uow, row.id, a.name)}
        for a in builds.artifacts(uow.session, row.id)
    ]
    waiting = build_waiting.why(uow, row) if row.state == BuildState.QUEUED.value else None
    more = {"parameters": dict(row.parameters), "waiting": waiting.view() if waiting else None}
    return {**views.build(uow.settings, row), **more, "steps": steps, "artifacts": artifacts}


def step_view(step: Step, log_size: int) -> View:
    """A step in the API; `log_size` in bytes."""
    fields = ("n", "pipeline", "stage", "name", "state", "exit_code", "signal", "started_at", "finished_at")
    return {**{field: getattr(step, field) for field in fields}, "log_size": log_size}


def artifact_url(uow: UnitOfWork, build_id: str, name: str) -> str:
    """Where an artifact is downloaded."""
    return f"{uow.settings.public_url}/api/v1/builds/{build_id}/artifacts/{name}"


def log_place(uow: UnitOfWork, who: Principal, build_id: str, n: int) -> tuple[str, str, bool]:
    """Where a step's log lies (folder, path), and whether it is complete."""
    row = visible_build(uow, who, build_id)
    step = builds.step(uow.session, build_id, n)
    if step is None:
        raise NotFound("This build has no such step.")
    complete = BuildState(row.state).final or step.state not in ("waiting", "running")
    return row.folder, step.log_path, complete


def artifact_place(uow: UnitOfWork, who: Principal, build_id: str, name: str) -> tuple[str, str]:
    """Where an artifact lies (folder) and its SHA-256. A running build may fetch what its own parents made."""
    if who.kind == "build":
        _require_input(uow, who, artifact_url(uow, build_id, name))
        row = builds.build(uow.session, build_id)
    else:
        row = visible_build(uow, who, build_id)
    artifact = builds.artifact(uow.session, build_id, name)
    if row is None or artifact is None:
        raise NotFound("This build has no such artifact.")
    return row.folder, artifact.sha256


def _require_input(uow: UnitOfWork, who: Principal, url: str) -> None:
    asking = builds.build(uow.session, who.id)
    start = inputs.start_of(uow, asking.event_id, asking.attempt) if asking and asking.event_id and asking.attempt else None
    if start is None or not any(a["url"] == url for passed in start.given for a in passed.told.artifacts):
        raise NotFound("This build has no such artifact.")


def cancel(uow: UnitOfWork, who: Principal, build_id: str) -> View:
    """Cancels a waiting build at once, and asks the agent of a running one; a finished build stays as it is."""
    seen = visible_build(uow, who, build_id)
    require_roles(uow, who, Role.MAINTAINER, {seen.project_id: seen.project_name})
    change = TreeChange.of(uow, seen.tree_id) if seen.tree_id and seen.event_id else None
    row = builds.lock(uow.session, build_id) or seen
    row.cancelled_by, was = row.cancelled_by or who.name, row.state
    if row.state == BuildState.RUNNING.value:
        row.cancel_requested = True
    elif row.state == BuildState.QUEUED.value:
        _cancel_waiting(change, row, uow, who)
    if not BuildState(was).final:
        _note(uow, who, "build.cancelled", row, {"state": was})
    publish(uow, row)
    uow.session.flush()
    return _full(uow, row)


def _cancel_waiting(change: TreeChange | None, row: Build, uow: UnitOfWork, who: Principal) -> None:
    reason = Reason("cancelled_by", {"who": who.name})
    row.state, row.finished_at = BuildState.CANCELLED.value, uow.now
    row.reason_code, row.reason_params = reason.code, dict(reason.params)
    webhook_messages.tell_builds(uow, [row])
    if change and row.event_id and row.attempt:
        told = Report(ResultStatus.CANCELLED, Metadata(branch=row.branch, tag=row.tag))
        event = trees.events_by_id(uow.session, [row.event_id])[0]
        if results.is_awaited(uow, event, row.attempt, told):
            results.accept(change, event, row.attempt, told, reason)


def withdraw(uow: UnitOfWork, rows: Iterable[Build], reason: Reason) -> None:
    """Builds that nobody waits for any more: they leave the queue; running ones are asked to stop."""
    ended = []
    for row in rows:
        row.cancel_requested = True
        row.cancelled_by = row.cancelled_by or reason.params.get("who")
        if row.state == BuildState.QUEUED.value:
            row.state, row.finished_at = BuildState.CANCELLED.value, uow.now
            row.reason_code, row.reason_params = reason.code, dict(reason.params)
            ended.append(row)
        publish(uow, row)
    webhook_messages.tell_builds(uow, ended)
    uow.session.flush()


def queue_again(uow: UnitOfWork, row: Build) -> None:
    """A build that was withdrawn before any agent took it waits for one again."""
    row.state, row.finished_at, row.cancel_requested, row.cancelled_by = BuildState.QUEUED.value, None, False, None
    row.reason_code = row.reason_params = None
    publish(uow, row)
    uow.session.flush()
    uow.wake_agents()
