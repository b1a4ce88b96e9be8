"""Signing in and out, and who one is."""

from typing import Any

from flask import Response, jsonify, request

from dominoci.api.context import read, site, who, write
from dominoci.api.gate import COOKIE, allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.session import Me, NewPassword, SignIn, SignInCode
from dominoci.services import sessions

blp = Routes("session", "Signing in, and who one is.")


@blp.post("/session")
@allow("anyone", refuses=(401,))
@blp.arguments(SignIn)
@blp.response(200, Me)
def sign_in(body: dict[str, str]) -> Response:
    """Signs in with a password: sets the session cookie."""
    opened = site().container.write(sessions.sign_in, body["name"], body["password"], _user_agent(), who().address)
    return _with_cookie(*opened)


@blp.post("/session/code")
@allow("anyone", refuses=(410,))
@blp.arguments(SignInCode)
@blp.response(200, Me)
def sign_in_with_code(body: dict[str, str]) -> Response:
    """Signs in with the code of a one-time login link: sets the session cookie."""
    return _with_cookie(*site().container.write(sessions.sign_in_with_code, body["code"], _user_agent(), who().address))


@blp.delete("/session")
@allow("user")
@blp.response(204)
def sign_out() -> Response:
    """Ends this browser's session."""
    write(sessions.sign_out)
    response = Response(status=204)
    response.delete_cookie(COOKIE, path="/", secure=_secure(), httponly=True, samesite="Lax")
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


def _with_cookie(cookie: str, me: dict[str, Any]) -> Response:
    response = jsonify(Me().dump(me))
    life = int(sessions.SESSION_LIFE.total_seconds())
    response.set_cookie(COOKIE, cookie, max_age=life, path="/", secure=_secure(), httponly=True, samesite="Lax")
    response.headers["Cache-Control"] = "no-store"
    return response


def _secure() -> bool:
    return site().container.settings.public_url.startswith("https://")


def _user_agent() -> str:
    return request.user_agent.string
