"""What is sent over one live socket: whole frames, one at a time, by whoever has something to say."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any


def text_frame(text: str) -> bytes:
    """A text message as a server sends it: one frame, without a mask (RFC 6455, 5.2). The same bytes for every reader."""
    content = text.encode()
    size = len(content)
    if size < 126:
        return bytes((0x81, size)) + content
    return (b"\x81\x7e" + size.to_bytes(2, "big") if size < 1 << 16 else b"\x81\x7f" + size.to_bytes(8, "big")) + content


class Outlet:
    """Stands where a WebSocket has its socket: simple-websocket sends from two threads, and takes part of a send for all."""

    def __init__(self, sock: socket.socket, wake: Callable[[], None]) -> None:
        """`wake` is called when a frame was begun by `offer` and `flush` has to end it."""
        self._sock, self._wake, self._lock = sock, wake, threading.Lock()
        # gevent's sockets wait where these do not
        self._at_once: Any = getattr(sock, "_sock", sock)
        self._rest = b""

    def send(self, content: bytes) -> int:
        """All of `content`, or OSError; then the connection is closed, because half a frame cannot be taken back."""
        with self._lock:
            self._send(content)
        return len(content)

    def flush(self) -> None:
        """Ends a frame that was begun, or raises OSError as `send` does."""
        if self._rest:
            with self._lock:
                self._send(b"")

    def offer(self, content: bytes) -> bool:
        """The same without waiting, for who sends one frame to many: False, and nothing of it is sent, where the reader has not
        taken everything before it, or somebody else is sending."""
        if self._rest or not self._lock.acquire(blocking=False):
            return False
        try:
            return self._begin(content)
        finally:
            self._lock.release()

    def _begin(self, content: bytes) -> bool:
        if self._rest:
            return False
        try:
            sent = self._at_once.send(content, socket.MSG_DONTWAIT)
        except OSError:  # full, or closed: whoever reads this socket will see which
            return False
        self._rest = content[sent:]
        if self._rest:
            self._wake()
        return True

    def _send(self, content: bytes) -> None:
        whole, self._rest = self._rest + content, b""
        try:
            self._sock.sendall(whole)
        except OSError:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)
