"""The dependency graph of projects: edges upstream -> downstream, and the refusal of cycles.

networkx is imported where it is used: worker and scheduler never need its 12 MB.
"""

from collections.abc import Iterable, Mapping


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


def around(edges: Iterable[tuple[str, str]], start: str, direction: str, depth: int | None) -> dict[str, int]:
    """The projects `up`, `down` or `both` of `start` with their distance (upstream is negative), at most `depth` edges away;
    `start` itself is 0. Nobody's siblings are among them: only what leads to `start` and what follows from it."""
    down: dict[str, list[str]] = {}
    up: dict[str, list[str]] = {}
    for upstream, downstream in edges:
        down.setdefault(upstream, []).append(downstream)
        up.setdefault(downstream, []).append(upstream)
    found = {start: 0}
    if direction in ("up", "both"):
        found |= {id_: -steps for id_, steps in _walk(up, start, depth).items()}
    if direction in ("down", "both"):
        found |= _walk(down, start, depth)
    return found


def _walk(ways: Mapping[str, list[str]], start: str, depth: int | None) -> dict[str, int]:
    found, here, steps = {start: 0}, [start], 0
    while here and (depth is None or steps < depth):
        steps += 1
        reached = {there for id_ in here for there in ways.get(id_, ()) if there not in found}
        found |= dict.fromkeys(reached, steps)
        here = list(reached)
    return found
