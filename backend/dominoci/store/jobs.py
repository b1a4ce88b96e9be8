"""SQL on jobs, the versions of their definitions, and their builds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, delete, func, literal, or_, select, union_all, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from dominoci.domain.states import BuildState
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Job, JobDefinition, RepositoryLink, Trigger
from dominoci.store.paging import Page, by_name, fetch
from dominoci.store.permissions import seen_by
from dominoci.store.statements import Columns, table_of

_BUILDS = table_of(Build)
_UNFINISHED = (BuildState.QUEUED.value, BuildState.RUNNING.value)
_LIVE = Job.deleted_at.is_(None)
_SHOWN = [_BUILDS.c[name] for name in ("job_id", "id", "number", "state", "branch", "created_at", "started_at", "finished_at")]


def add(session: Session, row: Job | JobDefinition) -> None:
    """Stores a new row."""
    session.add(row)
    session.flush()


def find(session: Session, key: str) -> Job | None:
    """The live job with this id or path."""
    return session.scalars(select(Job).where(or_(Job.id == key, Job.path == key), _LIVE)).first()


def by_id(session: Session, job_id: str) -> Job | None:
    """The job with this id, also a deleted one."""
    return session.get(Job, job_id)


def of_ids(session: Session, ids: Iterable[str]) -> dict[str, Job]:
    """Jobs by id, also deleted ones."""
    return {row.id: row for row in session.scalars(select(Job).where(Job.id.in_(sorted(set(ids)))))}


def lock(session: Session, job_id: str) -> Job | None:
    """The job, read again under a lock: whoever else locks it waits until this transaction has ended."""
    query = select(Job).where(Job.id == job_id, _LIVE).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def at(session: Session, places: Iterable[str]) -> dict[str, str]:
    """The ids of the jobs at these paths, by path, where there are some."""
    return {row.path: row.id for row in session.execute(select(Job.path, Job.id).where(Job.path.in_(list(places))))}


def path_taken(session: Session, path: str) -> bool:
    """Whether a job has this path."""
    return session.execute(select(Job.id).where(Job.path == path)).first() is not None


def named(session: Session, name: str, limit: int) -> Sequence[Job]:
    """Live jobs of this name, wherever they stand, at most `limit`."""
    return session.scalars(select(Job).where(Job.name == name, _LIVE).order_by(Job.path).limit(limit)).all()


def of_other_project(session: Session, path: str, project_id: str | None) -> bool:
    """Whether a job of this path belongs to another project than this one."""
    query = select(Job.id).where(Job.path == path, _LIVE)
    return session.execute(query.where(Job.project_id != project_id) if project_id else query).first() is not None


@dataclass(frozen=True)
class Wanted:
    """Which jobs a list is of: all that is set must hold. `folder` is a folder's id, "" the top; `project` an id; `needle` a part
    of path or title; `viewer` a user who must be allowed to see them; copies only where they are asked for."""

    folder: str | None = None
    project: str | None = None
    needle: str = ""
    viewer: str | None = None
    copies: bool = False


def listing(session: Session, wanted: Wanted, page: Page) -> tuple[list[Job], str | None]:
    """Live jobs by path."""
    query = select(Job).where(_LIVE)
    if not wanted.copies:
        query = query.where(Job.copied_from.is_(None))
    if wanted.folder is not None:
        query = query.where(Job.folder_id == (wanted.folder or None))
    if wanted.project:
        query = query.where(Job.project_id == wanted.project)
    if wanted.needle:
        held = (column.icontains(wanted.needle, autoescape=True) for column in (Job.path, Job.title))
        query = query.where(or_(*held))
    if wanted.viewer is not None:
        query = query.join(Project, Project.id == Job.project_id).where(seen_by(wanted.viewer))
    return by_name(session, query, Job.path, Job.id, page)


def copies(session: Session, job_id: str, *, closed: bool, page: Page) -> tuple[list[Job], str | None]:
    """A job's copies for branches and pull requests, newest first; with `closed` also those whose branch is gone."""
    query = select(Job).where(Job.copied_from == job_id, _LIVE)
    return fetch(session, query if closed else query.where(Job.closed_at.is_(None)), Job.id, page)


def with_copies(session: Session, job_id: str) -> Sequence[Job]:
    """A job and all its copies, locked."""
    query = select(Job).where(or_(Job.id == job_id, Job.copied_from == job_id), _LIVE).order_by(Job.id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def open_copies(session: Session, ids: Iterable[str]) -> dict[tuple[str, str], int]:
    """How many open copies these jobs have, by job and kind; those without any are left out."""
    query = select(Job.copied_from, Job.kind, func.count()).where(Job.copied_from.in_(list(ids)), _LIVE, Job.closed_at.is_(None))
    rows = session.execute(query.group_by(Job.copied_from, Job.kind)).all()
    return {(str(job_id), kind): count for job_id, kind, count in rows}


def next_schedules(session: Session, ids: Iterable[str]) -> dict[str, datetime]:
    """When the earliest schedule of each of these jobs is due; those without one are left out."""
    due = (Trigger.kind == "schedule", Trigger.enabled, Trigger.next_at.is_not(None))
    query = select(Trigger.job_id, func.min(Trigger.next_at)).where(Trigger.job_id.in_(list(ids)), *due)
    return {job_id: at for job_id, at in session.execute(query.group_by(Trigger.job_id)) if at}


def of_project(session: Session, project_id: str) -> Sequence[Job]:
    """A project's live jobs."""
    return session.scalars(select(Job).where(Job.project_id == project_id, _LIVE).order_by(Job.id)).all()


def below(column: InstrumentedAttribute[str], path: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions on a column of paths: those that begin with `path` and a slash. A range, for an index; `0` follows `/`."""
    return column > f"{path}/", column < f"{path}0"


def inside(session: Session, path: str) -> Sequence[Job]:
    """The live jobs below a folder's path, however deep, locked."""
    query = select(Job).where(*below(Job.path, path), _LIVE).order_by(Job.id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def unbind(session: Session, ids: Sequence[str]) -> None:
    """Removes what starts these jobs: their triggers, and the repositories that are linked to them."""
    session.execute(delete(Trigger).where(Trigger.job_id.in_(ids)))
    session.execute(delete(RepositoryLink).where(RepositoryLink.job_id.in_(ids)))


# ---- definitions


def definition(session: Session, definition_id: str | None) -> JobDefinition | None:
    """One version of a definition by its id."""
    return session.get(JobDefinition, definition_id) if definition_id else None


def definition_numbered(session: Session, job_id: str, number: int) -> JobDefinition | None:
    """A version of a job's definition by its number."""
    return session.scalars(select(JobDefinition).where(JobDefinition.job_id == job_id, JobDefinition.number == number)).first()


def last_version(session: Session, job_id: str) -> int:
    """The number of a job's newest version; 0 where it never had one."""
    return session.scalars(select(func.max(JobDefinition.number)).where(JobDefinition.job_id == job_id)).one() or 0


def definitions(session: Session, job_id: str, page: Page) -> tuple[list[JobDefinition], str | None]:
    """The versions of a job's definition, newest first."""
    return fetch(session, select(JobDefinition).where(JobDefinition.job_id == job_id), JobDefinition.id, page)


def versions(session: Session, ids: Iterable[str]) -> dict[str, Columns]:
    """`number`, `format`, `created_by` and `created_at` of versions by their id, without their text."""
    fields = (JobDefinition.number, JobDefinition.format, JobDefinition.created_by, JobDefinition.created_at)
    rows = session.execute(select(JobDefinition.id, *fields).where(JobDefinition.id.in_(sorted(set(ids)))))
    return {row.id: row for row in rows}


# ---- builds


def builds_of(session: Session, job_id: str, page: Page) -> tuple[list[Build], str | None]:
    """A job's builds, newest first, without the jobs of runs."""
    return fetch(session, select(Build).where(Build.job_id == job_id, Build.job == ""), Build.id, page)


def numbered(session: Session, job_id: str, number: int) -> Build | None:
    """A job's build of this number."""
    return session.scalars(select(Build).where(Build.job_id == job_id, Build.number == number, Build.job == "")).first()


def numbers(session: Session, job_id: str, limit: int) -> list[int]:
    """The numbers of a job's newest builds, newest first."""
    query = select(Build.number).where(Build.job_id == job_id, Build.job == "").order_by(Build.id.desc()).limit(limit)
    return list(session.scalars(query))


def recent(session: Session, ids: Iterable[str], limit: int) -> dict[str, list[Columns]]:
    """The newest builds of each of these jobs (columns that a list draws), newest first, in one statement: each part of it reads
    `limit` rows by the index, where a window function would read every build that there was."""
    parts = []
    for job_id in ids:
        newest = select(*_SHOWN).where(_BUILDS.c.job_id == job_id, _BUILDS.c.job == "")
        parts.append(select(newest.order_by(_BUILDS.c.id.desc()).limit(limit).subquery()))
    found: dict[str, list[Columns]] = {}
    for row in session.execute(union_all(*parts)) if parts else ():
        found.setdefault(row.job_id, []).append(row)
    return {job_id: sorted(rows, key=lambda row: str(row.id), reverse=True) for job_id, rows in found.items()}


def unfinished_events(session: Session, ids: Sequence[str]) -> list[str]:
    """The ids of the builds of these jobs that wait or run for an event of a tree, by tree."""
    mine = (Build.job_id.in_(ids), Build.state.in_(_UNFINISHED), Build.job == "", Build.cause == "event")
    return list(session.scalars(select(Build.id).where(*mine).order_by(Build.tree_id, Build.id)))


def unfinished(session: Session, ids: Sequence[str]) -> Sequence[Build]:
    """The builds of these jobs that wait or run, without the jobs of runs, locked."""
    query = select(Build).where(Build.job_id.in_(ids), Build.state.in_(_UNFINISHED), Build.job == "").order_by(Build.id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def highest_number(session: Session, path: str, *, deep: bool = False, but: str | None = None) -> int:
    """The highest number of a build whose files lie right below `path`, or anywhere below it (`deep`); 0 where none do. Builds of
    the project `but` do not count."""
    query = select(func.max(Build.number)).where(*below(Build.folder, path))
    if not deep:
        query = query.where(Build.folder == literal(f"{path}/").concat(cast(Build.number, String)))
    if but:
        query = query.where(Build.project_id != but)
    return session.scalars(query).one() or 0


def highest_at(session: Session, places: Iterable[str]) -> int:
    """The highest number of a build whose files lie right below one of these paths; 0 where none do. One statement however many
    paths: the range that they stand in is read by the index."""
    wanted = list(places)
    cut = func.char_length(Build.folder) - func.char_length(cast(Build.number, String)) - 1
    between = (Build.folder > min(f"{path}/" for path in wanted), Build.folder < max(f"{path}0" for path in wanted))
    query = select(func.max(Build.number)).where(*between, func.substr(Build.folder, 1, cut).in_(wanted))
    return session.scalars(query).one() or 0


def number_from(session: Session, project_ids: Iterable[str], first: int) -> None:
    """The next build of these projects gets the number `first`, or a higher one."""
    behind = and_(Project.id.in_(sorted(set(project_ids))), Project.next_build < first)
    session.execute(update(Project).where(behind).values(next_build=first))


def paths(session: Session, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Id, path, name and kind of jobs by id, also of deleted ones."""
    query = select(Job.id, Job.path, Job.name, Job.kind).where(Job.id.in_(sorted(set(ids))))
    return {row.id: dict(row._mapping) for row in session.execute(query)}
