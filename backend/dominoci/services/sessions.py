"""Signing in: one-time links, passwords (argon2id), sessions that can be revoked, and the CSRF token of each."""

import hmac
import secrets
from datetime import timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

import dominoci
from dominoci.domain import credentials
from dominoci.domain.errors import Gone, Invalid, NotFound, Unauthorized
from dominoci.domain.ids import new_id
from dominoci.domain.keys import KeyRing
from dominoci.infra.models.accounts import LoginCode, User, UserSession
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit
from dominoci.services.access import COMMAND_LINE, Principal, require_user
from dominoci.store import accounts

SESSION_LIFE = timedelta(days=14)
LINK_LIFE = timedelta(hours=1)
ADMIN = "admin"
SHORTEST, LONGEST = 10, 200
WRONG = "The name or the password is wrong."

_hasher = PasswordHasher()  # argon2id with the library's current defaults


@cache
def _nobody_hash() -> str:
    """Compared against when there is no such user, so that the answer takes as long."""
    return _hasher.hash(secrets.token_hex(16))


def ensure_admin(uow: UnitOfWork) -> None:
    """The user `admin` exists from the first start, without a password."""
    if accounts.user_by_name(uow.session, ADMIN) is None:
        accounts.add(
            uow.session,
            User(id=new_id(), name=ADMIN, password_hash=None, is_admin=True, created_at=uow.now, disabled_at=None),
        )


def login_link(uow: UnitOfWork, user_name: str) -> str:
    """A one-time link for a user, good for an hour. The code is behind the `#`, so that no log ever sees it."""
    user = accounts.user_by_name(uow.session, user_name)
    if user is None:
        raise NotFound(f"There is no user called {user_name}.")
    code = secrets.token_urlsafe(24)
    row = LoginCode(id=credentials.fingerprint(code), user_id=user.id, expires_at=uow.now + LINK_LIFE, used_at=None)
    accounts.add(uow.session, row)
    audit.note(uow, COMMAND_LINE, "session.login_link", _about(user))
    return f"{uow.settings.public_url}/setup#code={code}"


def _about(user: User) -> audit.About:
    return audit.About("user", user.id, user.name)


def sign_in(
    uow: UnitOfWork, name: str, password: str, user_agent: str, address: str | None = None
) -> tuple[str, dict[str, Any]]:
    """A new session by password: what goes into the cookie, and `me`. Raises Unauthorized, in the same time for all causes."""
    user = accounts.user_by_name(uow.session, name)
    usable = user is not None and user.password_hash is not None and user.disabled_at is None
    stored = str(user.password_hash) if user and usable else _nobody_hash()
    if not _matches(stored, password) or user is None or not usable:
        raise Unauthorized(WRONG)
    if _hasher.check_needs_rehash(stored):
        user.password_hash = _hasher.hash(password)
    return _open(uow, user, user_agent, "password", address)


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def sign_in_with_code(
    uow: UnitOfWork, code: str, user_agent: str, address: str | None = None
) -> tuple[str, dict[str, Any]]:
    """A new session by a one-time link's code. Raises Gone when it is unknown, used or expired."""
    row = accounts.use_code(uow.session, credentials.fingerprint(code), uow.now)
    user = accounts.user(uow.session, row.user_id) if row else None
    if user is None or user.disabled_at:
        raise Gone("This login link has been used or has expired. `dominoci login-link` prints a new one.")
    return _open(uow, user, user_agent, "login link", address)


def _open(uow: UnitOfWork, user: User, user_agent: str, by: str, address: str | None) -> tuple[str, dict[str, Any]]:
    cookie = secrets.token_urlsafe(32)
    row = UserSession(
        id=credentials.fingerprint(cookie),
        user_id=user.id,
        created_at=uow.now,
        last_used_at=uow.now,
        expires_at=uow.now + SESSION_LIFE,
        user_agent=user_agent[:200],
    )
    accounts.add(uow.session, row)
    who = Principal("user", user.id, user.name, user.is_admin, session_id=row.id, address=address)
    audit.note(uow, who, "session.signed_in", _about(user), after={"by": by, "browser": row.user_agent})
    return cookie, me(uow, who)


def sign_out(uow: UnitOfWork, who: Principal) -> None:
    """Ends this browser's session."""
    if who.session_id:
        accounts.end_session(uow.session, who.session_id)
        audit.note(uow, who, "session.signed_out", audit.About("user", who.id, who.name))


def me(uow: UnitOfWork, who: Principal) -> dict[str, Any]:
    """Who is signed in, and the token that writes must carry."""
    require_user(who)
    user = accounts.user(uow.session, who.id)
    has_password = bool(user and user.password_hash)
    return {
        "user": {"id": who.id, "name": who.name, "is_admin": who.is_admin, "has_password": has_password},
        "csrf_token": csrf_token(uow.keys, who),
        "version": dominoci.__version__,
    }


def csrf_token(keys: KeyRing, who: Principal) -> str:
    """What a browser must send in X-CSRF-Token: bound to its session, made again whenever it is needed."""
    if not who.session_id:
        return ""
    return hmac.digest(keys.current("csrf").secret, who.session_id.encode(), "sha256").hex()


def set_password(uow: UnitOfWork, who: Principal, password: str, current: str | None) -> None:
    """Sets or changes one's own password; other browsers are signed out. The current one is asked for when there is one."""
    require_user(who)
    user = accounts.user(uow.session, who.id)
    if user is None:
        raise Unauthorized("Sign in first.")
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("The password cannot be used.", {"password": [f"must have {SHORTEST} to {LONGEST} characters"]})
    if user.password_hash and not _matches(user.password_hash, current or ""):
        raise Invalid("The current password is wrong.", {"current": ["is wrong"]})
    user.password_hash = _hasher.hash(password)
    accounts.end_sessions_of(uow.session, user.id, who.session_id)
    audit.note(uow, who, "session.password", _about(user))
