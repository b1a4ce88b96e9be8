"""The graph: a dependency that would close a cycle is refused with the path, and distances count edges."""

import itertools

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain.graph import cycle_closed_by, distances

NODES = st.sampled_from("abcdef")
EDGES = st.lists(st.tuples(NODES, NODES), max_size=14)

CHAIN = [("a", "b"), ("b", "c"), ("c", "d")]


@pytest.mark.parametrize(
    ("new", "cycle"),
    [
        (("a", "a"), ["a", "a"]),
        (("b", "a"), ["b", "a", "b"]),
        (("d", "a"), ["d", "a", "b", "c", "d"]),
        (("a", "c"), None),
        (("a", "new"), None),
        (("new", "a"), None),
        (("x", "y"), None),
    ],
)
def test_the_cycle_is_named_from_start_to_start(new: tuple[str, str], cycle: list[str] | None) -> None:
    assert cycle_closed_by(CHAIN, *new) == cycle


def test_of_several_cycles_the_shortest_is_named() -> None:
    assert cycle_closed_by([*CHAIN, ("a", "d")], "d", "a") == ["d", "a", "d"]


@given(EDGES)
def test_edges_added_one_by_one_never_make_a_cycle_and_every_refusal_is_a_real_one(wanted: list[tuple[str, str]]) -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    for upstream, downstream in wanted:
        cycle = cycle_closed_by(list(graph.edges), upstream, downstream)
        if cycle is None:
            graph.add_edge(upstream, downstream)
        else:
            assert cycle[0] == cycle[-1] == upstream
            assert cycle[1] == downstream
            assert all(graph.has_edge(*pair) for pair in itertools.pairwise(cycle[1:]))
        assert nx.is_directed_acyclic_graph(graph)


def test_distances_count_edges_along_the_shortest_way() -> None:
    assert distances([*CHAIN, ("a", "d"), ("x", "a")], "a") == {"a": 0, "b": 1, "c": 2, "d": 1}


def test_a_project_without_edges_is_alone() -> None:
    assert distances(CHAIN, "lonely") == {"lonely": 0}
