"""Which job is copied for the branches, and which for the pull requests, of a repository at GitHub, GitLab or the like."""

from typing import Any

from dominoci.domain import pasted
from dominoci.domain.errors import Conflict, Forbidden, Invalid, NotFound
from dominoci.domain.ids import new_id
from dominoci.domain.repository_events import LINK_KINDS
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Job, RepositoryLink
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, hook_keeping, repository_access
from dominoci.services import jobs as job_service
from dominoci.services.access import Principal, writable_project
from dominoci.store import jobs, projects
from dominoci.store import repository_links as store

View = dict[str, Any]
LONGEST = 300


def repository_key(text: str) -> str:
    """A repository as links and webhooks name it, `github.com/owner/name`, of any spelling of its address. Raises Invalid."""
    key = (pasted.repository(text) or "").lower()
    if key.count("/") < 2 or len(key) > LONGEST:
        raise Invalid("The repository is not known by this.", {"repository": ["Give host/owner/name, or its address."]})
    return key


def put(uow: UnitOfWork, who: Principal, repository: str, kind: str, job: Job) -> View:
    """Links a repository (`github.com/owner/name`, or its address) to a job: `kind` is branch or pull_request. A link that
    was there is replaced. Takes a maintainer of the job's project.

    Raises Conflict where the job's builds check out another repository, where the job is itself a copy, or where the repository
    is linked to another's job; Invalid for a kind or repository that is none.
    """
    project = writable_project(uow, who, job.project_id)
    if kind not in LINK_KINDS:
        raise Invalid("The link cannot be made.", {"kind": [f"Must be one of: {', '.join(LINK_KINDS)}."]})
    key = repository_key(repository)
    _refuse(project, job, key)
    before = store.link(uow.session, key, kind)
    if before and before.job_id == job.id:
        return _view(before, job)
    if before:
        _replace(uow, who, before, project, key)
    row = RepositoryLink(id=new_id(), repository=key, kind=kind, job_id=job.id, created_by=who.name, created_at=uow.now)
    store.add(uow.session, row)
    if project.repository_key == key:
        hook_keeping.see_to(uow, project)
    _note(uow, who, "job.linked", job, {"repository": key, "kind": kind})
    return _view(row, job)


def of_repository(uow: UnitOfWork, repository: str) -> dict[str, Job]:
    """The jobs that a repository is linked to, by kind; nothing is asked of whoever wants to know."""
    return store.of_repository(uow.session, repository_key(repository))


def remove(uow: UnitOfWork, who: Principal, link_id: str, key: str | None = None) -> None:
    """Ends a link (of the job `key`, where one is named); copies that there are stay as they are. Takes a maintainer of the job's
    project."""
    own = job_service.writable(uow, who, key)[0].id if key is not None else None
    row = store.by_id(uow.session, link_id)
    job = jobs.by_id(uow.session, row.job_id) if row else None
    if row is None or job is None or own not in (None, job.id):
        raise NotFound("There is no such link.")
    writable_project(uow, who, job.project_id)
    store.remove(uow.session, row)
    _note(uow, who, "job.unlinked", job, {"repository": row.repository, "kind": row.kind})


def of_job(uow: UnitOfWork, who: Principal, key: str) -> View:
    """The repositories that a job (id or path) is linked to."""
    job, _ = job_service.visible(uow, who, key)
    return {"items": [_view(row, job) for row in store.of_job(uow.session, job.id)], "next_cursor": None}


def put_for(uow: UnitOfWork, who: Principal, key: str, repository: str, kind: str) -> View:
    """The same as `put` for a job by its id or path."""
    return put(uow, who, repository, kind, job_service.visible(uow, who, key)[0])


def _refuse(project: Project, job: Job, key: str) -> None:
    if job.copied_from:
        raise Conflict(f"{job.path} is itself a copy for a branch or pull request: link the job that it was copied from.")
    if job.checkout and project.repository_key != key:
        raise Conflict(
            f"Builds of {job.path} check out the repository of {project.name}, which is not {key}: link a job of a project that "
            "is there, or one that checks nothing out."
        )


def _replace(uow: UnitOfWork, who: Principal, before: RepositoryLink, project: Project, key: str) -> None:
    """Makes room where another job has the link: one's own, one of a project that is not at this repository, or one of a project
    that only says so while the App's installation there stands behind this one."""
    job = jobs.by_id(uow.session, before.job_id)
    other = projects.by_id(uow.session, job.project_id) if job else None
    if other and not other.deleted_at and _standing(project, key) <= _standing(other, key):
        try:
            writable_project(uow, who, other.id)
        except (Forbidden, NotFound) as e:
            raise Conflict(f"{key} is linked to a job of another project: ask its maintainers, or an admin, to end that.") from e
    store.remove(uow.session, before)


def _standing(project: Project, key: str) -> int:
    """How much speaks for a project's being of this repository: nothing, its own word, or the App's installation there."""
    if project.repository_key != key:
        return 0
    return 2 if repository_access.is_ours(project) else 1


def _note(uow: UnitOfWork, who: Principal, action: str, job: Job, after: View) -> None:
    audit.note(uow, who, action, audit.About("job", job.id, job.path), after=after, projects=[job.project_id])


def _view(row: RepositoryLink, job: Job) -> View:
    shown = {"id": row.id, "repository": row.repository, "kind": row.kind, "job": {"id": job.id, "path": job.path}}
    return {**shown, "created_by": row.created_by, "created_at": row.created_at}
