"""Opening and settling cost a fixed number of statements for each rank of a tree: no statement for each event or edge."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import event

from dominoci.services import dispatch, tree_views
from tests.world import USER, World

pytestmark = pytest.mark.services
NARROW, WIDE = 10, 200


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(world.database.engine, "before_cursor_execute", note)


def fan(world: World, width: int, target: str = "webhook", filtered: bool = False) -> None:
    """core, `width` projects behind it and one behind all of them."""
    world.empty()
    filters = {"branches": {"include": ["never"]}} if filtered else {}
    if target == "agent":
        for n in range(width):
            world.project(f"n{n:03d}", target={"kind": "agent"})
    edges = [("core", f"n{n:03d}", filters) for n in range(width)] + [(f"n{n:03d}", "end", {}) for n in range(width)]
    world.plant(edges)


def opening(world: World, width: int, **kind: Any) -> int:
    """How many statements it takes to open a tree with this fan."""
    fan(world, width, **kind)
    with statements(world) as seen:
        world.report("core")
    return len(seen)


@pytest.mark.parametrize(
    "kind", [{"target": "webhook"}, {"target": "agent"}, {"filtered": True}], ids=["webhook", "agent", "filtered"]
)
def test_opening_a_wide_tree_costs_no_more_statements_than_a_narrow_one(any_world: World, kind: dict[str, Any]) -> None:
    assert opening(any_world, NARROW, **kind) == opening(any_world, WIDE, **kind)


def settling(world: World, width: int, status: str) -> int:
    """How many statements it takes when the one parent of this fan ends so."""
    world.empty()
    edges: list[tuple[str, str, dict[str, Any]]] = [("core", "hub", {})]
    edges += [("hub", f"n{n:03d}", {}) for n in range(width)]
    edges += [(f"n{n:03d}", f"m{n:03d}", {}) for n in range(width)]
    world.plant(edges + [(f"n{n:03d}", "end", {}) for n in range(width)])
    tree_id = world.report("core")["tree_id"]
    with statements(world) as seen:
        world.result(tree_id, "1.1", status, project="hub")
    return len(seen)


@pytest.mark.parametrize("status", ["SUCCESS", "FAILED", "SKIPPED"])
def test_settling_a_wide_fan_costs_no_more_statements_than_a_narrow_one(any_world: World, status: str) -> None:
    assert settling(any_world, NARROW, status) == settling(any_world, WIDE, status)


def last_parent(world: World, width: int) -> int:
    """How many statements the last result of a join's parents takes."""
    fan(world, width)
    tree_id = world.report("core")["tree_id"]
    for n in range(1, width):
        world.result(tree_id, f"1.{n}", project=f"n{n - 1:03d}")
    with statements(world) as seen:
        world.result(tree_id, f"1.{width}", project=f"n{width - 1:03d}")
    assert world.by_project(tree_id)["end"]["state"] == "queued"
    return len(seen)


def test_firing_a_join_of_many_parents_costs_what_one_of_few_does(any_world: World) -> None:
    assert last_parent(any_world, 3) == last_parent(any_world, 30)


def cascade(world: World, depth: int) -> int:
    """How many statements it takes to skip a chain."""
    world.empty()
    names = ["core", *(f"p{n:03d}" for n in range(depth))]
    world.plant((a, b, {}) for a, b in pairwise(names))
    tree_id = world.report("core")["tree_id"]
    with statements(world) as seen:
        world.result(tree_id, "1.1", "FAILED", project="p000")
    return len(seen)


def test_each_rank_of_a_cascade_costs_the_same(any_world: World) -> None:
    ten, twenty, thirty = (cascade(any_world, depth) for depth in (10, 20, 30))
    assert twenty - ten == thirty - twenty <= 80


@pytest.mark.parametrize("page", ["tree", "graph"])
def test_showing_a_wide_tree_costs_no_more_statements_than_a_narrow_one(any_world: World, page: str) -> None:
    show = tree_views.get if page == "tree" else tree_views.graph
    counted = []
    for width in (NARROW, WIDE):
        fan(any_world, width)
        tree_id = any_world.report("core")["tree_id"]
        with statements(any_world) as seen:
            any_world.read(show, USER, tree_id)
        counted.append(len(seen))
    assert counted[0] == counted[1]


def claiming(world: World, width: int) -> int:
    """How many statements it takes to take this many triggers out of the outbox, with all that is sent of each."""
    world.empty()
    world.plant(("core", f"n{n:03d}", {}) for n in range(width))
    world.report("core")
    with statements(world) as seen:
        assert len(world.write(dispatch._claim, world.adapters)) == width
    return len(seen)


def test_taking_many_triggers_out_of_the_outbox_costs_what_taking_few_does(any_world: World) -> None:
    assert claiming(any_world, 2) == claiming(any_world, dispatch.BATCH)
