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
        body = handler.rfile.read(int(self.headers.get("content-length", 0))).decode()
        self.form = dict(parse_qsl(body))

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

    def __init__(self, status: int, body: Any = None, *, location: str | None = None, form: bool = False) -> None:
        self.status, self.location = status, location
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        self.headers = {"Content-Type": f"{kind}; charset=utf-8"}
        self.body = (urlencode(body) if form else json.dumps(body)).encode()


class Stand(ABC):
    """Subclasses answer; `url` is where they listen. A context manager."""

    def __init__(self) -> None:
        stand = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                call = Call(self)
                stand.calls.append(call)
                reply = stand.answer(call)
                self.send_response(reply.status)
                for name, value in {**reply.headers, **({"Location": reply.location} if reply.location else {})}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_POST = do_GET  # noqa: N815 - http.server's name

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
