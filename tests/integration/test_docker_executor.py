"""The docker executor on a real engine: what a step can do in its container, what it cannot, and that nothing of it is left."""

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dominoci_agent.runtime.docker import DockerExecutor
from dominoci_agent.runtime.engine import BUILD, Containers
from dominoci_agent.runtime.engine import Engine as Client
from dominoci_agent.runtime.executors import Executors
from dominoci_agent.runtime.local import Ended
from dominoci_agent.runtime.stop import Stop, Why
from tests.bed.docker import TINY, Engine, OwnEngine
from tests.integration.containers import Building, Said
from tests.waiting import until

MEMORY = 64 * 1024 * 1024
BOUNDS = r"""
cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max /sys/fs/cgroup/cpu.max 2>/dev/null ||
cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us
"""


@pytest.fixture
def executor(docker_engine: Engine) -> Iterator[DockerExecutor]:
    """On the shared engine; pulls nothing."""
    client = Client(Containers(docker_engine.host, cpus=0.5, memory=MEMORY, pids=64, pull=False))
    yield DockerExecutor(client, kill_after_s=0.5)
    client.close()


@pytest.fixture
def building(tmp_path: Path, executor: DockerExecutor, docker_engine: Engine) -> Iterator[Building]:
    """A build, of which nothing may be left once it has ended."""
    made = Building(tmp_path)
    yield made
    executor.engine.forget(made.mark)
    assert docker_engine.left(f"{BUILD}={made.mark}") == []


@pytest.fixture
def stop() -> Iterator[Stop]:
    made = Stop()
    yield made
    made.close()


def test_a_step_runs_in_the_image_of_a_debian_that_debootstrap_made(
    executor: DockerExecutor, building: Building, stop: Stop, docker_engine: Engine
) -> None:
    said = Said()
    (building.workspace / "source.txt").write_text("from the checkout\n")
    python = "python3 -c 'import sys; print(sys.version_info[0], file=sys.stderr)'"
    script = f"cat source.txt; {python}; echo $WORD; pwd; echo made >made"
    command = building.step(script, environment={"WORD": "given"}, image=docker_engine.debian())
    assert executor.run(command, said, stop) == Ended(exit_code=0)
    assert sorted(said.lines) == sorted(["from the checkout", "3", "given", str(building.workspace)])
    made = building.workspace / "made"
    assert made.read_text() == "made\n"
    assert made.stat().st_uid == os.getuid()


def test_a_step_has_no_rights_and_no_socket_and_the_bounds_of_its_agent(
    executor: DockerExecutor, building: Building, stop: Stop
) -> None:
    said = Said()
    script = f"grep -E 'CapEff|NoNewPrivs' /proc/self/status; ls /var/run/docker.sock || true; echo $PATH; {BOUNDS}"
    assert executor.run(building.step(script), said, stop).exit_code == 0
    assert "CapEff:\t0000000000000000" in said.lines
    assert "NoNewPrivs:\t1" in said.lines
    assert "ls: /var/run/docker.sock: No such file or directory" in said.lines
    assert os.environ["PATH"] not in said.lines
    assert said.lines[-3:] in ([str(MEMORY), "64", "50000"], [str(MEMORY), "64", "50000 100000"])


@pytest.mark.parametrize(
    ("argv", "expected", "line"),
    [
        (("exit 3",), Ended(exit_code=3), None),
        (("/bin/none", "x"), Ended(exit_code=127), "exec /bin/none failed: No such file"),
        (("/etc", "x"), Ended(exit_code=126), "exec /etc failed: Permission denied"),
        (("tail /dev/zero",), Ended(exit_code=137), f"out of memory: the limit is {MEMORY} bytes"),
    ],
)
def test_how_a_program_ended_is_told(
    argv: tuple[str, ...], expected: Ended, line: str | None, executor: DockerExecutor, building: Building, stop: Stop
) -> None:
    said = Said()
    assert executor.run(building.step(*argv), said, stop) == expected
    assert line is None or any(line in found for found in said.lines), said.lines


def test_an_image_that_is_not_here_is_told_and_not_pulled(executor: DockerExecutor, building: Building, stop: Stop) -> None:
    said = Said()
    assert executor.run(building.step("true", image="example.test/none:1"), said, stop) == Ended(exit_code=127)
    assert 'the image "example.test/none:1" is not on this machine' in said.lines[0]


def test_an_engine_that_is_gone_is_trouble_and_no_failure_of_the_step(building: Building, stop: Stop, tmp_path: Path) -> None:
    client = Client(Containers(f"unix://{tmp_path}/none"))
    assert not client.answers()
    ended = DockerExecutor(client).run(building.step("true"), Said(), stop)
    assert ended.exit_code is None
    assert ended.trouble is not None
    assert ended.trouble.startswith("docker: no Docker engine answers at unix:///")


@pytest.mark.parametrize(("why", "hears_term"), [("timeout", False), ("cancel", False), ("cancel", True)])
def test_what_is_stopped_is_told_to_end_then_killed_and_nothing_is_left(
    why: str, hears_term: bool, executor: DockerExecutor, building: Building, stop: Stop, docker_engine: Engine
) -> None:
    said = Said()
    trap = "trap 'echo asked; exit 1' TERM" if hears_term else "trap '' TERM"
    command = building.step(f"{trap}; echo ready; while :; do sleep 0.1; done", timeout_s=3.0 if why == "timeout" else None)
    ended: list[Ended] = []
    thread = threading.Thread(target=lambda: ended.append(executor.run(command, said, stop)))
    thread.start()
    until(lambda: b"ready" in said.text or ended, "the step runs")
    if why == "cancel":
        stop.throw(Why.CANCELLED)
    thread.join(30)
    assert ended == [Ended(1 if hears_term else 137, timed_out=why == "timeout", stopped=why == "cancel")]
    assert ("asked" in said.lines) is hears_term
    assert not any("/" in name for name in docker_engine.left(f"{BUILD}={building.mark}")), "only the network may be there"


def test_a_reader_that_is_full_holds_the_program_back_and_loses_nothing(
    executor: DockerExecutor, building: Building, stop: Stop
) -> None:
    said, lines = Said(full=True), 1_000_000
    script = f"seq {lines}; echo done >finished"
    ended: list[Ended] = []
    thread = threading.Thread(target=lambda: ended.append(executor.run(building.step(script), said, stop)))
    thread.start()
    thread.join(1.5)
    assert not (building.workspace / "finished").exists(), "it could write on though nobody read"
    assert said.text == b""
    said.full = False
    thread.join(60)
    assert ended == [Ended(exit_code=0)]
    assert said.lines == [str(number) for number in range(1, lines + 1)]


def test_a_program_that_closed_its_output_is_waited_for_and_can_be_stopped(
    executor: DockerExecutor, building: Building, stop: Stop
) -> None:
    assert executor.run(building.step("exec >&- 2>&-; sleep 0.3; exit 4"), Said(), stop) == Ended(exit_code=4)
    ended = executor.run(building.step("exec >&- 2>&-; sleep 60", timeout_s=0.7), Said(), stop)
    assert ended.timed_out


def test_steps_of_a_build_reach_each_other_and_nobody_else_does(
    executor: DockerExecutor, building: Building, stop: Stop, tmp_path: Path, docker_engine: Engine
) -> None:
    serve = building.step("hostname -i >address; exec nc -ll -p 8000 -e echo hello")
    serving = threading.Thread(target=executor.run, args=(serve, Said(), stop))
    serving.start()
    until(lambda: (building.workspace / "address").exists() and (building.workspace / "address").read_text(), "it serves")
    address = (building.workspace / "address").read_text().strip()
    said, ask = Said(), f"nc -w 1 {address} 8000 </dev/null"
    assert executor.run(building.step(f"until {ask}; do sleep 0.1; done"), said, stop).exit_code == 0
    assert said.lines[-1] == "hello"
    stranger = Building(tmp_path)
    assert executor.run(stranger.step(ask), Said(), stop).exit_code == 1
    executor.engine.forget(stranger.mark)
    stop.throw(Why.CANCELLED)
    serving.join(30)


def test_one_rule_closes_the_host_to_all_builds(
    executor: DockerExecutor, building: Building, stop: Stop, docker_engine: Engine, service_of_the_host: Callable[[], None]
) -> None:
    """The rule that docs/agents.md gives."""
    ask = "gateway=$(ip route | awk '/default/ {print $3}'); nc -w 1 $gateway 7000 </dev/null"
    said = Said()
    assert executor.run(building.step(ask), said, stop).exit_code == 0, said.lines
    service_of_the_host()
    assert executor.run(building.step(ask), Said(), stop).exit_code == 1


@pytest.fixture
def service_of_the_host(docker_engine: Engine) -> Iterator[Callable[[], None]]:
    """Something listens on all addresses of the machine; call it to close the machine to builds."""
    listening = subprocess.Popen(docker_engine.inside("busybox", "nc", "-ll", "-p", "7000", "-e", "echo", "secret"))
    rule = ("INPUT", "-i", "dmn-+", "-j", "DROP")
    put: list[bool] = []

    def close() -> None:
        subprocess.run(docker_engine.inside("iptables", "-I", *rule), check=True)
        put.append(True)

    yield close
    if put:
        subprocess.run(docker_engine.inside("iptables", "-D", *rule), check=True)
    listening.send_signal(signal.SIGKILL)
    listening.wait()


def test_two_engines_do_not_touch_each_other_nor_this_machine(docker_engine: Engine, building: Building) -> None:
    folder = Path(tempfile.mkdtemp(), "e")  # short, for there are sockets in it
    bridge = f"kept-{building.mark[:8]}"

    def rules() -> list[str]:
        # of one network: other tests have theirs on this engine
        return [rule for rule in docker_engine.rules().splitlines() if bridge in rule]

    with docker_engine.client() as client:
        options = {"com.docker.network.bridge.name": bridge}
        network = client.networks.create(bridge, driver="bridge", options=options, labels={BUILD: building.mark})
        try:
            before = rules()
            with OwnEngine(folder) as second:
                assert bridge not in second.rules()
                assert rules() == before != []
            assert rules() == before
        finally:
            network.remove()
    assert not folder.exists()


def test_an_agent_says_what_it_has(docker_engine: Engine, tmp_path: Path) -> None:
    found = {}
    for name, containers in {
        "both": Containers(docker_engine.host),
        "only": Containers(docker_engine.host, only=True),
        "none": Containers("none"),
    }.items():
        executors = Executors.open(containers)
        found[name] = executors.available
        executors.close()
    assert found["both"] == {"local", "docker", "compose"}
    assert found["only"] == {"docker", "compose"}
    assert found["none"] == {"local"}


def test_strangers_code_runs_in_a_container_though_no_step_says_so(
    docker_engine: Engine, building: Building, stop: Stop
) -> None:
    executors = Executors.open(Containers(docker_engine.host, image=TINY, pull=False))
    said = Said()
    assert executors.run(building.step("cat /proc/1/comm", image=None, isolated=True), said, stop).exit_code == 0
    assert said.lines == ["docker-init"]
    executors.run(building.step("cat /proc/1/comm", image=None), said, stop)
    assert said.lines[1:] == [Path("/proc/1/comm").read_text().strip()]
    executors.end_build(building.mark)
    executors.close()
