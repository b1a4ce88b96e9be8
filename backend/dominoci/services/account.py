"""One's own account: what one is called, and how one likes the page."""

from collections.abc import Mapping
from typing import Any

from dominoci.domain.errors import Unauthorized
from dominoci.domain.preferences import chosen
from dominoci.infra.models.accounts import User
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit
from dominoci.services.access import Principal, require_user
from dominoci.store import accounts

View = dict[str, Any]
OWN = ("full_name", "email")  # what a person may write of themselves


def profile(uow: UnitOfWork, who: Principal) -> View:
    """Who one is."""
    return _view(_own(uow, who))


def change_profile(uow: UnitOfWork, who: Principal, changes: Mapping[str, str | None]) -> View:
    """Changes what one is called and where one is written to. None or blanks clear it."""
    user = _own(uow, who)
    before = {name: getattr(user, name) for name in OWN}
    for name in OWN:
        if name in changes:
            setattr(user, name, (changes[name] or "").strip() or None)
    audit.note(uow, who, "account.changed", about(user), before, {name: getattr(user, name) for name in OWN})
    return _view(user)


def settings(uow: UnitOfWork, who: Principal) -> View:
    """How one likes the page; what was never chosen is at its default."""
    return chosen(_own(uow, who).settings)


def change_settings(uow: UnitOfWork, who: Principal, choices: Mapping[str, str]) -> View:
    """Stores these choices; the others stay."""
    user = _own(uow, who)
    before = chosen(user.settings)
    user.settings = {**before, **choices}
    after = chosen(user.settings)
    audit.note(uow, who, "account.settings", about(user), before, after)
    return after


def about(user: User) -> audit.About:
    """A person as the audit log names them."""
    return audit.About("user", user.id, user.name)


def _own(uow: UnitOfWork, who: Principal) -> User:
    require_user(who)
    user = accounts.user(uow.session, who.id)
    if user is None:
        raise Unauthorized("Sign in first.")
    return user


def _view(user: User) -> View:
    fields = ("id", "name", "full_name", "email", "is_admin", "created_at", "last_seen_at")
    return {**{name: getattr(user, name) for name in fields}, "has_password": user.password_hash is not None}
