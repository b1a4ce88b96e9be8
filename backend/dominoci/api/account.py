"""One's own account: profile, page settings, tokens for scripts, and the browsers in which one is signed in."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.account import (
    Ended,
    OwnSession,
    OwnToken,
    OwnTokenCreate,
    OwnTokenCreated,
    OwnTokenRotate,
    PageSettings,
    PageSettingsChange,
    Profile,
    ProfileChange,
)
from dominoci.api.schemas.base import PageQuery
from dominoci.api.schemas.base import page_of as list_of
from dominoci.services import account, own_sessions, own_tokens

blp = Routes("account", "One's own account: profile, page settings, tokens (`dcu_…`) for scripts, sessions.")
UNCACHED = {"Cache-Control": {"schema": {"type": "string"}}}
Created = tuple[dict[str, Any], int, dict[str, str]]


@blp.get("/me/profile")
@allow("user")
@blp.response(200, Profile)
def profile() -> dict[str, Any]:
    """Who one is."""
    return read(account.profile)


@blp.patch("/me/profile")
@allow("user")
@blp.arguments(ProfileChange)
@blp.response(200, Profile)
def change_profile(body: dict[str, Any]) -> dict[str, Any]:
    """Changes one's full name or mail address."""
    return write(account.change_profile, body)


@blp.get("/me/settings")
@allow("user")
@blp.response(200, PageSettings)
def settings() -> dict[str, Any]:
    """How one likes the page."""
    return read(account.settings)


@blp.put("/me/settings")
@allow("user")
@blp.arguments(PageSettingsChange)
@blp.response(200, PageSettings)
def change_settings(body: dict[str, str]) -> dict[str, Any]:
    """Stores how one likes the page, for every browser."""
    return write(account.change_settings, body)


@blp.get("/me/tokens")
@allow("user")
@blp.arguments(PageQuery, location="query")
@blp.response(200, list_of(OwnToken))
def tokens(query: dict[str, Any]) -> dict[str, Any]:
    """One's tokens, newest first, those that have ended too."""
    return read(own_tokens.listing, page_of(query))


@blp.post("/me/tokens")
@allow("user", refuses=(409,))
@blp.arguments(OwnTokenCreate, example={"name": "release script", "scope": "read", "expires_at": "2027-11-21T10:00:00Z"})
@blp.response(201, OwnTokenCreated, headers=UNCACHED)
def create_token(body: dict[str, Any]) -> Created:
    """A new token; this answer is the only place where it is shown. A token cannot make one: 403."""
    return _uncached(write(own_tokens.create, body["name"], body["scope"], body["expires_at"]))


@blp.post("/me/tokens/<token>/rotate")
@allow("user", refuses=(404, 409))
@blp.arguments(OwnTokenRotate, example={"overlap_hours": 24}, required=False)
@blp.response(201, OwnTokenCreated, headers=UNCACHED)
def rotate_token(body: dict[str, Any], token: str) -> Created:
    """A new token in place of one that is in use; the old one ends after the overlap. 409 for one that has ended already."""
    return _uncached(write(own_tokens.rotate, token, body["overlap_hours"]))


@blp.delete("/me/tokens/<token>")
@allow("user", refuses=(404,))
@blp.response(204)
def revoke_token(token: str) -> None:
    """Ends a token at once."""
    write(own_tokens.revoke, token)


@blp.get("/me/sessions")
@allow("user")
@blp.response(200, list_of(OwnSession))
def sessions() -> dict[str, Any]:
    """The browsers in which one is signed in, the last used first (at most 200)."""
    return read(own_sessions.listing)


@blp.delete("/me/sessions")
@allow("user")
@blp.response(200, Ended)
def end_other_sessions() -> dict[str, Any]:
    """Signs one's other browsers out; with a token all of them."""
    return write(own_sessions.end_others)


@blp.delete("/me/sessions/<session>")
@allow("user", refuses=(404,))
@blp.response(204)
def end_session(session: str) -> None:
    """Signs one of one's browsers out, at once."""
    write(own_sessions.end, session)


def _uncached(made: dict[str, Any]) -> Created:
    return made, 201, {"Cache-Control": "no-store"}
