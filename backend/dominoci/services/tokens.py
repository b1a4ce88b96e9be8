"""Tokens: shown once, stored as fingerprints, revocable."""

from datetime import datetime, timedelta
from typing import Any

from dominoci.domain import credentials
from dominoci.domain.errors import NotFound
from dominoci.domain.ids import new_id
from dominoci.infra.models.accounts import Token
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal, require_admin, writable_project
from dominoci.store import accounts

REPORT, TRIGGER, USER, AGENT, ENROLMENT = "report", "trigger", "user", "agent", "enrolment"
ENROLMENT_LIFE = timedelta(hours=1)


def mint(
    uow: UnitOfWork, kind: str, subject_id: str | None, scope: str, name: str, expires_at: datetime | None = None
) -> tuple[Token, str]:
    """A new stored token and its text, which is not kept."""
    text = credentials.mint(kind)
    row = Token(
        id=new_id(),
        kind=kind,
        subject_id=subject_id,
        scope=scope,
        name=name,
        prefix=credentials.prefix_of(text),
        fingerprint=credentials.fingerprint(text),
        created_at=uow.now,
        expires_at=expires_at,
        last_used_at=None,
        revoked_at=None,
    )
    accounts.add(uow.session, row)
    return row, text


def create_for_project(
    uow: UnitOfWork, who: Principal, key: str, name: str, expires_at: datetime | None
) -> dict[str, Any]:
    """A project token; `token` is in the answer this once."""
    project = writable_project(uow, who, key)
    row, text = mint(uow, "dcp", project.id, REPORT, name, expires_at)
    return {**_view(row), "token": text}


def of_project(uow: UnitOfWork, who: Principal, key: str) -> dict[str, Any]:
    """A project's tokens, without their texts."""
    project = writable_project(uow, who, key)
    return {"items": [_view(row) for row in accounts.tokens_of(uow.session, project.id, "dcp", REPORT)], "next_cursor": None}


def revoke(uow: UnitOfWork, who: Principal, key: str, token_id: str) -> None:
    """Ends a project's token at once."""
    project = writable_project(uow, who, key)
    row = accounts.token(uow.session, token_id)
    if row is None or row.subject_id != project.id or row.scope != REPORT:
        raise NotFound("This project has no such token.")
    row.revoked_at = row.revoked_at or uow.now


def trigger_token(uow: UnitOfWork, project_id: str) -> str:
    """A new token for the post-receive hook of a hosted repository; earlier ones end."""
    for row in accounts.tokens_of(uow.session, project_id, "dcp", TRIGGER):
        row.revoked_at = row.revoked_at or uow.now
    return mint(uow, "dcp", project_id, TRIGGER, "post-receive hook")[1]


def create_for_user(uow: UnitOfWork, user_name: str, name: str) -> dict[str, Any]:
    """A user's token for scripts. Raises NotFound."""
    user = accounts.user_by_name(uow.session, user_name)
    if user is None:
        raise NotFound(f"There is no user called {user_name}.")
    row, text = mint(uow, "dcu", user.id, USER, name)
    return {**_view(row), "token": text}


def enrol_agent(uow: UnitOfWork, who: Principal) -> dict[str, Any]:
    """A token with which one agent may register, once, within an hour."""
    require_admin(who)
    row, text = mint(uow, "dca", None, ENROLMENT, "agent enrolment", uow.now + ENROLMENT_LIFE)
    return {"token": text, "expires_at": row.expires_at}


def _view(row: Token) -> dict[str, Any]:
    fields = ("id", "name", "prefix", "created_at", "expires_at", "last_used_at", "revoked_at")
    return {field: getattr(row, field) for field in fields}
