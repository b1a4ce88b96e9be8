"""Badges of projects: what they say, who may see them, and the addresses and snippets with which they are put into a page."""

import hmac
from base64 import urlsafe_b64encode
from html import escape
from typing import Any, Final
from urllib.parse import quote, urlencode

from dominoci.domain import badge, credentials
from dominoci.domain.badge import Badge
from dominoci.domain.keys import Key
from dominoci.domain.permission import PUBLIC
from dominoci.domain.reports import Metadata
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit
from dominoci.services.access import Principal, visible_project, writable_project
from dominoci.store import badges as store
from dominoci.store.statements import Columns

View = dict[str, Any]
PURPOSE: Final = "badge"
KEY_LENGTH: Final = 32  # characters of base64: 192 bits


def shown(uow: UnitOfWork, name: str, kind: str, branch: str | None, key: str | None) -> Badge:
    """The badge of a project (id or name). One that is private, without its key, looks like one that does not exist."""
    found = _found(uow, name, kind, branch)
    if found is None or not _may_be_shown(uow, found, key):
        return badge.UNKNOWN
    state = found.tree_state if kind == badge.TREE else _last_status(uow, found, branch)
    return badge.of_state(kind, found.name, branch, state)


def _found(uow: UnitOfWork, name: str, kind: str, branch: str | None) -> Columns | None:
    if kind == badge.TREE:
        return store.project_with_tree(uow.session, name, Metadata(branch=branch).lane if branch else None)
    return store.project(uow.session, name)


def _last_status(uow: UnitOfWork, found: Columns, branch: str | None) -> str | None:
    last = found.last_result or {}
    if branch is None or last.get("branch") == branch:
        return last.get("status")
    return store.last_of_branch(uow.session, found.id, branch)


def _may_be_shown(uow: UnitOfWork, found: Columns, key: str | None) -> bool:
    if found.visibility == PUBLIC:
        return True
    made = (_key(one, found.id, found.badge_version) for one in uow.keys.all(PURPOSE))
    return key is not None and any(credentials.same(key, one) for one in made)


def _key(key: Key, project_id: str, version: int) -> str:
    """What stands in the address of a private project's badge. It is kept nowhere; another version makes another one."""
    mac = hmac.digest(key.secret, f"{project_id}:{version}".encode(), "sha256")
    return urlsafe_b64encode(mac).decode()[:KEY_LENGTH]


def get(uow: UnitOfWork, who: Principal, key: str, kind: str, branch: str | None, style: str) -> View:
    """Where a badge is, and how it is put into a page. Of a private project for its maintainers only: whoever has the address
    sees the badge for as long as its key is not rotated."""
    row = visible_project(uow, who, key)
    if row.visibility != PUBLIC:
        row = writable_project(uow, who, key)
    return _view(uow, row, kind, branch, style)


def rotate(uow: UnitOfWork, who: Principal, key: str) -> View:
    """Ends every address of a private project's badge that was given out, and answers the new one."""
    row = writable_project(uow, who, key)
    before = row.badge_version
    row.badge_version = before + 1
    uow.session.flush()
    about = audit.About("project", row.id, row.name)
    audit.note(uow, who, "project.badge_key", about, {"badge_version": before}, {"badge_version": row.badge_version})
    return _view(uow, row, badge.RESULT, None, badge.FLAT)


def _view(uow: UnitOfWork, row: Project, kind: str, branch: str | None, style: str) -> View:
    needs_key = row.visibility != PUBLIC
    key = _key(uow.keys.current(PURPOSE), row.id, row.badge_version) if needs_key else None
    asked = {"kind": kind if kind != badge.RESULT else None, "branch": branch, "key": key}
    drawn = _address("svg", row.name, {**asked, "style": style if style != badge.FLAT else None})
    site, page = uow.settings.public_url, _page(uow, row, kind, branch)
    text = badge.of_state(kind, row.name, branch, None).label
    return {
        **{"kind": kind, "branch": branch, "style": style, "needs_key": needs_key},
        "path": drawn,
        "svg_url": f"{site}{drawn}",
        "json_url": f"{site}{_address('json', row.name, asked)}",
        "page_url": page,
        "snippets": _snippets(text, f"{site}{drawn}", page),
    }


def _address(form: str, name: str, query: dict[str, str | None]) -> str:
    given = urlencode({field: value for field, value in query.items() if value is not None}, quote_via=quote, safe="")
    return f"/badge/{quote(name)}.{form}" + (f"?{given}" if given else "")


def _page(uow: UnitOfWork, row: Project, kind: str, branch: str | None) -> str:
    """Where a click on the badge leads: to the project, or to its trees where the badge is about some of them."""
    if kind == badge.RESULT and branch is None:
        return f"{uow.settings.public_url}/projects/{quote(row.name)}"
    wanted = {"project": row.name, **({"branch": branch} if branch else {})}
    return f"{uow.settings.public_url}/trees?{urlencode(wanted, quote_via=quote)}"


def _snippets(text: str, picture: str, page: str) -> View:
    """The badge as a link, in the languages that readmes are written in. Addresses are escaped whole, so that only the text has
    to be made harmless: a branch may be called anything."""
    plain = "".join(f"\\{c}" if c in "\\[]`*_<>&" else c for c in text)
    return {
        "markdown": f"[![{plain}]({picture})]({page})",
        "rst": f".. image:: {picture}\n   :target: {page}\n   :alt: {text}",
        "html": f'<a href="{escape(page)}"><img src="{escape(picture)}" alt="{escape(text)}"></a>',
    }
