"""Where a provider sends a browser back to. A GET that signs in: OAuth knows no other way. It does so only for the browser that
began, once, and everything ends with a redirect to a page of ours."""

from urllib.parse import urlencode

from flask import Flask, Response, request
from werkzeug.urls import iri_to_uri

from dominoci.api import cookies
from dominoci.bootstrap import Container
from dominoci.domain.errors import NotFound
from dominoci.domain.own_paths import HOME
from dominoci.domain.sign_up import Refused

CALLERS = {"sso_callback": ("anyone",)}
SEE_OTHER = 303


def register(app: Flask, container: Container) -> None:
    """Adds the one route."""

    @app.get("/login/<provider>/callback", endpoint="sso_callback")
    def callback(provider: str) -> Response:
        try:
            arrived = container.journeys.finish(provider, request.args.to_dict(), cookies.browser(), cookies.binding())
        except Refused as e:
            return _to_login(e, provider)
        except NotFound:
            return _go("/login")
        response = _go(arrived.path)
        if arrived.cookie:
            cookies.keep_session(response, arrived.cookie)
        cookies.drop(response, cookies.BINDING)
        return response


def _to_login(refused: Refused, provider: str) -> Response:
    """The page says the reason in words; only its name stands in the address, so that nobody can write there what they like."""
    asked = {"refused": refused.reason, "provider": provider}
    if refused.next_path and refused.next_path != HOME:
        asked["next"] = refused.next_path
    return _go(f"/login?{urlencode(asked)}")


def _go(path: str) -> Response:
    return Response(status=SEE_OTHER, headers={"Location": iri_to_uri(path), "Cache-Control": "no-store"})
