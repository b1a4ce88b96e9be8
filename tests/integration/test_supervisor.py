"""`dominoci up` keeps its children running and takes every one of them along when it goes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from tests.waiting import until

REPOSITORY = Path(__file__).parents[2]
STOP_S = 30  # ten are promised, but the machine may be busy with other tests
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a supervisor of these stages on a folder under tmp_path; all are gone after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*stages: list[dict[str, Any]], **spec: Any) -> subprocess.Popen[bytes]:
        whole = {"folder": str(tmp_path), "port": _free_port(), "stages": stages, **spec}
        argv = [sys.executable, "-m", "tests.fakes.supervised", json.dumps(whole)]
        with (tmp_path / "screen").open("ab") as screen:
            started.append(subprocess.Popen(argv, cwd=REPOSITORY, stdout=screen, stderr=screen))
        return started[-1]

    yield run
    for one in started:
        one.terminate()
        one.wait(60)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def sleeper(folder: Path, name: str, before: str = "", **more: Any) -> dict[str, Any]:
    """A child that notes its number in `<name>.pid` and lives on, after the shell commands `before`."""
    script = f"{before} echo $$ > {folder}/{name}.new; mv {folder}/{name}.new {folder}/{name}.pid; exec sleep 600"
    return {"name": name, "argv": ["sh", "-c", script], **more}


def pid_of(folder: Path, name: str) -> int:
    """The number that the child noted, as soon as it has."""
    file = folder / f"{name}.pid"
    until(file.exists, f"{name} runs")
    return int(file.read_text())


def alive(pid: int) -> bool:
    """Whether a process of that number runs (a zombie that nobody reaps does not count)."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def screen(folder: Path) -> str:
    """What the supervisor has shown so far."""
    return (folder / "screen").read_text()


def test_a_child_that_dies_is_started_again_and_one_line_says_so(start: Start, tmp_path: Path) -> None:
    start([sleeper(tmp_path, "web")])
    first = pid_of(tmp_path, "web")
    os.kill(first, signal.SIGKILL)
    until(lambda: pid_of(tmp_path, "web") != first, "web runs again")
    assert screen(tmp_path).count("web was killed by signal 9; starting it again in 1 s") == 1


def test_a_child_that_keeps_dying_waits_twice_as_long_each_time(start: Start, tmp_path: Path) -> None:
    start([{"name": "web", "argv": ["false"]}])
    until(lambda: "in 4 s" in screen(tmp_path), "three failures")
    assert re.findall(r"web ended with exit code 1; starting it again in (\d) s", screen(tmp_path)) == ["1", "2", "4"]


def test_a_command_that_does_not_exist_is_told_and_tried_again(start: Start, tmp_path: Path) -> None:
    start([{"name": "web", "argv": ["/no/such/program"]}])
    until(lambda: "could not be started (No such file or directory)" in screen(tmp_path), "the line")


def test_what_runs_once_is_not_started_again(start: Start, tmp_path: Path) -> None:
    once = {"name": "demo", "argv": ["sh", "-c", f"echo ran >> {tmp_path}/ran"], "once": True}
    start([once], [sleeper(tmp_path, "web")])
    until((tmp_path / "stage-1").exists, "the second stage")
    until((tmp_path / "ran").exists, "it ran")
    os.kill(pid_of(tmp_path, "web"), signal.SIGKILL)  # whatever is restarted now comes not before web does
    until(lambda: "starting it again" in screen(tmp_path), "web is due")
    assert (tmp_path / "ran").read_text() == "ran\n"


def test_a_stage_waits_until_the_one_before_is_ready(start: Start, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    start([sleeper(tmp_path, "web", ready=str(flag))], [sleeper(tmp_path, "agent")])
    pid_of(tmp_path, "web")
    assert not (tmp_path / "stage-0").exists()
    flag.touch()
    pid_of(tmp_path, "agent")
    until((tmp_path / "stage-1").exists, "all is ready")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_child_and_then_the_parent(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    parent = start([sleeper(tmp_path, "web"), sleeper(tmp_path, "agent", stop_rank=0)])
    children = [pid_of(tmp_path, "web"), pid_of(tmp_path, "agent")]
    parent.send_signal(number)
    assert parent.wait(STOP_S) == 0
    assert not any(alive(pid) for pid in children)


def test_the_agent_is_stopped_while_web_still_runs_and_valkey_last(start: Start, tmp_path: Path) -> None:
    def telling(name: str, rank: int) -> dict[str, Any]:
        script = f"trap 'echo {name} >> {tmp_path}/order; exit 0' TERM; touch {tmp_path}/{name}; while :; do sleep 0.05; done"
        return {"name": name, "argv": ["sh", "-c", script], "stop_rank": rank, "ready": f"{tmp_path}/{name}"}

    parent = start([telling("store", 2)], [telling("web", 1), telling("agent", 0)])
    until((tmp_path / "stage-1").exists, "all is ready")
    parent.terminate()
    assert parent.wait(STOP_S) == 0
    assert (tmp_path / "order").read_text().split() == ["agent", "web", "store"]


def test_a_child_that_will_not_stop_is_killed_within_ten_seconds(start: Start, tmp_path: Path) -> None:
    parent = start([sleeper(tmp_path, "web", before="trap '' TERM;"), sleeper(tmp_path, "agent", "trap '' TERM;", stop_rank=0)])
    children = [pid_of(tmp_path, "web"), pid_of(tmp_path, "agent")]
    parent.terminate()
    assert parent.wait(STOP_S) == 0
    assert not any(alive(pid) for pid in children)


def test_a_second_signal_ends_all_at_once(start: Start, tmp_path: Path) -> None:
    parent = start([sleeper(tmp_path, "web", before="trap '' TERM;")], stop_s=600)
    child = pid_of(tmp_path, "web")

    def ended_by_another_signal() -> bool:
        parent.terminate()
        time.sleep(1.2)  # two within a second count as one
        return parent.poll() is not None

    until(ended_by_another_signal, "the parent ended long before its ten minutes")
    assert not alive(child)


def test_one_ctrl_c_that_comes_twice_is_still_an_orderly_stop(start: Start, tmp_path: Path) -> None:
    orderly = f"trap 'while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; touch {tmp_path}/orderly; exit 0' TERM"
    web = {"name": "web", "argv": ["sh", "-c", f"{orderly}; touch {tmp_path}/up; while :; do sleep 0.05; done"]}
    parent = start([{**web, "ready": f"{tmp_path}/up"}], stop_s=600)
    until((tmp_path / "stage-0").exists, "all is ready")
    parent.send_signal(signal.SIGINT)
    parent.send_signal(signal.SIGTERM)
    until(lambda: "stopping" in screen(tmp_path), "the signals are heard")
    (tmp_path / "go").touch()
    assert parent.wait(STOP_S) == 0
    assert (tmp_path / "orderly").exists()


def test_what_a_dead_child_left_behind_does_not_meet_its_successor(start: Start, tmp_path: Path) -> None:
    start([sleeper(tmp_path, "web", before=f"sleep 600 & echo $! > {tmp_path}/left.pid;")])
    web, left = pid_of(tmp_path, "web"), pid_of(tmp_path, "left")
    os.kill(web, signal.SIGKILL)
    until(lambda: pid_of(tmp_path, "web") != web, "web runs again")
    assert not alive(left)


def test_kill_9_of_the_parent_leaves_no_child(start: Start, tmp_path: Path) -> None:
    parent = start([{"name": "valkey"}], [sleeper(tmp_path, "web"), sleeper(tmp_path, "agent", stop_rank=0)])
    until((tmp_path / "stage-1").exists, "all is ready")
    children = _children(parent.pid)
    assert len(children) == 3
    parent.kill()
    until(lambda: not any(alive(pid) for pid in children), "every child is gone", within_s=10)


def test_after_kill_9_the_next_start_waits_for_what_still_ends_and_finds_valkey_empty(start: Start, tmp_path: Path) -> None:
    lingering = f"trap 'while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; exit 0' TERM"
    slow = f"{lingering}; touch {tmp_path}/up; while :; do sleep 0.05; done"
    web = {"name": "web", "argv": ["sh", "-c", slow], "ready": f"{tmp_path}/up"}
    parent = start([{"name": "valkey"}], [web])
    until((tmp_path / "stage-1").exists, "all is ready")
    with Redis(unix_socket_path=str(tmp_path / "valkey.sock")) as redis:
        redis.set("left", "over")
    parent.kill()
    parent.wait(5)
    (tmp_path / "stage-1").unlink()
    start([{"name": "valkey"}], [web])
    until(lambda: "waiting for the processes of the last run to end" in screen(tmp_path), "the second start waits")
    (tmp_path / "go").touch()
    until((tmp_path / "stage-1").exists, "all is ready again")
    with Redis(unix_socket_path=str(tmp_path / "valkey.sock")) as redis:
        assert redis.get("left") is None


def test_valkey_runs_also_under_a_path_too_long_for_a_socket(start: Start, tmp_path: Path) -> None:
    start([{"name": "valkey"}], data=str(tmp_path / ("long" * 30)))
    until((tmp_path / "stage-0").exists, "valkey answers")


def test_a_second_start_on_the_same_folder_is_refused_in_one_line(start: Start, tmp_path: Path) -> None:
    start([sleeper(tmp_path, "web")])
    pid_of(tmp_path, "web")
    assert start([sleeper(tmp_path, "web")]).wait(STOP_S) == 2
    assert f"dominoci: dominoci is already running on the data folder {tmp_path}\n" in screen(tmp_path)


def test_a_port_in_use_is_told_in_one_line(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert start([sleeper(tmp_path, "web")], port=port).wait(STOP_S) == 2
    assert screen(tmp_path) == (
        f"dominoci: cannot listen on 127.0.0.1 port {port} (Address already in use); choose another with --host and --port\n"
    )


def test_a_data_folder_that_cannot_be_made_is_told_in_one_line(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert start([sleeper(tmp_path, "web")], data=str(tmp_path / "file" / "data")).wait(STOP_S) == 2
    assert screen(tmp_path).startswith(f"dominoci: cannot write to the data folder {tmp_path}/file/data (Not a directory)")
    assert screen(tmp_path).count("\n") == 1


def test_output_is_shown_under_the_childs_name_and_kept(start: Start, tmp_path: Path) -> None:
    parent = start([sleeper(tmp_path, "web", before="echo hello; echo oops >&2; printf 'no end';")])
    pid_of(tmp_path, "web")
    parent.terminate()
    parent.wait(STOP_S)
    shown = [line for line in screen(tmp_path).splitlines() if line.startswith("web ")]
    assert shown == ["web       | hello", "web       | oops", "web       | no end"]
    assert (tmp_path / "logs" / "web.log").read_text() == "hello\noops\nno end\n"


def test_a_child_that_writes_without_end_fills_no_disk(start: Start, tmp_path: Path) -> None:
    start([{"name": "web", "argv": ["yes", "x" * 1000]}])
    until((tmp_path / "logs" / "web.log.1").exists, "the log was turned over", within_s=60)
    sizes = [file.stat().st_size for file in (tmp_path / "logs").iterdir()]
    assert sum(sizes) <= 2 * (5 << 20)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
