"""The agent's side of the wire (design: protocol.md). One connection pool for all builds of an agent."""

from __future__ import annotations

import base64
import contextlib
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urljoin, urlsplit

import httpx

from dominoci_agent import __version__
from dominoci_agent.backoff import Backoff
from dominoci_agent.client.wire import Claim, Registration, WireError, read_claim, read_registration
from dominoci_agent.runtime.cache import Kept
from dominoci_agent.runtime.log import Offset
from dominoci_agent.runtime.stop import Stop

_TIMEOUT = httpx.Timeout(30, connect=5)
_READ_SIZE = 256 * 1024
UPLOAD_TRIES = 20  # with the backoff between them a minute and a half: longer than a restart of the arbiter takes
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


class _Line:
    """The connection of one client, which can be cut from another thread: whoever waits on it gets an error at once."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut = False

    def note(self, event: str, details: Mapping[str, Any]) -> None:
        """httpcore's `trace`."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = details["return_value"].get_extra_info("socket")
            if self._is_cut:
                self.cut()

    def cut(self) -> None:
        """End what is being sent or received, and what will be."""
        self._is_cut = True
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def introduction(labels: Sequence[str], slots: int, executors: Iterable[str]) -> Json:
    """What an agent tells of what it is able to do."""
    return {"labels": list(labels), "version": __version__, "slots": slots, "executors": sorted(executors)}


class Arbiter:
    """The calls that are not about one build. Any thread may use it; nothing is retried here."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        host = urlsplit(self.url).hostname or ""
        # no certificates are loaded for an address without TLS (it never redirects), no proxy is asked for this machine
        self._common: dict[str, Any] = {
            "base_url": self.url,
            "timeout": _TIMEOUT,
            "verify": httpx.create_ssl_context() if self.url.startswith("https:") else False,
            "trust_env": host not in _LOOPBACK,
            "headers": {"User-Agent": f"dominoci-agent/{__version__}"},
        }
        self._http = httpx.Client(**self._common, limits=httpx.Limits(max_keepalive_connections=32, keepalive_expiry=60))
        # the long poll has a connection of its own, which can be cut
        self._poll = httpx.Client(**self._common, limits=httpx.Limits(max_connections=1))
        self._poll_line = _Line()

    def hang_up(self) -> None:
        """End a claim that is waiting (it raises Unreachable), so that the arbiter gives this agent nothing more."""
        self._poll_line.cut()

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

    def register(
        self, enrolment: str, name: str, labels: Sequence[str], slots: int, executors: Iterable[str] = ("local",)
    ) -> Registration:
        """Become an agent. Refused when the enrolment token is not (any more) accepted."""
        body = {"name": name, **introduction(labels, slots, executors)}
        return read_registration(_json(self.send("POST", "/api/v1/agents/register", enrolment, json=body)))

    def claim(self, token: str, wait_s: int, told: Json | None = None) -> Claim | None:
        """Wait up to `wait_s` for a build. `told` is an `introduction`. None: nothing to do (Unreachable when the arbiter says to
        come back later)."""
        timeout = httpx.Timeout(wait_s + 15, connect=5)
        request = {"json": told or {}, "timeout": timeout, "extensions": {"trace": self._poll_line.note}}
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
        if client.is_closed:  # a build's thread that outlives the agent's end
            raise Unreachable("the agent has ended")
        try:
            response = client.request(method, path, headers=headers, **more)
        except httpx.HTTPError as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from None
        _raise_for(response)
        return response

    @contextmanager
    def transfer(self, method: str, url: str, token: str, stop: Stop, **more: Any) -> Iterator[httpx.Response]:
        """A request with much to send or to receive, on a connection of its own, which is cut when `stop` is thrown; its answer,
        whose body is still to be read. The token goes along only to the arbiter itself; redirects are not followed. Refused,
        Unreachable, also while the body is read."""
        line, own = _Line(), self.own(url)
        headers = {**more.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if own else {})}
        asked = {"headers": headers, "extensions": {"trace": line.note}, **more}
        settings = self._common if own else {"timeout": _TIMEOUT}
        try:
            with (
                httpx.Client(**settings) as client,
                stop.then(line.cut),
                client.stream(method, self.absolute(url), **asked) as response,
            ):
                if not response.is_success:
                    response.read()
                _raise_for(response)
                yield response
        except httpx.HTTPError as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from None


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


def _answer(response: httpx.Response) -> Json:
    """What the arbiter says. Unreachable when it was not the arbiter that spoke: a proxy's page, also one with status 200."""
    if not response.content:
        return {}
    try:
        body = response.json()
    except ValueError:
        raise Unreachable("the answer is no JSON") from None
    if not isinstance(body, dict):
        raise Unreachable("the answer is no object")
    return body


@dataclass
class BuildClient:
    """The calls about one build. Each is tried again until it succeeds, is refused, or `stop` says that it is over with the
    build (lease lost, agent ends); then LeaseLost. Where another bound stands, Unreachable tells that it was reached."""

    arbiter: Arbiter
    claim: Claim
    stop: Stop
    backoff: type[Backoff] = field(default=Backoff)

    def heartbeat(self) -> bool:
        """Renew the lease; True when the build should be cancelled. Not retried: the next one comes anyway."""
        return bool(self._once("POST", "heartbeat", json={}).get("cancel"))

    def state(self, body: Json) -> bool:
        """Report progress; True when the build should be cancelled."""
        return bool(self._lasting("POST", "state", json=body).get("cancel"))

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
        """Upload a file. Refused when the arbiter will not have it, Unreachable when it was away for too long or the build
        was stopped."""
        self._upload(f"artifacts/{quote(name)}", path, sha256)

    def plan(self, body: Json) -> None:
        """Hand a run over; from then on the lease is no more."""
        self._lasting("POST", "plan", json=body)

    def result(self, body: Json) -> None:
        """The end of the build."""
        self._lasting("POST", "result", json=body)

    def release(self, reason: str, needs: Sequence[str] = ()) -> None:
        """Hand the build back; `needs` are the executors that it asks for and this agent lacks. Tried once: if it fails, the
        lease runs out by itself."""
        self._once("POST", "release", json={"reason": reason, **({"needs": list(needs)} if needs else {})})

    @contextmanager
    def cache_get(self, key: str, prefix: str) -> Iterator[Kept | None]:
        """The project's cache of that key, else its newest whose key begins with `prefix`; None when there is neither. Tried
        once (Unreachable, Refused): a build can do without."""
        path = f"/api/v1/builds/{self.claim.id}/cache/{quote(key, safe='')}?prefix={quote(prefix, safe='')}"
        try:
            with self.arbiter.transfer("GET", path, self.claim.token, self.stop) as response:
                found = response.headers.get("Cache-Key", key)
                yield Kept(found, _sha256(response.headers.get("Digest")), response.iter_bytes(_READ_SIZE))
        except Refused as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise
            yield None

    def cache_put(self, key: str, path: Path, sha256: str) -> None:
        """Keep a file as the project's cache of that key, in place of the one before; fails as `artifact` does."""
        self._upload(f"cache/{quote(key, safe='')}", path, sha256)

    @contextmanager
    def download(self, url: str) -> Iterator[Iterator[bytes]]:
        """An input of the build, in pieces. Unreachable also when the build was stopped meanwhile."""
        with self.arbiter.transfer("GET", url, self.claim.token, self.stop) as response:
            yield response.iter_bytes(_READ_SIZE)

    def _upload(self, path: str, file: Path, sha256: str) -> None:
        """A file goes up only while the build goes on, and is not tried for ever: the step waits for it."""
        digest = base64.b64encode(bytes.fromhex(sha256)).decode()
        headers = {"Digest": f"sha-256={digest}", "Content-Length": str(file.stat().st_size)}
        backoff, tries = self.backoff(), 0
        while True:
            try:
                self._send_file(path, file, headers)
                return
            except Unreachable as error:
                tries += 1
                if tries >= UPLOAD_TRIES or self.stop.wait(backoff.next(error.retry_after)):
                    if self.stop.over:
                        raise LeaseLost(str(error)) from None
                    raise

    def _send_file(self, path: str, file: Path, headers: Mapping[str, str]) -> None:
        url = f"/api/v1/builds/{self.claim.id}/{path}"
        try:
            with (
                file.open("rb") as stream,
                self.arbiter.transfer("PUT", url, self.claim.token, self.stop, headers=headers, content=_pieces(stream)),
            ):
                return
        except Refused as error:
            raise _told_apart(error, path) from None

    def _lasting(self, method: str, path: str, **more: Any) -> Json:
        backoff = self.backoff()
        while True:
            try:
                return self._once(method, path, **more)
            except Unreachable as error:
                if self.stop.wait_over(backoff.next(error.retry_after)):
                    raise LeaseLost(str(error)) from None

    def _once(self, method: str, path: str, **more: Any) -> Json:
        try:
            return _answer(self.arbiter.send(method, f"/api/v1/builds/{self.claim.id}/{path}", self.claim.token, **more))
        except Refused as error:
            raise _told_apart(error, path) from None


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_READ_SIZE):
        yield piece


def _sha256(digest: str | None) -> str | None:
    """The hash of a Digest header (RFC 3230) in hex; None without one, or with one of another kind."""
    kind, _, value = (digest or "").partition("=")
    try:
        return base64.b64decode(value, validate=True).hex() if kind.lower() == "sha-256" else None
    except ValueError:
        return None


def _told_apart(error: Refused, path: str) -> Exception:
    return LeaseLost(str(error)) if _lost(error, path) else error


def _lost(error: Refused, path: str) -> bool:
    """Whether a refusal means that the build is somebody else's. A conflict over an offset or an artifact does not."""
    if error.status == httpx.codes.CONFLICT:
        return "expected_offset" not in error.problem and not path.startswith("artifacts/")
    return error.status in (httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND)
