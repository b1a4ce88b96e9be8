"""Rotating a project's token: the new one works at once, the old one for as long as pipelines need to take the new one up."""

from datetime import timedelta
from typing import Any

from dominoci.domain.errors import Conflict
from dominoci.infra.models.accounts import Token
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import tokens
from dominoci.services.access import Principal, writable_project


def rotate(uow: UnitOfWork, who: Principal, key: str, token_id: str, overlap_hours: int) -> dict[str, Any]:
    """A new token of the same name that lives as long as the old one was given; `token` is in the answer this once.

    The old one never lives longer than it would have. Raises Conflict for one that has ended or was rotated already.
    """
    project = writable_project(uow, who, key)
    new, text = replace(uow, tokens.of_this_project(uow, project, token_id), overlap_hours)
    tokens.note(uow, who, "token.rotated", new, project.name)
    return {**tokens.view(new), "token": text}


def replace(uow: UnitOfWork, old: Token, overlap_hours: int) -> tuple[Token, str]:
    """The token that takes the place of `old`, of whatever kind, and its text; for the rest see `rotate`."""
    if old.revoked_at or (old.expires_at and old.expires_at <= uow.now):
        raise Conflict("This token has ended already. Make a new one instead.")
    if old.replaced_by:
        raise Conflict("This token was rotated before: rotate the one that took its place, or revoke this one now.")
    life = old.expires_at - old.created_at if old.expires_at else None
    new, text = tokens.mint(uow, old.kind, old.subject_id, old.scope, old.name, uow.now + life if life else None)
    end = uow.now + timedelta(hours=overlap_hours)
    old.replaced_by, old.expires_at = new.id, min(end, old.expires_at or end)
    return new, text
