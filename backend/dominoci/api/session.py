"""Signing in and out, signing up, and who one is."""

from typing import Any

from flask import Response, jsonify

from dominoci.api import cookies
from dominoci.api.context import read, site, write
from dominoci.api.gate import COOKIE, allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.session import (
    Door,
    DoorQuery,
    InvitationCode,
    InvitationLook,
    Journey,
    Me,
    NewPassword,
    SignIn,
    SignInCode,
    SignUp,
    ToProvider,
)
from dominoci.services import door, sessions
from dominoci.services.journeys import Wish
from dominoci.services.sessions import Opened

blp = Routes("session", "Signing in, and who one is.")


@blp.get("/session")
@allow("anyone")
@blp.arguments(DoorQuery, location="query")
@blp.response(200, Door)
def look(query: dict[str, Any]) -> dict[str, Any]:
    """How one can sign in here, and who is signed in with this browser. A page asks this first: it is never a 401."""
    return site().container.read(door.look, cookies.session(), query["refused"], query["provider"])


@blp.post("/session")
@allow("anyone", refuses=(401, 429))
@blp.arguments(SignIn)
@blp.response(200, Me)
def sign_in(body: dict[str, str]) -> Response:
    """Signs in with a password: sets the session cookie. Ten failures with one name bring a quarter of an hour of 429."""
    return _entered(site().container.sign_in.with_password(body["name"], body["password"], cookies.browser()))


@blp.post("/session/code")
@allow("anyone", refuses=(410, 429))
@blp.arguments(SignInCode)
@blp.response(200, Me)
def sign_in_with_code(body: dict[str, str]) -> Response:
    """Signs in with the code of a one-time login link: sets the session cookie."""
    return _entered(site().container.sign_in.with_code(body["code"], cookies.browser()))


@blp.post("/session/providers/<provider>")
@allow("anyone", refuses=(404, 410, 429))
@blp.arguments(ToProvider)
@blp.response(200, Journey)
def sign_in_at_provider(body: dict[str, Any], provider: str) -> Response:
    """Begins a sign-in at a provider. The browser goes to `url`, and comes back signed in to `next`, or to /login and why not."""
    return to_provider(provider, Wish(body["next"], body["code"]))


@blp.post("/signup")
@allow("anyone", refuses=(410, 429))
@blp.arguments(SignUp)
@blp.response(201, Me)
def sign_up(body: dict[str, Any]) -> Response:
    """Makes an account with a password, by invitation or where everybody may, and signs in."""
    response = _entered(site().container.sign_in.sign_up(body, cookies.browser()))
    response.status_code = 201
    return response


@blp.post("/signup/invitation")
@allow("anyone", refuses=(410, 429))
@blp.arguments(InvitationCode)
@blp.response(200, InvitationLook)
def look_at_invitation(body: dict[str, str]) -> dict[str, Any]:
    """What an invitation is for; its code stays good."""
    return site().container.sign_in.look_at_invitation(body["code"], cookies.browser())


@blp.delete("/session")
@allow("user")
@blp.response(204)
def sign_out() -> Response:
    """Ends this browser's session."""
    write(sessions.sign_out)
    response = Response(status=204)
    cookies.drop(response, COOKIE)
    return response


@blp.get("/me")
@allow("user")
@blp.response(200, Me)
def me() -> dict[str, Any]:
    """Who is signed in, with the token that writes of this session must carry."""
    return read(sessions.me)


@blp.put("/me/password")
@allow("user")
@blp.arguments(NewPassword)
@blp.response(204)
def set_password(body: dict[str, str]) -> None:
    """Sets or changes one's own password, and signs one's other browsers out."""
    write(sessions.set_password, body["password"], body["current"])


def to_provider(provider: str, wish: Wish) -> Response:
    """The answer that sends this browser to a provider."""
    begun = site().container.journeys.begin(provider, wish, cookies.browser(), cookies.binding())
    response = jsonify({"url": begun.url})
    cookies.keep_binding(response, begun.binding)
    return response


def _entered(opened: Opened) -> Response:
    cookie, me = opened
    response = jsonify(Me().dump(me))
    cookies.keep_session(response, cookie)
    return response
