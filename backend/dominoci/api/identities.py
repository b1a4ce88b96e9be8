"""One's accounts at providers, and an invitation for somebody who has an account."""

from typing import Any

from flask import Response

from dominoci.api.context import read, who, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.identities import IdentityPage, Link
from dominoci.api.schemas.session import InvitationCode, Journey
from dominoci.api.session import to_provider
from dominoci.domain.errors import Forbidden
from dominoci.services import identities, invitations
from dominoci.services.journeys import Wish

blp = Routes("identities", "One's accounts at GitHub, GitLab and other providers.")


@blp.get("/me/identities")
@allow("user")
@blp.response(200, IdentityPage)
def listed() -> dict[str, Any]:
    """The accounts with which one can sign in here."""
    return read(identities.of_user)


@blp.post("/me/identities")
@allow("user", refuses=(404, 429))
@blp.arguments(Link)
@blp.response(200, Journey)
def link(body: dict[str, Any]) -> Response:
    """Begins to link another one: the browser goes to `url`, signs in there, and comes back to `next`."""
    if not who().session_id:
        raise Forbidden("Linking an account needs a browser that is signed in; a token cannot.")
    return to_provider(body["provider"], Wish(body["next"], user_id=who().id))


@blp.delete("/me/identities/<identity>")
@allow("user", refuses=(404, 409))
@blp.response(204)
def unlink(identity: str) -> None:
    """Unlinks one. 409 when it is the last way in."""
    write(identities.unlink, identity)


@blp.post("/me/invitations")
@allow("user", refuses=(410,))
@blp.arguments(InvitationCode)
@blp.response(204)
def accept(body: dict[str, str]) -> None:
    """Takes the role that an invitation brings."""
    write(invitations.accept, body["code"])
