"""One's own tokens for scripts: made with a browser, shown once, rotated, revoked."""

from datetime import datetime
from typing import Any

from dominoci.domain.errors import Conflict, Forbidden, Invalid, NotFound
from dominoci.infra.models.accounts import Token
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import token_rotation, tokens
from dominoci.services.access import Principal, require_user
from dominoci.store import people
from dominoci.store.paging import Page
from dominoci.store.paging import listing as list_of

View = dict[str, Any]
MOST_LIVE = 100


def listing(uow: UnitOfWork, who: Principal, page: Page) -> View:
    """One's tokens, newest first, without their texts."""
    require_user(who)
    rows, cursor = people.tokens(uow.session, who.id, page)
    return list_of(rows, cursor, lambda row: _view(row, uow.now))


def create(uow: UnitOfWork, who: Principal, name: str, scope: str, expires_at: datetime | None) -> View:
    """A new token; `token` is in the answer this once. `scope` is `user` (all that one may) or `read` (only look)."""
    _require_browser(who)
    if expires_at is not None and expires_at <= uow.now:
        raise Invalid("The token would have ended already.", {"expires_at": ["must be in the future"]})
    if people.count_live_tokens(uow.session, who.id, uow.now) >= MOST_LIVE:
        raise Conflict(f"You have {MOST_LIVE} tokens that are good: revoke one that is not used any more.")
    row, text = tokens.mint(uow, "dcu", who.id, scope, name, expires_at)
    tokens.note(uow, who, "token.created", row, who.name)
    return {**_view(row, uow.now), "token": text}


def rotate(uow: UnitOfWork, who: Principal, token_id: str, overlap_hours: int) -> View:
    """A new token of the same name, scope and length of life; the old one stays good for `overlap_hours`, never longer than it
    would have been. Raises Conflict for one that has ended or was rotated already."""
    _require_browser(who)
    new, text = token_rotation.replace(uow, _own(uow, who, token_id), overlap_hours)
    tokens.note(uow, who, "token.rotated", new, who.name)
    return {**_view(new, uow.now), "token": text}


def revoke(uow: UnitOfWork, who: Principal, token_id: str) -> None:
    """Ends a token at once."""
    require_user(who)
    row = _own(uow, who, token_id)
    if row.revoked_at is None:
        row.revoked_at = uow.now
        tokens.note(uow, who, "token.revoked", row, who.name)


def _require_browser(who: Principal) -> None:
    """A token that got lost must not be able to outlive its own end by making another one."""
    require_user(who)
    if who.session_id is None:
        raise Forbidden("A token cannot make a token: sign in with a browser.")


def _own(uow: UnitOfWork, who: Principal, token_id: str) -> Token:
    row = people.token_of(uow.session, who.id, token_id)
    if row is None:
        raise NotFound("You have no such token.")
    return row


def _view(row: Token, now: datetime) -> View:
    return {**tokens.view(row), "scope": row.scope, "replaced_by": row.replaced_by, "state": _state(row, now)}


def _state(row: Token, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at is not None and row.expires_at <= now:
        return "expired"
    return "replaced" if row.replaced_by else "good"
