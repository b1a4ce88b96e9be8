"""Tokens with which projects report."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.projects import ProjectToken, TokenCreate, TokenCreated, TokenRotate
from dominoci.services import token_rotation, tokens

blp = Routes("tokens", "Tokens (`dcp_…`) with which a project reports. Shown once, stored as a fingerprint.")


@blp.get("/projects/<project>/tokens")
@allow("user", refuses=(404,))
@blp.response(200, list_of(ProjectToken))
def listing(project: str) -> dict[str, Any]:
    """A project's tokens, revoked ones too."""
    return read(tokens.of_project, project)


@blp.post("/projects/<project>/tokens")
@allow("user", refuses=(404,))
@blp.arguments(TokenCreate)
@blp.response(201, TokenCreated, headers={"Cache-Control": {"schema": {"type": "string"}}})
def create(body: dict[str, Any], project: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """A new token; this answer is the only place where it is shown."""
    made = write(tokens.create_for_project, project, body["name"], body["expires_at"])
    return made, 201, {"Cache-Control": "no-store"}


@blp.delete("/projects/<project>/tokens/<token>")
@allow("user", refuses=(404,))
@blp.response(204)
def revoke(project: str, token: str) -> None:
    """Ends a token at once."""
    write(tokens.revoke, project, token)


@blp.post("/projects/<project>/tokens/<token>/rotate")
@allow("user", refuses=(404, 409))
@blp.arguments(TokenRotate, example={"overlap_hours": 24}, required=False)
@blp.response(201, TokenCreated, headers={"Cache-Control": {"schema": {"type": "string"}}})
def rotate(body: dict[str, Any], project: str, token: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """A new token in place of one that is in use; the old one ends after the overlap. 409 for one that has ended already."""
    made = write(token_rotation.rotate, project, token, body["overlap_hours"])
    return made, 201, {"Cache-Control": "no-store"}
