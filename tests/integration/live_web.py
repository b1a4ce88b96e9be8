"""A served arbiter (gunicorn and Valkey) for tests of the live socket: its web process, a page, and whoever writes elsewhere."""

import json
import shutil
import socket
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simple_websocket import Client, ConnectionClosed  # type: ignore[import-untyped]

from dominoci import bootstrap
from dominoci.bootstrap import Container
from dominoci.cli.db import bring_up_to_date
from dominoci.config import Settings
from dominoci.domain.reports import Metadata, Report
from dominoci.domain.states import ResultStatus
from dominoci.services import access, agents, build_reports, builds, dependencies, projects, reports, tokens
from dominoci.services.access import Principal
from tests.bed.process import Server, free_port
from tests.bed.valkey import Valkey

ADMIN = Principal("user", "u", "admin", is_admin=True)
LIVE_CAP = 8
STEP = {"n": 1, "pipeline": "p", "stage": "s", "name": "n", "state": "running"}


UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}


def status_of(connection: socket.socket) -> int:
    """The status of the answer to a handshake."""
    return int(connection.recv(4096).split()[1])


def masked_frame(message: dict[str, str]) -> bytes:
    """A text frame as a browser sends it, masked with zeros."""
    body = json.dumps(message).encode()
    assert len(body) < 126
    return bytes([0x81, 0x80 | len(body), 0, 0, 0, 0]) + body


class Web:
    """A served arbiter: the process that pages speak to, and a container of this process that writes what happens."""

    def __init__(self, **more: str) -> None:
        """`more` are settings beside the usual ones."""
        self.data = Path(tempfile.mkdtemp(prefix="dominoci-live-"))
        self.valkey = Valkey()
        self.valkey.start()
        self.port = free_port()
        self.env = {
            "DOMINOCI_DATA": str(self.data),
            "DOMINOCI_PORT": str(self.port),
            "DOMINOCI_SECRET_KEY": "k",
            "DOMINOCI_LIVE_CAP": str(LIVE_CAP),
            "REDIS_URL": self.valkey.url,
            **more,
        }
        self.container: Container = bootstrap.build(Settings.from_env(self.env))
        bring_up_to_date(self.container)
        self.token = str(self.container.write(tokens.create_for_user, "admin", "test")["token"])
        self.process = self.start()
        self._count = 0

    def start(self) -> Server:
        """The web process, once it answers."""
        argv = [sys.executable, "-m", "dominoci.cli", "web"]
        server = Server(argv, self.data / "web.log", self.env)
        server.start(self._answers)
        return server

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def close(self) -> None:
        """Ends it all."""
        self.process.stop()
        self.valkey.remove()
        self.container.database.engine.dispose()
        shutil.rmtree(self.data, ignore_errors=True)

    @contextmanager
    def page(self, token: str | None = None, **headers: str) -> Iterator["Page"]:
        """An open socket, with admin's token unless given."""
        given = {"Authorization": f"Bearer {token or self.token}", **headers}
        client = Client(f"ws://127.0.0.1:{self.port}/api/v1/live", headers=given)
        try:
            yield Page(client)
        finally:
            if client.connected:
                client.close()

    @contextmanager
    def handshake(self, **headers: str) -> Iterator[socket.socket]:
        """A connection that has asked to become a socket, without compression; the answer has not been read."""
        given = {"Authorization": f"Bearer {self.token}", "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==", **headers}
        lines = [f"{name}: {value}" for name, value in {**given, **UPGRADE}.items()]
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(20)
            connection.connect(("127.0.0.1", self.port))
            request = [f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{self.port}", *lines]
            connection.sendall(("\r\n".join(request) + "\r\n\r\n").encode())
            yield connection

    def told_to_poll(self) -> bool:
        """Whether one more page is closed with 1013. Read by hand: simple-websocket's client loses a goodbye that comes together
        with the answer to its handshake."""
        with self.handshake() as connection:
            return b"\x03\xf5too many live pages" in b"".join(iter(lambda: connection.recv(4096), b""))

    def name(self) -> str:
        """A name that no other test uses."""
        self._count += 1
        return f"p{self._count}"

    def tree(self) -> str:
        """A new tree of two events, whose second is to be run by a build."""
        upstream, downstream = self.name(), self.name()
        for name in (upstream, downstream):
            self.container.write(projects.create, ADMIN, {"name": name})
        self.container.write(dependencies.add, ADMIN, downstream, {"upstream": upstream})
        root = self.container.read(projects.get, ADMIN, upstream)["id"]
        told = Report(ResultStatus.SUCCESS, Metadata(branch="main"))
        return str(self.container.write(reports.report, Principal("project", root, upstream), told, None)[1]["tree_id"])

    def build(self) -> tuple[str, Principal]:
        """The running build that waited longest (a new one by hand if none does), with one running step, and who holds it."""
        if not self.container.read(agents.has_work):
            name = self.name()
            self.container.write(projects.create, ADMIN, {"name": name})
            self.container.write(builds.start, ADMIN, name, None, {})
        enrolment = self.container.write(tokens.enrol_agent, ADMIN)["token"]
        who = self.container.read(access.authenticate, enrolment)
        told = self.container.write(agents.register, who, {"name": "a"})
        claimed = self.container.write(agents.claim, Principal("agent", told["id"], "a"))
        assert claimed is not None
        holder = Principal("build", claimed["id"], "b")
        self.container.write(build_reports.state, holder, claimed["id"], {"steps": [STEP]})
        return claimed["id"], holder

    def log(self, build_id: str, holder: Principal, text: bytes) -> None:
        """Adds to the log of the build's step, as the agent's route does."""
        place, path = self.container.read(build_reports.log_place, holder, build_id, 1)
        files = self.container.files
        size = files.append(place, path, files.size(place, path), text, 1 << 30)
        self.container.bell.after_commit([(f"build:{build_id}:log", {"step": 1, "size": size})], False, False)

    def log_in_chunks(self, build_id: str, holder: Principal, text: bytes) -> None:
        """The same in chunks that end anywhere, in the middle of a character too."""
        for start in range(0, len(text), 997):
            self.log(build_id, holder, text[start : start + 997])

    def end(self, build_id: str, holder: Principal) -> None:
        """The build ends well."""
        step = {**STEP, "state": "success"}
        self.container.write(build_reports.finish, holder, build_id, {"status": "SUCCESS", "steps": [step]})


class Page:
    """What a page says over its socket and hears; pings are left out."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    def say(self, **message: Any) -> None:
        """One message."""
        self.socket.send(json.dumps(message))

    def hear(self, within_s: float = 10) -> dict[str, Any]:
        """The next message."""
        limit = time.monotonic() + within_s
        while (left := limit - time.monotonic()) > 0:
            text = self.socket.receive(timeout=left)
            if text is not None and json.loads(text).get("op") != "ping":
                return dict(json.loads(text))
        raise AssertionError("nothing was heard")

    def subscribe(self, topic: str, **more: Any) -> dict[str, Any]:
        """Subscribes and answers what the server said to it."""
        self.say(op="subscribe", topic=topic, **more)
        return self.hear()

    def hear_log(self, enough: Callable[[str, dict[str, Any]], bool]) -> tuple[str, list[dict[str, Any]]]:
        """Log messages until `enough(text so far, last message)`; each must continue where the one before it ended."""
        text, messages = "", [self.hear()]
        while True:
            text += messages[-1]["data"]
            if enough(text, messages[-1]):
                return text, messages
            messages.append(self.hear())
            assert messages[-1]["offset"] == messages[-2]["next"]

    def closed(self, within_s: float = 15) -> tuple[int, str]:
        """The code and reason with which the server closes."""
        limit = time.monotonic() + within_s
        try:
            while time.monotonic() < limit:
                self.socket.receive(timeout=1)
        except ConnectionClosed as e:
            return int(e.reason), str(e.message or "")
        raise AssertionError("the socket was not closed")
