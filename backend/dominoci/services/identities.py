"""Who a user is at providers: linked while signed in, unlinked unless it is the last way in."""

from typing import Any

from dominoci.domain.errors import Conflict, NotFound
from dominoci.domain.sign_up import Person
from dominoci.infra.models.accounts import Identity, User
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, sign_up
from dominoci.services.access import Principal, require_user
from dominoci.store import accounts
from dominoci.store import sign_in as store


def of_user(uow: UnitOfWork, who: Principal) -> dict[str, Any]:
    """One's own, in the order in which they were linked."""
    require_user(who)
    names = {one.kind: one.name for one in uow.settings.providers}
    rows = store.identities(uow.session, who.id)
    return {"items": [_view(row, names) for row in rows], "next_cursor": None}


def link(uow: UnitOfWork, who: Principal, user: User, person: Person) -> None:
    """From now on `user` can sign in as this person, too. Raises Refused when another user does."""
    known = store.identity(uow.session, person.issuer, person.subject)
    if known is not None and known.user_id != user.id:
        raise sign_up.refuse(uow, "linked_elsewhere", person.provider)
    if known is None:
        row = sign_up.remember(uow, user, person)
        _noted(uow, who, "identity.linked", row)


def unlink(uow: UnitOfWork, who: Principal, identity_id: str) -> None:
    """Forgets one of one's own. Raises Conflict when nothing would be left to sign in with."""
    require_user(who)
    user = accounts.lock_user(uow.session, who.id)  # two at once must not each leave the other one as the last
    rows = store.identities(uow.session, who.id)
    row = next((row for row in rows if row.id == identity_id), None)
    if row is None or user is None:
        raise NotFound("You have no such account linked.")
    if not _another_way(uow, user, [other for other in rows if other is not row]):
        raise Conflict("This is your last way in. Set a password or link another account first.")
    store.remove_identity(uow.session, row.id)
    _noted(uow, who, "identity.unlinked", row)


def _another_way(uow: UnitOfWork, user: User, left: list[Identity]) -> bool:
    """What is no longer offered here (another provider, passwords) lets nobody in."""
    offered = {one.kind: one.url for one in uow.settings.providers}
    return (uow.settings.password_login and user.password_hash is not None) or any(
        offered.get(row.provider) == row.issuer for row in left
    )


def _noted(uow: UnitOfWork, who: Principal, action: str, row: Identity) -> None:
    kept = {"provider": row.provider, "issuer": row.issuer, "subject": row.subject, "name": row.name}
    change = {"before": kept} if action == "identity.unlinked" else {"after": kept}
    audit.note(uow, who, action, audit.About("user", who.id, who.name), **change)


def _view(row: Identity, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "provider": row.provider,
        "provider_name": names.get(row.provider, row.provider),
        "issuer": row.issuer,
        "name": row.name,
        "created_at": row.created_at,
        "last_used_at": row.last_used_at,
    }
