"""The dependency graph of projects: edges upstream -> downstream, and the refusal of cycles.

networkx is imported where it is used: worker and scheduler never need its 12 MB.
"""

from collections.abc import Iterable


def cycle_closed_by(edges: Iterable[tuple[str, str]], upstream: str, downstream: str) -> list[str] | None:
    """The cycle that adding upstream -> downstream to `edges` would close, as a path that ends where it begins.

    None when there is none. A project that depends on itself is the shortest cycle.
    """
    import networkx as nx

    if upstream == downstream:
        return [upstream, downstream]
    graph: nx.DiGraph[str] = nx.DiGraph(edges)
    if downstream not in graph or upstream not in graph:
        return None
    try:
        path = nx.shortest_path(graph, downstream, upstream)
    except nx.NetworkXNoPath:
        return None
    return [upstream, *path]


def distances(edges: Iterable[tuple[str, str]], start: str) -> dict[str, int]:
    """How many edges each project that can be reached from `start` is away from it; `start` itself is 0."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph(edges)
    graph.add_node(start)
    return dict(nx.single_source_shortest_path_length(graph, start))
