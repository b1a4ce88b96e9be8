"""A stand-in for a CI system whose answers go wrong as a test says."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Final

from tests.fakes.stand import Call, Reply, Stand

RESET: Final = "carried out, and the connection broken off without an answer"
SLOW: Final = "carried out, and answered later than anybody waits"
WRONG_JSON: Final = "carried out, and answered with something that only begins like JSON"
BUSY: Final = "429, asked to come again after 7 s"
BROKEN: Final = "500"
MOVED: Final = "302 to another address of this server"
FAULTS: Final = (RESET, SLOW, WRONG_JSON, BUSY, BROKEN, MOVED)
ELSEWHERE: Final = "/moved-elsewhere"
AFTER_S: Final = 7
NOT_JSON: Final = b'{"id": [[[[ <html>'


class Misbehaving(Stand):
    """While `fault` is set, every request is answered so. Subclasses say what is answered when nothing goes wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.fault: str | None = None
        self._closing = threading.Event()

    @contextmanager
    def going_wrong(self, fault: str) -> Iterator[None]:
        """Every request inside the `with` goes wrong in this way."""
        self.fault = fault
        try:
            yield
        finally:
            self.fault = None

    def respond(self, handler: BaseHTTPRequestHandler, call: Call) -> None:
        """By the fault that is set."""
        fault = self.fault
        if fault in (BUSY, BROKEN, MOVED):
            self.send(handler, _refusal(fault))
            return
        reply = self.answer(call)
        if fault in (RESET, SLOW):
            self._closing.wait(30 if fault == SLOW else 0)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.close_connection = True
            return
        reply.body = NOT_JSON if fault == WRONG_JSON else reply.body
        self.send(handler, reply)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing.set()
        super().__exit__(kind, error, trace)


def _refusal(fault: str) -> Reply:
    if fault == BUSY:
        return Reply(429, {"message": "Too many requests"}, Retry_After=str(AFTER_S))
    if fault == MOVED:
        return Reply(302, location=ELSEWHERE)
    return Reply(500, {"message": "Something went wrong"})
