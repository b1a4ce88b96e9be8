"""The network under the guarded client: looks a name up once, checks every answer, connects to a checked address, and
lets no single step outlive the request's deadline."""

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final

import httpcore
from httpcore import SOCKET_OPTION

from dominoci.outbound.allowlist import AllowList, literal
from dominoci.outbound.destination import Destination, check_address
from dominoci.outbound.errors import Refused, Unreachable
from dominoci.outbound.networks import Address

Resolver = Callable[..., list[tuple[Any, ...]]]
MAX_ADDRESSES: Final = 16


class DeadlinePassed(httpcore.TimeoutException):
    """The request's time is up."""


@dataclass
class Sending:
    """One request on its way: when it must be over (monotonic seconds) and whether any of it may have left."""

    where: Destination
    deadline: float
    sent: bool = False

    def left(self) -> float:
        """Seconds until the deadline, more than 0; DeadlinePassed after it."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise DeadlinePassed
        return left


# httpcore knows only timeouts of single reads and writes; a peer that sends a byte now and then would never hit one
current: ContextVar[Sending] = ContextVar("current")


def look_up(resolver: Resolver, allowed: AllowList, where: Destination, timeout_s: float) -> list[Address]:
    """All addresses of the host, each of them checked: one bad answer among good ones refuses the host. Unreachable
    when the name is not known, or not within `timeout_s`."""
    address = literal(where.host)
    found = [address] if address is not None else _answers(resolver, where, timeout_s)
    for one in found:
        check_address(allowed, where, one)
    if not found:
        raise Unreachable(f"The name {where.host} has no address.")
    return found[:MAX_ADDRESSES]


def _answers(resolver: Resolver, where: Destination, timeout_s: float) -> list[Address]:
    # getaddrinfo takes no timeout, so it runs on a thread of its own that nobody waits for longer than this
    box: SimpleQueue[list[tuple[Any, ...]] | Exception] = SimpleQueue()

    def resolve() -> None:
        try:
            box.put(resolver(where.host, where.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            box.put(error)

    Thread(target=resolve, name="look-up", daemon=True).start()
    try:
        answer = box.get(timeout=timeout_s)
    except Empty:
        raise Unreachable(f"The name {where.host} could not be looked up in time.") from None
    if isinstance(answer, Exception):
        raise Unreachable(f"The name {where.host} could not be looked up.") from answer
    found = [literal(str(sockaddr[0])) for *_, sockaddr in answer]
    if None in found:
        raise Refused(f"The name {where.host} leads to something that is no address.")
    return list(dict.fromkeys(one for one in found if one is not None))


class CheckedBackend(httpcore.NetworkBackend):
    """httpcore's way to the network, with the guard between name and connection."""

    def __init__(self, allowed: AllowList, resolver: Resolver) -> None:
        self._allowed = allowed
        self._resolver = resolver
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address that answers; they share the time that is left. Host, SNI and certificate
        check keep the name: httpcore takes them from the URL."""
        sending = current.get()
        if (host, port) != (sending.where.host, sending.where.port):
            raise Refused("The connection is not the one that was checked.")
        addresses = look_up(self._resolver, self._allowed, sending.where, sending.left())
        for place, address in enumerate(addresses):
            share = sending.left() / (len(addresses) - place)
            try:
                stream = self._plain.connect_tcp(str(address), port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return TimedStream(stream)
        raise Unreachable(f"No connection to {sending.where.origin} came about.")


class TimedStream(httpcore.NetworkStream):
    """A connection whose every step ends by the deadline of the request that uses it now."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See httpcore; the deadline stands in for `timeout`."""
        return self._stream.read(max_bytes, current.get().left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends all of `buffer`, and books that bytes have left as soon as the first may have."""
        sending, view = current.get(), memoryview(buffer)
        sock: socket.socket = self._stream.get_extra_info("socket")
        # TLS sends records: a failing send may have got some of one out
        sending.sent = sending.sent or isinstance(sock, ssl.SSLSocket)
        while view:
            sock.settimeout(sending.left())
            try:
                count = sock.send(view)
            except TimeoutError as error:
                raise httpcore.WriteTimeout(str(error)) from error
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error
            sending.sent = True
            view = view[count:]

    def close(self) -> None:
        """See httpcore."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """See httpcore; the whole handshake ends by the deadline."""
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, current.get().left()))

    def get_extra_info(self, info: str) -> Any:
        """See httpcore."""
        return self._stream.get_extra_info(info)
