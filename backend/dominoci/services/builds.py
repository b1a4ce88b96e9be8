"""Builds of own agents as people and pushes ask for them."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from dominoci.domain.errors import Conflict, Gone, NotFound
from dominoci.domain.permission import Role
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Metadata, Report
from dominoci.domain.states import BuildState, ResultStatus
from dominoci.infra.files import BuildFiles, Place
from dominoci.infra.models.builds import Build, BuildArtifact, Step
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Job
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import (
    audit,
    build_feed,
    build_locks,
    build_parameters,
    build_statuses,
    build_waiting,
    flows,
    inputs,
    job_builds,
    job_definitions,
    results,
    search_documents,
    starting,
    views,
    webhook_messages,
)
from dominoci.services.access import (
    Principal,
    maintained,
    require_roles,
    require_user,
    role_of,
    sight,
    visible_project,
    writable_project,
)
from dominoci.services.tree_change import TreeChange
from dominoci.store import builds, projects, trees
from dominoci.store.paging import Page
from dominoci.store.paging import listing as page_view

View = dict[str, Any]
NOTHING = "0" * 40


def start(
    uow: UnitOfWork,
    who: Principal,
    key: str,
    ref: str | None,
    parameters: dict[str, str],
    definition: dict[str, str] | None = None,
) -> View:
    """A build by hand, of the repository's own definition or of the given one ({"format", "text"}). Its success is a root event.
    Raises Conflict for a project that other CI systems run, Invalid where a required parameter is missing, or the given
    definition has mistakes."""
    project = writable_project(uow, who, key)
    if project.target["kind"] != starting.AGENT:
        raise Conflict(f"{project.name} is run by {project.target['kind']}: start it there, or report an event.")
    ref = ref or project.default_branch
    job = None if definition else job_builds.target_of(uow, project)
    if job:
        build_parameters.refuse_missing([job_definitions.told(uow, job)], parameters)
    else:
        build_parameters.require(uow, project.id, ref, parameters, definition)
    row = _add(uow, project, job, ref, cause="manual", parameters=parameters, given=definition)
    uow.session.flush()
    _note(uow, who, "build.started", row, {"ref": row.ref, "parameters": parameters, **_told_of(definition)})
    return full(uow, row)


def _told_of(definition: Mapping[str, str] | None) -> View:
    """What the audit log keeps of a given definition: it gets the project's secrets, so who gave which must be told."""
    if definition is None:
        return {}
    digest = hashlib.sha256(definition["text"].encode()).hexdigest()
    return {"definition": {"format": definition["format"], "sha256": digest}}


def again(uow: UnitOfWork, who: Principal, project: Project, before: Build, same: View) -> View:
    """A new build by hand of what `before` built, of the same job (or of none); `same` are the columns that it takes over besides
    ref and parameters."""
    job = job_builds.job_of(uow, before)
    row = _add(uow, project, job, before.ref, cause="manual", parameters=dict(before.parameters))
    row.rerun_of = before.id
    for column, value in same.items():
        setattr(row, column, value)
    uow.session.flush()
    _note(uow, who, "build.started", row, {"ref": row.ref, "rerun_of": f"#{before.number}"})
    return full(uow, row)


def push(
    uow: UnitOfWork, who: Principal, project_id: str, ref: str, before: str | None, after: str
) -> tuple[int, View]:
    """A push to a hosted repository: 201 with a new root build, 200 with the one that the same push made before."""
    project = projects.by_id(uow.session, project_id)
    if project is None or who.kind != "hook" or who.id != project_id:
        raise NotFound("There is no such project, or you may not see it.")
    projects.lock(uow.session, project_id)  # the hook and the scheduler may tell the same push at the same time
    if known := builds.of_push(uow.session, project_id, ref, after):
        return 200, {"build": job_builds.view(uow, known)}
    row = _add(uow, project, job_builds.target_of(uow, project), ref, cause="push", parameters={}, commit=after)
    row.base_commit = before if before and before != NOTHING else None
    row.base_commit = builds.last_built_commit(uow.session, project_id, row.branch or "", row.job_id) or row.base_commit
    uow.session.flush()
    _note(uow, who, "build.started", row, {"ref": ref, "commit": after})
    return 201, {"build": job_builds.view(uow, row)}


def _note(uow: UnitOfWork, who: Principal, action: str, row: Build, after: View) -> None:
    about = audit.About("build", row.id, f"{row.project_name} #{row.number}")
    audit.note(uow, who, action, about, after=after, projects=[row.project_id])


def _add(
    uow: UnitOfWork,
    project: Project,
    job: Job | None,
    ref: str,
    *,
    cause: str,
    parameters: dict[str, str],
    commit: str | None = None,
    given: dict[str, str] | None = None,
) -> Build:
    if job:
        job_builds.refuse(job)
    number = projects.take_build_numbers(uow.session, {project.id: 1})[project.id]
    branch, tag = starting.split_ref(ref)
    blank = starting.blank_build(project.id, project.name, number, uow.now, project.target)
    blank |= starting.of_job(job, number, project.name)
    row = Build(**blank, cause=cause, ref=ref, branch=branch, tag=tag, commit=commit, parameters=parameters)
    row.trusted, row.definition = starting.is_own(ref), given
    builds.add(uow.session, row)
    uow.wake_agents()
    build_feed.publish(uow, row)
    return row


def listing(uow: UnitOfWork, who: Principal, query: Mapping[str, Any], page: Page) -> View:
    """Builds, newest first; `query` may hold project (id or name), state and branch."""
    require_user(who)
    project_id = visible_project(uow, who, query["project"]).id if query.get("project") else None
    keep = None if project_id or who.is_admin else partial(_seen, uow, who)
    wanted = builds.Wanted(project_id, query.get("state"), query.get("branch"))
    rows, cursor = builds.builds(uow.session, wanted, page, keep)
    return page_view(rows, cursor, job_builds.viewing(uow, rows))


def _seen(uow: UnitOfWork, who: Principal, rows: Sequence[Build]) -> list[Build]:
    seen = sight(uow, who, {row.project_id for row in rows})
    return [row for row in rows if row.project_id in seen]


def get(uow: UnitOfWork, who: Principal, build_id: str) -> View:
    """A build with its steps and artifacts; those who maintain its project also see the definition that it was given."""
    row = visible_build(uow, who, build_id)
    return {**full(uow, row), "definition": row.definition if maintained(uow, who, [row.project_id]) else None}


def visible_build(uow: UnitOfWork, who: Principal, build_id: str) -> Build:
    """The build, if `who` may see its project."""
    row = builds.build(uow.session, build_id)
    project = projects.by_id(uow.session, row.project_id) if row else None
    if row is None or project is None or role_of(uow, who, project) is None:
        raise NotFound("There is no such build, or you may not see it.")
    return row


def full(uow: UnitOfWork, row: Build) -> View:
    """A build with its steps and artifacts."""
    ran = builds.steps(uow.session, row.id)
    sizes = BuildFiles.of(uow.settings).sizes(Place.of(row), [step.log_path for step in ran])
    steps = [step_view(step, size) for step, size in zip(ran, sizes, strict=True)]
    artifacts = [
        {"name": a.name, "size": a.size, "sha256": a.sha256, "url": views.artifact_url(uow.settings, row.id, a.name)}
        for a in builds.artifacts(uow.session, row.id)
    ]
    waiting = build_waiting.why(uow, row) if row.state == BuildState.QUEUED.value else None
    more: View = {"parameters": dict(row.parameters), "waiting": waiting.view() if waiting else None}
    more |= {"rerun_of": _rerun_of(uow, row), "expired_at": row.expired_at}
    return {**job_builds.view(uow, row), **more, **flows.jobs(uow, row), "steps": steps, "artifacts": artifacts}


def _rerun_of(uow: UnitOfWork, row: Build) -> View | None:
    before = builds.build(uow.session, row.rerun_of) if row.rerun_of else None
    return {"id": before.id, "number": before.number} if before else None


def step_view(step: Step, log_size: int) -> View:
    """A step in the API; `log_size` in bytes."""
    fields = ("n", "pipeline", "stage", "name", "state", "hook", "ignored", "exit_code", "signal", "started_at", "finished_at")
    return {**{field: getattr(step, field) for field in fields}, "log_size": log_size}


def log_place(uow: UnitOfWork, who: Principal, build_id: str, n: int) -> tuple[Place, str, bool]:
    """Where a step's log lies (place, path), and whether it is complete. Raises Gone when the build's files were removed."""
    row = visible_build(uow, who, build_id)
    step = builds.step(uow.session, build_id, n)
    if step is None:
        raise NotFound("This build has no such step.")
    complete = BuildState(row.state).final or step.state not in ("waiting", "running")
    return kept(row), step.log_path, complete


def kept(row: Build) -> Place:
    """Where a build's files lie. Raises Gone when they were removed after the time for which they are kept."""
    if row.expired_at:
        day = f"{row.expired_at:%-d %B %Y}"
        raise Gone(f"The files of this build were removed on {day}: it is older than files are kept here (DOMINOCI_KEEP_DAYS).")
    return Place.of(row)


def artifact_place(uow: UnitOfWork, who: Principal, build_id: str, name: str) -> tuple[Place, BuildArtifact]:
    """Where an artifact lies, and its row. A running build may fetch what its own parents made. Raises Gone as `kept` does."""
    if who.kind == "build":
        row = builds.build(uow.session, build_id)
        _require_input(uow, who, row, views.artifact_url(uow.settings, build_id, name))
    else:
        row = visible_build(uow, who, build_id)
    artifact = builds.artifact(uow.session, build_id, name)
    if row is None or artifact is None:
        raise NotFound("This build has no such artifact.")
    return kept(row), artifact


def _require_input(uow: UnitOfWork, who: Principal, made_by: Build | None, url: str) -> None:
    """A parent reports addresses as it likes: only what a build of its own project made is handed out."""
    asking = builds.build(uow.session, who.id)
    if asking and asking.parent_id:  # a job gets what its run was started with
        asking = builds.build(uow.session, asking.parent_id)
    start = inputs.start_of(uow, asking.event_id, asking.attempt) if asking and asking.event_id and asking.attempt else None
    given = start.given if start and made_by else ()
    own = [passed for passed in given if made_by and passed.edge.project_id == made_by.project_id]
    if not any(artifact["url"] == url for passed in own for artifact in passed.told.artifacts):
        raise NotFound("This build has no such artifact.")


def cancel(uow: UnitOfWork, who: Principal, build_id: str) -> View:
    """Cancels a waiting build at once, and asks the agent of a running one; a finished build stays as it is."""
    seen = visible_build(uow, who, build_id)
    require_roles(uow, who, Role.MAINTAINER, {seen.project_id: seen.project_name})
    locked = build_locks.lock(uow, build_id)
    if locked is None:
        raise NotFound("There is no such build, or you may not see it.")
    row = locked.row
    row.cancelled_by, was = row.cancelled_by or who.name, row.state
    if row.state == BuildState.RUNNING.value:
        row.cancel_requested = True
        flows.cancel_jobs(uow, locked)
    elif row.state == BuildState.QUEUED.value:
        _cancel_waiting(locked.change, row, uow, who)
        flows.resume_run(uow, locked)
    if not BuildState(was).final:
        _note(uow, who, "build.cancelled", row, {"state": was})
    build_feed.publish(uow, row)
    uow.session.flush()
    return full(uow, row)


def _cancel_waiting(change: TreeChange | None, row: Build, uow: UnitOfWork, who: Principal) -> None:
    reason = Reason("cancelled_by", {"who": who.name})
    row.state, row.finished_at = BuildState.CANCELLED.value, uow.now
    row.reason_code, row.reason_params = reason.code, dict(reason.params)
    search_documents.tell_builds(uow, [row])
    webhook_messages.tell_builds(uow, [] if row.job else [row])
    build_statuses.note(uow, [row])
    if change and row.event_id and row.attempt:
        told = Report(ResultStatus.CANCELLED, Metadata(branch=row.branch, tag=row.tag))
        event = trees.events_by_id(uow.session, [row.event_id])[0]
        if results.is_awaited(uow, event, row.attempt, told):
            results.accept(change, event, row.attempt, told, reason)
