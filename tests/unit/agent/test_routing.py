"""What comes next in a pipeline, and which pipelines cannot be run at all."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from dominoci_agent.pipeline.model import Pipeline, Stage, State
from dominoci_agent.pipeline.routing import following
from dominoci_agent.pipeline.validate import find_cycle


def pipeline(**depends_on: str) -> Pipeline:
    stages = (Stage(name, (), tuple(parents.split())) for name, parents in depends_on.items())
    return Pipeline("p", tuple(stages))


def names(value: Pipeline, **states: str) -> tuple[list[str], list[str]]:
    todo = following(value, {name: State(state) for name, state in states.items()})
    return [stage.name for stage in todo.start], [stage.name for stage, _ in todo.skip]


DIAMOND = pipeline(top="", left="top", right="top", bottom="left right")


def test_stages_without_a_path_between_them_start_together() -> None:
    assert names(DIAMOND) == (["top"], [])
    assert names(DIAMOND, top="running") == ([], [])
    assert names(DIAMOND, top="success") == (["left", "right"], [])
    assert names(DIAMOND, top="success", left="success", right="running") == ([], [])
    assert names(DIAMOND, top="success", left="success", right="success") == (["bottom"], [])


def test_what_depends_on_a_failed_stage_is_skipped_and_the_rest_goes_on() -> None:
    value = pipeline(a="", b="a", c="b", other="")
    assert names(value, a="failed") == (["other"], ["b", "c"])
    assert names(DIAMOND, top="success", left="timed_out", right="running") == ([], ["bottom"])


def test_a_skipped_stage_names_the_one_to_blame() -> None:
    todo = following(pipeline(a="", b="a", c="b"), {"a": State.FAILED})
    assert [(stage.name, blame) for stage, blame in todo.skip] == [("b", "a"), ("c", "b")]


def test_nothing_follows_when_all_is_over() -> None:
    assert names(pipeline(a=""), a="success") == ([], [])


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20))
def test_a_cycle_is_found_exactly_when_there_is_one(pairs: list[tuple[int, int]]) -> None:
    edges: dict[str, list[str]] = {str(number): [] for number in range(9)}
    for one, other in pairs:
        edges[str(one)].append(str(other))
    path = find_cycle(edges)
    graph: nx.DiGraph[str] = nx.DiGraph([(one, other) for one, others in edges.items() for other in others])
    assert bool(path) is not nx.is_directed_acyclic_graph(graph)
    if path:
        assert path[0] == path[-1]
        assert all(after in edges[before] for before, after in pairwise(path))


def test_a_very_long_row_is_no_cycle_and_no_recursion() -> None:
    row = {str(number): [str(number + 1)] for number in range(5000)}
    assert find_cycle(row) == []
    assert len(find_cycle(row | {"5000": ["0"]})) == 5002
