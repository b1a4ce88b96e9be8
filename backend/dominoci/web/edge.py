"""What every request and answer passes: a request id, security headers, compression, one line in the log."""

import gzip
import re
import time

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Histogram

from dominoci.config import Settings
from dominoci.domain.ids import new_id

log = structlog.get_logger()
SECONDS = Histogram("dominoci_http_seconds", "Time to answer, by route.", ("route", "status"))
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SMALLEST = 1000  # bytes; below this a compressed answer saves no packet
LEVEL = 5
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
COMPRESSIBLE = frozenset(
    {"application/json", "application/problem+json", "text/html", "text/plain", "text/javascript", "text/css", "image/svg+xml"}
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


def register(app: Flask, settings: Settings) -> None:
    """Puts the edge around `app`; must come before everything else that looks at requests."""
    extra = {"Strict-Transport-Security": "max-age=31536000"} if settings.public_url.startswith("https://") else {}
    headers = {**HEADERS, **extra}

    @app.before_request
    def begin() -> None:
        told = request.headers.get("X-Request-Id", "")
        g.request_id = told if REQUEST_ID.fullmatch(told) else new_id()
        g.began = time.perf_counter()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = g.request_id
        _compress(response)
        return response

    @app.teardown_request
    def note(_error: BaseException | None) -> None:
        structlog.contextvars.unbind_contextvars("request")

    @app.after_request
    def line(response: Response) -> Response:
        # the path alone: a query string may hold what somebody searched for, and headers hold secrets
        write = log.debug if request.path in QUIET else log.info
        took = time.perf_counter() - g.began
        SECONDS.labels(request.endpoint or "none", response.status_code).observe(took)
        caller, ms = getattr(g.get("principal"), "kind", None), round(took * 1000, 1)
        write("request", method=request.method, path=request.path, status=response.status_code, ms=ms, caller=caller)
        return response


def _compress(response: Response) -> None:
    if response.mimetype not in COMPRESSIBLE or response.direct_passthrough or response.is_streamed:
        return
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or not request.accept_encodings["gzip"] or response.status_code == 206:
        return
    body = response.get_data()
    if len(body) < SMALLEST:
        return
    response.set_data(gzip.compress(body, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
