"""What follows for a project from something that its repository's host told: builds of linked jobs' copies, or root builds."""

from datetime import datetime

from dominoci.domain.errors import DominoError
from dominoci.domain.repository_events import BRANCH, PULL_REQUEST, Happening, Installation, Pull, Push, Unheard
from dominoci.domain.target import AGENT
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, branch_jobs, build_statuses, builds
from dominoci.services.access import ARBITER, Principal
from dominoci.services.branch_jobs import Followed
from dominoci.store import builds as build_store
from dominoci.store import repository_links

UNSAID = "main"  # the default branch of a project whose maker named none
NOTHING = Followed("nothing here waits for that")


def follow(uow: UnitOfWork, project: Project, repository: str, told: Happening, at: datetime | None = None) -> Followed:
    """Starts what is to be started, in this transaction; where that cannot be, says why. `at` is when the host told it, where it
    was not just now."""
    try:
        return _follow(uow, project, repository, told, at)
    except DominoError as e:  # raised before anything was written; other projects are to be told all the same
        return Followed(e.detail)


def _follow(uow: UnitOfWork, project: Project, repository: str, told: Happening, at: datetime | None) -> Followed:
    if isinstance(told, Unheard):
        return Followed(told.text)
    linked = repository_links.of_repository(uow.session, repository)
    mine = {kind: job for kind, job in linked.items() if job.project_id == project.id}
    if isinstance(told, Pull):
        return branch_jobs.pulled(uow, mine[PULL_REQUEST], project, told) if PULL_REQUEST in mine else NOTHING
    if isinstance(told, Installation):
        return NOTHING
    if BRANCH in mine:
        return branch_jobs.pushed(uow, mine[BRANCH], project, repository, told, at)
    return _root(uow, project, repository, told, at)


def _root(uow: UnitOfWork, project: Project, repository: str, push: Push, at: datetime | None) -> Followed:
    """Without a job a push to the default branch makes a root build, as a push to a hosted repository does."""
    if project.target["kind"] != AGENT or project.repository_key != repository or not project.enabled:
        return NOTHING
    if project.next_build == 1 and push.default_branch:
        _learn(uow, project, push.default_branch)
    if push.after is None or push.branch != project.default_branch:
        return Followed(f"{project.name} builds pushes to {project.default_branch}; link a job to build other branches")
    if at and branch_jobs.pushed_since(uow, project, repository, push.branch, at):
        return Followed(f"it came late: {push.branch} was pushed to after it")
    who = Principal("hook", project.id, f"the repository of {project.name}")
    status, answer = builds.push(uow, who, project.id, push.ref, push.before, push.after)
    row = build_store.build(uow.session, answer["build"]["id"])
    if row is None or status == 200:
        return Followed("this push was built before")
    build_statuses.note(uow, [row])
    return Followed(f"{project.name} builds {push.after[:12]}", (row,))


def _learn(uow: UnitOfWork, project: Project, branch: str) -> None:
    """An installation does not tell the default branch: until the first build the host may, where nobody named another one."""
    if project.default_branch == UNSAID and branch != UNSAID:
        project.default_branch = branch
        about = audit.About("project", project.id, project.name)
        audit.note(uow, ARBITER, "project.changed", about, {"default_branch": UNSAID}, {"default_branch": branch})
