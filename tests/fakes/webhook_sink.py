"""A real HTTP server on 127.0.0.1 that takes whatever is sent to it and misbehaves on request: the other side of the
guarded client and of the webhook adapter."""

import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


# what to do with a connection after a request was read; True keeps it open for the next one
Behaviour = Callable[["Sink", socket.socket], bool]


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Behaviour:
    """A well-formed answer; header names are given with underscores."""
    lines = [f"HTTP/1.1 {status} Whatever", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body, keep=True)


def raw(content: bytes, *, keep: bool = False) -> Behaviour:
    """These bytes, HTTP or not; then the connection is closed unless `keep`."""

    def send(_sink: "Sink", connection: socket.socket) -> bool:
        connection.sendall(content)
        return keep

    return send


def reset(_sink: "Sink", connection: socket.socket) -> bool:
    """The request is taken, and the connection broken off without a word."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def hang(sink: "Sink", _connection: socket.socket) -> bool:
    """Never an answer, until the sink is closed."""
    sink.closing.wait()
    return False


def drip(head: bytes, pause_s: float = 0.05) -> Behaviour:
    """`head`, then one byte each `pause_s` seconds for ever: no single read ever takes long."""

    def send(sink: "Sink", connection: socket.socket) -> bool:
        connection.sendall(head)
        while not sink.closing.wait(pause_s):
            connection.sendall(b"x")
        return False

    return send


def pour(megabytes: int) -> Behaviour:
    """A 200 with a very long body."""

    def send(_sink: "Sink", connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (megabytes << 20))
        for _ in range(megabytes):
            connection.sendall(bytes(1 << 20))
        return True

    return send


@dataclass
class Sink:
    """Use as a context manager. Each request is answered by the next of `script`, then by `otherwise`."""

    otherwise: Behaviour = field(default_factory=answer)
    script: deque[Behaviour] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    tls: ssl.SSLContext | None = None
    closing: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.closing.set()
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.add(connection)
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        plain = connection
        with suppress(OSError):
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            stream = connection.makefile("rb")
            while (request := _read(stream)) is not None:
                self.received.append(request)
                behaviour = self.script.popleft() if self.script else self.otherwise
                if not behaviour(self, connection):
                    break
            stream.close()
        self._open.discard(plain)
        connection.close()


def _read(stream: Any) -> Received | None:
    first = stream.readline().decode().split()
    if len(first) != 3:
        return None
    headers = {}
    while line := stream.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    body = stream.read(length)
    # a sender that died in the middle of its request has sent nothing
    return Received(first[0], first[1], headers, body) if len(body) == length else None
