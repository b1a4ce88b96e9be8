"""Checks of a pipeline's shape that every format shares: names, dependencies, cycles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dominoci_agent.pipeline.errors import Problems, Where
from dominoci_agent.pipeline.model import Routes


@dataclass(frozen=True)
class StageUse:
    """A stage as a pipeline lists it."""

    name: str
    depends_on: tuple[str, ...]
    where: Where


@dataclass(frozen=True)
class RoutedStage:
    """A stage of a routed pipeline, and where its own routes go."""

    name: str
    routes: Routes
    where: Where


def check_stages(pipeline: str, uses: Sequence[StageUse], problems: Problems) -> None:
    """Note every stage that is listed twice, every unknown dependency, and the first cycle with its path."""
    first: dict[str, StageUse] = {}
    for use in uses:
        if use.name in first:
            problems.add(
                use.where,
                f'stage "{use.name}" stands twice in pipeline "{pipeline}"; the first is at {first[use.name].where}',
            )
        first.setdefault(use.name, use)
    unknown = False
    for use in uses:
        for name in use.depends_on:
            if name not in first:
                unknown = True
                problems.add(use.where, _unknown_dependency(use.name, name, pipeline, tuple(first)))
    if unknown:
        return
    cycle = find_cycle({use.name: use.depends_on for use in uses})
    if cycle:
        path = " -> ".join(cycle)
        problems.add(first[cycle[0]].where, f'stages of pipeline "{pipeline}" wait for each other: {path}')


def check_routes(pipeline: str, stages: Sequence[RoutedStage], problems: Problems) -> None:
    """Note every job that is listed twice, every route to an unknown one, and the first route that closes a cycle."""
    first: dict[str, RoutedStage] = {}
    for stage in stages:
        if stage.name in first:
            message = f'job "{stage.name}" stands twice in workflow "{pipeline}"; the first is at {first[stage.name].where}'
            problems.add(stage.where, message)
        first.setdefault(stage.name, stage)
    edges = {stage.name: (*stage.routes.success, *stage.routes.fail) for stage in first.values()}
    unknown = [(name, target) for name, targets in edges.items() for target in targets if target not in first]
    for name, target in unknown:
        listed = ", ".join(first)
        message = f'job "{name}" has a route to "{target}", which workflow "{pipeline}" does not have (it has: {listed})'
        problems.add(first[name].where, message)
    cycle = [] if unknown else find_cycle(edges)
    if cycle:
        path = " -> ".join(cycle)
        problems.add(first[cycle[-2]].where, f'a route of workflow "{pipeline}" closes a cycle: {path}')


def _unknown_dependency(stage: str, name: str, pipeline: str, known: tuple[str, ...]) -> str:
    listed = ", ".join(known)
    return f'stage "{stage}" depends on "{name}", which pipeline "{pipeline}" does not list (it lists: {listed})'


def find_cycle(edges: Mapping[str, Sequence[str]]) -> list[str]:
    """The first cycle as a path that begins and ends with the same name; [] when there is none. Iterative on purpose:
    a definition may chain more stages than Python may nest calls."""
    done: set[str] = set()
    for root in edges:
        path: list[str] = []
        stack = [(root, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                done.add(path.pop())
            elif name in path:
                return [*path[path.index(name) :], name]
            elif name not in done:
                path.append(name)
                stack.append((name, True))
                stack += [(following, False) for following in reversed(edges.get(name, ()))]
    return []
