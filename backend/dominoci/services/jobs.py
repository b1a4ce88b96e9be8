"""Jobs as people see them: found by id or path, listed, shown."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dominoci.domain.errors import NotFound
from dominoci.domain.permission import Role, highest
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Folder, Job
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import job_builds, job_definitions
from dominoci.services.access import Principal, require_role, require_user, role_of, viewer, visible_project
from dominoci.store import folders as folder_store
from dominoci.store import jobs as store
from dominoci.store import permissions, projects
from dominoci.store.paging import Page, listing

View = dict[str, Any]
JOB, BRANCH, PULL = "job", "branch", "pull_request"  # kinds
KINDS = (JOB, BRANCH, PULL)
TOP = "/"  # where folders are named: the place that is in none
RECENT = 20  # builds that a list shows of each job
NO_JOB = "There is no such job, or you may not see it."
NO_FOLDER = "There is no such folder."


def visible(uow: UnitOfWork, who: Principal, key: str) -> tuple[Job, Project]:
    """The job with this id or path and its project, if `who` may see them; else the NotFound of an unknown one."""
    return _job(uow, who, key, Role.VIEWER)


def writable(uow: UnitOfWork, who: Principal, key: str) -> tuple[Job, Project]:
    """The job and its project, if `who` may run and configure them. Raises Forbidden for those who may only see them."""
    require_user(who)
    return _job(uow, who, key, Role.MAINTAINER)


def _job(uow: UnitOfWork, who: Principal, key: str, need: Role) -> tuple[Job, Project]:
    row = store.find(uow.session, key)
    project = projects.by_id(uow.session, row.project_id) if row else None
    role = role_of(uow, who, project) if project else None
    if row is None or project is None or role is None:
        raise NotFound(NO_JOB)
    require_role(role, need, project.name)
    return row, project


def folder_of(uow: UnitOfWork, key: str | None) -> Folder | None:
    """The folder with this id or path; None for the top. Raises NotFound."""
    if key in (None, "", TOP):
        return None
    row = folder_store.find(uow.session, str(key))
    if row is None:
        raise NotFound(NO_FOLDER)
    return row


def search(uow: UnitOfWork, who: Principal, query: Mapping[str, Any], page: Page) -> View:
    """Jobs that `who` may see, by path; `query` may hold folder (id or path, "/": the top), project (id or name), q, copies."""
    require_user(who)
    folder = None if query.get("folder") is None else folder_of(uow, query["folder"])
    project = visible_project(uow, who, query["project"]).id if query.get("project") else None
    place = None if query.get("folder") is None else (folder.id if folder else "")
    wanted = store.Wanted(place, project, query.get("q") or "", viewer(who), bool(query.get("copies")))
    rows, cursor = store.listing(uow.session, wanted, page)
    return listing(rows, cursor, viewing(uow, who, rows))


def get(uow: UnitOfWork, who: Principal, key: str) -> View:
    """One job with the text of its definition, and the parameters that it asks for."""
    return full(uow, who, visible(uow, who, key)[0])


def full(uow: UnitOfWork, who: Principal, row: Job) -> View:
    """The same of a row that `who` may see."""
    shown = viewing(uow, who, [row])(row)
    return {**shown, **job_definitions.told(uow, row)}


def copies(uow: UnitOfWork, who: Principal, key: str, closed: bool, page: Page) -> View:
    """A job's copies for branches and pull requests, newest first; with `closed` also those that nobody builds any more."""
    row, _ = visible(uow, who, key)
    rows, cursor = store.copies(uow.session, row.id, closed=closed, page=page)
    return listing(rows, cursor, viewing(uow, who, rows))


def builds(uow: UnitOfWork, who: Principal, key: str, page: Page) -> View:
    """A job's builds, newest first."""
    row, _ = visible(uow, who, key)
    rows, cursor = store.builds_of(uow.session, row.id, page)
    return listing(rows, cursor, job_builds.viewing(uow, rows))


def viewing(uow: UnitOfWork, who: Principal, rows: Sequence[Job]) -> Callable[[Job], View]:
    """Shows these jobs to `who`, with a fixed number of queries for all of them."""
    ids = [row.id for row in rows]
    names = projects.names_of(uow.session, {row.project_id for row in rows})
    sources = store.paths(uow.session, {row.copied_from for row in rows if row.copied_from})
    versions = store.versions(uow.session, {row.definition_id for row in rows if row.definition_id})
    counts, recent = store.open_copies(uow.session, ids), store.recent(uow.session, ids, RECENT)
    due = store.next_schedules(uow.session, ids)
    held = {} if who.is_admin else permissions.roles(uow.session, who.id, {row.project_id for row in rows})

    def show(row: Job) -> View:
        role = Role.OWNER if who.is_admin else highest(held.get(row.project_id, ())) or Role.VIEWER
        version = versions.get(row.definition_id or "")
        return {
            **plain(uow, row),
            "project": {"id": row.project_id, "name": names[row.project_id]},
            "copied_from": sources.get(row.copied_from or ""),
            "version": version.number if version else None,
            "format": version.format if version else None,
            "copies": {"branches": counts.get((row.id, BRANCH), 0), "pulls": counts.get((row.id, PULL), 0)},
            "next_at": due.get(row.id),
            "recent": [build._mapping for build in recent.get(row.id, ())],
            "role": role.value,
        }

    return show


def plain(uow: UnitOfWork, row: Job) -> View:
    """What a job's own row says."""
    fields = ("id", "name", "path", "title", "kind", "file", "ref", "checkout", "enabled", "pull")
    times = ("created_by", "created_at", "changed_at", "closed_at")
    folder = {"id": row.folder_id, "path": row.path.rpartition("/")[0]} if row.folder_id else None
    url = f"{uow.settings.public_url}/jobs/{row.path}"
    return {**{field: getattr(row, field) for field in (*fields, *times)}, "folder": folder, "url": url}
