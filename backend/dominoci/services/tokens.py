"""Tokens: shown once, stored as fingerprints, revocable."""

from datetime import datetime, timedelta
from typing import Any

from dominoci.domain import credentials
from dominoci.domain.errors import NotFound
from dominoci.domain.ids import new_id
from dominoci.infra.models.accounts import Token
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit
from dominoci.services.access import ARBITER, COMMAND_LINE, Principal, require_admin, writable_project
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
    note(uow, who, "token.created", row, project.name)
    return {**view(row), "token": text}


def of_project(uow: UnitOfWork, who: Principal, key: str) -> dict[str, Any]:
    """A project's tokens, without their texts."""
    project = writable_project(uow, who, key)
    rows = accounts.tokens_of(uow.session, project.id, "dcp", REPORT)
    views = [{**view(row), "scope": row.scope, "replaced_by": row.replaced_by} for row in rows]
    return {"items": views, "next_cursor": None}


def revoke(uow: UnitOfWork, who: Principal, key: str, token_id: str) -> None:
    """Ends a project's token at once."""
    project = writable_project(uow, who, key)
    row = of_this_project(uow, project, token_id)
    if row.revoked_at is None:
        row.revoked_at = uow.now
        note(uow, who, "token.revoked", row, project.name)


def of_this_project(uow: UnitOfWork, project: Project, token_id: str) -> Token:
    """A token with which this project reports. Raises NotFound."""
    row = accounts.token(uow.session, token_id)
    if row is None or row.subject_id != project.id or row.scope != REPORT:
        raise NotFound("This project has no such token.")
    return row


def note(uow: UnitOfWork, who: Principal, action: str, row: Token, owner: str | None = None) -> None:
    """Writes to the audit log what was done with a token of `owner`."""
    expires = row.expires_at.isoformat(timespec="seconds") if row.expires_at else None
    about = audit.About("token", row.id, f"{row.name} of {owner}" if owner else row.name)
    kept = {"owner": owner, "scope": row.scope, "prefix": row.prefix, "expires_at": expires}
    change = {"before": kept} if action == "token.revoked" else {"after": kept}
    audit.note(uow, who, action, about, projects=[row.subject_id] if row.kind == "dcp" and row.subject_id else [], **change)


def trigger_token(uow: UnitOfWork, project_id: str) -> str:
    """A new token for the post-receive hook of a hosted repository; earlier ones end."""
    earlier = accounts.tokens_of(uow.session, project_id, "dcp", TRIGGER)
    for row in earlier:
        row.revoked_at = row.revoked_at or uow.now
    made, text = mint(uow, "dcp", project_id, TRIGGER, "post-receive hook")
    note(uow, ARBITER, "token.rotated" if earlier else "token.created", made)
    return text


def create_for_user(uow: UnitOfWork, user_name: str, name: str, who: Principal = COMMAND_LINE) -> dict[str, Any]:
    """A user's token for scripts. Raises NotFound."""
    user = accounts.user_by_name(uow.session, user_name)
    if user is None:
        raise NotFound(f"There is no user called {user_name}.")
    row, text = mint(uow, "dcu", user.id, USER, name)
    note(uow, who, "token.created", row, user.name)
    return {**view(row), "token": text}


def enrol_agent(uow: UnitOfWork, who: Principal) -> dict[str, Any]:
    """A token with which one agent may register, once, within an hour."""
    require_admin(who)
    row, text = mint(uow, "dca", None, ENROLMENT, "agent enrolment", uow.now + ENROLMENT_LIFE)
    note(uow, who, "agent.enrolled", row)
    return {"token": text, "expires_at": row.expires_at}


def view(row: Token) -> dict[str, Any]:
    """A token in the API; its text is never in it."""
    fields = ("id", "name", "prefix", "created_at", "expires_at", "last_used_at", "revoked_at")
    return {field: getattr(row, field) for field in fields}
