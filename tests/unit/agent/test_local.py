"""Every process of a step ends with it, and how it ended is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from dominoci_agent.runtime.leftovers import MARKER, Warden, sweep
from dominoci_agent.runtime.local import Command, Ended, LocalExecutor
from dominoci_agent.runtime.stop import Stop, Why
from tests.waiting import until

PATH = {"PATH": os.environ["PATH"]}
# other runs of these tests on the same machine have processes of their own
MARK = uuid.uuid4().hex


class Output:
    """A sink that keeps everything; `full` refuses to take more."""

    def __init__(self) -> None:
        self.data = b""
        self.full = False

    def write(self, data: bytes) -> None:
        self.data += data

    def room(self) -> bool:
        return not self.full


@pytest.fixture
def stop() -> Iterator[Stop]:
    made = Stop()
    yield made
    made.close()


@pytest.fixture
def output() -> Output:
    return Output()


def run(script: str, output: Output, stop: Stop, folder: Path, timeout_s: float | None = None, mark: str = f"{MARK}.1") -> Ended:
    """Run a shell script; TERM is followed by KILL after 0.3 s."""
    executor = LocalExecutor(kill_after_s=0.3)
    return executor.run(Command(["/bin/sh", "-ec", script], PATH, folder, mark, timeout_s), output, stop)


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie that nobody has collected does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_output_of_both_streams_comes_in_order_and_the_exit_code_is_told(output: Output, stop: Stop, tmp_path: Path) -> None:
    assert run("echo out; echo err >&2; echo out; exit 3", output, stop, tmp_path) == Ended(exit_code=3)
    assert output.data == b"out\nerr\nout\n"


def test_the_first_failing_command_ends_the_step(output: Output, stop: Stop, tmp_path: Path) -> None:
    assert run("false\necho never", output, stop, tmp_path).exit_code == 1
    assert output.data == b""


def test_a_step_has_its_own_session_no_input_and_only_the_given_environment(output: Output, stop: Stop, tmp_path: Path) -> None:
    run("ps -o sid= -p $$; echo $$; cat; env | sort; pwd", output, stop, tmp_path)
    session, own, *environment, folder = output.data.decode().split()
    assert session == own
    assert {line.partition("=")[0] for line in environment} == {"PATH", "PWD", MARKER}
    assert folder == str(tmp_path)


def test_a_large_output_arrives_whole(output: Output, stop: Stop, tmp_path: Path) -> None:
    run("seq 1 200000", output, stop, tmp_path)
    assert output.data == b"".join(b"%d\n" % number for number in range(1, 200_001))


@pytest.mark.parametrize(("program", "code"), [("/nonexistent/x", 127), ("/etc/passwd", 126), ("/", 126)])
def test_a_program_that_cannot_start_is_told_as_a_shell_does(
    program: str, code: int, output: Output, stop: Stop, tmp_path: Path
) -> None:
    assert LocalExecutor().run(Command([program], PATH, tmp_path, f"{MARK}.1"), output, stop) == Ended(exit_code=code)
    assert output.data.startswith(f"cannot run {program}: ".encode())


def test_the_signal_that_ended_a_step_is_told(output: Output, stop: Stop, tmp_path: Path) -> None:
    assert run("kill -SEGV $$", output, stop, tmp_path) == Ended(signal="SIGSEGV")


def test_a_step_that_takes_too_long_gets_term_first(output: Output, stop: Stop, tmp_path: Path) -> None:
    ended = run("trap 'echo cleaning up; exit 9' TERM; sleep 600 & wait", output, stop, tmp_path, timeout_s=0.1)
    assert ended == Ended(exit_code=9, timed_out=True)
    assert output.data == b"cleaning up\n"


def test_a_step_that_ignores_term_is_killed_with_its_whole_group(output: Output, stop: Stop, tmp_path: Path) -> None:
    ended = run("trap '' TERM; sleep 601 & echo $!; wait; sleep 602", output, stop, tmp_path, timeout_s=0.1)
    assert ended == Ended(signal="SIGKILL", timed_out=True)
    until(lambda: not alive(int(output.data)), "the child of the step is gone")


def test_stopping_the_build_ends_the_step(output: Output, stop: Stop, tmp_path: Path) -> None:
    threading.Timer(0.1, stop.throw, [Why.CANCELLED]).start()
    assert run("sleep 600", output, stop, tmp_path) == Ended(signal="SIGTERM", stopped=True)


def test_nothing_is_started_in_a_stopped_build(output: Output, stop: Stop, tmp_path: Path) -> None:
    stop.throw(Why.CANCELLED)
    assert run("touch canary", output, stop, tmp_path) == Ended(stopped=True)
    assert not (tmp_path / "canary").exists()


def test_children_that_outlive_the_step_are_killed(output: Output, stop: Stop, tmp_path: Path) -> None:
    # without an environment it is the group alone that tells whose it is
    assert run("env -i sleep 600 & echo $!", output, stop, tmp_path).exit_code == 0
    until(lambda: not alive(int(output.data)), "the child is gone")


@pytest.mark.parametrize("redirect", ["", ">/dev/null 2>&1"])
def test_a_daemon_with_a_session_of_its_own_is_killed_too(redirect: str, output: Output, stop: Stop, tmp_path: Path) -> None:
    daemon = f"setsid sh -c 'echo $$ > {tmp_path}/pid; exec sleep 600' {redirect} &"
    script = f"{daemon} while ! test -s {tmp_path}/pid; do sleep 0.01; done"
    assert run(script, output, stop, tmp_path).exit_code == 0
    until(lambda: not alive(int((tmp_path / "pid").read_text())), "the daemon is gone")


def test_the_daemons_of_another_step_are_left_alone(output: Output, stop: Stop, tmp_path: Path) -> None:
    own = f"{MARK}-{tmp_path.name}"  # what other tests' steps have left is none of this one's business
    other = subprocess.Popen(["sleep", "600"], env={**PATH, MARKER: f"{own}.11"})
    try:
        run("true", output, stop, tmp_path, mark=f"{own}.1")
        assert alive(other.pid)
        assert sweep(f"{own}.") == 1
        assert other.wait() == -signal.SIGKILL
    finally:
        other.kill()


def test_a_full_log_holds_the_step_back_and_it_can_still_be_stopped(output: Output, stop: Stop, tmp_path: Path) -> None:
    output.full = True
    ended: list[Ended] = []
    thread = threading.Thread(target=lambda: ended.append(run("yes", output, stop, tmp_path)))
    thread.start()
    threading.Event().wait(0.2)
    assert output.data == b""
    stop.throw(Why.CANCELLED)
    thread.join(10)
    assert ended == [Ended(signal="SIGTERM", stopped=True)]


def test_a_step_goes_on_when_there_is_room_again(output: Output, stop: Stop, tmp_path: Path) -> None:
    output.full = True
    threading.Timer(0.2, setattr, [output, "full", False]).start()
    assert run("seq 1 50000", output, stop, tmp_path).exit_code == 0
    assert output.data.endswith(b"\n50000\n")


def test_when_the_agent_is_killed_its_steps_are_killed_at_once(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from dominoci_agent.runtime.leftovers import Warden
from dominoci_agent.runtime.local import Command, LocalExecutor
from dominoci_agent.runtime.stop import Stop
from tests.unit.agent.test_local import Output, PATH
at = Path({str(tmp_path)!r})
executor = LocalExecutor(Warden())
executor.run(Command(["true"], PATH, at, "{MARK}.1"), Output(), Stop())
executor.run(Command(["sh", "-c", "sleep 0.3; echo $$ > new; mv new pid; sleep 600"], PATH, at, "{MARK}.2"), Output(), Stop())
"""
    agent = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[3])
    until((tmp_path / "pid").exists, "the step runs")
    agent.kill()
    agent.wait()
    until(lambda: not alive(int((tmp_path / "pid").read_text())), "the step is gone")


def test_the_warden_forgets_what_has_ended(tmp_path: Path) -> None:
    warden = Warden()
    sleepers = [subprocess.Popen(["sleep", "600"], start_new_session=True) for _ in range(3)]
    for sleeper in sleepers:
        warden.watch(sleeper.pid)
    warden.forget(sleepers[1].pid)
    warden.close()
    assert sleepers[0].wait() == sleepers[2].wait() == -signal.SIGKILL
    assert sleepers[1].poll() is None
    sleepers[1].kill()
    sleepers[1].wait()
