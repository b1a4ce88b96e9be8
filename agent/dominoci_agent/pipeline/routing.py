"""What comes next in a pipeline: which stages may start, and which never will."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dominoci_agent.pipeline.model import Pipeline, Stage, State


@dataclass(frozen=True)
class Next:
    """`start`: may run now, in definition order. `skip`: will never run, with the dependency that is to blame."""

    start: tuple[Stage, ...] = ()
    skip: tuple[tuple[Stage, str], ...] = ()


def following(pipeline: Pipeline, states: Mapping[str, State]) -> Next:
    """What to do with the stages that have no state yet.

    `states` holds each stage that was started or settled. A stage starts when all it depends on succeeded; it is skipped
    as soon as one of them ended in any other way. Call it again after each change; nothing to start and nothing
    running means that the pipeline is over.
    """
    known = dict(states)
    skip: list[tuple[Stage, str]] = []
    undecided = [stage for stage in pipeline.stages if stage.name not in known]
    while undecided:
        blocked = [(stage, blame) for stage in undecided if (blame := _blame(stage, known)) is not None]
        if not blocked:
            break
        skip += blocked
        # a skipped stage blocks its own dependants in turn
        known.update((stage.name, State.SKIPPED) for stage, _ in blocked)
        undecided = [stage for stage in undecided if stage.name not in known]
    ready = (stage for stage in undecided if all(known.get(name) is State.SUCCESS for name in stage.depends_on))
    return Next(tuple(ready), tuple(skip))


def _blame(stage: Stage, states: Mapping[str, State]) -> str | None:
    for name in stage.depends_on:
        state = states.get(name)
        if state is not None and state.final and state is not State.SUCCESS:
            return name
    return None
