"""A real HTTP server on this machine that answers as a class says: what stand-ins for other systems are made of."""

import hashlib
import json
import threading
from abc import ABC, abstractmethod
from base64 import b64decode, urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit


class Call:
    """One request: its path, query, form and headers (names in lower case)."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        self.method, self.path = handler.command, parts.path
        self.query = dict(parse_qsl(parts.query))
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.body = handler.rfile.read(int(self.headers.get("content-length", 0)))
        self.form = dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def basic(self) -> tuple[str, str] | None:
        """User and password of basic authentication, each percent-decoded (RFC 6749 section 2.3.1)."""
        kind, _, text = self.headers.get("authorization", "").partition(" ")
        user, _, password = b64decode(text).decode().partition(":") if kind == "Basic" else ("", "", "")
        return (unquote(user), unquote(password)) if user else None

    @property
    def bearer(self) -> str:
        """The token of `Authorization: Bearer`."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token if kind.lower() == "bearer" else ""


class Reply:
    """A status with JSON, a form, or a redirect."""

    def __init__(self, status: int, body: Any = None, *, location: str | None = None, form: bool = False, **headers: str) -> None:
        self.status, self.location = status, location
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        more = {name.replace("_", "-"): text for name, text in headers.items()}
        self.headers = {"Content-Type": f"{kind}; charset=utf-8", **more}
        self.body = (urlencode(body) if form else json.dumps(body)).encode()


class Stand(ABC):
    """Subclasses answer; `url` is where they listen. A context manager."""

    def __init__(self) -> None:
        stand = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are two writes: the second would wait 40 ms for a delayed ACK

            def do_GET(self) -> None:
                call = Call(self)
                stand.calls.append(call)
                stand.respond(self, call)

            do_POST = do_PUT = do_PATCH = do_OPTIONS = do_GET  # noqa: N815 - http.server's name

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
                """Silent."""

        self.calls: list[Call] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @abstractmethod
    def answer(self, call: Call) -> Reply:
        """What a request gets."""

    def respond(self, handler: BaseHTTPRequestHandler, call: Call) -> None:
        """Sends what a request gets."""
        self.send(handler, self.answer(call))

    def send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        """Sends this answer; a 204 has no content."""
        content = b"" if reply.status == 204 else reply.body
        handler.send_response(reply.status)
        for name, value in {**reply.headers, **({"Location": reply.location} if reply.location else {})}.items():
            handler.send_header(name, value)
        if reply.status != 204:
            handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def s256(verifier: str) -> str:
    """The PKCE challenge of a verifier (RFC 7636)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def back(redirect_uri: str, **query: str) -> str:
    """An address of the client's, with these answers."""
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(query)}"
