"""One keep-alive connection to a server on this machine, for what a bench asks outside of what it measures."""

import http.client
import json
from typing import Any

from bench.web import HOST


class Refused(Exception):
    """The server answered with something else than success."""


class Line:
    """Requests one after another; reconnects when the server has closed the idle connection."""

    def __init__(self, port: int, token: str | None = None) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=60)
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def post(self, path: str, body: Any) -> bytes:
        """The answer's body."""
        return self.ask("POST", path, body)

    def ask(self, method: str, path: str, body: Any = None) -> bytes:
        """The answer's body. Raises Refused for any status that is not 2xx."""
        try:
            return self._once(method, path, body)
        except (http.client.RemoteDisconnected, ConnectionError):
            self._connection.close()
            return self._once(method, path, body)

    def _once(self, method: str, path: str, body: Any) -> bytes:
        payload = None if body is None else json.dumps(body)
        self._connection.request(method, path, payload, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status // 100 != 2:
            raise Refused(f"{method} {path}: {answer.status} {content[:500]!r}")
        return content
