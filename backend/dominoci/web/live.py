"""The live socket, `/api/v1/live`: who may open one, how many there may be, and how bytes are sent over it."""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

from flask import Flask, g, request
from flask_sock import Sock
from simple_websocket import Server  # type: ignore[import-untyped]

from dominoci.bootstrap import Container
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import access
from dominoci.services.access import Principal
from dominoci.web.closing import CLOSING
from dominoci.web.hub import Hub
from dominoci.web.outlet import Outlet
from dominoci.web.visit import Visit

__all__ = ["CALLERS", "CLOSING", "register"]

PATH = "/api/v1/live"
CALLERS = {"live": ("user", "project")}
SEND_TIMEOUT_S = 10
GOODBYE_S = 1.0
TRY_AGAIN = 1013
OPTIONS = {"max_message_size": 4096, "ping_interval": 25}


def register(app: Flask, container: Container, hub: Hub) -> None:
    """Adds the live socket to `app`. The gate checks credentials and origin before the handshake."""
    app.config["SOCK_SERVER_OPTIONS"] = OPTIONS
    slots = threading.BoundedSemaphore(container.settings.live_cap)

    def live(ws: Server) -> None:
        outlet = _make_whole(ws)
        if not slots.acquire(blocking=False):
            ws.close(TRY_AGAIN, "too many live pages on this server; poll instead")
            return _hang_up(ws)
        try:
            hub.listen()
            Visit(ws, outlet, container, hub, g.principal, _credentials()).serve()
        finally:
            slots.release()
            _hang_up(ws)

    app.before_request(_uncompressed)
    Sock(app).route(PATH, endpoint="live")(live)


def _uncompressed() -> None:
    """No socket compresses: with a compressor each, no two could share a frame, and each would take 300 kB."""
    if request.path == PATH:
        request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)


def _credentials() -> Callable[[UnitOfWork], Principal | None]:
    """The look-up that tells whether the visitor's credentials still hold."""
    header, cookie = request.headers.get("Authorization"), request.cookies.get("dominoci_session", "")
    if header is None:
        return lambda uow: access.from_session(uow, cookie)
    return lambda uow: access.authenticate(uow, header.partition(" ")[2].strip())


def _make_whole(ws: Server) -> Outlet:
    """Sends whole frames, one at a time, and never waits for a reader for more than SEND_TIMEOUT_S."""
    if hasattr(ws.sock, "_sock"):  # gevent's, which never lets the kernel wait
        ws.sock.settimeout(SEND_TIMEOUT_S)
    else:
        ws.sock.settimeout(None)
        with suppress(OSError):
            ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_TIMEOUT_S, 0))
    ws.sock = outlet = Outlet(ws.sock, ws.event.set)
    return outlet


def _hang_up(ws: Server) -> None:
    """Ends the connection here, after a moment for the page's own goodbye: gunicorn would wait for it in its one main thread."""
    ws.thread.join(GOODBYE_S)
    with suppress(OSError):
        ws.sock.shutdown(socket.SHUT_RDWR)
    ws.thread.join(GOODBYE_S)
