"""What is wrong with a graph file in the light of the graph that is there."""

from collections.abc import Iterator

from dominoci.domain.graph_file.faults import Faults
from dominoci.domain.graph_file.model import Edge, GraphFile, Present, WantedProject
from dominoci.domain.graph_file.nodes import shown

MOST_CYCLES = 20
LONGEST_PATH = 30


def check(file: GraphFile, present: Present, prune: bool, faults: Faults) -> None:
    """Notes unknown upstreams, repositories that cannot change, and cycles. `prune`: what the file does not name goes."""
    known = set(file.projects) if prune and file.only is None else set(file.projects) | set(present.projects)
    for project, upstream in file.dependencies:
        mark = file.dependencies[project, upstream].mark
        if upstream in known:
            continue
        if upstream in present.projects:
            faults.add(mark, f"The project {upstream} is not in the file, so it is removed: nothing can depend on it.")
        else:
            hint = faults.near(upstream, known) or "; name it among the projects"
            faults.add(mark, f"There is no project {shown(upstream)}{hint}.")
    for wanted in file.projects.values():
        _check_repository(wanted, present, faults)
    for edge, path in _cycles(file, _edges_after(file, present, prune)):
        told = path if len(path) <= LONGEST_PATH else [*path[:5], f"… {len(path) - 10} more …", *path[-5:]]
        faults.add(file.dependencies[edge].mark, f"This would close a cycle: {' → '.join(told)}.")


def _check_repository(wanted: WantedProject, present: Present, faults: Faults) -> None:
    there = present.projects.get(wanted.name)
    url = wanted.settings["repository_url"]
    if there is None:
        return
    if there.clone_url is not None and url not in (None, there.clone_url):
        mark = wanted.marks.get("repository", wanted.mark)
        faults.add(mark, f"{wanted.name} is hosted by the arbiter, which cannot be changed: leave its repository out.")
    if there.clone_url is None and url is None and "repository" not in wanted.marks:
        stored = there.settings["repository_url"]
        faults.add(wanted.mark, f"{wanted.name} is not hosted by the arbiter: it needs its repository ({stored}).")


def _edges_after(file: GraphFile, present: Present, prune: bool) -> set[Edge]:
    """The dependencies that there would be; of those in the file, only what has both ends."""
    if not prune:
        return {*present.dependencies, *file.dependencies}
    return {*file.dependencies, *(edge for edge in present.dependencies if stays(edge, file))}


def stays(edge: Edge, file: GraphFile) -> bool:
    """Whether a dependency that the file does not name stays when what it does not name goes: the file of a single project
    speaks of that one's upstreams only."""
    return file.only is not None and edge[0] != file.only


def _cycles(file: GraphFile, edges: set[Edge]) -> Iterator[tuple[Edge, list[str]]]:
    """For each cycle an edge of the file on it, and the names from start to start in the order in which builds would fall."""
    import networkx as nx  # here, as in domain.graph: worker and scheduler come by this module, and never need its 15 MB

    for project, upstream in [edge for edge in file.dependencies if edge[0] == edge[1]]:
        edges.discard((project, upstream))
        yield (project, upstream), [upstream, project]
    graph: nx.DiGraph[str] = nx.DiGraph((upstream, project) for project, upstream in edges)
    for _ in range(MOST_CYCLES):
        part = {node: n for n, found in enumerate(nx.strongly_connected_components(graph)) for node in found}
        closing = [e for e in file.dependencies if graph.has_edge(e[1], e[0]) and part[e[0]] == part[e[1]]]
        if not closing:
            return
        project, upstream = closing[0]
        yield (project, upstream), [upstream, *nx.shortest_path(graph, project, upstream)]
        graph.remove_edge(upstream, project)
