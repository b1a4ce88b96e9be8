"""Viewers of one log, all in one process with little work of its own: `python -m bench.viewers PORT COUNT PATH TOKEN MESSAGE`.

Says `ready` once every one was told that it is subscribed; at a line on standard input it prints how late each line of the log
was, as JSON, and ends. A line begins with the second in which it was written.
"""

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass
from functools import lru_cache

from bench.figures import percentile
from bench.web import HOST

TEXT, PING, PONG = 1, 9, 10  # RFC 6455, 5.2
KEY = "MDEyMzQ1Njc4OWFiY2RlZg=="


@dataclass
class Viewer:
    """One connection, and what has come of its next frame."""

    socket: socket.socket
    received: bytes = b""
    upgraded: bool = False


class Viewers:
    """All of them. `seen` are arrivals: when, and what the frame held."""

    def __init__(self, port: int, path: str, token: str, message: str) -> None:
        self._port, self._path, self._token, self._message = port, path, token, message
        self._selector = selectors.DefaultSelector()
        self.ready = 0
        self.seen: list[tuple[float, tuple[float, ...]]] = []

    def open(self, count: int) -> None:
        """Opens so many, a few at a time; returns when all are subscribed."""
        for n in range(1, count + 1):
            self._dial()
            while self.ready < n - 20:
                self.turn(1.0)
        limit = time.monotonic() + 600
        while self.ready < count:
            if time.monotonic() > limit:
                raise RuntimeError(f"{self.ready} of {count} viewers were let in")
            self.turn(1.0)
        self.seen.clear()

    def listen_for_the_end(self) -> None:
        """Reads until there is a line on standard input."""
        self._selector.register(sys.stdin, selectors.EVENT_READ, None)
        while self.turn(1.0):
            pass

    def turn(self, wait_s: float) -> bool:
        """Whatever has come; False at the end."""
        for key, _ in self._selector.select(wait_s):
            if key.data is None:
                return False
            self._hear(key.data)
        return True

    def _dial(self) -> None:
        connection = socket.create_connection((HOST, self._port), timeout=60)
        lines = [f"GET {self._path} HTTP/1.1", f"Host: {HOST}:{self._port}", "Connection: Upgrade", "Upgrade: websocket"]
        # as a browser asks; what the server then does with it is its own affair
        lines += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Extensions: permessage-deflate"]
        lines += [f"Authorization: Bearer {self._token}"]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self._selector.register(connection, selectors.EVENT_READ, Viewer(connection))

    def _hear(self, viewer: Viewer) -> None:
        chunk = viewer.socket.recv(1 << 18)
        if not chunk:
            raise RuntimeError(f"the server has closed a viewer's connection; {self.ready} were in")
        now = time.time()
        viewer.received += chunk
        if not viewer.upgraded:
            head, found, rest = viewer.received.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise RuntimeError(f"a viewer was refused: {head[:200]!r}")
            viewer.received, viewer.upgraded = rest, True
            viewer.socket.sendall(_masked(self._message.encode()))
        while frame := _first(viewer.received):
            viewer.received = viewer.received[frame[0] :]
            self._take(viewer, frame[1], frame[2], now)

    def _take(self, viewer: Viewer, opcode: int, content: bytes, now: float) -> None:
        if opcode == PING:
            viewer.socket.sendall(_masked(content, PONG))
        elif b'"subscribed"' in content:
            self.ready += 1
        elif written := _written(content):
            self.seen.append((now, written))


def _masked(content: bytes, opcode: int = TEXT) -> bytes:
    """A frame as a browser sends it, masked with zeros."""
    size = len(content)
    head = bytes((0x80 | opcode, 0x80 | size)) if size < 126 else bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2, "big")
    return head + bytes(4) + content


def _first(received: bytes) -> tuple[int, int, bytes] | None:
    """The first whole frame: its length, opcode and content."""
    if len(received) < 2:
        return None
    size, at = received[1], 2
    if size > 125:
        at = 4 if size == 126 else 10
        size = int.from_bytes(received[2:at], "big") if len(received) >= at else 1 << 62
    return (at + size, received[0] & 0x0F, received[at : at + size]) if len(received) >= at + size else None


@lru_cache(maxsize=64)
def _written(content: bytes) -> tuple[float, ...]:
    """When the lines in a message were written; the same frame comes to many."""
    text = json.loads(content).get("data", "")
    return tuple(float(line.split(" ", 1)[0]) for line in text.splitlines())


def main() -> None:
    """Opens, says so, reads until the end, tells."""
    port, count, path, token, message = sys.argv[1:]
    viewers = Viewers(int(port), path, token, message)
    viewers.open(int(count))
    print("ready", flush=True)
    viewers.listen_for_the_end()
    late = [now - at for now, written in viewers.seen for at in written]
    print(json.dumps({"lines": len(late), "p50": percentile(late, 0.5), "p99": percentile(late, 0.99)}), flush=True)


if __name__ == "__main__":
    main()
