"""SQL on invitations."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, select, update
from sqlalchemy.orm import Session, aliased

from dominoci.infra.db import changed
from dominoci.infra.models.accounts import Invitation, User
from dominoci.infra.models.graph import Project
from dominoci.infra.models.members import Owner
from dominoci.store.paging import Page

_INVITER, _GUEST = aliased(User), aliased(User)


@dataclass(frozen=True)
class Shown:
    """An invitation with the names of what its ids mean; None where there is none, or no more."""

    row: Invitation
    inviter: str | None
    guest: str | None
    owner: str | None
    project: str | None


def _select() -> Select[Invitation, str, str, str, str]:
    return (
        select(Invitation, _INVITER.name, _GUEST.name, Owner.name, Project.name)
        .outerjoin(_INVITER, _INVITER.id == Invitation.invited_by)
        .outerjoin(_GUEST, _GUEST.id == Invitation.used_by)
        .outerjoin(Owner, Owner.id == Invitation.owner_id)
        .outerjoin(Project, (Project.id == Invitation.project_id) & Project.deleted_at.is_(None))
    )


def add(session: Session, row: Invitation) -> None:
    """Stores a new one."""
    session.add(row)
    session.flush()


def listed(session: Session, owner_id: str | None, project_id: str | None, page: Page) -> tuple[list[Shown], str | None]:
    """Invitations newest first: all, or those into one group or project; and the cursor of the next page."""
    query = _select()
    if owner_id:
        query = query.where(Invitation.owner_id == owner_id)
    if project_id:
        query = query.where(Invitation.project_id == project_id)
    if page.cursor:
        query = query.where(Invitation.id < page.cursor)
    rows = list(session.execute(query.order_by(Invitation.id.desc()).limit(page.limit + 1)))
    more = len(rows) > page.limit
    shown = [_shown(row) for row in rows[: page.limit]]
    return shown, shown[-1].row.id if more else None


def by_id(session: Session, invitation_id: str) -> Shown | None:
    """One of them."""
    row = session.execute(_select().where(Invitation.id == invitation_id)).first()
    return _shown(row) if row else None


def by_code(session: Session, fingerprint: str) -> Shown | None:
    """The one with this code's fingerprint."""
    row = session.execute(_select().where(Invitation.fingerprint == fingerprint)).first()
    return _shown(row) if row else None


def _shown(row: "Row[Invitation, str, str, str, str]") -> Shown:
    return Shown(*row)


def use(session: Session, invitation_id: str, user_id: str | None, now: datetime) -> bool:
    """Uses one up; True for the one caller that did. Without a user it is withdrawn."""
    query = update(Invitation).where(Invitation.id == invitation_id, Invitation.used_at.is_(None), Invitation.expires_at > now)
    return changed(session.execute(query.values(used_at=now, used_by=user_id))) == 1
