"""Workflows with routes: what the arbiter is told of one, one of its jobs, and all of it in this one process."""

from __future__ import annotations

import os
import queue
import re
import stat
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dominoci_agent.pipeline import values
from dominoci_agent.pipeline.model import WORST_FIRST, Pipeline, Routes, Stage, State
from dominoci_agent.pipeline.routing import following
from dominoci_agent.runtime import git
from dominoci_agent.runtime.artifacts import Artifact
from dominoci_agent.runtime.git import Remote
from dominoci_agent.runtime.pipeline_repo import VARIABLES, JobEnd, MergeConflict, PipelineRepo
from dominoci_agent.runtime.run import Executor, Listener, Place, Runner, StepRecord, StepSink, needed
from dominoci_agent.runtime.snapshot import OWN
from dominoci_agent.runtime.stop import Stop

_LONGEST_VALUE = 64 * 1024
_MOST_VARIABLES = 500
_STEPS_OF_A_JOB = 1000
# what decides which programs a step finds and how they load, and what the agent says itself
_TAKEN = re.compile(r"(?i)(DOMINO_.*|LD_.*|PATH|HOME|TMPDIR|PWD|CI|SHELL|ENV|BASH_ENV|IFS)")


def routed(pipelines: Iterable[Pipeline]) -> bool:
    """Whether these are workflows with routes; a definition has pipelines of one kind only."""
    return any(pipeline.routed for pipeline in pipelines)


def merged(pipelines: Sequence[Pipeline]) -> Pipeline:
    """All workflows of a run as one: where there are several, a job's name has its workflow's before it."""
    if len(pipelines) == 1:
        return pipelines[0]
    stages = tuple(_prefixed(stage, pipeline.name) for pipeline in pipelines for stage in pipeline.stages)
    parameters = tuple(one for pipeline in pipelines for one in pipeline.parameters)
    return Pipeline(", ".join(one.name for one in pipelines), stages, parameters=parameters, routed=True)


def _prefixed(stage: Stage, workflow: str) -> Stage:
    def full(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(f"{workflow}/{name}" for name in names)

    routes = stage.routes or Routes()
    return replace(stage, name=f"{workflow}/{stage.name}", routes=Routes(full(routes.success), full(routes.fail)))


def plan(pipeline: Pipeline, commit: str | None, message: str, *, isolated: bool) -> dict[str, Any]:
    """What the arbiter is told of a workflow: its jobs, their routes, and what an agent must have for each."""
    stages = []
    for stage in pipeline.stages:
        routes = stage.routes or Routes()
        needs = sorted({name for step in stage.steps if (name := needed(step, isolated=isolated))})
        shown = {"name": stage.name, "success": list(routes.success), "fail": list(routes.fail)}
        stages.append({**shown, "labels": list(stage.labels), "needs": needs})
    return {"commit": commit, "message": message or None, "pipeline": pipeline.name[:255], "stages": stages}


def only(pipeline: Pipeline, job: str) -> Pipeline:
    """One job as a pipeline of its own. KeyError when there is none of that name."""
    stage = replace(pipeline.stage(job), depends_on=(), routes=None)
    return replace(pipeline, stages=(stage,), routed=False)


def environment(given: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """A job's variables: those that the run was started with, and over them those that stand in its repository."""
    return {**given, **{name: value for name, value in kept.items() if _may_be_set(name)}}


def _may_be_set(name: str) -> bool:
    return bool(values.VARIABLE.fullmatch(name)) and not _TAKEN.fullmatch(name)


def told_variables(workspace: Path, note: Callable[[str], None]) -> dict[str, str]:
    """What a job has written to `.domino/variables/NAME`; one line end at the end of a value is not part of it. `note` is told of
    what is no variable. Nothing outside of that folder is read, whatever a job has put there."""
    found: dict[str, str] = {}
    folder = workspace / OWN
    if (workspace / ".domino").is_symlink() or folder.is_symlink() or not folder.is_dir():
        return found
    for path in sorted(folder.iterdir()):
        if not _may_be_set(path.name):
            note(f"{OWN}/{path.name} is not set: no variable can have this name")
        elif len(found) >= _MOST_VARIABLES:
            note(f"{OWN}/{path.name} is not set: a job may set {_MOST_VARIABLES} variables")
        elif (value := _value(path)) is None:
            note(f"{OWN}/{path.name} is not set: it is no file of text of at most {_LONGEST_VALUE} bytes")
        else:
            found[path.name] = value
    return found


def _value(path: Path) -> str | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor has no path
        content = stream.read(_LONGEST_VALUE + 1)
    try:
        text = content.decode() if len(content) <= _LONGEST_VALUE else "\0"
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text.removesuffix("\n").removesuffix("\r")


def keep(repo: PipelineRepo, end: JobEnd, note: Callable[[str], None]) -> str:
    """The end of a job: its variables, its workspace, merged and pushed. MergeConflict, GitError, OSError."""
    repo.set_variables(told_variables(repo.workspace, note))
    return repo.keep(end, note)


@dataclass(frozen=True)
class OneJob:
    """Makes what runs one job of a workflow here. `place` is the whole run's, `source` the project's files."""

    place: Place
    source: Path
    executor: Executor
    listener: Listener
    stop: Stop

    def runner(self, number: int, pipeline: Pipeline, workspace: Path, variables: Mapping[str, str]) -> Runner:
        """For the job of that number, whose steps are told by numbers that no other job's have."""
        folders = {"PWD": workspace, "DOMINO_WORKSPACE": workspace, "DOMINO_SOURCE": self.source}
        names = {name: str(folder) for name, folder in folders.items()}
        place = replace(
            self.place,
            workspace=workspace,
            environment={**environment(self.place.environment, variables), **names},
            mark=f"{self.place.mark}-{number}",
            beside=(*self.place.beside, self.source),
        )
        return Runner([pipeline], place, self.executor, _Numbered(self.listener, number * _STEPS_OF_A_JOB), self.stop)


@dataclass(frozen=True)
class _Numbered:
    """A listener to one job of several."""

    listener: Listener
    first: int

    def step(self, record: StepRecord) -> None:
        self.listener.step(replace(record, number=record.number + self.first))

    def log(self, number: int) -> StepSink:
        return self.listener.log(number + self.first)

    def artifact(self, artifact: Artifact) -> None:
        self.listener.artifact(artifact)


@dataclass
class HereRun:
    """A whole workflow in this process, by the same commits and merges as over agents. `folder` is its own; `note` is told what
    concerns no step: what is not kept, and conflicts. `run()` once."""

    pipeline: Pipeline
    folder: Path
    variables: Mapping[str, str]
    one: OneJob
    note: Callable[[str], None]
    stop: Stop
    max_parallel: int = 4
    failure: str | None = None
    states: dict[str, State] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def repository(self) -> Path:
        """The pipeline repository, to look at afterwards."""
        return self.folder / "run.git"

    def run(self) -> State:
        """Every job whose route fires, side by side where they can be; the worst state of all."""
        self._begin()
        ended: queue.SimpleQueue[tuple[str, State]] = queue.SimpleQueue()
        while True:
            todo = following(self.pipeline, self.states)
            self.states.update((stage.name, State.SKIPPED) for stage, _ in todo.skip)
            running = sum(state is State.RUNNING for state in self.states.values())
            start = () if self.stop else todo.start[: self.max_parallel - running]
            if not start and not running:
                return State.CANCELLED if self.stop else min(self.states.values(), key=WORST_FIRST.index, default=State.SUCCESS)
            for stage in start:
                self.states[stage.name] = State.RUNNING
                threading.Thread(target=self._aside, args=(stage.name, ended), daemon=True).start()
            name, state = ended.get()
            self.states[name] = state

    def _begin(self) -> None:
        settings = {"init.defaultBranch": "main"}
        git.run(["init", "--quiet", "--bare", "--template=", "--", str(self.repository)], settings, self.stop)
        lines = [b"commit refs/heads/main\ncommitter DominoCI <dominoci@localhost> 0 +0000\ndata 14\nThe run begins\n"]
        for name, value in self.variables.items():
            content = value.encode()
            lines.append(b"M 100644 inline %s/%s\ndata %d\n%s\n" % (VARIABLES.encode(), name.encode(), len(content), content))
        git.run(["fast-import", "--quiet"], settings, self.stop, data=b"".join(lines), GIT_DIR=str(self.repository))

    def _aside(self, name: str, ended: queue.SimpleQueue[tuple[str, State]]) -> None:
        state = State.FAILED
        try:
            state = self._job(name)
        except (git.GitError, OSError, MergeConflict) as error:
            self._blame(f"Job {name}: {error}")
        finally:
            ended.put((name, state))

    def _job(self, name: str) -> State:
        place = self.folder / f"job-{self._number(name)}"
        remote = Remote(str(self.repository))
        repo = PipelineRepo(place / "run", place / "store", remote, self.stop, more={"GIT_ALLOW_PROTOCOL": "file"})
        repo.bring()
        runner = self.one.runner(self._number(name), only(self.pipeline, name), repo.workspace, repo.variables())
        state = runner.run()
        if self.stop:
            return State.CANCELLED
        if runner.failure:
            self._blame(runner.failure)
        keep(repo, JobEnd(name, f"here-{self._number(name)}", state.value), self.note)
        return state

    def _number(self, name: str) -> int:
        return [stage.name for stage in self.pipeline.stages].index(name) + 1

    def _blame(self, sentence: str) -> None:
        with self._lock:
            self.failure = self.failure or sentence
        self.note(sentence)
