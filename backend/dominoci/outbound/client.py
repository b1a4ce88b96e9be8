"""The guarded HTTP client: one request, one answer, never to an address that nobody opened. No redirects, no cookies,
no proxies from the environment, 64 kB of an answer unless more is asked for, 15 s in all."""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

import httpcore
import httpx
import structlog

from dominoci.outbound import destination
from dominoci.outbound.allowlist import AllowList
from dominoci.outbound.destination import Destination
from dominoci.outbound.errors import Ambiguous, OutboundError, Refused, Unreachable
from dominoci.outbound.networks import Address
from dominoci.outbound.wire import CheckedBackend, Resolver, Sending, current, look_up

TIMEOUT_S: Final = 15.0
LOOK_UP_S: Final = 5.0
MAX_BODY: Final = 64 * 1024
MAX_CONNECTIONS: Final = 100
# shorter than the idle time of common servers, so that we are seldom the one who finds a connection closed
KEEP_ALIVE_S: Final = 4.0
log = structlog.get_logger()
_end: ContextVar[float] = ContextVar("end", default=float("inf"))  # of all requests of this thread (monotonic seconds)


@contextmanager
def all_within(seconds: float) -> Iterator[None]:
    """All requests that this thread makes in the block are over by then, each still within its own time: what is done under a
    lease may take several."""
    token = _end.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are lower case; `body` ends after 64 kB (or what was asked for), or where the connection broke
    or the time was up, and `truncated` says so. A status was received in any case."""

    status: int
    headers: dict[str, str]
    body: bytes
    truncated: bool
    duration_ms: int


class GuardedClient:
    """Sends HTTP requests to where users point us. Any thread may use one; connections are kept and shared."""

    def __init__(self, allowed_hosts: tuple[str, ...] = (), resolver: Resolver = socket.getaddrinfo) -> None:
        """`allowed_hosts`: host, host:port or CIDR that are open although not public; ValueError for another form."""
        self._allowed = AllowList.parse(allowed_hosts)
        self._resolver = resolver
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEP_ALIVE_S,
            network_backend=CheckedBackend(self._allowed, resolver),
        )

    def check_url(self, url: str, *, resolve: bool = True) -> None:
        """Refused, with a sentence for the user, when a request to `url` would be refused. With `resolve` the name is
        looked up (up to 5 s: not inside a transaction); a name that is not known is no refusal, it may come."""
        where = destination.parse(url)
        destination.check_name(self._allowed, where)
        if resolve:
            try:
                look_up(self._resolver, self._allowed, where, LOOK_UP_S)
            except Unreachable:
                return

    def addresses(self, host: str, port: int) -> list[Address]:
        """The addresses of a host that may be connected to on this port, by another protocol than HTTP: all of them are checked,
        and whoever connects takes one of these, for a second look-up may answer otherwise. Raises Refused; Unreachable when the
        name is not known within 5 s."""
        where = destination.of_host(host, port)
        destination.check_name(self._allowed, where)
        return look_up(self._resolver, self._allowed, where, LOOK_UP_S)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        timeout_s: float = TIMEOUT_S,
        max_body: int = MAX_BODY,
    ) -> Answer:
        """One request, over within `timeout_s` seconds whatever the other side does, of whose answer at most `max_body` bytes are
        read. An OutboundError says whether it may be sent again; an answer of any status, also a redirect, is an answer."""
        started = time.monotonic()
        where = destination.parse(url)
        sending = Sending(where, min(started + timeout_s, _end.get()))
        outcome: dict[str, object] = {"outcome": "failed"}
        token = current.set(sending)
        try:
            destination.check_name(self._allowed, where)
            answer = self._send(sending, method, headers or {}, content, max_body)
            outcome = {"outcome": "answered", "status": answer.status, "truncated": answer.truncated}
            return answer
        except OutboundError as error:
            outcome = {"outcome": type(error).__name__.lower()}
            raise
        finally:
            current.reset(token)
            # paths and queries of hooks are secrets at some vendors: only the origin is logged
            log.info("outbound.request", method=method, origin=where.origin, duration_ms=_ms(started), **outcome)

    def close(self) -> None:
        """Ends the kept connections; the client must not be used afterwards."""
        self._pool.close()

    def _send(self, sending: Sending, method: str, headers: Mapping[str, str], content: bytes, max_body: int) -> Answer:
        started = time.monotonic()
        try:
            request = _request(sending, method, headers, content)
            response = self._pool.handle_request(request)
        except httpcore.LocalProtocolError as error:
            raise Refused("The request is not valid HTTP: a header or the method holds a forbidden character.") from error
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise _failure(sending, error) from error
        try:
            body, truncated = _read(response, max_body)
        finally:
            response.close()
        named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, named, body, truncated, _ms(started))


def _request(sending: Sending, method: str, headers: Mapping[str, str], content: bytes) -> httpcore.Request:
    where = sending.where
    standard = {
        "host": _host_header(where),
        "user-agent": "dominoci",
        "accept-encoding": "identity",  # 64 kB are counted as they come: nothing here unpacks
        "content-length": str(len(content)),
    }
    if not content and method in ("GET", "HEAD"):
        del standard["content-length"]
    merged = standard | {name.lower(): value for name, value in headers.items()} | {"host": standard["host"]}
    try:
        return httpcore.Request(
            method,
            httpcore.URL(scheme=where.scheme, host=where.host, port=where.port, target=where.target),
            headers=list(merged.items()),
            content=content,
            extensions={"timeout": {"pool": sending.left()}},
        )
    except (UnicodeEncodeError, TypeError) as error:  # httpcore's TypeError is about text that is not ASCII
        raise Refused("A header of the request is not ASCII text.") from error


def _host_header(where: Destination) -> str:
    host = f"[{where.host}]" if ":" in where.host else where.host
    return host if destination.DEFAULT_PORTS[where.scheme] == where.port else f"{host}:{where.port}"


def _failure(sending: Sending, error: Exception) -> OutboundError:
    origin = sending.where.origin
    if sending.sent:
        late = isinstance(error, httpcore.TimeoutException)
        return Ambiguous(f"{origin} was sent the request and " + ("did not answer in time." if late else "broke off."))
    if isinstance(error.__context__, ssl.SSLCertVerificationError):  # httpcore's own error does not say so
        why = error.__context__.verify_message.rstrip(".")
        return Unreachable(f"No connection to {origin} came about: its certificate is not trusted ({why}).")
    return Unreachable(f"No connection to {origin} came about.")


def _read(response: httpcore.Response, max_body: int) -> tuple[bytes, bool]:
    """At most `max_body` bytes of the body. The status is here already, so an end too early only makes it truncated."""
    body = b""
    try:
        for chunk in response.iter_stream():
            body += chunk
            if len(body) > max_body:
                return body[:max_body], True
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return body, True
    return body, False


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
