"""The search box: whatever was typed or pasted, a few of each kind that it may mean."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from dominoci.domain.combo import commit_range
from dominoci.domain.pasted import run_addresses
from dominoci.infra.models.trees import Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import access
from dominoci.services.access import Principal, require_user
from dominoci.store import search as store
from dominoci.store.search import Span
from dominoci.store.statements import Columns

View = dict[str, Any]
Items = list[View]

SHORT = 12  # of a commit, as titles show it
LAST = "\U0010ffff"  # sorts behind every other character, in UTF-8 too
_ID = re.compile(r"[0-9a-f]{8}[0-9a-f-]{0,28}")
_ADDRESS = re.compile(r"([0-9a-f]{8}[0-9a-f-]{0,28})\s+([1-9]\d{0,5}(?:\.[1-9]\d{0,5}){0,99})", re.ASCII)
_NUMBER = re.compile(r"(\S*?)\s*#([1-9]\d{0,8})", re.ASCII)


def search(uow: UnitOfWork, who: Principal, text: str) -> View:
    """Projects, trees, events, builds and artifacts that `text` may mean, at most ten of each kind."""
    require_user(who)
    text = text.strip()
    finder = Finder(uow, who, text)
    found = {kind: look(finder) if text else [] for kind, look in _KINDS.items()}
    return {"q": text, **found}


@dataclass(frozen=True)
class Finder:
    """What is looked for, and by whom."""

    uow: UnitOfWork
    who: Principal
    text: str

    def seen(self, rows: Iterable[Any], field: str = "project_id") -> list[Any]:
        """Those rows whose project the caller may see."""
        found = list(rows)
        sight = access.sight(self.uow, self.who, {getattr(row, field) for row in found})
        return [row for row in found if getattr(row, field) in sight]


def _id_range(text: str) -> Span | None:
    prefix = text.lower()
    return (prefix, prefix + "g") if _ID.fullmatch(prefix) else None  # g: behind every hexadecimal digit, and behind -


def _projects(find: Finder) -> Items:
    return [
        _item("project", row.id, row.name, row.repository_url, f"/projects/{quote(row.name)}")
        for row in store.projects(find.uow.session, find.text, access.viewer(find.who))
    ]


def _trees(find: Finder) -> Items:
    ids, commits = _id_range(find.text), commit_range(find.text)
    rows = [
        *(store.trees_by_id(find.uow.session, ids) if ids else ()),
        *(store.trees_by_commit(find.uow.session, commits) if commits else ()),
    ]
    newest = {row.id: row for row in rows}.values()
    return [_tree(row) for row in find.seen(newest, "root_project_id")][: store.MOST]


def _tree(row: Tree) -> View:
    meta = row.root_meta
    subtitle = _line(meta.get("branch") or meta.get("tag"), meta.get("message"))
    place = {"tree_id": row.id, "state": row.state}
    return _item("tree", row.id, _line(row.root_project_name, _short(row.root_commit)), subtitle, f"/trees/{row.id}", **place)


def _events(find: Finder) -> Items:
    if address := _ADDRESS.fullmatch(find.text.lower()):
        span = address[1], address[1] + "g"
        return [_event(row) for row in find.seen(store.events_at(find.uow.session, span, address[2]))]
    if addresses := run_addresses(find.text):
        rows = find.seen(store.events_of_run(find.uow.session, addresses))
        exact = min((addresses.index(row.run_url) for row in rows), default=0)
        return [_event(row) for row in rows if row.run_url == addresses[exact]]
    commits = commit_range(find.text)
    return [_event(row) for row in find.seen(store.events_by_commit(find.uow.session, commits))] if commits else []


def _event(row: Columns) -> View:
    place = {"tree_id": row.tree_id, "sub_id": row.sub_id, "state": row.state}
    url = f"/trees/{row.tree_id}/events/{row.sub_id}/why"
    return _item("event", f"{row.tree_id} {row.sub_id}", f"{row.project_name} {row.sub_id}", row.run_url, url, **place)


def _builds(find: Finder) -> Items:
    ids = _id_range(find.text)
    if ids:
        return [_build(row) for row in find.seen(store.builds_by_id(find.uow.session, ids))]
    number = _NUMBER.fullmatch(find.text)
    if not number:
        return []
    return [_build(row) for row in find.seen(store.builds_by_number(find.uow.session, int(number[2]), number[1]))]


def _build(row: Columns) -> View:
    subtitle = _line(row.ref, _short(row.commit), row.message)
    return _item("build", row.id, f"{row.project_name} #{row.number}", subtitle, f"/builds/{row.id}", state=row.state)


def _artifacts(find: Finder) -> Items:
    return [
        _item("artifact", row.id, row.name, f"{row.project_name} #{row.number}", f"/builds/{row.id}")
        for row in find.seen(store.artifacts(find.uow.session, (find.text, find.text + LAST)))
    ]


def _item(kind: str, id_: str, title: str, subtitle: str | None, url: str, **place: str) -> View:
    """`url` is a path of the page; `id_` is the build's where there is no better one."""
    nowhere = {"tree_id": None, "sub_id": None, "state": None}
    return {"kind": kind, "id": id_, "title": title, "subtitle": subtitle, "url": url, **nowhere, **place}


def _short(commit: str | None) -> str | None:
    return commit[:SHORT] if commit else None


def _line(*parts: str | None) -> str:
    """Parts of a title on one line, without those that are not known."""
    return " ".join(part.splitlines()[0] for part in parts if part and part.strip())


_KINDS = {"projects": _projects, "trees": _trees, "events": _events, "builds": _builds, "artifacts": _artifacts}
