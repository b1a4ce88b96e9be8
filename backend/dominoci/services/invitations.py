"""Invitations: a link that makes one account, once, within a week, and may bring a role in a group or on a project."""

import secrets
from datetime import timedelta
from typing import Any

from dominoci.domain.credentials import fingerprint
from dominoci.domain.errors import Forbidden, Gone, Invalid, NotFound
from dominoci.domain.ids import new_id
from dominoci.domain.permission import Role, highest
from dominoci.domain.sign_up import REFUSALS
from dominoci.infra.models.accounts import Invitation, User
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, owners
from dominoci.services.access import Principal, owned_project, require_user
from dominoci.store import accounts, members
from dominoci.store import invitations as store
from dominoci.store.invitations import Shown
from dominoci.store.paging import Page, listing

LIFE = timedelta(days=7)
View = dict[str, Any]
OWNERS_ONLY = "Only an admin may invite to this site alone: say a group or project that you own."


def create(uow: UnitOfWork, who: Principal, body: dict[str, Any]) -> View:
    """A new one; `url` is in the answer this once. Raises Forbidden, NotFound, Invalid."""
    owner_id, project_id = _place(uow, who, body)
    code = secrets.token_urlsafe(24)
    row = Invitation(
        id=new_id(),
        fingerprint=fingerprint(code),
        note=body.get("note"),
        owner_id=owner_id,
        project_id=project_id,
        role=body.get("role") or (Role.VIEWER.value if owner_id or project_id else None),
        invited_by=who.id,
        created_at=uow.now,
        expires_at=uow.now + LIFE,
    )
    store.add(uow.session, row)
    shown = _found(uow, row.id)
    _noted(uow, who, "invitation.created", shown)
    # behind the `#`, so that no log ever sees the code
    return {**_view(uow, shown), "url": f"{uow.settings.public_url}/signup#code={code}"}


def _place(uow: UnitOfWork, who: Principal, body: dict[str, Any]) -> tuple[str | None, str | None]:
    """The ids of the group or project that it leads into, if `who` may invite there."""
    require_user(who)
    if body.get("owner") and body.get("project"):
        raise Invalid("One invitation leads to one place.", {"project": ["cannot stand beside owner"]})
    if body.get("role") and not (body.get("owner") or body.get("project")):
        raise Invalid("A role is one in a group or on a project.", {"role": ["needs owner or project"]})
    if not who.is_admin and uow.settings.sign_up.policy == "closed":
        raise Forbidden("Only an admin may invite people here (DOMINOCI_SIGN_UP=closed).")
    return _named(uow, who, body.get("owner"), body.get("project"))


def _named(uow: UnitOfWork, who: Principal, owner: str | None, project: str | None) -> tuple[str | None, str | None]:
    if owner:
        return owners.owned(uow, who, owner).id, None
    if project:
        return None, owned_project(uow, who, project).id
    if not who.is_admin:
        raise Forbidden(OWNERS_ONLY)
    return None, None


def listed(uow: UnitOfWork, who: Principal, owner: str | None, project: str | None, page: Page) -> View:
    """Those into one group or project, for its owners; all of them for admins. Newest first."""
    require_user(who)
    owner_id, project_id = _named(uow, who, owner, project)
    rows, cursor = store.listed(uow.session, owner_id, project_id, page)
    return listing(rows, cursor, lambda shown: _view(uow, shown))


def revoke(uow: UnitOfWork, who: Principal, invitation_id: str) -> None:
    """Withdraws it: whoever holds the link can no longer use it. One that is over already stays as it is."""
    require_user(who)
    shown = store.by_id(uow.session, invitation_id)
    if shown is None or not _may_see(uow, who, shown.row):
        raise NotFound("There is no such invitation, or you may not see it.")
    if store.use(uow.session, invitation_id, None, uow.now):
        _noted(uow, who, "invitation.revoked", shown)


def _may_see(uow: UnitOfWork, who: Principal, row: Invitation) -> bool:
    if who.is_admin:
        return True
    try:
        _named(uow, who, row.owner_id, row.project_id)
    except (Forbidden, NotFound):
        return row.invited_by == who.id
    return True


def look(uow: UnitOfWork, code: str) -> View:
    """What an invitation is for, told to whoever holds its link. Raises Gone."""
    shown = by_code(uow, code)
    return {
        "invited_by": shown.inviter,
        "owner": shown.owner,
        "project": shown.project,
        "role": shown.row.role,
        "expires_at": shown.row.expires_at,
    }


def by_code(uow: UnitOfWork, code: str) -> Shown:
    """The invitation of this code, while it can be used. Raises Gone."""
    shown = store.by_code(uow.session, fingerprint(code))
    if shown is None or not _usable(uow, shown.row):
        raise Gone(REFUSALS["invitation_over"])
    return shown


def valid(uow: UnitOfWork, invitation_id: str) -> Shown | None:
    """This invitation, if it can still be used."""
    shown = store.by_id(uow.session, invitation_id)
    return shown if shown and _usable(uow, shown.row) else None


def _usable(uow: UnitOfWork, row: Invitation) -> bool:
    return row.used_at is None and row.expires_at > uow.now


def use(uow: UnitOfWork, shown: Shown, user: User, address: str | None) -> None:
    """Uses it up: `user` gets the role that it brings. Raises Gone for whoever comes second."""
    if not store.use(uow.session, shown.row.id, user.id, uow.now):
        raise Gone(REFUSALS["invitation_over"])
    if shown.owner or shown.project:  # what was deleted meanwhile has no members
        _give_role(uow, shown.row, user.id)
    _noted(uow, Principal("user", user.id, user.name, address=address), "invitation.used", shown)


def _give_role(uow: UnitOfWork, row: Invitation, user_id: str) -> None:
    """What it brings, unless the person has a higher role there already."""
    put, place = (members.put_owner_member, row.owner_id) if row.owner_id else (members.put_project_member, row.project_id)
    before = put(uow.session, place or "", user_id, row.role or "", row.invited_by, uow.now)
    if before and (higher := highest((before, row.role or ""))) != row.role:
        put(uow.session, place or "", user_id, higher or "", row.invited_by, uow.now)


def accept(uow: UnitOfWork, who: Principal, code: str) -> None:
    """Somebody who has an account takes the role that an invitation brings. Raises Gone."""
    require_user(who)
    user = accounts.user(uow.session, who.id)
    if user is None:
        raise Forbidden("Only a person can take an invitation.")
    use(uow, by_code(uow, code), user, who.address)


def _found(uow: UnitOfWork, invitation_id: str) -> Shown:
    shown = store.by_id(uow.session, invitation_id)
    assert shown is not None  # noqa: S101 - it was stored a moment ago
    return shown


def _noted(uow: UnitOfWork, who: Principal, action: str, shown: Shown) -> None:
    row, place = shown.row, shown.owner or shown.project
    about = audit.About("invitation", row.id, f"to {place}" if place else "to this site")
    kept = {"role": row.role, "owner": shown.owner, "project": shown.project, "note": row.note}
    change = {"before": kept} if action == "invitation.revoked" else {"after": kept}
    audit.note(uow, who, action, about, projects=[row.project_id] if row.project_id else [], **change)


def _view(uow: UnitOfWork, shown: Shown) -> View:
    row = shown.row
    used = "used" if row.used_by else "revoked"
    return {
        "id": row.id,
        "note": row.note,
        "owner": {"id": row.owner_id, "name": shown.owner} if row.owner_id and shown.owner else None,
        "project": {"id": row.project_id, "name": shown.project} if row.project_id and shown.project else None,
        "role": row.role,
        "state": used if row.used_at else "open" if _usable(uow, row) else "expired",
        "invited_by": shown.inviter,
        "used_by": shown.guest,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "used_at": row.used_at,
    }
