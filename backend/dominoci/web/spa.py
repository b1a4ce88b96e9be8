"""The page: `index.html` with a nonce for every address that is not the API's, and the files that vite built."""

import gzip
import mimetypes
import secrets
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.routing import PathConverter
from werkzeug.security import safe_join

STATIC_ROOT = Path(__file__).parent / "static"
NONCE_MARK = "__CSP_NONCE__"
CALLERS = {"home": ("anyone",), "page": ("anyone",), "asset": ("anyone",)}
IMMUTABLE = "public, max-age=31536000, immutable"
COMPRESSIBLE = frozenset({".js", ".css", ".svg", ".json", ".html", ".txt", ".map"})
NOT_BUILT = """The page of DominoCI has not been built.

    make run        builds and starts everything
    npm run build   builds the page only

The API works without it: see /api/docs.
"""
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


class PageConverter(PathConverter):
    """Any path but those whose first part is the API's or another door's: there an unknown address is a 404."""

    regex = r"(?!(?:api|git|hooks|badge|job|project|assets|healthz|readyz|metrics)(?:/|\Z)).+?"


def register(app: Flask, root: Path) -> None:
    """Adds the page's routes. `root` is where vite has written (or not yet)."""
    app.url_map.converters["page"] = PageConverter

    @app.get("/", endpoint="home")
    def home() -> Response:
        return _index(root)

    @app.get("/<page:path>", endpoint="page")
    def page(path: str) -> Response:
        if path != "index.html" and (found := _file(root, path)):
            return _send(found, "no-cache")
        return _index(root)

    @app.get("/assets/<path:path>", endpoint="asset")
    def asset(path: str) -> Response:
        found = _file(root, f"assets/{path}")
        if found is None:
            raise NotFound
        return _send(found, IMMUTABLE)


def _index(root: Path) -> Response:
    try:
        text = (root / "index.html").read_text("utf-8")
    except FileNotFoundError:
        return Response(NOT_BUILT, 503, content_type="text/plain; charset=utf-8")
    nonce = secrets.token_urlsafe(16)
    response = Response(text.replace(NONCE_MARK, nonce), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY.format(nonce=nonce)
    return response


def _file(root: Path, path: str) -> Path | None:
    joined = safe_join(str(root), path)
    found = Path(joined) if joined else None
    return found if found and found.is_file() and not any(part.startswith(".") for part in Path(path).parts) else None


def _send(path: Path, cache: str) -> Response:
    if path.suffix in COMPRESSIBLE and request.accept_encodings["gzip"]:
        kind = mimetypes.guess_type(path.name)[0]
        response = Response(_zipped(path, path.stat().st_mtime_ns), mimetype=kind, headers={"Content-Encoding": "gzip"})
        response.add_etag()
        response.make_conditional(request)
    else:
        response = send_file(path, conditional=True, max_age=0)
    response.headers["Cache-Control"] = cache
    response.vary.add("Accept-Encoding")
    return response


@lru_cache(maxsize=256)
def _zipped(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)
