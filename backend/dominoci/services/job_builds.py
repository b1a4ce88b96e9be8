"""Builds of jobs: THE way to start one, and what of its job a build is shown with."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dominoci.domain import target as rules
from dominoci.domain.approval import NEEDED
from dominoci.domain.errors import Conflict
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Job
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import build_feed, starting, views
from dominoci.store import builds, jobs, projects

View = dict[str, Any]
FOLLOWING = ("push", "poll", "pull")  # causes of builds that follow each other: filters by path ask what has changed since
NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})


def start(  # noqa: PLR0913 - what a build is of
    uow: UnitOfWork,
    project: Project,
    job: Job,
    *,
    cause: str,
    ref: str | None = None,
    commit: str | None = None,
    parameters: Mapping[str, str] = NO_PARAMETERS,
    trusted: bool | None = None,
    approval: str | None = None,
) -> Build:
    """A new build of a job with the present version of its definition: of `ref`, else of the job's, else of the project's default
    branch. `cause` is manual, webhook, schedule, poll, push, pull or api; `trusted` unless said: whether the ref is the
    repository's own.

    Nothing is asked of whoever starts it, and no parameter is missed: callers decide. Raises Conflict for a job that is switched
    off, closed or deleted.
    """
    refuse(job)
    if job.pull:  # strangers' code is built at the commit that is known of it, once a maintainer has approved that
        fork = bool(job.pull.get("fork"))
        trusted, approval, commit = not fork, approval or (NEEDED if fork else None), commit or job.pull.get("head")
    number = projects.take_build_numbers(uow.session, {project.id: 1})[project.id]
    ref = ref or job.ref or project.default_branch
    branch, tag = starting.split_ref(ref)
    blank = starting.blank_build(project.id, project.name, number, uow.now, project.target)
    blank |= starting.of_job(job, number, project.name)
    row = Build(**blank, cause=cause, ref=ref, branch=branch, tag=tag, commit=commit, parameters=dict(parameters))
    row.trusted = starting.is_own(ref) if trusted is None else trusted
    row.approval = approval
    if cause in FOLLOWING:
        row.base_commit = builds.last_built_commit(uow.session, project.id, branch or "", job.id)
    builds.add(uow.session, row)
    uow.wake_agents()
    build_feed.publish(uow, row)
    uow.session.flush()
    return row


def refuse(job: Job) -> None:
    """Raises Conflict for a job that nothing may start."""
    if job.deleted_at:
        raise Conflict("The job was deleted.")
    if job.closed_at:
        raise Conflict(f"The branch or pull request of job {job.path} is closed.")
    if not job.enabled:
        raise Conflict(f"Job {job.path} is switched off: switch it on first.")


def job_of(uow: UnitOfWork, row: Build) -> Job | None:
    """The job that a build is of, also a deleted one; None for one of its project's own definition."""
    return jobs.by_id(uow.session, row.job_id) if row.job_id else None


def target_of(uow: UnitOfWork, project: Project) -> Job | None:
    """The job that the project's target names, which is its pipeline then: events, pushes and builds by hand run it."""
    job_id = project.target.get(rules.JOB_ID)
    return jobs.by_id(uow.session, job_id) if job_id else None


def silent(uow: UnitOfWork, project: Project, row: Build) -> str | None:
    """Why the end of a build says nothing about its project (no tree, no last result); None where it does.

    Where events of the project run one of its jobs, that one speaks for it, with its copies for branches; else every job does. A
    pull request never does.
    """
    job = job_of(uow, row)
    if job is None:
        return None
    if job.kind == "pull_request":
        return "it is a build of a pull request"
    speaks = project.target.get(rules.JOB_ID)
    return None if speaks in (None, job.id, job.copied_from) else f"events of {project.name} run another job"


def viewing(uow: UnitOfWork, rows: Sequence[Build]) -> Callable[[Build], View]:
    """Shows these builds with their jobs, with two queries for all of them."""
    known = jobs.paths(uow.session, {row.job_id for row in rows if row.job_id}) if any(row.job_id for row in rows) else {}
    asked = {row.definition_id for row in rows if row.definition_id}
    versions = jobs.versions(uow.session, asked) if asked else {}

    def show(row: Build) -> View:
        version = versions.get(row.definition_id or "")
        more = {"of_job": known.get(row.job_id or ""), "definition_version": version.number if version else None}
        return {**views.build(uow.settings, row), **more}

    return show


def view(uow: UnitOfWork, row: Build) -> View:
    """One build in a list, with its job."""
    return viewing(uow, [row])(row)
