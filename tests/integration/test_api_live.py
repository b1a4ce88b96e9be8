"""The live socket on a real web process (gunicorn), with the writers in another process, over a real Valkey."""

import json
import shutil
import socket
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from simple_websocket import Client, ConnectionClosed  # type: ignore[import-untyped]

from dominoci import bootstrap
from dominoci.bootstrap import Container
from dominoci.cli.db import bring_up_to_date
from dominoci.config import Settings
from dominoci.domain.reports import Metadata, Report
from dominoci.domain.states import ResultStatus
from dominoci.services import access, agents, build_reports, builds, dependencies, projects, reports, tokens, tree_views
from dominoci.services.access import Principal
from tests.bed.process import Server, free_port
from tests.bed.valkey import Valkey
from tests.waiting import until

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

    def __init__(self) -> None:
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
        folder, path = self.container.read(build_reports.log_place, holder, build_id, 1)
        files = self.container.files
        size = files.append(folder, path, files.size(folder, path), text, 1 << 30)
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


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    made = Web()
    yield made
    made.close()


def test_changes_of_a_tree_come_with_versions_that_follow_each_other(web: Web) -> None:
    tree_id = web.tree()
    with web.page() as page:
        said = page.subscribe(f"tree:{tree_id}")
        assert said == {"topic": f"tree:{tree_id}", "op": "subscribed", "version": said["version"]}
        build_id, holder = web.build()
        first = page.hear()
        assert first["version"] == said["version"] + 1
        assert [(node["sub_id"], node["state"]) for node in first["events"]] == [("1.1", "running")]
        web.end(build_id, holder)
        last = page.hear()
        assert (last["version"], last["tree"]["state"]) == (first["version"] + 1, "success")


def test_the_feed_tells_of_new_trees_and_builds(web: Web) -> None:
    with web.page() as page:
        assert page.subscribe("feed")["version"] == 0
        tree_id = web.tree()
        assert page.hear()["tree"]["id"] == tree_id
        build_id, holder = web.build()
        build = page.hear()["build"]
        assert (build["id"], build["state"]) == (build_id, "running")
        web.end(build_id, holder)


def test_a_log_is_replayed_followed_and_ended_without_gap_or_repeat(web: Web) -> None:
    build_id, holder = web.build()
    web.log(build_id, holder, b"before\n")
    with web.page() as page:
        topic = f"build:{build_id}:log"
        assert page.subscribe(topic, step=1, **{"from": 0})["op"] == "subscribed"
        page.hear_log(lambda text, _: text == "before\n")
        lines = "".join(f"line {number} é\n" for number in range(2000)).encode()
        writer = threading.Thread(target=web.log_in_chunks, args=(build_id, holder, lines))
        writer.start()
        text, _ = page.hear_log(lambda text, _: len(text.encode()) >= len(lines))
        writer.join()
        assert text.encode() == lines
        web.end(build_id, holder)
        rest, messages = page.hear_log(lambda _, message: bool(message["eof"]))
        assert rest == ""
        assert messages[-1]["next"] == len(lines) + 7


def test_a_log_begins_where_the_page_stopped(web: Web) -> None:
    build_id, holder = web.build()
    web.log(build_id, holder, b"0123456789")
    web.end(build_id, holder)
    with web.page() as page:
        page.subscribe(f"build:{build_id}:log", step=1, **{"from": 6})
        text, messages = page.hear_log(lambda _, message: bool(message["eof"]))
    assert (text, messages[0]["offset"]) == ("6789", 6)


def test_an_offset_beyond_the_log_is_refused(web: Web) -> None:
    build_id, holder = web.build()
    with web.page() as page:
        page.subscribe(f"build:{build_id}:log", step=1, **{"from": 99})
        assert page.hear()["error"]["code"] == "notfound"
    web.end(build_id, holder)


def test_a_page_that_lost_messages_is_told_of_the_version_it_missed(web: Web) -> None:
    tree_id = web.tree()
    with web.page() as page:
        before = page.subscribe(f"tree:{tree_id}")["version"]
        web.valkey.kill()
        build_id, holder = web.build()
        web.end(build_id, holder)
        heard = page.hear(20)
        assert heard["op"] == "subscribed"
        assert heard["version"] > before
        web.valkey.start()


def test_after_redis_is_back_messages_come_again(web: Web) -> None:
    with web.page() as page:
        page.subscribe("agents")

        def heard() -> bool:
            web.container.bell.after_commit([("agents", {"version": 0})], False, False)
            return page.socket.receive(timeout=0.2) is not None

        until(heard, "a message over the new connection")


@pytest.mark.parametrize("topic", ["tree:unknown", "build:unknown", "build:unknown:log", "secrets", "tree:", ""])
def test_a_topic_that_one_may_not_see_is_refused_and_the_socket_stays(web: Web, topic: str) -> None:
    with web.page() as page:
        answer = page.subscribe(topic)
        assert (answer["topic"], answer["error"]["code"]) == (topic, "notfound")
        assert page.subscribe("agents")["op"] == "subscribed"


def test_a_project_hears_its_own_trees_and_nothing_else(web: Web) -> None:
    tree_id, foreign = web.tree(), web.tree()
    root = web.container.read(tree_views.get, ADMIN, tree_id)["root"]["project"]["id"]
    token = web.container.write(tokens.create_for_project, ADMIN, root, "t", None)["token"]
    with web.page(token) as mine:
        assert mine.subscribe(f"tree:{tree_id}")["op"] == "subscribed"
        assert mine.subscribe(f"tree:{foreign}")["error"]["code"] == "notfound"
        assert mine.subscribe("feed")["error"]["code"] == "forbidden"
    for _ in range(2):
        web.end(*web.build())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"op": "shout", "topic": "feed"}'])
def test_nonsense_is_answered_and_the_socket_stays(web: Web, text: str) -> None:
    with web.page() as page:
        page.socket.send(text)
        assert page.hear()["error"]["code"] == "badrequest"
        assert page.subscribe("agents")["op"] == "subscribed"


def test_after_unsubscribing_nothing_comes(web: Web) -> None:
    with web.page() as page:
        page.subscribe("agents")
        page.say(op="unsubscribe", topic="agents")
        page.subscribe("feed")
        web.container.bell.after_commit([("agents", {"version": 0}), ("feed", {"version": 0})], False, False)
        assert page.hear()["topic"] == "feed"


def test_a_page_watches_a_bounded_number_of_topics(web: Web) -> None:
    tree_id = web.tree()
    build_id, holder = web.build()
    with web.page() as page:
        for step in range(1, 101):
            page.say(op="subscribe", topic=f"build:{build_id}:log", step=1, **{"from": 0})
            assert page.hear(), step
        assert page.subscribe(f"tree:{tree_id}")["op"] == "subscribed"
    web.end(build_id, holder)


def test_an_oversized_message_closes_the_socket(web: Web) -> None:
    with web.page() as page:
        page.socket.send("x" * 10_000)
        assert page.closed()[0] == 1009


def test_without_credentials_there_is_no_socket(web: Web) -> None:
    for token, status in (("dcu_nonsense", 401), ("", 401)):
        with web.handshake(Authorization=f"Bearer {token}") as socket:
            assert status_of(socket) == status


def test_another_sites_page_gets_no_socket(web: Web) -> None:
    own = f"http://127.0.0.1:{web.port}"
    for origin, status in (("https://evil.test", 403), ("null", 403), (f"{own}0", 403), (own, 101)):
        with web.handshake(Origin=origin) as socket:
            assert status_of(socket) == status


def test_above_the_cap_a_page_is_sent_to_polling(web: Web) -> None:
    with ExitStack() as open_pages:
        for _ in range(LIVE_CAP):
            # pages of earlier tests may be about to leave
            until(lambda: _taken(web, open_pages), "a free place")
        with web.page() as one_more:
            assert one_more.closed()[0] == 1013
    with ExitStack() as open_pages:
        until(lambda: _taken(web, open_pages), "a free place")


def _taken(web: Web, open_pages: ExitStack) -> bool:
    """Whether one more page found a place; it stays open as long as `open_pages`."""
    with ExitStack() as one:
        page = one.enter_context(web.page())
        try:
            page.subscribe("agents")
        except ConnectionClosed:
            return False
        open_pages.push(one.pop_all())
        return True


def test_a_slow_reader_is_dropped_and_others_hear_all(web: Web) -> None:
    with web.handshake() as slow, web.page() as other:
        assert status_of(slow) == 101
        slow.sendall(masked_frame({"op": "subscribe", "topic": "feed"}))
        other.subscribe("feed")
        filler = "x" * 100_000
        for number in range(200):
            web.container.bell.after_commit([("feed", {"version": 0, "number": number, "filler": filler})], False, False)
            assert other.hear()["number"] == number
        # with its reason: unread frames over the limit, or a send that has waited too long
        until(lambda: "live_reader_" in (web.data / "web.log").read_text(), "the drop", 30)
        assert other.subscribe("agents")["op"] == "subscribed"


def test_a_revoked_token_ends_the_socket(web: Web) -> None:
    name = web.name()
    web.container.write(projects.create, ADMIN, {"name": name})
    token = web.container.write(tokens.create_for_project, ADMIN, name, "short", None)
    with web.page(token["token"]) as page:
        web.container.write(tokens.revoke, ADMIN, name, token["id"])
        assert page.closed(30) == (1008, "signed out")


def test_a_stopping_process_says_goodbye_at_once(web: Web) -> None:
    with web.page() as page:
        page.subscribe("agents")
        began = time.monotonic()
        stopping = threading.Thread(target=web.process.stop)
        stopping.start()
        assert page.closed() == (1001, "the server restarts")
        stopping.join()
        assert time.monotonic() - began < 8
    web.process = web.start()
