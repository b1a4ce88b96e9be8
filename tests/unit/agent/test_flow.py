"""A workflow with routes in one process: what the arbiter is told of it, what its jobs see, and how it is merged."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from dominoci_agent.pipeline.model import Pipeline, Routes, Stage, State, Step
from dominoci_agent.runtime import flow
from dominoci_agent.runtime.local import LocalExecutor
from dominoci_agent.runtime.run import Place, StepRecord
from dominoci_agent.runtime.stop import Stop


class Heard:
    """A listener that keeps states by stage, and all that was said."""

    def __init__(self) -> None:
        self.states: dict[str, State] = {}
        self.numbers: dict[str, int] = {}
        self.text = b""

    def step(self, record: StepRecord) -> None:
        self.states[record.stage], self.numbers[record.stage] = record.state, record.number

    def log(self, number: int) -> "Heard":
        return self

    def artifact(self, artifact: object) -> None: ...

    def room(self) -> bool:
        return True

    def write(self, data: bytes) -> None:
        self.text += data

    def close(self) -> None: ...


def job(name: str, command: str, success: tuple[str, ...] = (), fail: tuple[str, ...] = ()) -> Stage:
    """A job of one command."""
    return Stage(name, (Step("compose", command=command),), routes=Routes(success, fail))


class Here:
    """Workflows that run in this process."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stop, self.heard, self.notes = folder, Stop(), Heard(), list[str]()
        (folder / "source").mkdir()
        (folder / "source" / "hello").write_text("hello\n")

    def run(self, *stages: Stage, variables: Mapping[str, str] | None = None) -> flow.HereRun:
        """Runs a workflow of these jobs to its end."""
        place = Place(self.folder, {"PATH": "/usr/bin:/bin"}, {}, "test", scratch=self.folder)
        one = flow.OneJob(place, self.folder / "source", LocalExecutor(), self.heard, self.stop)
        made = flow.HereRun(
            Pipeline("w", stages, routed=True), self.folder / "flow", variables or {}, one, self.notes.append, self.stop
        )
        self.state = made.run()
        return made


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    made = Here(tmp_path)
    yield made
    made.stop.close()


def subjects(run: flow.HereRun) -> list[str]:
    """The history of a run's repository, newest first."""
    command = ["git", "log", "--topo-order", "--format=%s", "main"]
    return subprocess.run(command, cwd=run.repository, capture_output=True, text=True, check=True).stdout.splitlines()


def test_jobs_hand_workspace_and_variables_on(here: Here) -> None:
    set_it = "mkdir -p .domino/variables; printf '1.4\\n' > .domino/variables/VERSION; printf x > .domino/variables/PATH"
    run = here.run(
        job("get", f"cp $DOMINO_SOURCE/hello .; {set_it}", success=("use",)),
        job("use", 'test "$VERSION-$CHANNEL" = 1.4-nightly; cat hello', success=("last",)),
        job("last", "test ! -e .domino"),
        variables={"CHANNEL": "nightly"},
    )
    assert (here.state, run.failure) == (State.SUCCESS, None), here.heard.text
    assert here.heard.text == b"hello\n"
    assert subjects(run) == ["last", "use", "get", "The run begins"]
    assert here.notes == [".domino/variables/PATH is not set: no variable can have this name"]
    assert len(set(here.heard.numbers.values())) == 3


def test_a_failure_takes_its_route_and_fails_the_run(here: Here) -> None:
    run = here.run(job("a", "echo made > made; exit 3", ("b",), ("mail",)), job("b", "true"), job("mail", "cat made"))
    assert here.state is State.FAILED
    assert run.states == {"a": State.FAILED, "b": State.SKIPPED, "mail": State.SUCCESS}
    assert "exit code 3" in (run.failure or "")
    assert here.heard.text == b"made\n"


def test_what_contradicts_fails_the_second_of_two(here: Here) -> None:
    meet = "touch $DOMINO_SOURCE/{0}; while ! test -e $DOMINO_SOURCE/{1}; do sleep 0.02; done; echo {0} > same"
    run = here.run(job("l", meet.format("l", "r")), job("r", meet.format("r", "l")))
    assert here.state is State.FAILED
    assert sorted(run.states.values()) == [State.FAILED, State.SUCCESS]
    assert "same" in (run.failure or "")


def test_a_job_cannot_lead_the_agent_out_of_its_workspace(tmp_path: Path) -> None:
    outside, notes = tmp_path / "outside", list[str]()
    outside.mkdir()
    (outside / "SECRET").write_text("s")
    workspace = tmp_path / "workspace"
    folder = workspace / ".domino/variables"
    folder.mkdir(parents=True)
    (folder / "LINK").symlink_to(outside / "SECRET")
    (folder / "LONG").write_text("x" * 70_000)
    (folder / "BINARY").write_bytes(b"\xff")
    (folder / "FOLDER").mkdir()
    (folder / "DOMINO_TREE_ID").write_text("t")
    (folder / "GOOD").write_text("several\nlines\n")
    assert flow.told_variables(workspace, notes.append) == {"GOOD": "several\nlines"}
    assert len(notes) == 5
    for link in (folder, workspace / ".domino"):
        moved = tmp_path / f"moved-{link.name}"
        link.rename(moved)
        link.symlink_to(outside)
        assert flow.told_variables(workspace, notes.append) == {}
        link.unlink()
        moved.rename(link)


def test_several_workflows_of_a_file_are_one_plan() -> None:
    one = Pipeline("one", (job("a", "", ("b",)), job("b", "")), routed=True)
    two = Pipeline("two", (job("a", "", (), ("b",)), job("b", "")), routed=True)
    told = flow.plan(flow.merged([one, two]), "c" * 40, "m", isolated=True)
    assert [(stage["name"], stage["success"], stage["fail"], stage["needs"]) for stage in told["stages"]] == [
        ("one/a", ["one/b"], [], ["docker"]),
        ("one/b", [], [], ["docker"]),
        ("two/a", [], ["two/b"], ["docker"]),
        ("two/b", [], [], ["docker"]),
    ]
    alone = flow.only(flow.merged([one]), "a")
    assert not alone.routed
    assert [stage.name for stage in alone.stages] == ["a"]
