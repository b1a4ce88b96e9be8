"""The runner: stages in order or side by side, steps with what they were promised, and the truth about what went wrong."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from dominoci_agent.pipeline.model import Archive, Pipeline, Stage, State, Step, When
from dominoci_agent.runtime.artifacts import Artifact
from dominoci_agent.runtime.local import Command, Ended, LocalExecutor, Sink
from dominoci_agent.runtime.run import Executor, Place, Runner, StepRecord
from dominoci_agent.runtime.stop import Stop, Why
from tests.unit.agent.definition import pipeline, read, stage


class Ear:
    """A listener that keeps everything."""

    def __init__(self) -> None:
        self.records: list[StepRecord] = []
        self.logs: dict[int, bytes] = {}
        self.artifacts: list[str] = []

    def step(self, record: StepRecord) -> None:
        self.records.append(record)

    def log(self, number: int) -> Log:
        return Log(self.logs, number)

    def artifact(self, artifact: Artifact) -> None:
        self.artifacts.append(artifact.name)


class Log:
    """One step's log."""

    def __init__(self, logs: dict[int, bytes], number: int) -> None:
        self.logs, self.number = logs, number
        logs[number] = b""

    def write(self, data: bytes) -> None:
        self.logs[self.number] += data

    def room(self) -> bool:
        return True

    def close(self) -> None:
        return


class Dummy:
    """An executor that runs nothing: the step's environment says how it ends (`EXIT`, `STOP`), and steps that share a
    `MEET` number wait for each other, which only works when they run side by side."""

    available = frozenset({"local"})

    def __init__(self, meeting: int = 2) -> None:
        self.barrier = threading.Barrier(meeting, timeout=5)
        self.order: list[str] = []
        self.ended: list[str] = []

    def end_build(self, mark: str) -> None:
        self.ended.append(mark)

    def run(self, command: Command, sink: Sink, stop: Stop) -> Ended:
        self.order.append(command.argv[-1])
        if "MEET" in command.environment:
            self.barrier.wait()
        if "STOP" in command.environment:
            stop.throw(Why(command.environment["STOP"]))
            return Ended(stopped=True)
        return Ended(exit_code=int(command.environment.get("EXIT", "0")))


@pytest.fixture
def stop() -> Iterator[Stop]:
    made = Stop()
    yield made
    made.close()


def step(name: str, **environment: str) -> Step:
    return Step(name, command=name, environment=environment)


def runner(
    stages: list[Stage] | list[Pipeline], stop: Stop, executor: Executor, folder: Path = Path("/"),
    secrets: Mapping[str, str] | None = None, deadline: float | None = None,
) -> Runner:  # fmt: skip
    """A runner over one pipeline of stages, or over pipelines."""
    pipelines = [item for item in stages if isinstance(item, Pipeline)]
    own = tuple(item for item in stages if isinstance(item, Stage))
    place = Place(folder, {"PATH": "/usr/bin:/bin", "BASE": "1"}, secrets or {}, uuid.uuid4().hex)
    return Runner(pipelines or [Pipeline("p", own)], place, executor, Ear(), stop, deadline)


def states(run: Runner) -> dict[str, str]:
    return {record.name: record.state.value for record in run.records.values()}


def logs(run: Runner) -> dict[int, bytes]:
    assert isinstance(run.listener, Ear)
    return run.listener.logs


def test_stages_without_a_path_between_them_run_side_by_side(stop: Stop) -> None:
    sides = [Stage(name, (step(name, MEET="1"),), ("a",)) for name in "bc"]
    dummy = Dummy()
    run = runner([Stage("a", (step("a"),)), *sides, Stage("d", (step("d"),), ("b", "c"))], stop, dummy)
    assert run.run() is State.SUCCESS
    assert dummy.order[0] == "a"
    assert dummy.order[-1] == "d"


def test_no_more_stages_run_side_by_side_than_allowed(stop: Stop) -> None:
    lock, running, most = threading.Lock(), [0], [0]

    class Counting(Dummy):
        def run(self, command: Command, sink: Sink, stop: Stop) -> Ended:
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            threading.Event().wait(0.01)
            with lock:
                running[0] -= 1
            return Ended(exit_code=0)

    run = runner([Stage(f"s{number}", (step(f"s{number}"),)) for number in range(30)], stop, Counting())
    run.max_parallel = 3
    assert run.run() is State.SUCCESS
    assert 1 < most[0] <= 3


def test_a_failed_step_skips_the_rest_of_its_stage_and_its_dependants_and_nothing_else(stop: Stop) -> None:
    stages = [
        Stage("a", (step("a1"), step("a2", EXIT="3"), step("a3"))), Stage("b", (step("b"),), ("a",)), Stage("c", (step("o"),)),
    ]  # fmt: skip
    run = runner(stages, stop, Dummy())
    assert run.run() is State.FAILED
    assert states(run) == {"a1": "success", "a2": "failed", "a3": "skipped", "b": "skipped", "o": "success"}
    assert run.failure == "Stage a, step a2: exit code 3."


def test_every_pipeline_runs_to_its_end_even_if_one_before_it_failed(stop: Stop) -> None:
    pipelines = [Pipeline("a", (Stage("s", (step("1", EXIT="1"),)),)), Pipeline("b", (Stage("s", (step("2"),)),))]
    dummy = Dummy()
    run = runner(pipelines, stop, dummy)
    assert run.run() is State.FAILED
    assert dummy.order == ["1", "2"]
    assert [(record.number, record.pipeline, record.state.value) for record in run.records.values()] == [
        (1, "a", "failed"), (2, "b", "success"),
    ]  # fmt: skip


@pytest.mark.parametrize(("why", "verdict"), [("cancelled", State.CANCELLED), ("timed_out", State.TIMED_OUT)])
def test_a_stopped_build_leaves_the_rest_cancelled(why: str, verdict: State, stop: Stop) -> None:
    run = runner([Stage("a", (step("a1", STOP=why), step("a2"))), Stage("b", (step("b"),), ("a",))], stop, Dummy())
    assert run.run() is verdict
    assert states(run) == {"a1": "cancelled", "a2": "cancelled", "b": "cancelled"}


def test_the_builds_own_limit_ends_it(stop: Stop) -> None:
    dummy = Dummy()
    run = runner([Stage("a", (step("a"),))], stop, dummy, deadline=time.monotonic() - 1)
    assert run.run() is State.TIMED_OUT
    assert dummy.order == []


def really(text: str, folder: Path, stop: Stop, secrets: Mapping[str, str] | None = None) -> Runner:
    """Run the pipelines of a definition for real."""
    definition = read(text)
    pipelines = definition.pipelines(sorted(definition.blocks), {})
    run = runner(pipelines, stop, LocalExecutor(kill_after_s=0.2), folder, secrets)
    run.run()
    return run


def one(extra: str, command: str = "true") -> str:
    return pipeline("x") + stage("x", command, extra=extra)


def test_a_step_that_exceeds_its_own_or_its_stages_limit_is_timed_out(tmp_path: Path, stop: Stop) -> None:
    run = really(one("timeout = 0.1", "sleep 30"), tmp_path, stop)
    assert states(run) == {"r1": "timed_out"}
    assert run.failure == "Stage x, step r1: it took longer than its limit of 0.1 s."
    limited = (
        pipeline("x") + 'stage "x" {\n  timeout = 0.1\n  run "a" { command = "sleep 30" }\n  run "b" { command = "true" }\n}\n'
    )
    assert states(really(limited, tmp_path, stop)) == {"a": "timed_out", "b": "skipped"}


def test_a_signal_is_told_with_its_name(tmp_path: Path, stop: Stop) -> None:
    run = really(one("", "kill -KILL $$"), tmp_path, stop)
    assert (run.records[1].state, run.records[1].signal, run.records[1].exit_code) == (State.FAILED, "SIGKILL", None)
    assert run.failure == "Stage x, step r1: it was ended by SIGKILL."


def test_a_step_gets_the_secrets_it_names_and_no_others(tmp_path: Path, stop: Stop) -> None:
    run = really(one('secrets = ["KEY"]', "env"), tmp_path, stop, {"KEY": "k", "OTHER": "o"})
    assert b"KEY=k\n" in logs(run)[1]
    assert b"OTHER" not in logs(run)[1]


def test_a_step_that_asks_for_a_secret_the_build_does_not_have_is_not_run(tmp_path: Path, stop: Stop) -> None:
    run = really(one('secrets = ["KEY"]', "touch canary"), tmp_path, stop)
    assert run.records[1].state is State.FAILED
    assert b"was not given: KEY" in logs(run)[1]
    assert not (tmp_path / "canary").exists()


def test_an_image_needs_another_executor_and_that_is_said(tmp_path: Path, stop: Stop) -> None:
    run = really(one('image = "debian"'), tmp_path, stop)
    assert b"no docker executor" in logs(run)[1]


def of_file(name: str) -> str:
    return pipeline("x") + f'stage "x" {{\n  run "r" {{ file = "{name}" }}\n}}\n'


def test_a_file_is_made_executable_and_run(tmp_path: Path, stop: Stop) -> None:
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/a.sh").write_text("#!/bin/sh\necho from $0; pwd\n")
    run = really(of_file("ci/a.sh"), tmp_path, stop)
    assert logs(run)[1].decode().split() == ["from", f"{tmp_path}/ci/a.sh", str(tmp_path)]


@pytest.mark.parametrize("name", ["ci/none.sh", "../outside.sh", "/bin/true", "folder", "link.sh"])
def test_a_file_that_is_not_in_the_repository_is_not_run(name: str, tmp_path: Path, stop: Stop) -> None:
    (tmp_path / "outside.sh").write_text("#!/bin/sh\n")
    workspace = tmp_path / "ws"
    (workspace / "folder").mkdir(parents=True)
    (workspace / "link.sh").symlink_to("../outside.sh")
    run = really(of_file(name), workspace, stop)
    assert run.records[1].state is State.FAILED
    assert b"is not in the repository" in logs(run)[1]


def test_a_file_without_shebang_is_not_run(tmp_path: Path, stop: Stop) -> None:
    (tmp_path / "a").write_text("echo x\n")
    assert b"#!/bin/sh" in logs(really(of_file("a"), tmp_path, stop))[1]


def test_artifacts_of_a_step_and_of_its_stage_are_kept(tmp_path: Path, stop: Stop) -> None:
    first = '  run "a" {\n    command = "mkdir out; touch out/1 log"\n    artifacts = ["log"]\n  }\n'
    text = pipeline("x") + 'stage "x" {\n  artifacts = ["out/*"]\n' + first
    run = really(text + '  run "b" { command = "touch out/2" }\n}\n', tmp_path, stop)
    assert isinstance(run.listener, Ear)
    assert run.listener.artifacts == ["log", "1", "2"]


def test_a_step_that_does_not_make_its_artifact_fails(tmp_path: Path, stop: Stop) -> None:
    run = really(one('artifacts = ["nothing/*"]'), tmp_path, stop)
    assert run.records[1].state is State.FAILED
    assert run.failure == 'Stage x, step r1: artifacts: no file matches the artifact pattern "nothing/*".'


def hooks(*kinds: str, of: str) -> tuple[Step, ...]:
    """Hooks that fail, one of each kind: how they end never counts."""
    return tuple(Step(kind, command=f"{of}/{kind}", when=When(kind), environment={"EXIT": "1"}) for kind in kinds)


ALL = ("on_start", "on_success", "on_failure")


@pytest.mark.parametrize(
    ("broken", "order"),
    [
        ("", "job/on_start a/on_start a1 a2 a/on_success b/on_start b1 b/on_success job/on_success"),
        ("a1", "job/on_start a/on_start a1 a/on_failure job/on_failure"),
        ("b1", "job/on_start a/on_start a1 a2 a/on_success b/on_start b1 b/on_failure job/on_failure"),
        ("a2, ignored", "job/on_start a/on_start a1 a2 a/on_success b/on_start b1 b/on_success job/on_success"),
    ],
)
def test_hooks_run_in_their_order_and_never_count(broken: str, order: str, stop: Stop) -> None:
    name, _, ignored = broken.partition(", ")
    steps = {
        each: Step(each, command=each, environment={"EXIT": "2"} if each == name else {}, ignore_exit_code=bool(ignored))
        for each in ("a1", "a2", "b1")
    }
    stages = (
        Stage("a", (*hooks(*ALL, of="a"), steps["a1"], steps["a2"])), Stage("b", (*hooks(*ALL, of="b"), steps["b1"]), ("a",)),
    )  # fmt: skip
    dummy = Dummy()
    run = runner([Pipeline("p", stages, hooks=hooks(*ALL, of="job"))], stop, dummy)
    assert run.run() is (State.FAILED if name and not ignored else State.SUCCESS)
    assert " ".join(dummy.order) == order
    assert {record.state for record in run.records.values() if record.state is State.WAITING} == set()
    shown = [(record.stage, record.name) for record in run.records.values()]
    assert shown[:4] == [("", "on_start"), ("a", "on_start"), ("a", "a1"), ("a", "a2")]
    assert shown[-2:] == [("", "on_success"), ("", "on_failure")]
    assert (run.failure is None) == (not name or bool(ignored))
    assert dummy.ended == [run.place.mark]


def test_an_ignored_failure_is_shown(stop: Stop) -> None:
    failing = Step("a", command="a", environment={"EXIT": "9"}, ignore_exit_code=True)
    run = runner([Stage("s", (failing, step("b")))], stop, Dummy())
    assert run.run() is State.SUCCESS
    assert [(r.state, r.exit_code, r.ignored) for r in run.records.values()] == [
        (State.FAILED, 9, True), (State.SUCCESS, 0, False),
    ]  # fmt: skip


def test_a_stage_that_took_too_long_still_runs_its_last_hook(tmp_path: Path, stop: Stop) -> None:
    hook = Step("h", command="echo over", when=When.ON_FAILURE)
    limited = Stage("s", (Step("a", command="sleep 30", ignore_exit_code=True), Step("b", command="true"), hook), timeout_s=0.1)
    run = runner([limited], stop, LocalExecutor(kill_after_s=0.2), tmp_path)
    assert run.run() is State.TIMED_OUT
    assert states(run) == {"a": "timed_out", "b": "skipped", "h": "success"}
    assert logs(run)[3] == b"over\n"


def test_the_signal_behind_a_shells_exit_code_is_told(tmp_path: Path, stop: Stop) -> None:
    run = really(one("", "sh -c 'kill -9 $$'; exit $?"), tmp_path, stop)
    assert (run.records[1].exit_code, run.records[1].signal) == (137, "SIGKILL")
    assert run.failure == "Stage x, step r1: exit code 137 (SIGKILL)."


def test_a_folder_becomes_one_artifact(tmp_path: Path, stop: Stop) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/index.html").write_text("hi")
    kept = Step("k", archive=Archive("dist", "dist.tar.gz"))
    run = runner([Stage("s", (kept, Step("none", archive=Archive("../x", "x.tar.gz"))))], stop, Dummy(), tmp_path)
    assert run.run() is State.FAILED
    assert isinstance(run.listener, Ear)
    assert run.listener.artifacts == ["dist.tar.gz"]
    assert "must be a folder below the workspace" in (run.failure or "")
