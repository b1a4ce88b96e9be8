"""The people of this site, for admins: their rights, switching an account off, a login link for who cannot get in. And names of
people for whoever picks members."""

from collections.abc import Mapping, Sequence
from typing import Any

from dominoci.domain.errors import Conflict, NotFound
from dominoci.infra.models.accounts import Identity, User
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, sessions
from dominoci.services.access import Principal, require_admin, require_user
from dominoci.services.account import about
from dominoci.store import accounts, people
from dominoci.store.paging import Page
from dominoci.store.paging import listing as list_of

View = dict[str, Any]
MOST_SUGGESTED = 20
LAST_ADMIN = "This is the last admin: make somebody else one first."


def listing(uow: UnitOfWork, who: Principal, q: str | None, page: Page) -> View:
    """Everybody, newest first; `q` is looked for in names and addresses."""
    require_admin(who)
    rows, cursor = people.search(uow.session, q, page)
    return list_of(rows, cursor, _views(uow, rows).__getitem__)


def change(uow: UnitOfWork, who: Principal, user_id: str, changes: Mapping[str, bool]) -> View:
    """Gives or takes admin rights (`is_admin`), switches an account off or on (`disabled`). Switching off ends its sessions and
    tokens at once. Raises Conflict for the last admin."""
    require_admin(who)
    admins = people.lock_admins(uow.session)
    user = _user(uow, user_id)
    before = _rights(user)
    after = {**before, **changes}
    if admins <= {user.id} and user.id in admins and (after["disabled"] or not after["is_admin"]):
        raise Conflict(LAST_ADMIN)
    user.is_admin = after["is_admin"]
    if after["disabled"] != before["disabled"]:
        user.disabled_at = uow.now if after["disabled"] else None
    if after["disabled"]:
        accounts.end_sessions_of(uow.session, user.id, None)
        accounts.revoke_tokens_of(uow.session, user.id, uow.now)
    audit.note(uow, who, "user.changed", about(user), before, after)
    return _views(uow, [user])[user]


def login_link(uow: UnitOfWork, who: Principal, user_id: str) -> View:
    """A one-time link with which this person gets in, good for an hour. Raises Conflict for an account that is switched off."""
    require_admin(who)
    user = _user(uow, user_id)
    if user.disabled_at is not None:
        raise Conflict(f"The account of {user.name} is switched off: switch it on first.")
    return {"url": sessions.login_link(uow, user.name, who), "expires_at": uow.now + sessions.LINK_LIFE}


def suggestions(uow: UnitOfWork, who: Principal, q: str) -> View:
    """Up to MOST_SUGGESTED people whose name holds `q`; their names only."""
    require_user(who)
    rows = people.suggestions(uow.session, q, MOST_SUGGESTED)
    return {"items": [{"id": row.id, "name": row.name, "full_name": row.full_name} for row in rows], "next_cursor": None}


def _user(uow: UnitOfWork, user_id: str) -> User:
    user = accounts.user(uow.session, user_id)
    if user is None:
        raise NotFound("There is no such user.")
    return user


def _rights(user: User) -> dict[str, bool]:
    return {"is_admin": user.is_admin, "disabled": user.disabled_at is not None}


def _views(uow: UnitOfWork, rows: Sequence[User]) -> dict[User, View]:
    """Views of these people: what belongs to them is read for all at once."""
    ids = [row.id for row in rows]
    identities = people.identities_of(uow.session, ids)
    counts = people.session_counts(uow.session, ids, uow.now)
    return {row: _view(row, identities.get(row.id, ()), counts.get(row.id, 0)) for row in rows}


def _view(row: User, identities: Sequence[Identity], sessions_open: int) -> View:
    fields = ("id", "name", "full_name", "email", "is_admin", "created_at", "disabled_at", "last_seen_at")
    return {
        **{name: getattr(row, name) for name in fields},
        "has_password": row.password_hash is not None,
        "identities": [{"provider": one.provider, "name": one.name} for one in identities],
        "sessions": sessions_open,
    }
