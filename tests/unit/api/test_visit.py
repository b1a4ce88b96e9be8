"""One live socket: what comes while its thread is busy is neither lost nor left lying."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dominoci.config import StorageSettings
from dominoci.infra.files import BuildFiles, Place
from dominoci.infra.redis import CHANNEL
from dominoci.infra.storage import Storage
from dominoci.services.access import Principal
from dominoci.web.hub import Hub
from dominoci.web.outlet import Outlet
from dominoci.web.visit import Visit

ADA = Principal("user", "u", "ada")


class Socket:
    """What simple-websocket's server is to a visit; it ends instead of sleeping. `busy` is called once, while it is read from."""

    def __init__(self, messages: list[str], busy: Callable[[], None] = lambda: None) -> None:
        self.connected, self.input_buffer = True, messages
        self.event = self
        self._set, self._busy = threading.Event(), busy

    def set(self) -> None:
        """Of the event."""
        self._set.set()

    def clear(self) -> None:
        """Of the event."""
        self._set.clear()

    def wait(self, timeout: float) -> None:
        """Of the event: where a visit would sleep, the test is over."""
        self.connected = bool(timeout == 0 or self._set.is_set() or self.input_buffer)

    def receive(self, timeout: float) -> str | None:
        """As simple-websocket: looking for a message clears the event."""
        busy, self._busy = self._busy, lambda: None
        busy()
        while not self.input_buffer:
            if not self._set.wait(timeout):
                return None
            self._set.clear()
        return self.input_buffer.pop(0)


class Arbiter:
    """The services, as far as a log needs them. Its build ends right after it was looked up for the first time."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        self.files, self._hub, self._ended = BuildFiles(folder, Storage(StorageSettings(), folder)), hub, False

    def read(self, *_work: Any) -> tuple[Place, str, bool]:
        """Where the log lies, and whether it is complete."""
        found = Place("", "b"), "step.log", self._ended
        if not self._ended:
            self._ended = True
            self._hub.heard(CHANNEL, b'{"topic": "build:b", "version": 5}')
        return found


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection that takes little at once."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    with ours, theirs:
        yield ours, theirs


def test_a_build_that_ends_while_its_log_is_looked_up_ends_the_log_at_once(
    tmp_path: Path, pair: tuple[socket.socket, socket.socket]
) -> None:
    ours, theirs = pair
    hub = Hub("unix:///nowhere")
    ws: Any = Socket(['{"op": "subscribe", "topic": "build:b:log", "step": 1}'])
    container: Any = Arbiter(tmp_path, hub)
    Visit(ws, Outlet(ours, ws.set), container, hub, ADA, lambda _uow: ADA).serve()
    said = theirs.recv(4096)
    assert json.loads(said[said.rindex(b"{") :])["eof"] is True
    assert hub._wanted == {}


def test_a_frame_that_is_begun_while_messages_are_read_is_ended_before_the_thread_sleeps(
    tmp_path: Path, pair: tuple[socket.socket, socket.socket]
) -> None:
    ours, theirs = pair
    hub, large = Hub("unix:///nowhere"), bytes(1 << 20)
    ws: Any = Socket([], lambda: began.append(outlet.offer(large)))
    outlet, began = Outlet(ours, ws.set), list[bool]()
    container: Any = Arbiter(tmp_path, hub)
    found: list[int] = []
    reader = threading.Thread(target=lambda: found.append(sum(map(len, iter(lambda: theirs.recv(1 << 16), b"")))))
    reader.start()
    Visit(ws, outlet, container, hub, ADA, lambda _uow: ADA).serve()
    ours.shutdown(socket.SHUT_WR)
    reader.join()
    assert (began, found) == ([True], [len(large)])
