"""The limit for P7: one gevent process that keeps one log in memory, encodes what is added once, and sends that to every viewer:
`python -m bench.floor.viewers PORT BATCH_MS`. No users, no database, no disk, no Redis."""

import json
import sys
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha1

import gevent
from gevent.event import Event
from gevent.server import StreamServer
from gevent.socket import socket

from bench.web import HOST

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3


class Buffer:
    """The one log. What is added within `batch_s` seconds becomes one frame."""

    def __init__(self, batch_s: float) -> None:
        self._batch_s = batch_s
        self._waiting = b""
        self.frames: list[bytes] = []
        self.more = Event()
        if batch_s:
            gevent.spawn(self._flush_for_ever)

    def add(self, content: bytes) -> None:
        """More of the log."""
        self._waiting += content
        if not self._batch_s:
            self._flush()

    def _flush_for_ever(self) -> None:
        while True:
            gevent.sleep(self._batch_s)
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self.frames.append(_frame(json.dumps({"topic": "log", "data": self._waiting.decode()}).encode()))
            self._waiting = b""
            self.more.set()
            self.more.clear()


def _frame(content: bytes) -> bytes:
    size = len(content)
    head = bytes((0x81, size)) if size < 126 else b"\x81\x7e" + size.to_bytes(2, "big")
    return head + content


def serve(buffer: Buffer, connection: socket) -> None:
    """One connection: a viewer, or who adds to the log."""
    stream = connection.makefile("rb")
    while first := stream.readline():
        headers = dict(_headers(iter(stream.readline, b"\r\n")))
        if b"upgrade" in headers:
            view(buffer, connection, headers[b"sec-websocket-key"])
        body = stream.read(int(headers.get(b"content-length", b"0")))
        if first.startswith(b"PUT"):
            buffer.add(body)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


def _headers(lines: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for line in lines:
        name, _, value = line.partition(b":")
        yield name.strip().lower(), value.strip()


def view(buffer: Buffer, connection: socket, key: bytes) -> None:
    """Every frame from now on; first a word that it has begun."""
    accept = b64encode(sha1(key + GUID, usedforsecurity=False).digest())
    upgrade = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    connection.sendall(upgrade + accept + b"\r\n\r\n" + _frame(b'{"op": "subscribed"}'))
    sent = len(buffer.frames)
    while True:
        while sent < len(buffer.frames):
            connection.sendall(buffer.frames[sent])
            sent += 1
        buffer.more.wait()


def main() -> None:
    """Serves until it is killed."""
    buffer = Buffer(float(sys.argv[2]) / 1e3)
    StreamServer((HOST, int(sys.argv[1])), lambda connection, _: serve(buffer, connection), backlog=4096).serve_forever()


if __name__ == "__main__":
    main()
