"""SQL on people as lists show them: who there is, where they are signed in, and the rights of admins."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from dominoci.infra.db import changed
from dominoci.infra.models.accounts import Identity, Token, User, UserSession
from dominoci.store.paging import Page, fetch
from dominoci.store.statements import Columns

MOST_SESSIONS = 200


def touch(session: Session, user_id: str, now: datetime) -> None:
    """Notes that a person was seen."""
    session.execute(update(User).where(User.id == user_id).values(last_seen_at=now))


def touch_session(session: Session, fingerprint: str, now: datetime) -> None:
    """Notes that a browser was used, and its person seen."""
    session.execute(update(UserSession).where(UserSession.id == fingerprint).values(last_used_at=now))
    of_it = select(UserSession.user_id).where(UserSession.id == fingerprint).scalar_subquery()
    session.execute(update(User).where(User.id == of_it).values(last_seen_at=now))


def search(session: Session, needle: str | None, page: Page) -> tuple[list[User], str | None]:
    """People whose name, full name or address holds `needle`, newest first."""
    query = select(User)
    if needle:
        query = query.where(_holds(needle, User.name, User.full_name, User.email))
    return fetch(session, query, User.id, page)


def suggestions(session: Session, needle: str, limit: int) -> Sequence[Columns]:
    """People (`id`, `name`, `full_name`) who may sign in and whose name or full name holds `needle`, by name."""
    query = select(User.id, User.name, User.full_name).where(User.disabled_at.is_(None))
    if needle:
        query = query.where(_holds(needle, User.name, User.full_name))
    return session.execute(query.order_by(User.name).limit(limit)).all()


def _holds(needle: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return or_(*(column.icontains(needle, autoescape=True) for column in columns))


def identities_of(session: Session, user_ids: Iterable[str]) -> dict[str, list[Identity]]:
    """How these people sign in by a provider."""
    found: dict[str, list[Identity]] = {}
    for row in session.scalars(select(Identity).where(Identity.user_id.in_(list(user_ids))).order_by(Identity.id)):
        found.setdefault(row.user_id, []).append(row)
    return found


def session_counts(session: Session, user_ids: Iterable[str], now: datetime) -> dict[str, int]:
    """In how many browsers these people are signed in; those in none are left out."""
    query = select(UserSession.user_id, func.count()).where(UserSession.user_id.in_(list(user_ids)), UserSession.expires_at > now)
    return dict(session.execute(query.group_by(UserSession.user_id)).all())


def sessions_of(session: Session, user_id: str, now: datetime) -> Sequence[UserSession]:
    """The browsers in which a person is signed in, the last used first, at most MOST_SESSIONS."""
    query = select(UserSession).where(UserSession.user_id == user_id, UserSession.expires_at > now)
    return session.scalars(query.order_by(UserSession.last_used_at.desc(), UserSession.id).limit(MOST_SESSIONS)).all()


def session_of(session: Session, user_id: str, begins: str) -> UserSession | None:
    """The session of this person whose fingerprint begins so."""
    wanted = (UserSession.user_id == user_id, UserSession.id.startswith(begins, autoescape=True))
    return session.scalars(select(UserSession).where(*wanted)).first()


def end_other_sessions(session: Session, user_id: str, but: str) -> int:
    """Signs every browser of a person out but one; answers how many."""
    return changed(session.execute(delete(UserSession).where(UserSession.user_id == user_id, UserSession.id != but)))


def tokens(session: Session, user_id: str, page: Page) -> tuple[list[Token], str | None]:
    """A person's tokens, newest first."""
    return fetch(session, select(Token).where(Token.subject_id == user_id, Token.kind == "dcu"), Token.id, page)


def token_of(session: Session, user_id: str, token_id: str) -> Token | None:
    """One token of this person."""
    wanted = (Token.id == token_id, Token.subject_id == user_id, Token.kind == "dcu")
    return session.scalars(select(Token).where(*wanted)).first()


def count_live_tokens(session: Session, user_id: str, now: datetime) -> int:
    """How many of a person's tokens are good."""
    live = (Token.revoked_at.is_(None), or_(Token.expires_at.is_(None), Token.expires_at > now))
    query = select(func.count()).where(Token.subject_id == user_id, Token.kind == "dcu", *live)
    return session.execute(query).scalar_one()


def lock_admins(session: Session) -> set[str]:
    """The ids of those who administrate and may sign in, locked: of two who end each other's rights at once one comes second."""
    query = select(User.id).where(User.is_admin, User.disabled_at.is_(None)).with_for_update()
    return set(session.scalars(query))
