"""Runs pipelines step by step; tells a listener what happens. Knows neither the arbiter nor how a step is executed."""

from __future__ import annotations

import datetime as dt
import queue
import stat
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from dominoci_agent.pipeline.model import WORST_FIRST, Pipeline, Stage, State, Step
from dominoci_agent.pipeline.routing import following
from dominoci_agent.runtime.artifacts import Artifact, ArtifactError, collect
from dominoci_agent.runtime.local import Command, Ended, Sink
from dominoci_agent.runtime.stop import Stop, Why


@dataclass(frozen=True)
class StepRecord:
    """How one step stands. `number` counts from 1 over the whole build; times are aware UTC."""

    number: int
    pipeline: str
    stage: str
    name: str
    state: State = State.WAITING
    exit_code: int | None = None
    signal: str | None = None
    started_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None


class StepSink(Sink, Protocol):
    """A step's log."""

    def close(self) -> None:
        """No more will come."""


class Listener(Protocol):
    """Hears of everything, possibly from several threads at once; must not block for long, but for `artifact`."""

    def step(self, record: StepRecord) -> None:
        """A step has a new state."""

    def log(self, number: int) -> StepSink:
        """Where the output of step `number` goes; asked for once, when it starts."""

    def artifact(self, artifact: Artifact) -> None:
        """A file to keep. ArtifactError when it cannot be kept."""


class Executor(Protocol):
    """Runs one command; see `local.LocalExecutor`."""

    def run(self, command: Command, sink: Sink, stop: Stop) -> Ended:
        """Run to its end."""


@dataclass(frozen=True)
class Place:
    """Where a build runs, and with what environment. `mark` tells its processes from all others."""

    workspace: Path
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    mark: str


class UnusableStep(Exception):
    """A step that cannot even be started; the text is for its log."""


@dataclass
class Runner:
    """One build. `run()` once."""

    pipelines: Sequence[Pipeline]
    place: Place
    executor: Executor
    listener: Listener
    stop: Stop
    deadline: float | None = None
    max_parallel: int = 8
    records: dict[int, StepRecord] = field(default_factory=dict)
    failure: str | None = None  # the sentence about what went wrong first
    _numbers: dict[tuple[str, str], range] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        number = 1
        for pipeline in self.pipelines:
            for stage in pipeline.stages:
                self._numbers[pipeline.name, stage.name] = range(number, number + len(stage.steps))
                for step in stage.steps:
                    self.records[number] = StepRecord(number, pipeline.name, stage.name, step.name)
                    number += 1

    @property
    def started(self) -> bool:
        """Whether any step ran yet."""
        return any(record.started_at for record in self.records.values())

    def run(self) -> State:
        """Run all pipelines, one after another (they share one workspace), each to its end even if one before it failed. The
        worst state of all; CANCELLED when `stop` was thrown."""
        states = [self._pipeline(pipeline) for pipeline in self.pipelines]
        if self.stop:
            return State.TIMED_OUT if self.stop.why is Why.TIMED_OUT else State.CANCELLED
        return min(states, key=WORST_FIRST.index, default=State.SKIPPED)

    def _pipeline(self, pipeline: Pipeline) -> State:
        states: dict[str, State] = {}
        ended: queue.SimpleQueue[tuple[str, State]] = queue.SimpleQueue()
        while True:
            todo = following(pipeline, states)
            for stage, _ in todo.skip:
                states[stage.name] = State.SKIPPED
                self._settle(pipeline, stage)
            running = sum(state is State.RUNNING for state in states.values())
            start = todo.start[: self.max_parallel - running]
            if not start and not running:
                return min(states.values(), key=WORST_FIRST.index, default=State.SUCCESS)
            states.update((stage.name, State.RUNNING) for stage in start)
            if len(start) == 1 and not running:
                # the usual case, a row of stages, costs no thread
                ended.put((start[0].name, self._stage(pipeline, start[0])))
            else:
                for stage in start:
                    threading.Thread(target=self._stage_aside, args=(pipeline, stage, ended), daemon=True).start()
            name, state = ended.get()
            states[name] = state

    def _stage_aside(self, pipeline: Pipeline, stage: Stage, ended: queue.SimpleQueue[tuple[str, State]]) -> None:
        state = State.FAILED
        try:
            state = self._stage(pipeline, stage)
        finally:
            ended.put((stage.name, state))

    def _stage(self, pipeline: Pipeline, stage: Stage) -> State:
        numbers = self._numbers[pipeline.name, stage.name]
        limit = time.monotonic() + stage.timeout_s if stage.timeout_s else None
        for number, step in zip(numbers, stage.steps, strict=True):
            last = number == numbers[-1]
            state = self._step(number, step, limit, stage.artifacts if last else ())
            if state is not State.SUCCESS:
                self._settle(pipeline, stage)
                return state
        return State.SUCCESS

    def _settle(self, pipeline: Pipeline, stage: Stage) -> None:
        """What did not run so far never will."""
        for number in self._numbers[pipeline.name, stage.name]:
            if self.records[number].state is State.WAITING:
                self._note(replace(self.records[number], state=State.CANCELLED if self.stop else State.SKIPPED))

    def _note(self, record: StepRecord) -> None:
        with self._lock:
            self.records[record.number] = record
        self.listener.step(record)

    def _step(self, number: int, step: Step, stage_limit: float | None, stage_artifacts: tuple[str, ...]) -> State:
        if self.deadline is not None and time.monotonic() >= self.deadline:
            self.stop.throw(Why.TIMED_OUT)
        record = replace(self.records[number], state=State.RUNNING, started_at=_now())
        if self.stop:
            self._note(replace(self.records[number], state=State.CANCELLED))
            return State.CANCELLED
        self._note(record)
        sink = self.listener.log(number)
        ended = self._execute(number, step, stage_limit, sink)
        state = _state_of(ended)
        problem = _sentence(ended, step)
        if state is State.SUCCESS:
            problem = self._keep((*step.artifacts, *stage_artifacts), sink)
            state = State.FAILED if problem else state
        sink.close()
        if problem and state is not State.CANCELLED:
            self._blame(f"Stage {record.stage}, step {record.name}: {problem}.")
        self._note(replace(record, state=state, exit_code=ended.exit_code, signal=ended.signal, finished_at=_now()))
        return state

    def _blame(self, sentence: str) -> None:
        with self._lock:
            self.failure = self.failure or sentence

    def _execute(self, number: int, step: Step, stage_limit: float | None, sink: Sink) -> Ended:
        now = time.monotonic()
        limits = [step.timeout_s] if step.timeout_s is not None else []
        limits += [max(0.0, limit - now) for limit in (stage_limit, self.deadline) if limit is not None]
        try:
            argv, environment = _argv(step, self.place.workspace), self._environment(step)
        except UnusableStep as error:
            sink.write(f"{error}\n".encode())
            return Ended(exit_code=126)
        mark = f"{self.place.mark}.{number}"
        command = Command(argv, environment, self.place.workspace, mark, min(limits, default=None))
        return self.executor.run(command, sink, self.stop)

    def _environment(self, step: Step) -> dict[str, str]:
        missing = [name for name in step.secrets if name not in self.place.secrets]
        if missing:
            raise UnusableStep(f"the step asks for secrets that this build was not given: {', '.join(missing)}")
        chosen = {name: self.place.secrets[name] for name in step.secrets}
        return {**self.place.environment, **step.environment, **chosen}

    def _keep(self, patterns: Iterable[str], sink: Sink) -> str | None:
        """Collect and hand over artifacts; what went wrong, or None."""
        try:
            for artifact in collect(patterns, self.place.workspace):
                self.listener.artifact(artifact)
        except (ArtifactError, OSError) as error:
            sink.write(f"artifacts: {error}\n".encode())
            return f"artifacts: {error}"
        return None


def _argv(step: Step, workspace: Path) -> list[str]:
    if step.image:
        raise UnusableStep(f'the step asks for the image "{step.image}", and this agent has no docker executor')
    if step.command is not None:
        return ["/bin/sh", "-ec", step.command]
    return [str(_program(step.file or "", workspace))]


def _program(file: str, workspace: Path) -> Path:
    """The script, made executable. UnusableStep when it is not a file of the workspace or has no shebang."""
    path = workspace / file
    inside = path.resolve().is_relative_to(workspace.resolve())
    if not inside or not path.is_file():
        raise UnusableStep(f'the file "{file}" is not in the repository')
    with path.open("rb") as stream:
        if stream.read(2) != b"#!":
            raise UnusableStep(f'the file "{file}" needs a first line like "#!/bin/sh"')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def _state_of(ended: Ended) -> State:
    if ended.timed_out:
        return State.TIMED_OUT
    if ended.stopped:
        return State.CANCELLED
    return State.SUCCESS if ended.exit_code == 0 else State.FAILED


def _sentence(ended: Ended, step: Step) -> str | None:
    if ended.timed_out:
        limit = f" of {step.timeout_s:g} s" if step.timeout_s else ""
        return f"it took longer than its limit{limit}"
    if ended.signal:
        return f"it was ended by {ended.signal}"
    return f"exit code {ended.exit_code}" if ended.exit_code else None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
