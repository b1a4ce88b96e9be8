"""The agent as a process: how it ends, and what becomes of its builds when it is killed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.arbiter import Answer, Call, FakeArbiter
from tests.unit.agent.definition import one_step
from tests.waiting import until

Run = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def run_agent(arbiter: FakeArbiter, tmp_path: Path) -> Iterator[Run]:
    """Starts `dominoci-agent run` as the supervisor does; what it says is in `agent.log`."""
    running: list[subprocess.Popen[bytes]] = []

    def run(**settings: str) -> subprocess.Popen[bytes]:
        environ = {
            "PATH": os.environ["PATH"],
            "DOMINOCI_URL": arbiter.url,
            "DOMINOCI_AGENT_WORK": str(tmp_path / "work"),
            "DOMINOCI_AGENT_TOKEN": arbiter.enrolment(),
            **settings,
        }
        with (tmp_path / "agent.log").open("ab") as log:
            command = [sys.executable, "-P", "-m", "dominoci_agent.cli", "run"]
            running.append(subprocess.Popen(command, env=environ, cwd=tmp_path, stdout=log, stderr=log))
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.wait()


def alive(marker: Path) -> bool:
    """Whether the process runs whose id is in the file."""
    try:
        return Path(f"/proc/{marker.read_text().strip()}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def build_runs(arbiter: FakeArbiter, pid_file: Path, then: str = "sleep 600") -> None:
    """Queue a build whose step writes its process id, and wait until it runs."""
    arbiter.push({".factory/a.hcl": one_step(f"echo $$ > {pid_file}.new; mv {pid_file}.new {pid_file}; echo runs; {then}")})
    arbiter.queue()
    arbiter.wait_for(lambda: arbiter.log("b1", 1).startswith(b"runs\n"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_agent_ends_at_once(number: int, arbiter: FakeArbiter, run_agent: Run) -> None:
    agent = run_agent()
    until(lambda: ("POST", "/api/v1/agents/claim") in arbiter.calls, "the agent asks for work")
    agent.send_signal(number)
    assert agent.wait(8) == 0


def test_a_signal_lets_a_running_build_finish_within_the_grace(arbiter: FakeArbiter, run_agent: Run, tmp_path: Path) -> None:
    agent = run_agent(DOMINOCI_AGENT_GRACE="5")
    build_runs(arbiter, tmp_path / "pid", then=f"while ! test -e {tmp_path}/go; do sleep 0.02; done; echo finished")
    agent.terminate()
    until(lambda: b"agent.stopping" in (tmp_path / "agent.log").read_bytes(), "the signal was heard")
    (tmp_path / "go").touch()
    assert agent.wait(8) == 0
    assert arbiter.build("b1")["state"] == "success"
    assert arbiter.log("b1", 1) == b"runs\nfinished\n"


def test_a_build_that_does_not_finish_in_time_is_killed_and_handed_back(
    arbiter: FakeArbiter, run_agent: Run, tmp_path: Path
) -> None:
    agent = run_agent(DOMINOCI_AGENT_GRACE="0.5")
    build_runs(arbiter, tmp_path / "pid", then="trap '' TERM; sleep 600; sleep 600")
    agent.terminate()
    asked = time.monotonic()
    assert agent.wait(8) == 0
    assert time.monotonic() - asked < 8
    assert not alive(tmp_path / "pid")
    assert arbiter.builds["b1"].released == ["the agent is shutting down"]
    assert arbiter.builds["b1"].result is None


def test_the_steps_of_a_killed_agent_die_and_the_next_agent_clears_up(
    arbiter: FakeArbiter, run_agent: Run, tmp_path: Path
) -> None:
    agent = run_agent()
    daemon = f"setsid sh -c 'echo $$ > {tmp_path}/daemon; exec sleep 600' >/dev/null 2>&1 & "
    build_runs(arbiter, tmp_path / "pid", then=f"{daemon} while :; do sleep 1; done")
    until((tmp_path / "daemon").exists, "the daemon runs")
    agent.kill()
    agent.wait()
    until(lambda: not alive(tmp_path / "pid"), "the step is gone with its agent")
    assert alive(tmp_path / "daemon")
    run_agent()
    until(lambda: not alive(tmp_path / "daemon"), "the next agent kills what got away")
    until(lambda: not list((tmp_path / "work/builds").iterdir()), "the workspace is gone")
    arbiter.push({".factory/a.hcl": one_step("echo again")})
    assert arbiter.finished(arbiter.queue())["state"] == "success"


def test_an_agent_that_is_started_again_is_the_same_to_its_arbiter(arbiter: FakeArbiter, run_agent: Run) -> None:
    for _ in range(2):
        agent = run_agent()
        arbiter.push({".factory/a.hcl": one_step("true")})
        assert arbiter.finished(arbiter.queue())["state"] == "success"
        agent.kill()
        agent.wait()
    assert len(arbiter.agents) == 1


def test_an_agent_waits_quietly_for_its_arbiter(run_agent: Run, tmp_path: Path) -> None:
    agent = run_agent(DOMINOCI_URL="http://127.0.0.1:9")
    until((tmp_path / "work/lock").exists, "the agent is up")
    with pytest.raises(subprocess.TimeoutExpired):
        agent.wait(1)
    assert (tmp_path / "agent.log").read_bytes() == b""
    agent.terminate()
    assert agent.wait(8) == 0


def test_two_agents_do_not_share_a_work_folder(arbiter: FakeArbiter, run_agent: Run, tmp_path: Path) -> None:
    run_agent()
    until(lambda: ("POST", "/api/v1/agents/claim") in arbiter.calls, "the agent asks for work")
    second = run_agent()
    assert second.wait(20) == 1
    assert b"Error: another agent is using the work folder" in (tmp_path / "agent.log").read_bytes()


def test_no_secret_is_in_the_agents_log(arbiter: FakeArbiter, run_agent: Run, tmp_path: Path) -> None:
    enrolment = arbiter.enrolment()
    agent = run_agent(DOMINOCI_AGENT_TOKEN=enrolment)
    arbiter.push({".factory/a.hcl": one_step("true")})
    arbiter.finished(arbiter.queue(secrets={"KEY": "hunter2-long"}))
    arbiter.finished(arbiter.queue(repository={"url": "/git/p1.git", "password": "wrong-pass"}, ref="x", branch="x"))
    agent.terminate()
    agent.wait(8)
    said = (tmp_path / "agent.log").read_text()
    secrets = [
        enrolment,
        "hunter2-long",
        "wrong-pass",
        *arbiter.agents,
        *(build.claim["token"] for build in arbiter.builds.values()),
    ]
    assert '"event": "build.finished"' in said
    assert [secret for secret in secrets if secret in said] == []


class Swallowed:
    """An arbiter's log that is hashed, not held; every tenth chunk is stored without an answer, as a bad network does."""

    def __init__(self) -> None:
        self.digest, self.size, self.chunks, self.largest = hashlib.sha256(), 0, 0, 0

    def take(self, call: Call) -> Answer | None:
        if not call.path.endswith("/log"):
            return None
        offset = int(call.query["offset"][0])
        if offset != self.size:
            return Answer(409, {"expected_offset": self.size})
        self.digest.update(call.body)
        self.size += len(call.body)
        self.chunks += 1
        self.largest = max(self.largest, len(call.body))
        return Answer(503) if self.chunks % 10 == 0 else Answer(200, {"size": self.size})


def test_a_line_of_many_megabytes_of_junk_goes_through_a_little_memory(
    arbiter: FakeArbiter, run_agent: Run, tmp_path: Path
) -> None:
    log = Swallowed()
    arbiter.faults.append(log.take)
    agent = run_agent()
    junk = f"head -c 64000000 /dev/urandom | tr '\\n' ' ' > junk; sha256sum junk > {tmp_path}/sum; cat junk"
    arbiter.push({".factory/a.hcl": one_step(junk)})
    arbiter.queue(secrets={"KEY": "hunter2-long", "CERTIFICATE": "-----BEGIN-----\n" + "QUJD" * 500})
    assert arbiter.finished("b1", 90)["state"] == "success"
    assert log.size == 64_000_000
    assert log.digest.hexdigest() == (tmp_path / "sum").read_text().split()[0]
    assert log.largest <= 1024 * 1024
    highest = next(line for line in Path(f"/proc/{agent.pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    # what an idle agent takes is about 45 MB
    assert int(highest.split()[1]) < 120 * 1024
