"""What comes next in a pipeline, and which pipelines cannot be run at all."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from dominoci_agent.pipeline.model import Pipeline, Routes, Stage, State
from dominoci_agent.pipeline.routing import fired, following
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


def routed(**routes: str) -> Pipeline:
    """A workflow of stages `a="b c | d"`: b and c on its success, d on its failure."""
    stages = []
    for name, text in routes.items():
        success, _, fail = text.partition("|")
        stages.append(Stage(name, (), routes=Routes(tuple(success.split()), tuple(fail.split()))))
    return Pipeline("w", tuple(stages), routed=True)


RELEASE = routed(git="build | email", build="deploy | email", deploy="test | email", test="| email", email="")


def test_a_workflow_begins_with_the_jobs_that_no_route_names_and_follows_what_fires() -> None:
    assert names(RELEASE) == (["git"], [])
    assert names(RELEASE, git="running") == ([], [])
    assert names(RELEASE, git="success") == (["build"], [])
    green = {"git": "success", "build": "success", "deploy": "success"}
    assert names(RELEASE, **green) == (["test"], [])
    assert names(RELEASE, **green, test="success") == ([], ["email"])


def test_a_job_is_skipped_once_no_route_to_it_can_fire_any_more() -> None:
    assert names(RELEASE, git="failed") == (["email"], ["build", "deploy", "test"])
    assert names(RELEASE, git="cancelled") == ([], ["build", "deploy", "test", "email"])
    todo = following(RELEASE, {"git": State.FAILED})
    assert [(stage.name, blame) for stage, blame in todo.skip] == [("build", "git"), ("deploy", "build"), ("test", "deploy")]


def test_a_job_does_not_wait_for_routes_that_may_still_fire() -> None:
    two = routed(a="c", b="c", c="")
    assert names(two, a="success", b="running") == (["c"], [])
    assert names(two, a="failed", b="running") == ([], [])
    assert names(two, a="timed_out", b="failed") == ([], ["c"])
    assert names(two, a="success", b="success", c="running") == ([], [])


def test_a_job_knows_every_route_that_fired() -> None:
    two = routed(a="c", b="| c", c="")
    assert fired(two, "c", {"a": State.SUCCESS, "b": State.FAILED}) == ("a", "b")
    assert fired(two, "c", {"a": State.SUCCESS, "b": State.SUCCESS}) == ("a",)
    assert fired(two, "a", {}) == ()
    assert fired(routed(a="b | b", b=""), "b", {"a": State.TIMED_OUT}) == ("a",)


ENDS = (State.SUCCESS, State.FAILED, State.TIMED_OUT, State.CANCELLED)


@st.composite
def workflows(draw: st.DrawFn) -> Pipeline:
    """Up to 8 jobs with routes from earlier to later ones, in any order in the file."""
    count = draw(st.integers(1, 8))
    pairs = [(one, other) for one in range(count) for other in range(one + 1, count)]
    chosen = draw(st.lists(st.tuples(st.sampled_from(pairs), st.booleans()), max_size=16)) if pairs else []

    def targets(number: int, good: bool) -> tuple[str, ...]:
        return tuple(sorted({str(other) for (one, other), fires in chosen if one == number and fires is good}))

    stages = [Stage(str(one), (), routes=Routes(targets(one, True), targets(one, False))) for one in range(count)]
    return Pipeline("w", tuple(draw(st.permutations(stages))), routed=True)


@given(workflows(), st.data())
def test_every_run_of_a_workflow_ends_with_each_job_run_once_or_skipped_for_a_reason(flow: Pipeline, data: st.DataObject) -> None:
    states: dict[str, State] = {}
    running: list[str] = []
    while True:
        todo = following(flow, states)
        for stage in todo.start:
            assert stage.name not in states
            entry = not any(
                stage.name in (*(other.routes or Routes()).success, *(other.routes or Routes()).fail) for other in flow.stages
            )
            assert entry or fired(flow, stage.name, states)
            states[stage.name] = State.RUNNING
            running.append(stage.name)
        for stage, blame in todo.skip:
            assert stage.name not in states
            states[stage.name] = State.SKIPPED
            assert states[blame].final
            assert not fired(flow, stage.name, states)
        if not running:
            break
        states[running.pop(data.draw(st.integers(0, len(running) - 1)))] = data.draw(st.sampled_from(ENDS))
    assert set(states) == {stage.name for stage in flow.stages}
    # which jobs ran follows from how they ended, whatever the order in which that became known
    ran = {name for name, state in states.items() if state is not State.SKIPPED}
    named = {name for stage in flow.stages for name in (*(stage.routes or Routes()).success, *(stage.routes or Routes()).fail)}
    assert ran == {stage.name for stage in flow.stages if stage.name not in named or fired(flow, stage.name, states)}


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
