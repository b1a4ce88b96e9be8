"""Signing in: one-time links, passwords (argon2id), sessions that can be revoked, and the CSRF token of each."""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import dominoci
from dominoci.domain import credentials
from dominoci.domain.errors import Gone, Invalid, NotFound, Unauthorized
from dominoci.domain.ids import new_id
from dominoci.domain.keys import KeyRing
from dominoci.infra.models.accounts import LoginCode, User, UserSession
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, passwords
from dominoci.services.access import COMMAND_LINE, Principal, require_user
from dominoci.store import accounts

SESSION_LIFE = timedelta(days=14)
LINK_LIFE = timedelta(hours=1)
ADMIN = "admin"
WRONG = "The name or the password is wrong."
Opened = tuple[str, dict[str, Any]]  # what goes into the cookie, and `me`


def ensure_admin(uow: UnitOfWork) -> None:
    """The user `admin` exists from the first start, without a password."""
    if accounts.user_by_name(uow.session, ADMIN) is None:
        accounts.add(
            uow.session,
            User(id=new_id(), name=ADMIN, password_hash=None, is_admin=True, created_at=uow.now, disabled_at=None),
        )


def login_link(uow: UnitOfWork, user_name: str, who: Principal = COMMAND_LINE) -> str:
    """A one-time link for a user, good for an hour. The code is behind the `#`, so that no log ever sees it."""
    user = accounts.user_by_name(uow.session, user_name)
    if user is None:
        raise NotFound(f"There is no user called {user_name}.")
    code = secrets.token_urlsafe(24)
    row = LoginCode(id=credentials.fingerprint(code), user_id=user.id, expires_at=uow.now + LINK_LIFE, used_at=None)
    accounts.add(uow.session, row)
    audit.note(uow, who, "session.login_link", _about(user))
    return f"{uow.settings.public_url}/setup#code={code}"


def _about(user: User) -> audit.About:
    return audit.About("user", user.id, user.name)


@dataclass(frozen=True)
class Browser:
    """Where a session is opened: what the browser calls itself, its address, and the session cookie that it still holds."""

    user_agent: str
    address: str | None = None
    cookie: str | None = field(default=None, repr=False)


def holder(uow: UnitOfWork, name: str, password: str) -> str:
    """The id of the user with this name and password. Raises Unauthorized, after the same time for all causes."""
    user = accounts.user_by_name(uow.session, name)
    usable = user is not None and user.password_hash is not None and user.disabled_at is None
    stored = str(user.password_hash) if user and usable else passwords.nobody_hash()
    if not passwords.matches(stored, password) or user is None or not usable:
        raise Unauthorized(WRONG)
    return user.id


def sign_in_with_code(
    uow: UnitOfWork, code: str, user_agent: str, address: str | None = None, cookie: str | None = None
) -> Opened:
    """A new session by a one-time link's code. Raises Gone when it is unknown, used or expired."""
    row = accounts.use_code(uow.session, credentials.fingerprint(code), uow.now)
    user = accounts.user(uow.session, row.user_id) if row else None
    if user is None or user.disabled_at:
        raise Gone("This login link has been used or has expired. `dominoci login-link` prints a new one.")
    return enter(uow, user, Browser(user_agent, address, cookie), "login link")


def enter(uow: UnitOfWork, user: User, browser: Browser, by: str) -> Opened:
    """A new session, always with a new cookie; the one that the browser came with ends, whoever it was of."""
    if browser.cookie:
        accounts.end_session(uow.session, credentials.fingerprint(browser.cookie))
    cookie = secrets.token_urlsafe(32)
    row = UserSession(
        id=credentials.fingerprint(cookie),
        user_id=user.id,
        created_at=uow.now,
        last_used_at=uow.now,
        expires_at=uow.now + SESSION_LIFE,
        user_agent=browser.user_agent[:200],
        address=(browser.address or "")[:45] or None,
    )
    accounts.add(uow.session, row)
    who = Principal("user", user.id, user.name, user.is_admin, session_id=row.id, address=browser.address)
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
    if problem := passwords.problem(password):
        raise Invalid("The password cannot be used.", {"password": [problem]})
    if user.password_hash and not passwords.matches(user.password_hash, current or ""):
        raise Invalid("The current password is wrong.", {"current": ["is wrong"]})
    user.password_hash = passwords.hashed(password)
    accounts.end_sessions_of(uow.session, user.id, who.session_id)
    audit.note(uow, who, "session.password", _about(user))
