"""SQL on users, sessions, login codes and tokens."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from dominoci.infra.db import changed
from dominoci.infra.models.accounts import LoginCode, Token, User, UserSession
from dominoci.infra.models.builds import Agent
from dominoci.infra.models.graph import Project
from dominoci.store.statements import Columns, table_of

_TOKENS, _USERS, _SESSIONS = table_of(Token), table_of(User), table_of(UserSession)
_PROJECTS, _AGENTS = table_of(Project), table_of(Agent)
_BEARER = (
    select(
        *(_TOKENS.c[name] for name in ("id", "kind", "scope", "name", "subject_id", "expires_at", "revoked_at")),
        _USERS.c.name.label("user_name"),
        _USERS.c.is_admin,
        _USERS.c.disabled_at,
        _PROJECTS.c.name.label("project_name"),
        _PROJECTS.c.deleted_at,
        _AGENTS.c.name.label("agent_name"),
    )
    .select_from(
        _TOKENS.outerjoin(_USERS, _USERS.c.id == _TOKENS.c.subject_id)
        .outerjoin(_PROJECTS, _PROJECTS.c.id == _TOKENS.c.subject_id)
        .outerjoin(_AGENTS, _AGENTS.c.id == _TOKENS.c.subject_id)
    )
    .where(_TOKENS.c.fingerprint == bindparam("fingerprint"))
)
_SESSION = (
    select(
        _SESSIONS.c.id,
        _SESSIONS.c.expires_at,
        _USERS.c.id.label("user_id"),
        *(_USERS.c[name] for name in ("name", "is_admin", "disabled_at")),
    )
    .join_from(_SESSIONS, _USERS, _USERS.c.id == _SESSIONS.c.user_id)
    .where(_SESSIONS.c.id == bindparam("fingerprint"))
)


def add(session: Session, row: User | UserSession | LoginCode | Token) -> None:
    """Stores a new row."""
    session.add(row)
    session.flush()


def user(session: Session, user_id: str) -> User | None:
    """One user."""
    return session.get(User, user_id)


def lock_user(session: Session, user_id: str) -> User | None:
    """The same, and nobody else who asks for it like this goes on before this transaction has ended."""
    query = select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def user_by_name(session: Session, name: str) -> User | None:
    """The user with this name."""
    return session.scalars(select(User).where(User.name == name)).first()


def names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Users' names by id."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_(sorted(set(ids)))))
    return {row.id: row.name for row in rows}


def session_with_user(session: Session, fingerprint: str) -> Columns | None:
    """A browser session (`id`, `expires_at`) and who it belongs to (`user_id`, `name`, `is_admin`, `disabled_at`)."""
    return session.execute(_SESSION, {"fingerprint": fingerprint}).first()


def bearer(session: Session, fingerprint: str) -> Columns | None:
    """The token with this fingerprint, whatever its condition, with what its user, project or agent is called and may do."""
    return session.execute(_BEARER, {"fingerprint": fingerprint}).first()


def end_session(session: Session, fingerprint: str) -> None:
    """Signs one browser out."""
    session.execute(delete(UserSession).where(UserSession.id == fingerprint))


def end_sessions_of(session: Session, user_id: str, but: str | None) -> None:
    """Signs every browser of a user out, but one."""
    session.execute(delete(UserSession).where(UserSession.user_id == user_id, UserSession.id != (but or "")))


def use_code(session: Session, fingerprint: str, now: datetime) -> LoginCode | None:
    """Uses a one-time code up; None when it is unknown, expired or was used before."""
    query = update(LoginCode).where(LoginCode.id == fingerprint, LoginCode.used_at.is_(None), LoginCode.expires_at > now)
    if changed(session.execute(query.values(used_at=now))) != 1:
        return None
    return session.get(LoginCode, fingerprint)


def token_by_fingerprint(session: Session, fingerprint: str) -> Token | None:
    """The token with this fingerprint, whatever its condition."""
    return session.scalars(select(Token).where(Token.fingerprint == fingerprint)).first()


def token(session: Session, token_id: str) -> Token | None:
    """One token."""
    return session.get(Token, token_id)


def tokens_of(session: Session, subject_id: str, kind: str, scope: str) -> Sequence[Token]:
    """The tokens of one project, user or agent, newest first."""
    query = select(Token).where(Token.subject_id == subject_id, Token.kind == kind, Token.scope == scope)
    return session.scalars(query.order_by(Token.id.desc())).all()


def touch_token(session: Session, token_id: str, now: datetime) -> None:
    """Notes that a token was used."""
    session.execute(update(Token).where(Token.id == token_id).values(last_used_at=now))


def use_token_up(session: Session, token_id: str, now: datetime) -> bool:
    """Revokes a one-use token; True for the one caller that used it."""
    query = update(Token).where(Token.id == token_id, Token.revoked_at.is_(None))
    return changed(session.execute(query.values(revoked_at=now, last_used_at=now))) == 1


def revoke_tokens_of(session: Session, subject_id: str, now: datetime) -> None:
    """Revokes every token of a project, user or agent."""
    session.execute(update(Token).where(Token.subject_id == subject_id, Token.revoked_at.is_(None)).values(revoked_at=now))


def sweep(session: Session, now: datetime) -> None:
    """Removes expired sessions and codes."""
    session.execute(delete(UserSession).where(UserSession.expires_at < now))
    session.execute(delete(LoginCode).where(LoginCode.expires_at < now))
