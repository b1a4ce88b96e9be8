"""Where jobs and folders stand: whether a path is free, and what follows from a move.

Builds that there are keep the folder that their files lie in; only new ones get the new path. So that they never meet the files
of older builds, numbers go on above those.
"""

from collections.abc import Mapping, Sequence

from dominoci.domain.errors import Conflict, Invalid
from dominoci.domain.names import LONGEST_JOB, LONGEST_PATH, path_problem, place_problem
from dominoci.domain.target import JOB_ID
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Folder, Job
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.store import folders, jobs, projects

TAKEN = {"path": ["is taken"]}


def hold(uow: UnitOfWork, *rows: Folder | None) -> None:
    """Keeps folders where they are while paths in them are given out. Raises Conflict where one was moved or removed since it was
    read, for its path would be that of before."""
    if (folders_held := [row for row in rows if row]) and not folders.lock(uow.session, folders_held):
        raise Conflict("The folder was moved or removed just now: look where it is, and try again.")


def claim(uow: UnitOfWork, project: Project, places: Mapping[str, str | None]) -> None:
    """Jobs of this project (id, None: a new one) are to stand at these paths: raises Conflict where one cannot, and lets the
    project's next build have a number above those of all builds whose files lie there."""
    require_free(uow, places)
    named = projects.ids_named(uow.session, [path for path in places if "/" not in path])
    if name := next((name for name, project_id in named.items() if project_id != project.id), None):
        raise Conflict(
            f"There is another project called {name}, whose builds lie where this job's would: put the job into a folder.",
            errors=TAKEN,
        )
    if highest := jobs.highest_at(uow.session, places):
        jobs.number_from(uow.session, [project.id], highest + 1)
        uow.session.refresh(project, ["next_build"])


def require_free(uow: UnitOfWork, places: Mapping[str, str | None]) -> None:
    """Raises Conflict where another job than the one that is to stand there has one of these paths."""
    if path := next((path for path, job_id in jobs.at(uow.session, places).items() if places[path] != job_id), None):
        raise Conflict(f"There is already a job {path}.", errors=TAKEN)


def move(uow: UnitOfWork, job: Job, project: Project, folder: Folder | None, name: str) -> None:
    """Renames a job, or moves it into another folder (None: the top), which is held; its copies, of which there may be thousands,
    go along, also those whose branch is gone: it may come again."""
    rows, before = jobs.with_copies(uow.session, job.id), job.name
    names = {row.id: f"{name}{row.name.removeprefix(before)}" if row.name.startswith(before) else row.name for row in rows}
    places = {row.id: _place(folder, names[row.id]) for row in rows}
    if moved := {places[row.id]: row.id for row in rows if places[row.id] != row.path}:
        claim(uow, project, moved)
    for row in rows:
        row.name, row.path, row.folder_id = names[row.id], places[row.id], folder.id if folder else None
        row.changed_at = uow.now
    uow.session.flush()
    follow(uow, [job])


def _place(folder: Folder | None, name: str) -> str:
    """The path of a job of this name in a folder. Raises Invalid."""
    if problem := place_problem(name, LONGEST_JOB):
        raise Invalid("The name cannot be used.", {"name": [f"{problem}: {name}"]})
    path = f"{folder.path}/{name}" if folder else name
    if len(path) > LONGEST_PATH:
        raise Invalid("The path is too long.", {"name": [f"makes a path of more than {LONGEST_PATH} characters"]})
    return path


def move_folder(uow: UnitOfWork, row: Folder, path: str, parent_id: str | None) -> None:
    """A folder stands with all that it holds at `path` from now on; it is held, and so is the one that it comes into. Raises
    Conflict where there is one of this path, Invalid where it would stand in itself or too deep."""
    if f"{path}/".startswith(f"{row.path}/"):
        raise Invalid("A folder cannot be moved into itself.", {"parent": ["is in the folder itself"]})
    if folders.taken(uow.session, path):
        raise Conflict(f"There is already a folder {path}.", errors=TAKEN)
    held, inner = jobs.inside(uow.session, row.path), folders.inside(uow.session, row.path)
    before = len(row.path)
    deepest = max((f"{path}{one.path[before:]}" for one in inner), key=lambda one: one.count("/"), default=path)
    too_long = any(len(path) + len(one.path) - before > LONGEST_PATH for one in held)
    if (problem := path_problem(deepest)) or too_long:
        raise Invalid("The folder cannot be moved there.", {"name": [problem or f"{LONGEST_PATH} characters are the most"]})
    if highest := jobs.highest_number(uow.session, path, deep=True):
        jobs.number_from(uow.session, {job.project_id for job in held}, highest + 1)
    places: list[Job | Folder] = [*held, *inner]
    for one in places:
        one.path = f"{path}{one.path[before:]}"
    row.path, row.name, row.parent_id = path, path.rpartition("/")[2], parent_id
    uow.session.flush()
    follow(uow, held)


def follow(uow: UnitOfWork, moved: Sequence[Job]) -> None:
    """Projects whose events run one of these jobs name it by its new path."""
    paths = {job.id: job.path for job in moved}
    for project in projects.of_ids(uow.session, {job.project_id for job in moved}).values():
        if (path := paths.get(project.target.get(JOB_ID) or "")) is not None:
            project.target = {**project.target, "job": path}
    uow.session.flush()
