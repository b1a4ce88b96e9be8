"""The agent's side of the wire (design: protocol.md). One connection pool for all builds of an agent."""

from __future__ import annotations

import base64
import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx

from dominoci_agent import __version__
from dominoci_agent.backoff import Backoff
from dominoci_agent.client.wire import Claim, Registration, WireError, read_claim, read_registration
from dominoci_agent.runtime.log import Offset
from dominoci_agent.runtime.stop import Stop

_TIMEOUT = httpx.Timeout(30, connect=5)
_READ_SIZE = 256 * 1024
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

Json = Mapping[str, Any]


class LeaseLost(Exception):
    """The build is not this agent's any more: kill everything, report nothing."""


class Refused(Exception):
    """The arbiter understood the request and said no: its HTTP status, its problem document, and its text."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title") or f"HTTP {status}")[:500])
        self.status = status
        self.problem = problem


class Unreachable(Exception):
    """No answer, or one that says "later" (5xx, 429); `retry_after` is the header."""

    def __init__(self, text: str, retry_after: str | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Arbiter:
    """The calls that are not about one build. Any thread may use it; nothing is retried here."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        host = urlsplit(self.url).hostname or ""
        # no certificates are loaded for an address without TLS (it never redirects), no proxy is asked for this machine
        common: dict[str, Any] = {
            "base_url": self.url,
            "timeout": _TIMEOUT,
            "verify": httpx.create_ssl_context() if self.url.startswith("https:") else False,
            "trust_env": host not in _LOOPBACK,
            "headers": {"User-Agent": f"dominoci-agent/{__version__}"},
        }
        self._http = httpx.Client(**common, limits=httpx.Limits(max_keepalive_connections=32, keepalive_expiry=60))
        # the long poll has a connection of its own, which can be cut
        self._poll = httpx.Client(**common, limits=httpx.Limits(max_connections=1))
        self._poll_socket: socket.socket | None = None

    def hang_up(self) -> None:
        """End a claim that is waiting (it raises Unreachable), so that the arbiter gives this agent nothing more."""
        if self._poll_socket:
            with contextlib.suppress(OSError):
                self._poll_socket.shutdown(socket.SHUT_RDWR)

    def _note_socket(self, event: str, details: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._poll_socket = details["return_value"].get_extra_info("socket")

    def close(self) -> None:
        """Drop all connections."""
        self.hang_up()
        self._http.close()
        self._poll.close()

    def absolute(self, url: str) -> str:
        """A URL of the wire; those that begin with "/" are the arbiter's own."""
        return urljoin(self.url + "/", url) if url.startswith("/") and not url.startswith("//") else url

    def own(self, url: str) -> bool:
        """Whether a URL is the arbiter's, so that a token may be sent there."""
        ours, theirs = urlsplit(self.url), urlsplit(self.absolute(url))
        return (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)

    def register(self, enrolment: str, name: str, labels: Sequence[str], slots: int) -> Registration:
        """Become an agent. Refused when the enrolment token is not (any more) accepted."""
        body = {"name": name, "labels": list(labels), "version": __version__, "slots": slots, "executors": ["local"]}
        return read_registration(_json(self.send("POST", "/api/v1/agents/register", enrolment, json=body)))

    def claim(self, token: str, wait_s: int) -> Claim | None:
        """Wait up to `wait_s` for a build. None: nothing to do (Unreachable when the arbiter says to come back later)."""
        timeout = httpx.Timeout(wait_s + 15, connect=5)
        request = {"json": {}, "timeout": timeout, "extensions": {"trace": self._note_socket}}
        response = self._send(self._poll, "POST", f"/api/v1/agents/claim?wait={wait_s}", token, **request)
        if response.status_code == httpx.codes.OK:
            return read_claim(_json(response))
        if "Retry-After" in response.headers:
            raise Unreachable("the arbiter has no place for another long poll", response.headers["Retry-After"])
        return None

    def send(self, method: str, path: str, token: str, **more: Any) -> httpx.Response:
        """One request. Refused (4xx), Unreachable (no answer, 5xx, 429)."""
        return self._send(self._http, method, path, token, **more)

    def _send(self, client: httpx.Client, method: str, path: str, token: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        try:
            response = client.request(method, path, headers=headers, **more)
        except httpx.HTTPError as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from None
        _raise_for(response)
        return response

    @contextmanager
    def stream(self, url: str, token: str) -> Iterator[Iterator[bytes]]:
        """Download something in pieces. The token goes along only to the arbiter itself; redirects are not followed."""
        own = self.own(url)
        client = self._http if own else httpx.Client(timeout=_TIMEOUT)
        headers = {"Authorization": f"Bearer {token}"} if own else {}
        try:
            with client.stream("GET", self.absolute(url), headers=headers) as response:
                if not response.is_success:
                    response.read()
                _raise_for(response)
                yield response.iter_bytes(_READ_SIZE)
        except httpx.HTTPError as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from None
        finally:
            if not own:
                client.close()


def _raise_for(response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= 500:
        raise Unreachable(f"HTTP {status}", response.headers.get("Retry-After"))
    if not response.is_success:
        raise Refused(status, _problem(response))


def _problem(response: httpx.Response) -> Json:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _json(response: httpx.Response) -> object:
    try:
        return response.json()
    except ValueError:
        raise WireError("the answer is no JSON") from None


@dataclass
class BuildClient:
    """The calls about one build. Each is tried again until it succeeds, is refused, or `stop` says that it is over with the
    build (lease lost, agent ends); then LeaseLost."""

    arbiter: Arbiter
    claim: Claim
    stop: Stop
    backoff: type[Backoff] = field(default=Backoff)

    def heartbeat(self) -> bool:
        """Renew the lease; True when the build should be cancelled. Not retried: the next one comes anyway."""
        return bool(self._once("POST", "heartbeat", json={}).json().get("cancel"))

    def state(self, body: Json) -> bool:
        """Report progress; True when the build should be cancelled."""
        return bool(self._lasting("POST", "state", json=body).json().get("cancel"))

    def log(self, number: int, offset: int, data: bytes) -> Offset | None:
        """Store a piece of a step's log; the offset to go on from, when the arbiter is elsewhere. Unreachable when that is
        not known: the caller decides, because only it knows whether it may send the piece again."""
        path = f"steps/{number}/log?offset={offset}"
        try:
            self._once("PUT", path, content=data, headers={"Content-Type": "application/octet-stream"})
        except Refused as error:
            if "expected_offset" not in error.problem:
                raise
            return Offset(int(error.problem["expected_offset"]))
        return None

    def artifact(self, name: str, path: Path, sha256: str) -> None:
        """Upload a file. Refused when the arbiter will not have it."""
        digest = base64.b64encode(bytes.fromhex(sha256)).decode()
        headers = {"Digest": f"sha-256={digest}", "Content-Length": str(path.stat().st_size)}
        self._lasting("PUT", f"artifacts/{quote(name)}", headers=headers, file=path)

    def result(self, body: Json) -> None:
        """The end of the build."""
        self._lasting("POST", "result", json=body)

    def release(self, reason: str) -> None:
        """Hand the build back. Tried once: if it fails, the lease runs out by itself."""
        self._once("POST", "release", json={"reason": reason})

    @contextmanager
    def download(self, url: str) -> Iterator[Iterator[bytes]]:
        """An input of the build, in pieces."""
        with self.arbiter.stream(url, self.claim.token) as chunks:
            yield chunks

    def _lasting(self, method: str, path: str, **more: Any) -> httpx.Response:
        backoff = self.backoff()
        while True:
            try:
                return self._once(method, path, **more)
            except Unreachable as error:
                if self.stop.wait_over(backoff.next(error.retry_after)):
                    raise LeaseLost(str(error)) from None

    def _once(self, method: str, path: str, **more: Any) -> httpx.Response:
        file: Path | None = more.pop("file", None)
        url = f"/api/v1/builds/{self.claim.id}/{path}"
        try:
            if file is None:
                return self.arbiter.send(method, url, self.claim.token, **more)
            with file.open("rb") as stream:
                return self.arbiter.send(method, url, self.claim.token, content=stream, **more)
        except Refused as error:
            if _lost(error, path):
                raise LeaseLost(str(error)) from None
            raise


def _lost(error: Refused, path: str) -> bool:
    """Whether a refusal means that the build is somebody else's. A conflict over an offset or an artifact does not."""
    if error.status == httpx.codes.CONFLICT:
        return "expected_offset" not in error.problem and not path.startswith("artifacts/")
    return error.status in (httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND)
