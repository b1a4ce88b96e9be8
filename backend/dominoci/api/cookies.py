"""The two cookies: the session's, and the one that binds a sign-in at a provider to the browser that began it."""

import re

from flask import Response, request

from dominoci.api.context import site, who
from dominoci.api.gate import COOKIE
from dominoci.services.journeys import LIFE as JOURNEY_LIFE
from dominoci.services.sessions import SESSION_LIFE, Browser

BINDING = "dominoci_login"
_OURS = re.compile(r"[A-Za-z0-9_-]{43}")


def browser() -> Browser:
    """Who is signing in, by this request."""
    return Browser(request.user_agent.string, who().address, session())


def session() -> str | None:
    """What the session cookie holds, valid or not."""
    cookie = request.cookies.get(COOKIE)
    return cookie if cookie and len(cookie) <= 200 else None


def binding() -> str | None:
    """What the other one holds."""
    cookie = request.cookies.get(BINDING, "")
    return cookie if _OURS.fullmatch(cookie) else None


def keep_session(response: Response, cookie: str) -> None:
    """Signs this browser in."""
    _keep(response, COOKIE, cookie, int(SESSION_LIFE.total_seconds()))


def keep_binding(response: Response, cookie: str) -> None:
    """For the way to a provider and back. Lax: the way back begins on the provider's page."""
    _keep(response, BINDING, cookie, int(JOURNEY_LIFE.total_seconds()))


def drop(response: Response, name: str) -> None:
    """Forgets one of the two."""
    response.delete_cookie(name, path="/", secure=_secure(), httponly=True, samesite="Lax")


def _keep(response: Response, name: str, value: str, life_s: int) -> None:
    response.set_cookie(name, value, max_age=life_s, path="/", secure=_secure(), httponly=True, samesite="Lax")
    response.headers["Cache-Control"] = "no-store"


def _secure() -> bool:
    return site().container.settings.public_url.startswith("https://")
