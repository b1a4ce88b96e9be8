"""The compose executor: docker-compose for real on a real engine, and what compose files may not ask for."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dominoci_agent.pipeline.model import Compose
from dominoci_agent.runtime.compose import ComposeExecutor, find_compose
from dominoci_agent.runtime.engine import STEP, WORK, Containers
from dominoci_agent.runtime.engine import Engine as Client
from dominoci_agent.runtime.local import Ended, LocalExecutor
from dominoci_agent.runtime.stop import Stop, Why
from tests.bed.docker import TINY, Engine
from tests.fakes.arbiter import FakeArbiter, git
from tests.integration.containers import Building, Said
from tests.waiting import until

MEMORY = 64 * 1024 * 1024
# as its image's user, for the tests are root; without it a service would run for ten seconds more
SERVICE = f"image: {TINY}, init: true, stop_grace_period: 1s"
MEMORY_MAX = "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null"
BOUNDS = f"{MEMORY_MAX}; grep NoNewPrivs /proc/self/status"


@pytest.fixture
def executor(docker_engine: Engine) -> Iterator[ComposeExecutor]:
    """docker-compose on the shared engine; pulls nothing."""
    client = Client(Containers(docker_engine.host, memory=MEMORY, pids=64, pull=False))
    program = find_compose()
    assert program is not None, "docker-compose is not installed: python -m tests.bed.missing"
    yield ComposeExecutor(client, LocalExecutor(), program)
    client.close()


@pytest.fixture
def building(tmp_path: Path, docker_engine: Engine) -> Iterator[Building]:
    """A build, of which nothing may be left."""
    made = Building(tmp_path)
    yield made
    assert docker_engine.left(f"{WORK}={made.mark.partition('.')[0]}") == []


@pytest.fixture
def stop() -> Iterator[Stop]:
    made = Stop()
    yield made
    made.close()


def step(building: Building, content: str, network: str = "default", **more: Any) -> Any:
    """A compose step with its definition written into it."""
    return building.step(compose=Compose(content=content, network=network), **more)


def test_services_of_a_file_share_a_network_and_the_workspace_and_say_who_speaks(
    executor: ComposeExecutor, building: Building, stop: Stop
) -> None:
    (building.workspace / "ci").mkdir()
    (building.workspace / "ci" / "of-the-folder").write_text("seen")
    (building.workspace / "ci" / "job.yml").write_text(f"""
services:
  server: {{{SERVICE}, command: [nc, -ll, -p, "8000", -e, echo, hello], ports: ["8000:8000"], volumes: [kept:/kept]}}
  client:
    image: {TINY}
    depends_on: [server]
    x-domino: {{main: true}}
    environment: {{GREETING: "${{WORD}} $$5", BRANCH: }}
    volumes: [./:/here:ro]
    command:
      - sh
      - -c
      - |
        nc -w 5 server 8000 </dev/null; echo "$$GREETING $$DOMINO_WORKSPACE" | tee /workspace/made
        cat /here/of-the-folder; exit 5
networks: {{default: {{}}}}
volumes: {{kept: {{}}}}
""")
    said = Said()
    command = building.step(compose=Compose(file="ci/job.yml"), environment={"WORD": "good", "DOCKER_HOST": "unix:///none"})
    assert executor.run(command, said, stop) == Ended(exit_code=5)
    assert (building.workspace / "made").read_text() == "good $5 /workspace\n"
    of_client = [line.partition("|")[2].strip() for line in said.lines if line.startswith("client_1")]
    assert of_client[:2] == ["hello", "good $5 /workspace"]
    assert "service server: ports are not published; other services reach it by its name" in said.lines


def test_without_a_main_service_the_first_that_fails_ends_all(executor: ComposeExecutor, building: Building, stop: Stop) -> None:
    first, forever = "command: [sh, -c, 'sleep 0.5; exit 4']", "command: [sleep, '600']"
    content = f"services: {{a: {{{SERVICE}, {first}}}, b: {{{SERVICE}, {forever}}}, c: {{{SERVICE}, command: ['true']}}}}"
    assert executor.run(step(building, content), Said(), stop) == Ended(exit_code=4)


@pytest.mark.parametrize(("network", "goes_out"), [("default", True), ("internal", False), ("none", False)])
def test_a_job_has_the_network_that_it_asked_for_and_the_bounds_of_its_agent(
    network: str, goes_out: bool, executor: ComposeExecutor, building: Building, stop: Stop, outside: str
) -> None:
    said, script = Said(), f"nc -w 1 {outside} 80 </dev/null || echo closed; ls /sys/class/net | wc -l; {BOUNDS}"
    content = f"services: {{a: {{image: {TINY}, command: [sh, -c, '{script}']}}}}"
    assert executor.run(step(building, content, network), said, stop) == Ended(exit_code=0), said.lines
    told = [line.partition("|")[2].strip() for line in said.lines if line.startswith("a_1") and "nc:" not in line]
    assert told == ["outside" if goes_out else "closed", "1" if network == "none" else "2", str(MEMORY), "NoNewPrivs:\t1"]


@pytest.fixture(scope="module")
def outside(docker_engine: Engine) -> Iterator[str]:
    """The address of a server beyond the machine of the engine."""
    server = subprocess.Popen(["unshare", "--net", "busybox", "nc", "-ll", "-p", "80", "-e", "echo", "outside"])
    try:
        here, its = Path("/proc/self/ns/net").readlink(), Path(f"/proc/{server.pid}/ns/net")
        until(lambda: its.readlink() != here, "it has a network of its own")
        there = ["nsenter", "-t", str(server.pid), "-n"]
        for argv in (
            docker_engine.inside("ip", "link", "add", "out0", "type", "veth", "peer", "name", "out1", "netns", str(server.pid)),
            docker_engine.inside("ip", "address", "add", "192.0.2.2/24", "dev", "out0"),
            docker_engine.inside("ip", "link", "set", "out0", "up"),
            [*there, "ip", "address", "add", "192.0.2.1/24", "dev", "out1"],
            [*there, "ip", "link", "set", "out1", "up"],
        ):
            subprocess.run(argv, check=True)
        yield "192.0.2.1"
    finally:
        server.kill()
        server.wait()


@pytest.mark.parametrize("why", ["timeout", "cancel"])
def test_what_is_stopped_is_brought_down(
    why: str, executor: ComposeExecutor, building: Building, stop: Stop, docker_engine: Engine
) -> None:
    content = f"""
services: {{a: {{{SERVICE}, command: [sh, -c, 'echo ready; sleep 600'], volumes: ["v:/v"], networks: [n]}}}}
volumes: {{v: }}
networks: {{n: }}
"""
    command, said = step(building, content, timeout_s=4.0 if why == "timeout" else None), Said()
    ended: list[Ended] = []
    thread = threading.Thread(target=lambda: ended.append(executor.run(command, said, stop)))
    thread.start()
    if why == "cancel":
        until(lambda: b"ready" in said.text, "the service runs")
        assert len(docker_engine.left(f"{STEP}={command.mark}")) == 3
        stop.throw(Why.CANCELLED)
    thread.join(60)
    assert (ended[0].timed_out, ended[0].stopped) == (why == "timeout", why == "cancel")
    assert docker_engine.left(f"{STEP}={command.mark}") == []


def test_a_missing_image_is_told_before_anything_starts(executor: ComposeExecutor, building: Building, stop: Stop) -> None:
    said = Said()
    assert executor.run(step(building, "services: {a: {image: 'example.test/none:1'}}"), said, stop) == Ended(exit_code=127)
    assert 'the image "example.test/none:1" is not on this machine' in said.lines[0]


def test_what_an_agent_left_that_was_killed_is_gone_once_it_runs_again(docker_engine: Engine, tmp_path: Path) -> None:
    """kill -9 of a real agent process in the middle of a compose step."""
    job = f"services: {{a: {{{SERVICE}, command: [sh, -c, 'echo runs; sleep 600'], volumes: ['v:/v']}}}}\nvolumes: {{v: }}\n"
    flow = "workflows: [{workflow: {name: w, jobs: [{job: {name: j, action: job.yml}}]}}]\n"
    work = tmp_path / "work"
    with FakeArbiter(tmp_path / "arbiter") as arbiter, Agents(arbiter, docker_engine, work) as agents:
        arbiter.push({"README": "what the run's repository begins with"})
        workspace = arbiter.repository.with_name("run.git")
        git(workspace.parent, "clone", "--quiet", "--bare", str(arbiter.repository), str(workspace))
        git(workspace, "config", "http.receivepack", "true")
        arbiter.push({".flow.yml": flow, "job.yml": job})
        shown = {"url": "/git/run.git", "username": "run", "password": "secret"}
        given = {"name": "j", "run": "r", "fired_by": [], "workspace": shown}
        build = arbiter.queue(repository={"url": "/git/p1.git", "password": "secret"}, job=given)
        agents.start()
        until(lambda: b"runs" in arbiter.log(build, 1), "the service runs")
        mark = f"{WORK}={(work / 'id').read_text().strip()}"
        left = docker_engine.left(mark)
        assert len(left) == 3, f"a container, a network, a volume, and not: {left}"
        agents.kill()
        assert docker_engine.left(mark) == left
        agents.start()
        until(lambda: not docker_engine.left(mark), "the next agent removes what the killed one left")
        until(lambda: not list((work / "builds").iterdir()), "and its folders")


class Agents:
    """One real agent process after the other on one work folder; a context manager."""

    def __init__(self, arbiter: FakeArbiter, engine: Engine, work: Path) -> None:
        own = {"DOMINOCI_URL": arbiter.url, "DOMINOCI_AGENT_TOKEN": arbiter.enrolment(), "DOMINOCI_AGENT_WORK": str(work)}
        of_engine = {"DOMINOCI_AGENT_DOCKER_HOST": engine.host, "DOMINOCI_AGENT_PULL": "never"}
        self._env = {"PATH": os.environ["PATH"], **own, **of_engine}
        self._log = work.with_name("agent.log")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Agents":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        with self._log.open("ab") as log:
            argv = [sys.executable, "-P", "-m", "dominoci_agent.cli", "run"]
            self._process = subprocess.Popen(argv, env=self._env, cwd=self._log.parent, stdout=log, stderr=log)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
