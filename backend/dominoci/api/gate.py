"""The gate before every route: who may call it (deny by default), who is calling, and whether a browser's write is meant."""

import threading
import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any, Literal, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request

from dominoci.bootstrap import Container
from dominoci.domain.credentials import fingerprint, same
from dominoci.domain.errors import BadRequest, Forbidden, Invalid, Unauthorized
from dominoci.services import access, own_sessions, sessions
from dominoci.services.access import NOBODY, Principal

Caller = Literal["anyone", "user", "admin", "project", "hook", "agent", "enrolment", "build", "event", "job"]
View = TypeVar("View", bound=Callable[..., Any])
COOKIE = "dominoci_session"
CSRF_HEADER = "X-CSRF-Token"
READS = frozenset({"GET", "HEAD", "OPTIONS"})
NOTE_EVERY_S = 60.0


def allow(*callers: Caller, refuses: tuple[int, ...] = ()) -> Callable[[View], View]:
    """Declares who may call a view; `refuses` are statuses beyond the usual ones that its document must show."""

    def mark(view: View) -> View:
        documented = deepcopy(view.__dict__.get("_apidoc", {}))
        view.__dict__["_apidoc"] = {**documented, "callers": callers, "refuses": refuses}
        view.__dict__["callers"] = callers
        return view

    return mark


def declare(app: Flask, callers: Mapping[str, tuple[str, ...]], *, check_themselves: bool = False) -> None:
    """Declares the same for views that are not ours to decorate, by endpoint. Those that `check_themselves` (git's basic
    authentication) are let through to do so."""
    for endpoint, kinds in callers.items():
        view = app.view_functions[endpoint]
        view.__dict__["callers"] = kinds
        view.__dict__["checks_itself"] = check_themselves


def table(app: Flask) -> dict[tuple[str, str], tuple[Caller, ...]]:
    """Who may call what: (method, rule) -> callers, for the whole URL map."""
    return {
        (method, rule.rule): _callers(app, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def refuse_undeclared(app: Flask) -> None:
    """Raises RuntimeError if any route does not say who may call it."""
    silent = sorted(f"{method} {rule}" for (method, rule), callers in table(app).items() if not callers)
    if silent:
        raise RuntimeError(f"these routes do not say who may call them: {', '.join(silent)}")


def _callers(app: Flask, endpoint: str) -> tuple[Caller, ...]:
    return cast(tuple[Caller, ...], app.view_functions[endpoint].__dict__.get("callers", ()))


class Gate:
    """Runs before every request of one app."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._noted: dict[str, float] = {}
        self._lock = threading.Lock()

    def check(self) -> None:
        """Sets `g.principal`, or raises what the caller is to be told."""
        g.principal = NOBODY
        if "token" in request.args:
            raise BadRequest("A token never belongs in an address: send it as Authorization: Bearer.")
        view = current_app.view_functions.get(request.endpoint or "")
        if view is None or view.__dict__.get("checks_itself"):
            return
        callers = _callers(current_app, request.endpoint or "")
        g.principal = replace(self._principal(callers), address=request.remote_addr)
        _refuse_strangers(callers, g.principal)
        if g.principal.read_only and request.method not in READS:
            raise Forbidden("This token may only read (its scope is read): use one of scope user to change things.")
        _refuse_unknown_query(view)

    def _principal(self, callers: tuple[Caller, ...]) -> Principal:
        if request.method not in READS or "Upgrade" in request.headers:
            _refuse_foreign_origin(self._container.settings.public_url)
        if callers == ("anyone",):
            return NOBODY
        if (header := request.headers.get("Authorization")) is not None:
            return self._bearer(header, callers)
        who = self._cookie()
        if who.session_id and request.method not in READS:
            self._check_csrf(who)
        return who

    def _bearer(self, header: str, callers: tuple[Caller, ...]) -> Principal:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized("Authorization must be: Bearer <token>.")
        if token.count(".") == 2:
            return self._signed(callers, token.strip())
        who = self._container.read(access.authenticate, token.strip())
        if who.kind in ("user", "project", "hook", "agent"):
            self._note_use(token.strip())
        return who

    def _signed(self, callers: tuple[Caller, ...], token: str) -> Principal:
        """The project that a CI job's signed token speaks for, on the routes that are for jobs; elsewhere none is looked at."""
        if "job" not in callers:
            raise Unauthorized(access.INVALID_TOKEN)
        return self._container.signed_callers.authenticate(token)

    def _cookie(self) -> Principal:
        cookie = request.cookies.get(COOKIE)
        if not cookie or len(cookie) > 200:
            return NOBODY
        who = self._container.read(access.from_session, cookie) or NOBODY
        if who.session_id and self._is_news(who.session_id):
            self._container.write(own_sessions.note_use, who.session_id)
        return who

    def _check_csrf(self, who: Principal) -> None:
        expected = sessions.csrf_token(self._container.keys, who)
        if not same(request.headers.get(CSRF_HEADER, ""), expected):
            raise Forbidden(f"{CSRF_HEADER} is missing or is not this session's.")

    def _note_use(self, token: str) -> None:
        """Writes when a token was last used."""
        if self._is_news(fingerprint(token)):
            self._container.write(access.note_use, token)

    def _is_news(self, key: str) -> bool:
        """Whether this process is to write that this credential is used: at most once a minute for each."""
        now = time.monotonic()
        with self._lock:
            if now - self._noted.get(key, -NOTE_EVERY_S) < NOTE_EVERY_S:
                return False
            if len(self._noted) > 10_000:
                self._noted.clear()
            self._noted[key] = now
            return True


def _refuse_strangers(callers: tuple[Caller, ...], who: Principal) -> None:
    if "anyone" in callers or who.kind in callers or ("admin" in callers and who.is_admin):
        return
    if who.kind == "nobody":
        raise Unauthorized("Sign in, or send Authorization: Bearer <token>.")
    raise Forbidden("Only an admin may do this." if callers == ("admin",) else "These credentials are not for this address.")


def _refuse_foreign_origin(public_url: str) -> None:
    """Browsers name the page that sends a write; only our own pages may."""
    site = "none" if "Upgrade" in request.headers else request.headers.get("Sec-Fetch-Site", "none")
    if not is_own(request.headers.get("Origin"), public_url) or site not in ("same-origin", "none"):
        raise Forbidden("This request comes from another site's page.")


def is_own(origin: str | None, public_url: str) -> bool:
    """Whether a page of `origin` is ours: of the public address, or of the host that this request was sent to."""
    if origin is None:
        return True
    parts = urlsplit(public_url)
    return origin == f"{parts.scheme}://{parts.netloc}" or origin in (f"http://{request.host}", f"https://{request.host}")


def _refuse_unknown_query(view: Callable[..., Any]) -> None:
    """Routes of the API that declare no query fields take none; those that do have theirs checked by the parser."""
    documented = view.__dict__.get("_apidoc")
    if documented is None or not request.args:
        return
    parameters = documented.get("arguments", {}).get("parameters", [])
    if not any(part.get("in") == "query" for part in parameters):
        raise Invalid("Some fields are not known.", {key: ["Unknown field."] for key in request.args})
