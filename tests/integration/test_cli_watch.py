"""`dominoci tree watch` and `--watch`, as processes beside a served arbiter whose trees fall meanwhile."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from dominoci.services import access, agents, build_reports, tokens
from dominoci.services.access import Principal
from tests.fakes.webhook_sink import Sink, answer, reset
from tests.integration.served import ADMIN, Arbiter, plain_environment
from tests.waiting import until

UNKNOWN = "0193b5e2-9f00-7abc-8def-0123456789ab"


@pytest.fixture(scope="module")
def arbiter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arbiter]:
    """One served arbiter; each test uses names of its own."""
    made = Arbiter(tmp_path_factory.mktemp("arbiter"))
    yield made
    made.close()


# where the tests run in the background of a shell, SIGINT is ignored, and so it would be by what they start
HEARS_CTRL_C = ("env", "--default-signal=INT")


class Running:
    """A running command and the lines that it prints."""

    def __init__(self, arbiter: Arbiter, home: Path, *arguments: str, url: str | None = None) -> None:
        env = plain_environment(home, DOMINOCI_URL=url or arbiter.url, DOMINOCI_TOKEN=arbiter.token)
        argv = [*HEARS_CTRL_C, sys.executable, "-m", "dominoci.cli", *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True)
        assert self.process.stdout is not None
        self._lines: IO[str] = self.process.stdout

    def hear(self, *words: str) -> list[str]:
        """The cells of the next line that holds all these words; AssertionError when none comes any more."""
        for line in self._lines:
            if all(word in line for word in words):
                return line.rstrip("\n").split("\t")
        raise AssertionError(f"no line with {words}; it ended with {self.end()}")

    def end(self) -> tuple[int, str, str]:
        """Its exit code, and what it had still to say."""
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


def grown(arbiter: Arbiter, name: str) -> str:
    """A tree NAME → NAME-net → NAME-app whose pipelines report when a test says so."""
    token = arbiter.project(name)
    for child in (f"{name}-net", f"{name}-app"):
        arbiter.project(child, accept_event_token=True)
    arbiter.depend(name, f"{name}-net")
    arbiter.depend(f"{name}-net", f"{name}-app")
    return str(arbiter.report(token)["tree_id"])


def fall(arbiter: Arbiter, tree_id: str, status: str = "SUCCESS") -> None:
    """Triggers what is due in a tree, and reports its end."""
    for trigger in arbiter.triggered():
        if trigger.tree_id == tree_id:
            arbiter.result(trigger, status)


def test_each_change_is_a_line_and_a_success_ends_with_0(arbiter: Arbiter, tmp_path: Path) -> None:
    tree_id = grown(arbiter, "good")
    watching = Running(arbiter, tmp_path, "tree", "watch", tree_id)
    assert watching.hear("good-net", "queued")[:4] == ["1.1", "good-net", "queued", "1"]
    assert watching.hear("good-app")[:3] == ["1.1.1", "good-app", "waiting"]
    fall(arbiter, tree_id)
    watching.hear("1.1", "good-net", "success")
    fall(arbiter, tree_id)
    code, out, _ = watching.end()
    assert code == 0
    assert out.splitlines()[-1] == f"tree {tree_id}: success (3 success)"


def test_a_failure_ends_with_1(arbiter: Arbiter, tmp_path: Path) -> None:
    tree_id = grown(arbiter, "bad")
    watching = Running(arbiter, tmp_path, "tree", "watch", tree_id)
    watching.hear("bad-net", "queued")
    fall(arbiter, tree_id, "FAILED")
    code, out, _ = watching.end()
    assert code == 1
    assert out.splitlines()[-1] == f"tree {tree_id}: failed (1 failed, 1 skipped, 1 success)"


def test_ctrl_c_ends_the_watching_and_not_the_tree(arbiter: Arbiter, tmp_path: Path) -> None:
    tree_id = grown(arbiter, "left")
    watching = Running(arbiter, tmp_path, "tree", "watch", tree_id)
    watching.hear("left-net", "queued")
    watching.process.send_signal(signal.SIGINT)
    code, _, err = watching.end()
    assert (code, err) == (130, f"no longer watching; the tree goes on: dominoci tree watch {tree_id}\n")
    assert arbiter.api("GET", f"/trees/{tree_id}")["state"] == "running"


def test_after_the_timeout_it_ends_with_4(arbiter: Arbiter, tmp_path: Path) -> None:
    tree_id = grown(arbiter, "slow")
    code, out, err = Running(arbiter, tmp_path, "tree", "watch", tree_id, "--timeout", "0").end()
    assert (code, err) == (4, f"tree {tree_id} still runs after 0 s\n")
    assert "slow-net\tqueued" in out


def test_as_json_the_end_is_printed_once(arbiter: Arbiter, tmp_path: Path) -> None:
    tree_id = grown(arbiter, "quiet")
    fall(arbiter, tree_id)
    fall(arbiter, tree_id)
    watching = Running(arbiter, tmp_path, "rerun", tree_id, "--all", "--watch", "--json")
    until(lambda: arbiter.event(tree_id, "1.1")["attempt"] == 2, "the rerun was taken")
    fall(arbiter, tree_id)
    fall(arbiter, tree_id)
    code, out, _ = watching.end()
    assert (code, json.loads(out)) == (0, arbiter.api("GET", f"/trees/{tree_id}/graph"))


def test_a_terminal_sees_the_tree_drawn_and_what_is_left_is_its_end(arbiter: Arbiter, tmp_path: Path) -> None:
    tree_id = grown(arbiter, "drawn")
    here, there = pty.openpty()
    env = plain_environment(
        tmp_path, DOMINOCI_URL=arbiter.url, DOMINOCI_TOKEN=arbiter.token, TERM="xterm-256color", COLUMNS="120", LINES="40"
    )
    argv = [sys.executable, "-m", "dominoci.cli", "tree", "watch", tree_id]
    with subprocess.Popen(argv, env=env, stdin=there, stdout=there, stderr=there) as process:
        os.close(there)
        seen = read_until(here, b"waiting")
        fall(arbiter, tree_id)
        fall(arbiter, tree_id)
        seen += read_until(here, b"3 success")
    os.close(here)
    assert process.returncode == 0
    assert b"\x1b[1A" in seen  # the cursor went up: drawn over, not below
    assert b"\x1b[32m" in seen  # green
    assert b"WHY" in seen


def read_until(terminal: int, words: bytes) -> bytes:
    """What comes to the terminal until these words did."""
    seen = b""
    while words not in seen:
        seen += os.read(terminal, 4096)
    return seen


def graph(version: int, state: str) -> bytes:
    """A tree of one event, as the API shows its graph."""
    told = {"sub_id": "1", "project": "p", "state": state, "attempt": 1, "reason": None}
    return json.dumps({"id": UNKNOWN, "version": version, "state": state, "nodes": [told], "edges": []}).encode()


def test_an_arbiter_that_is_away_for_a_while_is_waited_for(arbiter: Arbiter, tmp_path: Path) -> None:
    busy = answer(503, b'{"title": "t", "detail": "away"}', retry_after="0")
    with Sink() as sink:
        sink.script.extend([answer(200, graph(1, "running")), reset, busy, answer(200, graph(2, "success"))])
        code, out, err = Running(arbiter, tmp_path, "tree", "watch", UNKNOWN, url=sink.url).end()
        assert (code, err) == (0, "")
        assert out == f"1\tp\trunning\t1\t-\n1\tp\tsuccess\t1\t-\ntree {UNKNOWN}: success (1 success)\n"
        assert len(sink.received) == 4


def test_an_arbiter_that_never_answered_is_not_waited_for(arbiter: Arbiter, tmp_path: Path) -> None:
    with Sink(answer(503, b'{"title": "t", "detail": "away"}')) as sink:
        code, _, err = Running(arbiter, tmp_path, "tree", "watch", UNKNOWN, url=sink.url).end()
        assert (code, err, len(sink.received)) == (2, "Error: away\n", 1)


def claimed(arbiter: Arbiter) -> tuple[str, Principal]:
    """The build that waited longest, in the hands of a new agent."""
    enrolment = arbiter.container.write(tokens.enrol_agent, ADMIN)["token"]
    who = arbiter.container.read(access.authenticate, enrolment)
    told = arbiter.container.write(agents.register, who, {"name": "a"})
    found: dict[str, Any] | None = arbiter.container.write(agents.claim, Principal("agent", told["id"], "a"))
    assert found is not None
    return found["id"], Principal("build", found["id"], "b")


@pytest.mark.parametrize(("status", "code"), [("SUCCESS", 0), ("FAILED", 1)])
def test_a_triggered_build_is_followed_and_then_its_tree(arbiter: Arbiter, tmp_path: Path, status: str, code: int) -> None:
    name, after = f"built-{status}", f"after-{status}"
    arbiter.project(name, target={"kind": "agent"})
    arbiter.project(after, accept_event_token=True)
    arbiter.depend(name, after)
    running = Running(arbiter, tmp_path, "trigger", name, "-p", "MODE=fast", "--watch")
    running.hear(f"build 1 of {name}: {arbiter.url}/builds/")
    build_id, holder = claimed(arbiter)
    assert arbiter.api("GET", f"/builds/{build_id}")["project"]["name"] == name
    arbiter.container.write(build_reports.finish, holder, build_id, {"status": status, "steps": []})
    if status == "SUCCESS":
        tree_id = arbiter.api("GET", f"/builds/{build_id}")["tree_id"]
        running.hear(after, "queued")
        fall(arbiter, tree_id)
    ended, out, err = running.end()
    assert ended == code, err
    assert ("success (2 success)" in out) if status == "SUCCESS" else err.startswith("Error: build 1: failed (")


def test_who_has_read_enough_may_hang_up(arbiter: Arbiter, tmp_path: Path) -> None:
    arbiter.project("piped")
    running = Running(arbiter, tmp_path, "projects")
    assert running.process.stdout is not None
    running.process.stdout.close()
    assert running.process.stderr is not None
    assert "Error" not in running.process.stderr.read()
    running.process.wait(60)
    running.process.stderr.close()
