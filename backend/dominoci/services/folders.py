"""Folders of jobs: everybody sees them, anybody makes one; its maker and admins rename, move and remove it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dominoci.domain.errors import Conflict, Forbidden, Invalid, NotFound
from dominoci.domain.ids import new_id
from dominoci.domain.names import path_problem
from dominoci.infra.models.jobs import Folder
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, job_moves
from dominoci.services.access import Principal, require_user, viewer
from dominoci.services.jobs import NO_FOLDER, folder_of
from dominoci.store import accounts
from dominoci.store import folders as store
from dominoci.store.paging import Page, listing

View = dict[str, Any]


def search(uow: UnitOfWork, who: Principal, query: Mapping[str, Any], page: Page) -> View:
    """The folders in another one (`parent`: id or path, "/" or nothing for the top) by name; with `q` all whose path holds it."""
    require_user(who)
    parent = folder_of(uow, query.get("parent"))
    rows, cursor = store.children(uow.session, parent.id if parent else None, query.get("q") or "", page)
    return listing(rows, cursor, _viewing(uow, who, rows))


def get(uow: UnitOfWork, who: Principal, key: str) -> View:
    """One folder by id or path."""
    require_user(who)
    return _view(uow, who, _found(uow, key))


def create(uow: UnitOfWork, who: Principal, body: Mapping[str, Any]) -> View:
    """A new folder at `path`, or called `name` in `parent`. Folders above it that are missing are made, too."""
    require_user(who)
    row = ensure(uow, who, full_path(uow, body, "parent"))
    if row is None:
        raise Conflict("There is already a folder of this path.", errors={"path": ["is taken"]})
    return _view(uow, who, row)


def full_path(uow: UnitOfWork, body: Mapping[str, Any], inside: str) -> str:
    """The path that a body means by `path`, or by `name` and the folder that it names under `inside`."""
    parent = folder_of(uow, body.get(inside))
    path = body.get("path") or "/".join(filter(None, [parent.path if parent else "", body.get("name")]))
    if problem := path_problem(path):
        raise Invalid("The path cannot be used.", {"path" if body.get("path") else "name": [problem]})
    return str(path)


def ensure(uow: UnitOfWork, who: Principal, path: str) -> Folder | None:
    """Makes what is missing of a path of folders. The last one, if it is new."""
    parent, row = None, None
    names = path.split("/")
    for depth in range(1, len(names) + 1):
        here = "/".join(names[:depth])
        known = store.find(uow.session, here)
        if known is None and row is None:  # the first that is missing: those above it must stay where they are
            job_moves.hold(uow, parent)
        row = None if known else _add(uow, who, here, parent)
        parent = known or row
    return row


def _add(uow: UnitOfWork, who: Principal, path: str, parent: Folder | None) -> Folder:
    made = {"id": new_id(), "parent_id": parent.id if parent else None, "created_by": who.id[:100], "created_at": uow.now}
    row = Folder(**made, name=path.rpartition("/")[2], path=path)
    store.add(uow.session, row)
    audit.note(uow, who, "folder.created", _about(row), after={"path": path})
    return row


def change(uow: UnitOfWork, who: Principal, key: str, body: Mapping[str, Any]) -> View:
    """Renames a folder, or moves it with all that it holds into another one (`parent`: id or path, "/" for the top)."""
    row = _own(uow, who, key)
    inside = folder_of(uow, body["parent"]) if "parent" in body else None
    above = (inside.path if inside else "") if "parent" in body else row.path.rpartition("/")[0]
    path = "/".join(filter(None, [above, body.get("name", row.name)]))
    job_moves.hold(uow, row, inside)
    if path != row.path:
        before = {"path": row.path}
        job_moves.move_folder(uow, row, path, (inside.id if inside else None) if "parent" in body else row.parent_id)
        audit.note(uow, who, "folder.changed", _about(row), before, {"path": row.path})
    return _view(uow, who, row)


def remove(uow: UnitOfWork, who: Principal, key: str) -> None:
    """Removes an empty folder. Raises Conflict, naming something in it, for any other."""
    row = _own(uow, who, key)
    job_moves.hold(uow, row)
    if held := store.first_inside(uow.session, row.id):
        raise Conflict(f"Folder {row.path} is not empty: {_told_of(uow, who, row, held)} Move or delete what is in it first.")
    audit.note(uow, who, "folder.deleted", _about(row), before={"path": row.path})
    store.remove(uow.session, row)


def _told_of(uow: UnitOfWork, who: Principal, row: Folder, held: str) -> str:
    shown = _view(uow, who, row)
    return f"{held} is in it." if shown["folders"] or shown["jobs"] else "jobs that you may not see are in it."


def _found(uow: UnitOfWork, key: str) -> Folder:
    row = store.find(uow.session, key)
    if row is None:
        raise NotFound(NO_FOLDER)
    return row


def _own(uow: UnitOfWork, who: Principal, key: str) -> Folder:
    require_user(who)
    row = _found(uow, key)
    if not who.is_admin and row.created_by != who.id:
        raise Forbidden(f"Only an admin or whoever made folder {row.path} may change it.")
    return row


def _about(row: Folder) -> audit.About:
    return audit.About("folder", row.id, row.path)


def _view(uow: UnitOfWork, who: Principal, row: Folder) -> View:
    return _viewing(uow, who, [row])(row)


def _viewing(uow: UnitOfWork, who: Principal, rows: Sequence[Folder]) -> Callable[[Folder], View]:
    folders, jobs = store.counts(uow.session, [row.id for row in rows], viewer(who))
    makers = accounts.names(uow.session, {row.created_by for row in rows})

    def show(row: Folder) -> View:
        above = row.path.rpartition("/")[0]
        return {
            **{field: getattr(row, field) for field in ("id", "name", "path", "created_at")},
            "parent": {"id": row.parent_id, "path": above} if row.parent_id else None,
            "created_by": makers.get(row.created_by, row.created_by),
            "folders": folders.get(row.id, 0),
            "jobs": jobs.get(row.id, 0),
            "changeable": who.is_admin or row.created_by == who.id,
        }

    return show
