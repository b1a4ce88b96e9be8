"""What comes next in a pipeline: which stages may start, and which never will."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dominoci_agent.pipeline.model import Pipeline, Stage, State

_FIRES_FAIL = (State.FAILED, State.TIMED_OUT)


@dataclass(frozen=True)
class Next:
    """`start`: may run now, in definition order. `skip`: will never run, with the stage that is to blame."""

    start: tuple[Stage, ...] = ()
    skip: tuple[tuple[Stage, str], ...] = ()


@dataclass(frozen=True)
class _Way:
    """One reason why a stage may start: the end of `origin` in one of these states."""

    origin: str
    opened_by: tuple[State, ...]

    def opens(self, states: Mapping[str, State]) -> bool | None:
        """Whether it has opened (True) or never will (False); None while its origin is not over."""
        state = states.get(self.origin)
        return state in self.opened_by if state is not None and state.final else None


def following(pipeline: Pipeline, states: Mapping[str, State]) -> Next:
    """What to do with the stages that have no state yet.

    `states` holds each stage that was started or settled. A stage starts when all it depends on succeeded, and is skipped as
    soon as one of them ended in any other way. In a routed pipeline it starts as soon as one route to it fires, and is skipped
    once none can fire any more; stages that no route names start at once. Call it again after each change; nothing to start
    and nothing running means that the pipeline is over.
    """
    ways, enough = _ways(pipeline), any if pipeline.routed else all
    known, skip = dict(states), []
    undecided = [stage for stage in pipeline.stages if stage.name not in known]
    while undecided:
        blocked = [(stage, blame) for stage in undecided if (blame := _blame(pipeline, ways[stage.name], known)) is not None]
        if not blocked:
            break
        skip += blocked
        # a skipped stage opens no way, which may block others in turn
        known.update((stage.name, State.SKIPPED) for stage, _ in blocked)
        undecided = [stage for stage in undecided if stage.name not in known]
    ready = (stage for stage in undecided if not ways[stage.name] or enough(way.opens(known) for way in ways[stage.name]))
    return Next(tuple(ready), tuple(skip))


def fired(pipeline: Pipeline, name: str, states: Mapping[str, State]) -> tuple[str, ...]:
    """The stages whose route to stage `name` has fired, in definition order; () also for a stage that no route names."""
    origins = (way.origin for way in _ways(pipeline)[name] if pipeline.routed and way.opens(states))
    return tuple(dict.fromkeys(origins))


def _ways(pipeline: Pipeline) -> dict[str, list[_Way]]:
    ways: dict[str, list[_Way]] = {stage.name: [] for stage in pipeline.stages}
    for stage in pipeline.stages:
        for target, way in _routes(stage) if pipeline.routed else _dependencies(stage):
            ways[target].append(way)
    return ways


def _dependencies(stage: Stage) -> Iterator[tuple[str, _Way]]:
    return ((stage.name, _Way(name, (State.SUCCESS,))) for name in stage.depends_on)


def _routes(stage: Stage) -> Iterator[tuple[str, _Way]]:
    if stage.routes:
        yield from ((target, _Way(stage.name, (State.SUCCESS,))) for target in stage.routes.success)
        yield from ((target, _Way(stage.name, _FIRES_FAIL)) for target in stage.routes.fail)


def _blame(pipeline: Pipeline, ways: list[_Way], states: Mapping[str, State]) -> str | None:
    """Whose end keeps a stage from ever starting: the first dependency that did not succeed; the last of the routes when none of
    them can fire any more."""
    shut = [way.origin for way in ways if way.opens(states) is False]
    if not pipeline.routed:
        return shut[0] if shut else None
    return shut[-1] if shut and len(shut) == len(ways) else None
