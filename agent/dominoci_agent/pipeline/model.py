"""What an agent runs: pipelines of stages of steps, ready to run (every variable is already a value)."""

from __future__ import annotations

import enum
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace


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


class When(enum.StrEnum):
    """At which point of its stage (or pipeline) a step runs. Only `IN_ORDER` counts: the others are hooks, whose end changes
    nothing (`onStart`, `onSuccess`, `onFailure` of a job definition)."""

    ON_START = "on_start"
    IN_ORDER = "in_order"
    ON_SUCCESS = "on_success"
    ON_FAILURE = "on_failure"


@dataclass(frozen=True)
class Cache:
    """Folders of the workspace that are kept from build to build, under `key` and what `files` and `commands` say: the full key
    is `key-<hash over the content of files and the output of commands>`; the project's newest cache whose key begins with
    `key-` stands in where there is none of the full key."""

    key: str
    paths: tuple[str, ...]
    files: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Compose:
    """A docker compose definition: a `file` of the repository, or its `content` written into the definition (one of the two).
    `network`: `default` (a network of its own with a way out), `internal` (without), `none`."""

    file: str | None = None
    content: str | None = None
    network: str = "default"


@dataclass(frozen=True)
class Archive:
    """A folder of the workspace that becomes one artifact, `name` (a .tar.gz)."""

    folder: str
    name: str


@dataclass(frozen=True)
class Step:
    """One execution: exactly one of `command` (given to the shell), `file` (run as a program), `compose`, `restore`, `save`
    (caches) and `archive` is set. Where `ignore_exit_code`, its failure is shown and stops nothing. `cache` is restored before it
    and saved when it succeeded."""

    name: str
    command: str | None = None
    file: str | None = None
    compose: Compose | None = None
    restore: tuple[Cache, ...] = ()
    save: tuple[Cache, ...] = ()
    archive: Archive | None = None
    when: When = When.IN_ORDER
    ignore_exit_code: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float | None = None
    image: str | None = None
    artifacts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    cache: tuple[Cache, ...] = ()


def cached(steps: Sequence[Step], caches: tuple[Cache, ...], like: Step) -> list[Step]:
    """The steps of a stage with its caches: brought back before the first one, kept after the last. `like` gives the two added
    steps their image and environment."""
    if not caches:
        return list(steps)
    return [replace(like, name="restore caches", restore=caches), *steps, replace(like, name="save caches", save=caches)]


@dataclass(frozen=True)
class Routes:
    """Which stages a stage's end sets going."""

    success: tuple[str, ...] = ()
    fail: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """Steps one after another, hooks among them; it starts when all of `depends_on` succeeded or, in a routed pipeline, when
    a route to it fires. `artifacts` are taken at its end; `labels` are what its agent must have."""

    name: str
    steps: tuple[Step, ...]
    depends_on: tuple[str, ...] = ()
    routes: Routes | None = None
    timeout_s: float | None = None
    artifacts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """A value that whoever starts a build may give, or must where it is `required` and has no `default`; an environment
    variable of every step."""

    name: str
    required: bool = False
    default: str | None = None


@dataclass(frozen=True)
class Pipeline:
    """Stages with their order. Stages without a path between them may run at the same time. `hooks` are steps around all
    stages (`when` is never IN_ORDER). `routed`: the stages follow their `routes`, each at most once, and the run may be
    spread over several agents."""

    name: str
    stages: tuple[Stage, ...]
    hooks: tuple[Step, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    routed: bool = False

    def stage(self, name: str) -> Stage:
        """The stage of that name; KeyError when there is none."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(name)


def missing_parameters(pipelines: Iterable[Pipeline], given: Container[str]) -> list[str]:
    """The names of parameters that must be given and are not, in alphabetical order."""
    asked = (one for pipeline in pipelines for one in pipeline.parameters)
    return sorted({one.name for one in asked if one.required and one.default is None and one.name not in given})
