"""SQL on folders of jobs."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Folder, Job
from dominoci.store.jobs import below
from dominoci.store.paging import Page, by_name
from dominoci.store.permissions import seen_by


def add(session: Session, row: Folder) -> None:
    """Stores a new folder."""
    session.add(row)
    session.flush()


def remove(session: Session, row: Folder) -> None:
    """Deletes a folder."""
    session.delete(row)
    session.flush()


def find(session: Session, key: str) -> Folder | None:
    """The folder with this id or path."""
    return session.scalars(select(Folder).where(or_(Folder.id == key, Folder.path == key))).first()


def named(session: Session, name: str, limit: int) -> Sequence[Folder]:
    """Folders of this name, wherever they stand, at most `limit`."""
    return session.scalars(select(Folder).where(Folder.name == name).order_by(Folder.path).limit(limit)).all()


def lock(session: Session, rows: Sequence[Folder]) -> bool:
    """Nobody else moves or removes these folders, nor those that they stand in, or puts something into them, until this
    transaction has ended. Locks from the top: no two wait for each other. False where one has moved or gone since it was read."""
    paths = {path for row in rows for path in (row.path, *above(row.path))}
    query = select(Folder.id).where(Folder.path.in_(sorted(paths))).order_by(Folder.path).with_for_update()
    held = set(session.scalars(query))
    return len(held) == len(paths) and {row.id for row in rows} <= held


def above(path: str) -> list[str]:
    """The paths of the folders that a path stands in."""
    names = path.split("/")
    return ["/".join(names[:depth]) for depth in range(1, len(names))]


def taken(session: Session, path: str) -> bool:
    """Whether there is a folder of this path."""
    return session.execute(select(Folder.id).where(Folder.path == path)).first() is not None


def children(session: Session, parent_id: str | None, needle: str, page: Page) -> tuple[list[Folder], str | None]:
    """Folders in another one (None: at the top), by name; with a `needle` all those whose path holds it, wherever they are."""
    wanted = Folder.path.icontains(needle, autoescape=True) if needle else Folder.parent_id == parent_id
    return by_name(session, select(Folder).where(wanted), Folder.path, Folder.id, page)


def counts(session: Session, ids: Iterable[str], viewer: str | None) -> tuple[dict[str, int], dict[str, int]]:
    """How many folders, and how many jobs that the user `viewer` may see (None: all), stand in each of these folders."""
    wanted = list(ids)
    inside = select(Folder.parent_id, func.count()).where(Folder.parent_id.in_(wanted)).group_by(Folder.parent_id)
    own = (Job.folder_id.in_(wanted), Job.deleted_at.is_(None), Job.copied_from.is_(None))
    jobs = select(Job.folder_id, func.count()).where(*own)
    if viewer is not None:
        jobs = jobs.join(Project, Project.id == Job.project_id).where(seen_by(viewer))
    return _counted(session, inside), _counted(session, jobs.group_by(Job.folder_id))


def _counted(session: Session, query: Select[str | None, int]) -> dict[str, int]:
    return {str(folder): count for folder, count in session.execute(query)}


def first_inside(session: Session, folder_id: str) -> str | None:
    """The name of something that stands in a folder; None for an empty one."""
    folder = select(Folder.name).where(Folder.parent_id == folder_id).limit(1)
    job = select(Job.name).where(Job.folder_id == folder_id, Job.deleted_at.is_(None)).limit(1)
    return session.scalars(folder).first() or session.scalars(job).first()


def inside(session: Session, path: str) -> Sequence[Folder]:
    """The folders below a path, however deep."""
    return session.scalars(select(Folder).where(*below(Folder.path, path))).all()
