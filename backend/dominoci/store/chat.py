"""SQL on chat accounts, the codes that bind them, and leases with a name."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from dominoci.infra.db import changed
from dominoci.infra.models.accounts import User
from dominoci.infra.models.notices import ChatAccount, ChatCode, NamedLease
from dominoci.store.statements import Columns, insert_rows, table_of

_ACCOUNTS, _USERS = table_of(ChatAccount), table_of(User)
_BOUND = (
    select(_ACCOUNTS.c.id, _ACCOUNTS.c.used_at, _USERS.c.id.label("user_id"), _USERS.c.name, _USERS.c.is_admin)
    .join_from(_ACCOUNTS, _USERS, _USERS.c.id == _ACCOUNTS.c.user_id)
    .where(
        _ACCOUNTS.c.network == bindparam("network"), _ACCOUNTS.c.account == bindparam("account"), _USERS.c.disabled_at.is_(None)
    )
)


def bound(session: Session, network: str, account: str) -> Columns | None:
    """The chat account (`id`, `used_at`) and whose it is (`user_id`, `name`, `is_admin`); None for one that nobody has bound, and
    for one whose user was switched off."""
    return session.execute(_BOUND, {"network": network, "account": account}).first()


def account(session: Session, network: str, name: str) -> ChatAccount | None:
    """The row of a chat account, whoever's it is."""
    return session.scalars(select(ChatAccount).where(ChatAccount.network == network, ChatAccount.account == name)).first()


def account_of(session: Session, user_id: str, account_id: str) -> ChatAccount | None:
    """One of somebody's own."""
    return session.scalars(select(ChatAccount).where(ChatAccount.id == account_id, ChatAccount.user_id == user_id)).first()


def accounts_of(session: Session, user_id: str) -> Sequence[ChatAccount]:
    """Somebody's own, in the order in which they were made."""
    return session.scalars(select(ChatAccount).where(ChatAccount.user_id == user_id).order_by(ChatAccount.id)).all()


def count_of(session: Session, user_id: str) -> int:
    """How many somebody has."""
    return session.execute(select(func.count()).where(ChatAccount.user_id == user_id)).scalar_one()


def add(session: Session, row: ChatAccount) -> None:
    """Stores a new one."""
    session.add(row)
    session.flush()


def remove(session: Session, row: ChatAccount) -> None:
    """Forgets one."""
    session.delete(row)


def touch(session: Session, account_id: str, now: datetime) -> None:
    """Notes that one was used."""
    session.execute(update(ChatAccount).where(ChatAccount.id == account_id).values(used_at=now))


def put_code(session: Session, user_id: str, fingerprint: str, expires_at: datetime) -> None:
    """Stores a one-time code of a user; an earlier one ends."""
    session.execute(delete(ChatCode).where(ChatCode.user_id == user_id))
    insert_rows(session, ChatCode, [{"id": fingerprint, "user_id": user_id, "expires_at": expires_at}])


def use_code(session: Session, fingerprint: str, now: datetime) -> User | None:
    """Uses a code up, and answers whose it was; None when it is unknown, expired or was used before, or its user is switched
    off."""
    found = select(User).join(ChatCode, ChatCode.user_id == User.id)
    user = session.scalars(found.where(ChatCode.id == fingerprint, ChatCode.expires_at > now, User.disabled_at.is_(None))).first()
    used = changed(session.execute(delete(ChatCode).where(ChatCode.id == fingerprint)))
    return user if used == 1 else None


def sweep(session: Session, now: datetime) -> None:
    """Removes codes that have expired."""
    session.execute(delete(ChatCode).where(ChatCode.expires_at < now))


def hold_lease(session: Session, name: str, owner: str, now: datetime, until: datetime) -> bool:
    """Takes a lease that is free, or prolongs one's own; False while somebody else holds it."""
    mine = or_(NamedLease.owner == owner, NamedLease.owner.is_(None), NamedLease.until < now)
    taken = update(NamedLease).where(NamedLease.name == name, mine).values(owner=owner, until=until)
    if changed(session.execute(taken)) == 1:
        return True
    if session.get(NamedLease, name) is not None:
        return False
    insert_rows(session, NamedLease, [{"name": name, "owner": owner, "until": until}])
    return True


def release_lease(session: Session, name: str, owner: str) -> None:
    """Gives one's own lease back before its time."""
    mine = update(NamedLease).where(NamedLease.name == name, NamedLease.owner == owner)
    session.execute(mine.values(owner=None))
