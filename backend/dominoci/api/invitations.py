"""Invitations: made, listed and withdrawn by admins, and by owners of groups and projects for these."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.invitations import InvitationPage, InvitationQuery, MadeInvitation, NewInvitation
from dominoci.services import invitations

blp = Routes("invitations", "Links with which people sign up.")


@blp.get("/invitations")
@allow("user", refuses=(404,))
@blp.arguments(InvitationQuery, location="query")
@blp.response(200, InvitationPage)
def listed(query: dict[str, Any]) -> dict[str, Any]:
    """Those into one group or project, for its owners; without either all of them, for admins. Newest first."""
    return read(invitations.listed, query["owner"], query["project"], page_of(query))


@blp.post("/invitations")
@allow("user", refuses=(404,))
@blp.arguments(NewInvitation)
@blp.response(201, MadeInvitation)
def create(body: dict[str, Any]) -> dict[str, Any]:
    """A link that makes one account, once, within a week. `url` is in this answer only."""
    return write(invitations.create, body)


@blp.delete("/invitations/<invitation>")
@allow("user", refuses=(404,))
@blp.response(204)
def revoke(invitation: str) -> None:
    """Withdraws it. One that is over already stays as it is."""
    write(invitations.revoke, invitation)
