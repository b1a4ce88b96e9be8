"""A closed loop of keep-alive connections, in one thread and with little work of its own: the server shall be the limit."""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.web import HOST


@dataclass
class Load:
    """What came of a load: answers by status, how long it took, and seconds from each request to its answer."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    took: list[float] = field(default_factory=list)

    def rate(self, expected: int) -> float:
        """Answers a second. Raises RuntimeError when any had another status."""
        if set(self.statuses) != {expected}:
            raise RuntimeError(f"expected only {expected}, got {dict(self.statuses)}")
        return self.statuses.total() / self.seconds


@dataclass
class _Line:
    """One connection: what has been received of the answer that it waits for, and since when it waits."""

    socket: socket.socket
    asked: float
    received: bytes = b""


def press(port: int, request: Callable[[], bytes], *, seconds: float, connections: int = 16) -> Load:
    """Sends `request()` again and again on each connection, the next one when the answer is there, for so long."""
    load, begun = Load(), time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            _dial(selector, port, request())
        while time.perf_counter() - begun < seconds:
            for key, _ in selector.select(1.0):
                _hear(selector, key.data, load, port, request)
        load.seconds = time.perf_counter() - begun
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    return load


def post(path: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    """A POST of JSON as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def get(path: str) -> bytes:
    """A GET as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()


def _dial(selector: selectors.BaseSelector, port: int, request: bytes) -> None:
    connection = socket.create_connection((HOST, port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    selector.register(connection, selectors.EVENT_READ, _Line(connection, time.perf_counter()))
    connection.sendall(request)


def _hear(selector: selectors.BaseSelector, line: _Line, load: Load, port: int, request: Callable[[], bytes]) -> None:
    chunk = line.socket.recv(65536)
    line.received += chunk
    status = _complete(line.received)
    if status is not None:
        load.statuses[status] += 1
        load.took.append(time.perf_counter() - line.asked)
        line.received = b""
    if not chunk or (status is not None and not _kept(chunk)):
        selector.unregister(line.socket)
        line.socket.close()
        _dial(selector, port, request())
    elif status is not None:
        line.asked = time.perf_counter()
        line.socket.sendall(request())


def _complete(received: bytes) -> int | None:
    """The status, once the whole answer is there."""
    head, found, body = received.partition(b"\r\n\r\n")
    if not found:
        return None
    at = head.lower().find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return int(head[9:12]) if len(body) >= length else None


def _kept(chunk: bytes) -> bool:
    return b"connection: close" not in chunk.lower()
