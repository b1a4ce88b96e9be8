"""What an agent runs: pipelines of stages of steps, ready to run (every variable is already a value)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class State(enum.StrEnum):
    """How a step, a stage or a pipeline stands; the words of the wire."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    TIMED_OUT = "timed_out"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen to it."""
        return self not in (State.WAITING, State.RUNNING)


# what a reader must be told first; a skipped step is never the cause of anything
WORST_FIRST = (State.TIMED_OUT, State.FAILED, State.CANCELLED, State.SUCCESS, State.SKIPPED)


@dataclass(frozen=True)
class Refs:
    """Glob patterns of one half of a filter (include or exclude); an empty list says nothing about its field."""

    branches: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filter:
    """When a pipeline runs; see `selection.decide` for the rules."""

    include: Refs = Refs()
    exclude: Refs = Refs()

    @property
    def looks_at_paths(self) -> bool:
        """Whether the changed paths must be known to decide."""
        return bool(self.include.paths or self.exclude.paths)


@dataclass(frozen=True)
class Step:
    """One execution: exactly one of `command` (given to the shell) and `file` (run as a program) is set."""

    name: str
    command: str | None = None
    file: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float | None = None
    image: str | None = None
    artifacts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """Steps one after another; it starts when all of `depends_on` succeeded. `artifacts` are taken at its end."""

    name: str
    steps: tuple[Step, ...]
    depends_on: tuple[str, ...] = ()
    timeout_s: float | None = None
    artifacts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pipeline:
    """Stages with their order. Stages without a path between them may run at the same time."""

    name: str
    stages: tuple[Stage, ...]

    def stage(self, name: str) -> Stage:
        """The stage of that name; KeyError when there is none."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(name)
