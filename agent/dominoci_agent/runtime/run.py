"""Runs pipelines step by step; tells a listener what happens. Knows neither the arbiter nor how a step is executed."""

from __future__ import annotations

import datetime as dt
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from dominoci_agent.pipeline.model import WORST_FIRST, Pipeline, Stage, State, Step, When
from dominoci_agent.pipeline.routing import following
from dominoci_agent.runtime.artifacts import Artifact
from dominoci_agent.runtime.cache import Caches, CacheStore
from dominoci_agent.runtime.local import Sink
from dominoci_agent.runtime.step import Executor, Outcome, Place, StepRun, UnusableStep, needed
from dominoci_agent.runtime.stop import Stop, Why

__all__ = ["Executor", "Listener", "Place", "Runner", "StepRecord", "StepSink", "UnusableStep", "in_shown_order", "needed"]

# in this order the steps of a stage, and the hooks of a pipeline, are numbered and shown
_POINTS = (When.ON_START, When.IN_ORDER, When.ON_SUCCESS, When.ON_FAILURE)


@dataclass(frozen=True)
class StepRecord:
    """How one step stands. `number` counts from 1 over the whole build; times are aware UTC. `stage` is empty for the hooks of
    a pipeline. `ignored`: its failure stops nothing, as it does not for a hook."""

    number: int
    pipeline: str
    stage: str
    name: str
    state: State = State.WAITING
    exit_code: int | None = None
    signal: str | None = None
    started_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    when: When = When.IN_ORDER
    ignored: bool = False


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


# the steps of a stage, or the hooks around a pipeline's stages (stage None), with their numbers
Steps = dict[When, list[tuple[int, Step]]]


@dataclass
class Runner:
    """One build. `run()` once.

    Order: the pipeline's `on_start` hooks; each stage as its dependencies allow: its `on_start` hooks, its steps, its
    `on_success` or `on_failure` hooks; then the pipeline's `on_success` or `on_failure` hooks. How hooks end changes nothing.
    """

    pipelines: Sequence[Pipeline]
    place: Place
    executor: Executor
    listener: Listener
    stop: Stop
    deadline: float | None = None
    max_parallel: int = 8
    store: CacheStore | None = None
    records: dict[int, StepRecord] = field(default_factory=dict)
    failure: str | None = None  # the sentence about what went wrong first
    trouble: bool = False  # whether that was the agent's or the arbiter's fault
    _steps: dict[tuple[str, str | None], Steps] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._caches = Caches(self.store, self.place.workspace, self.place.scratch, keeps=not self.place.isolated)
        for pipeline in self.pipelines:
            for stage, step in in_shown_order(pipeline):
                number = len(self.records) + 1
                self._steps.setdefault((pipeline.name, stage), {}).setdefault(step.when, []).append((number, step))
                ignored = step.ignore_exit_code
                self.records[number] = StepRecord(
                    number, pipeline.name, stage or "", step.name, when=step.when, ignored=ignored
                )

    def run(self) -> State:
        """Run all pipelines, one after another (they share one workspace), each to its end even if one before it failed. The
        worst state of all; CANCELLED when `stop` was thrown."""
        try:
            states = [self._pipeline(pipeline) for pipeline in self.pipelines]
        finally:
            self.executor.end_build(self.place.mark)
        if self.stop:
            return State.TIMED_OUT if self.stop.why is Why.TIMED_OUT else State.CANCELLED
        return min(states, key=WORST_FIRST.index, default=State.SKIPPED)

    def settled(self) -> list[StepRecord]:
        """All steps as they will stay, in order; call it when nothing runs any more, or never will."""
        for key in self._steps:
            self._settle(key)
        return [self.records[number] for number in sorted(self.records)]

    def _pipeline(self, pipeline: Pipeline) -> State:
        around = (pipeline.name, None)
        self._hooks(around, When.ON_START)
        state = self._stages(pipeline)
        self._close(around, state)
        return state

    def _stages(self, pipeline: Pipeline) -> State:
        states: dict[str, State] = {}
        ended: queue.SimpleQueue[tuple[str, State]] = queue.SimpleQueue()
        while True:
            todo = following(pipeline, states)
            for stage, _ in todo.skip:
                states[stage.name] = State.SKIPPED
                self._settle((pipeline.name, stage.name))
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
        key = (pipeline.name, stage.name)
        limit = time.monotonic() + stage.timeout_s if stage.timeout_s else None
        self._hooks(key, When.ON_START, limit)
        state = self._in_order(key, stage, limit)
        self._close(key, state)
        return state

    def _in_order(self, key: tuple[str, str | None], stage: Stage, limit: float | None) -> State:
        steps = self._steps.get(key, {}).get(When.IN_ORDER, [])
        for number, step in steps:
            last = number == steps[-1][0]
            state = self._step(number, step, limit, stage.artifacts if last else ())
            ignored = step.ignore_exit_code and state is not State.CANCELLED
            if limit is not None and ignored and time.monotonic() >= limit:
                return State.TIMED_OUT
            if state is not State.SUCCESS and not ignored:
                return state
        return State.SUCCESS

    def _close(self, key: tuple[str, str | None], state: State) -> None:
        """The end of a stage or a pipeline: what did not run so far never will, but for the hooks of its end. The stage's own
        limit does not bind them: after a timeout they would never run."""
        closing = When.ON_SUCCESS if state is State.SUCCESS else When.ON_FAILURE
        self._settle(key, but=closing)
        self._hooks(key, closing)

    def _hooks(self, key: tuple[str, str | None], when: When, limit: float | None = None) -> None:
        for number, step in self._steps.get(key, {}).get(when, ()):
            self._step(number, step, limit, ())

    def _settle(self, key: tuple[str, str | None], but: When | None = None) -> None:
        """What did not run so far never will."""
        for when, steps in self._steps.get(key, {}).items():
            for number, _ in steps if when is not but else ():
                if self.records[number].state is State.WAITING:
                    self._note(replace(self.records[number], state=State.CANCELLED if self.stop else State.SKIPPED))

    def _note(self, record: StepRecord) -> None:
        with self._lock:
            self.records[record.number] = record
        self.listener.step(record)

    def _step(self, number: int, step: Step, stage_limit: float | None, stage_artifacts: tuple[str, ...]) -> State:
        self._keep_time()
        if self.stop:
            self._note(replace(self.records[number], state=State.CANCELLED))
            return State.CANCELLED
        record = replace(self.records[number], state=State.RUNNING, started_at=_now())
        self._note(record)
        sink = self.listener.log(number)
        outcome = self._prepared(number, step, stage_limit, sink).run(stage_artifacts)
        sink.close()
        self._keep_time()
        self._blame(record, step, outcome)
        ended = replace(record, state=outcome.state, exit_code=outcome.exit_code, signal=outcome.signal, finished_at=_now())
        self._note(ended)
        return outcome.state

    def _keep_time(self) -> None:
        if self.deadline is not None and time.monotonic() >= self.deadline:
            self.stop.throw(Why.TIMED_OUT)

    def _prepared(self, number: int, step: Step, stage_limit: float | None, sink: Sink) -> StepRun:
        own = None if step.timeout_s is None else time.monotonic() + step.timeout_s
        until = min((limit for limit in (own, stage_limit, self.deadline) if limit is not None), default=None)
        mark = f"{self.place.mark}.{number}"
        keep = self.listener.artifact
        return StepRun(step, self.place, self.executor, self._caches, keep, sink, self.stop, mark, until)

    def _blame(self, record: StepRecord, step: Step, outcome: Outcome) -> None:
        counts = record.when is When.IN_ORDER and not step.ignore_exit_code
        if outcome.problem is None or outcome.state is State.CANCELLED or not counts:
            return
        with self._lock:
            if self.failure is None:
                where = f"Stage {record.stage}, step" if record.stage else "Step"
                self.failure = f"{where} {record.name}: {outcome.problem}."
                self.trouble = outcome.trouble


def in_shown_order(pipeline: Pipeline) -> Iterator[tuple[str | None, Step]]:
    """All steps of a pipeline as they are numbered, each with its stage (None: a hook around all stages)."""
    yield from ((None, hook) for hook in pipeline.hooks if hook.when is When.ON_START)
    for stage in pipeline.stages:
        for when in _POINTS:
            yield from ((stage.name, step) for step in stage.steps if step.when is when)
    for when in _POINTS[1:]:
        yield from ((None, hook) for hook in pipeline.hooks if hook.when is when)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
