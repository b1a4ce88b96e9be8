"""Freezing: which events a success opens, under which parents, and by which numbers."""

import itertools
import random
import time
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain.tree import MAX_DEPTH, Dependency, FrozenTree, TreeTooDeep, TreeTooLarge, freeze, sub_id_key

Edge = tuple[str, str] | tuple[str, str, str]


def depend(edges: Iterable[Edge]) -> list[Dependency]:
    """Dependencies between projects whose id is their name."""
    return [Dependency(f"{e[0]}-{e[1]}", e[0], e[1], e[2] if len(e) > 2 else "all") for e in edges]


def frozen(edges: Iterable[Edge], root: str = "core", limit: int = 10_000) -> FrozenTree:
    """The tree of `root` in this graph."""
    listed = depend(edges)
    names = {root} | {p for d in listed for p in (d.upstream, d.downstream)}
    return freeze(root, listed, {name: name for name in names}, limit)


def numbers(tree: FrozenTree) -> dict[str, str]:
    """Projects by sub id."""
    return {event.sub_id: event.project for event in tree.events}


def parents(tree: FrozenTree) -> dict[str, list[str]]:
    """Sub ids of each event's parents."""
    return {e.sub_id: sorted((tree.events[i].sub_id for i, _ in e.parents), key=sub_id_key) for e in tree.events}


DEMO: list[Edge] = [
    ("core", "net"),
    ("core", "ui"),
    ("core", "nightly"),
    ("net", "app"),
    ("ui", "app"),
    ("app", "image"),
    ("app", "docs"),
]


def test_a_project_that_nothing_depends_on_is_a_tree_of_one() -> None:
    assert numbers(frozen([])) == {"1": "core"}


def test_siblings_are_numbered_by_name_and_a_join_stands_under_its_first_parent() -> None:
    assert numbers(frozen(DEMO)) == {
        "1": "core",
        "1.1": "net",
        "1.2": "nightly",
        "1.3": "ui",
        "1.1.1": "app",
        "1.1.1.1": "docs",
        "1.1.1.2": "image",
    }
    assert parents(frozen(DEMO))["1.1.1"] == ["1.1", "1.3"]


def test_the_order_of_the_dependencies_changes_nothing() -> None:
    expected = frozen(DEMO)
    for seed in range(20):
        shuffled = random.Random(seed).sample(DEMO, len(DEMO))
        assert numbers(frozen(shuffled)) == numbers(expected)
        assert parents(frozen(shuffled)) == parents(expected)


def test_only_what_can_be_reached_takes_part() -> None:
    edges: list[Edge] = [*DEMO, ("other", "app"), ("other", "lib"), ("lib", "ui")]
    assert numbers(frozen(edges)) == numbers(frozen(DEMO))
    assert parents(frozen(edges))["1.1.1"] == ["1.1", "1.3"]


def test_under_each_a_diamond_runs_its_end_once_for_every_parent() -> None:
    tree = frozen([("core", "net"), ("core", "ui"), ("net", "app", "each"), ("ui", "app", "each"), ("app", "docs")])
    assert {sub_id: project for sub_id, project in numbers(tree).items() if project == "app"} == {"1.1.1": "app", "1.2.1": "app"}
    assert [sub_id for sub_id, project in numbers(tree).items() if project == "docs"] == ["1.1.1.1"]
    assert parents(tree)["1.1.1.1"] == ["1.1.1", "1.2.1"]


def test_mixed_joins_make_one_joined_event_and_one_for_each_other_parent() -> None:
    edges: list[Edge] = [("core", p) for p in "abc"]
    tree = frozen([*edges, ("a", "x"), ("b", "x"), ("c", "x", "each")])
    assert parents(tree)["1.1.1"] == ["1.1", "1.2"]
    assert parents(tree)["1.3.1"] == ["1.3"]
    assert [(e.sub_id, e.join) for e in tree.events if e.project == "x"] == [("1.1.1", "all"), ("1.3.1", "each")]


def test_ten_siblings_are_numbered_as_numbers() -> None:
    tree = frozen([("core", f"p{n:02d}") for n in range(1, 13)])
    assert numbers(tree)["1.12"] == "p12"
    assert sorted(numbers(tree), key=sub_id_key)[-1] == "1.12"


def test_a_join_over_parents_of_unequal_depth_waits_for_all_of_them() -> None:
    tree = frozen([("core", "a"), ("a", "b"), ("b", "z"), ("core", "z"), ("a", "z")])
    assert numbers(tree)["1.2"] == "z"
    assert parents(tree)["1.2"] == ["1", "1.1", "1.1.1"]


def test_a_chain_of_fifty_is_fifty_levels_deep() -> None:
    names = ["core", *(f"p{n:02d}" for n in range(1, 50))]
    tree = frozen(itertools.pairwise(names))
    assert tree.events[-1].sub_id == ".".join(["1"] * 50)


def test_five_hundred_children_are_frozen_at_once() -> None:
    tree = frozen([("core", f"p{n:03d}") for n in range(500)])
    assert len(tree.events) == 501
    assert numbers(tree)["1.500"] == "p499"


def stacked(levels: int) -> list[Edge]:
    """Diamonds on diamonds under `each`: the last project would run 2^levels times."""
    edges: list[Edge] = []
    top = "core"
    for n in range(levels):
        bottom = f"d{n:02d}"
        for side in (f"l{n:02d}", f"r{n:02d}"):
            edges += [(top, side, "each"), (side, bottom, "each")]
        top = bottom
    return edges


def test_stacked_diamonds_are_counted_and_not_expanded() -> None:
    began = time.process_time()
    with pytest.raises(TreeTooLarge) as refused:
        frozen(stacked(40))
    assert refused.value.events == 1 + sum(2 * 2**n + 2 ** (n + 1) for n in range(40))
    assert refused.value.limit == 10_000
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(("limit", "fits"), [(29, True), (28, False)])
def test_the_limit_itself_is_allowed(limit: int, fits: bool) -> None:
    if fits:
        assert len(frozen(stacked(3), limit=limit).events) == limit
        return
    with pytest.raises(TreeTooLarge, match="29 events, more than the limit of 28"):
        frozen(stacked(3), limit=limit)


def test_a_tree_deeper_than_its_sub_ids_may_be_long_is_refused() -> None:
    names = ["core", *(f"p{n:03d}" for n in range(1, MAX_DEPTH + 1))]
    assert len(frozen(itertools.pairwise(names[:-1])).events) == MAX_DEPTH
    with pytest.raises(TreeTooDeep, match="more than 100 levels"):
        frozen(itertools.pairwise(names))


@st.composite
def graphs(draw: st.DrawFn) -> list[Edge]:
    """Acyclic graphs of up to seven projects, every pair joined or not, by `all` or `each`."""
    order = draw(st.permutations(["core", "a", "b", "c", "d", "e", "f"]))
    edges: list[Edge] = []
    for i, upstream in enumerate(order):
        for downstream in order[i + 1 :]:
            join = draw(st.sampled_from([None, None, "all", "each"]))
            if join:
                edges.append((upstream, downstream, join))
    return edges


@given(graphs(), st.randoms(use_true_random=False))
def test_every_frozen_tree_is_a_tree_of_its_graph(edges: list[Edge], chance: random.Random) -> None:
    tree = frozen(edges)
    shuffled = list(edges)
    chance.shuffle(shuffled)
    assert numbers(frozen(shuffled)) == numbers(tree)
    _numbers_are_fixed(tree)
    _edges_are_those_of_the_graph(tree, edges)


def _numbers_are_fixed(tree: FrozenTree) -> None:
    by_number = numbers(tree)
    assert len(by_number) == len(tree.events)
    assert tree.events[0].sub_id == "1"
    for index, event in enumerate(tree.events[1:], start=1):
        above, _, number = event.sub_id.rpartition(".")
        first = min((tree.events[i].sub_id for i, _ in event.parents), key=sub_id_key)
        assert above == first
        assert all(parent < index for parent, _ in event.parents)
        if number != "1":
            assert by_number[f"{above}.{int(number) - 1}"] < event.project


def _edges_are_those_of_the_graph(tree: FrozenTree, edges: list[Edge]) -> None:
    copies: dict[str, int] = {}
    for event in tree.events:
        copies[event.project] = copies.get(event.project, 0) + 1
    for event in tree.events[1:]:
        joins = {d.join for _, d in event.parents}
        assert joins == {event.join}
        assert len(event.parents) == 1 or event.join == "all"
        assert all(d.upstream == tree.events[i].project and d.downstream == event.project for i, d in event.parents)
    for upstream, downstream, join in (e for e in edges if len(e) == 3):
        if upstream in copies:
            assert sum(d.id == f"{upstream}-{downstream}" for e in tree.events for _, d in e.parents) == copies[upstream], join
