"""Jobs: made, changed, started by hand, deleted."""

from collections.abc import Mapping
from typing import Any

from dominoci.domain.errors import Conflict, Invalid
from dominoci.domain.ids import new_id
from dominoci.domain.reasons import Reason
from dominoci.domain.target import JOB_ID
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Job
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import (
    audit,
    build_stopping,
    builds,
    folders,
    job_definitions,
    job_ending,
    job_moves,
    job_starts,
    jobs,
    projects,
)
from dominoci.services.access import Principal, require_user, writable_project
from dominoci.store import jobs as store
from dominoci.store import projects as project_store
from dominoci.store.paging import Page

View = dict[str, Any]
PLAIN = ("title", "file", "ref", "checkout", "enabled")
OF_COPIES = frozenset({"enabled"})  # what may be changed of a copy: the rest comes from its job


def create(uow: UnitOfWork, who: Principal, body: Mapping[str, Any]) -> View:
    """A new job of `project`; without one it gets a project of its own, hosted here and private, whose events run the job.

    Folders of its path that are missing are made. Raises Conflict when the path is taken, Invalid for a definition with mistakes.
    """
    require_user(who)
    given = body.get("definition")
    if given:
        job_definitions.check(given, "definition.text")
    path = folders.full_path(uow, body, "folder")
    job_moves.require_free(uow, {path: None})
    above, _, name = path.rpartition("/")
    if above:
        folders.ensure(uow, who, above)
    folder = jobs.folder_of(uow, above or None)
    job_moves.hold(uow, folder)
    own = body.get("project")
    project = writable_project(uow, who, own) if own else _project(uow, who, path)
    job_moves.claim(uow, project, {path: None})
    checkout = body.get("checkout")
    plain = {"checkout": not (given and not own) if checkout is None else checkout, "enabled": body.get("enabled", True)}
    row = new(uow, who, project, path=path, name=name, folder_id=folder.id if folder else None, **plain)
    row.title, row.file, row.ref = body.get("title") or "", body.get("file"), body.get("ref")
    _check(row, given)
    store.add(uow.session, row)
    if given:
        job_definitions.add(uow, who, row, given)
    if not own:
        project.target = {"kind": "agent", "job": row.path, JOB_ID: row.id}
    _note(uow, who, "job.created", row, project, after=_settings(row))
    return jobs.full(uow, who, row)


def new(uow: UnitOfWork, who: Principal, project: Project, **fields: Any) -> Job:
    """A job's row with the columns that every new one begins with, and these; not stored yet."""
    blank = {"id": new_id(), "project_id": project.id, "title": "", "kind": jobs.JOB, "definition_id": None, "file": None}
    blank |= {"ref": None, "copied_from": None, "pull": None, "closed_at": None, "deleted_at": None}
    made = {"created_by": who.name[:100], "created_at": uow.now, "changed_at": uow.now}
    return Job(**{**blank, **made, **fields})


def _project(uow: UnitOfWork, who: Principal, path: str) -> Project:
    """The project of a job that was made without one: it has the job's name, or where that is taken its path's."""
    names = dict.fromkeys((path.rpartition("/")[2], path.replace("/", "-")[:100]))
    name = next((one for one in names if _free(uow, one, path)), None)
    if name is None:
        text = "There is already a project of this job's name: say in `project` which project the job belongs to."
        raise Conflict(text, errors={"project": ["is needed"]})
    made = projects.create(uow, who, {"name": name, "target": {"kind": "agent"}})
    project = project_store.by_id(uow.session, made["id"])
    assert project is not None  # noqa: S101  made a line above
    return project


def _free(uow: UnitOfWork, name: str, path: str) -> bool:
    """Whether a project may have this name; that of its own job at the top is no obstacle."""
    return not project_store.name_taken(uow.session, name) and (name == path or not store.path_taken(uow.session, name))


def _check(row: Job, given: Mapping[str, str] | None) -> None:
    """Raises Invalid where nothing would say what to run, or two things would."""
    kept = bool(given or row.definition_id)
    if not row.checkout and not kept:
        needed = {"definition": ["is needed where checkout is false"]}
        raise Invalid("Without a checkout the job needs a definition here.", needed)
    if row.file and kept:
        raise Invalid("The job has a definition here: a file in the repository is not read.", {"file": ["must be null"]})


def change(uow: UnitOfWork, who: Principal, key: str, body: Mapping[str, Any]) -> View:
    """Changes what `body` names; `name` and `folder` (id or path, "/": the top) move the job, its copies, and what names it."""
    row, project = jobs.writable(uow, who, key)
    if row.copied_from and (alien := sorted(body.keys() - OF_COPIES)):
        raise Conflict(f"{row.path} is a copy: change the job that it was copied from ({', '.join(alien)} come from there).")
    if body.get("enabled") is False:
        _require_unneeded(uow, project, row, "switched off")
    moves = "name" in body or "folder" in body
    folder = jobs.folder_of(uow, body.get("folder", row.folder_id)) if moves else None
    job_moves.hold(uow, folder)
    before = _settings(row)
    for field in PLAIN:
        if field in body:
            setattr(row, field, body[field])
    _check(row, None)
    row.changed_at = uow.now
    uow.session.flush()
    if moves:
        job_moves.move(uow, row, project, folder, body.get("name", row.name))
    _note(uow, who, "job.changed", row, project, before, _settings(row))
    return jobs.full(uow, who, row)


def _require_unneeded(uow: UnitOfWork, project: Project, row: Job, done: str) -> None:
    """Raises Conflict where events would still come to a job: its project depends on others, and its target names the job."""
    if project.target.get(JOB_ID) == row.id and project_store.edge_counts(uow.session, [project.id])[0]:
        instead = "switch the project off, or give it another target"
        raise Conflict(f"Events of project {project.name} run this job, so it cannot be {done}: {instead}.")


def define(uow: UnitOfWork, who: Principal, key: str, given: Mapping[str, Any]) -> View:
    """A new version of a job's definition; the same one again changes nothing. Raises Invalid for mistakes, Conflict for a copy,
    or where `base` is not the present version any more."""
    found, project = jobs.writable(uow, who, key)
    job_definitions.check(given)
    row = store.lock(uow.session, found.id) or found
    if row.copied_from:
        raise Conflict(f"{row.path} is a copy: change the definition of the job that it was copied from.")
    job_definitions.require_base(uow, row, given.get("base"))
    before = row.definition_id
    version = job_definitions.add(uow, who, row, given)
    if version.id != before:
        row.file = None
        _note(uow, who, "job.defined", row, project, after={"version": version.number, "format": version.format})
    return jobs.full(uow, who, row)


def undefine(uow: UnitOfWork, who: Principal, key: str) -> View:
    """From now on the job runs the repository's own definition; the versions stay to be looked at."""
    row, project = jobs.writable(uow, who, key)
    if row.copied_from or not row.checkout:
        raise Conflict(f"{row.path} has nothing else to run: it is a copy, or begins without a checkout.")
    if row.definition_id:
        row.definition_id, row.changed_at = None, uow.now
        uow.session.flush()
        _note(uow, who, "job.defined", row, project, after={"version": "the repository's own"})
    return jobs.full(uow, who, row)


def versions(uow: UnitOfWork, who: Principal, key: str, page: Page) -> View:
    """The versions of a job's definition, newest first."""
    return job_definitions.versions(uow, jobs.visible(uow, who, key)[0], page)


def version(uow: UnitOfWork, who: Principal, key: str, number: int) -> View:
    """One version with its text."""
    return job_definitions.version(uow, jobs.visible(uow, who, key)[0], number)


def start(uow: UnitOfWork, who: Principal, key: str, ref: str | None, parameters: Mapping[str, str]) -> View:
    """A build by hand. Raises Conflict for a job that is switched off or closed, Invalid where a parameter is missing."""
    row, project = jobs.writable(uow, who, key)
    build = job_starts.start(uow, project, row, "manual", parameters, ref=ref)
    about = audit.About("build", build.id, f"{row.path} #{build.number}")
    audit.note(uow, who, "build.started", about, after={"ref": build.ref, "parameters": dict(parameters)}, projects=[project.id])
    return builds.full(uow, build)


def remove(uow: UnitOfWork, who: Principal, key: str) -> None:
    """Deletes a job with its copies, triggers and links. What waits leaves the queue, what runs is stopped; builds that have
    ended stay with their logs as long as builds are kept."""
    row, project = jobs.writable(uow, who, key)
    _require_unneeded(uow, project, row, "deleted")
    _note(uow, who, "job.deleted", row, project, before=_settings(row))
    rows = store.with_copies(uow.session, row.id)
    if project.target.get(JOB_ID) == row.id:
        project.target = {name: value for name, value in project.target.items() if name not in ("job", JOB_ID)}
    ids = [one.id for one in rows]
    for build_id in store.unfinished_events(uow.session, ids):  # their trees hear of it
        builds.cancel(uow, who, build_id)
    waiting = store.unfinished(uow.session, ids)
    build_stopping.withdraw(uow, waiting, Reason("job_deleted", {"job": row.path}))
    job_ending.retire(uow, rows)


def _note(
    uow: UnitOfWork,
    who: Principal,
    action: str,
    row: Job,
    project: Project,
    before: View | None = None,
    after: View | None = None,
) -> None:
    audit.note(uow, who, action, audit.About("job", row.id, row.path), before, after, projects=[project.id])


def _settings(row: Job) -> View:
    return {field: getattr(row, field) for field in ("path", *PLAIN)}
