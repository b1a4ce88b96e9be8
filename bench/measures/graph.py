"""P9: a graph of 10,000 projects and 50,000 dependencies: adding one, previewing the largest tree, searching. Server times."""

import random
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from urllib.parse import quote

import networkx as nx

from bench.arbiter import root_report
from bench.bed import Bed
from bench.figures import Figure, percentile
from bench.inside import Answer, Inside
from bench.plant import copy_dependencies, copy_projects
from bench.table import Goal, Row, plain

PROJECTS, DEPENDENCIES = 10_000, 50_000
ADDED = 60  # in each run
SEARCHES = ("service-00042", "team07", "git.example/team3", "nothing-has-this-name", "e", "")
PREVIEWS = 3
SEED = 9

Pair = tuple[int, int]


def measure(bed: Bed) -> list[Row]:
    """The three, run after run, on one database."""
    dice = random.Random(SEED)
    with bed.inside("graph") as inside:
        known = random_edges(dice)
        ids = plant(inside, known)
        largest, below = _largest(known)
        token = inside.project_token(ids[largest])
        new = _unknown(dice, known)
        inside.at_rest()
        _add(inside, ids, [next(new) for _ in range(10)])
        added, previewed, found, refused = [], [], [], []
        for _ in range(bed.runs):
            added.append(_add(inside, ids, [next(new) for _ in range(ADDED)]))
            previewed.append([_preview(inside, token) for _ in range(PREVIEWS)])
            found.append([inside.timed("GET", f"/projects?q={quote(part)}") for part in SEARCHES])
            refused.append(_refused(inside, ids[largest], ids[below[-1]]))
    took = Figure.of([answer.seconds * 1e3 for answer in refused], "ms")
    bed.notes.append(f"P9: the largest tree has {len(below) + 1:,} events; refusing a cycle around it takes {took}")
    bed.notes.append(_cpu({"adding": added, "preview": previewed, "search": found}))
    return [
        plain("P9 adding a dependency, p99", _p99(added), Goal(50, unit=" ms")),
        plain("P9 preview of the largest tree, p99", _p99(previewed), Goal(500, unit=" ms")),
        plain("P9 project search, p99", _p99(found), Goal(50, unit=" ms")),
    ]


def _p99(runs: Sequence[Sequence[Answer]]) -> Figure:
    return Figure.of([percentile((answer.seconds for answer in run), 0.99) * 1e3 for run in runs], "ms")


def _cpu(kinds: Mapping[str, Sequence[Sequence[Answer]]]) -> str:
    """What of it the processor was busy: on a machine that others use too, the clock says more than that."""
    shares = [f"{kind} {median(a.cpu_s for run in runs for a in run) * 1e3:.0f}" for kind, runs in kinds.items()]
    return f"P9: CPU ms of a request, median: {', '.join(shares)}"


def random_edges(dice: random.Random) -> set[Pair]:
    """A random graph whose edges all lead to later projects."""
    pairs: set[Pair] = set()
    while len(pairs) < DEPENDENCIES:
        pairs.add(_pair(dice))
    return pairs


def _pair(dice: random.Random) -> Pair:
    low, high = sorted(dice.sample(range(PROJECTS), 2))
    return low, high


def plant(inside: Inside, pairs: set[Pair]) -> list[str]:
    """The graph's projects; their ids by place."""
    target = {"kind": "webhook", "url": "https://ci.example/hook"}
    first, second = inside.project(target), inside.project(target)
    model = inside.depend(first, second).rpartition("/")[2]
    with inside.engine.begin() as connection:
        names = [f"team{n % 40:02}-service-{n:05}" for n in range(PROJECTS)]
        ids = copy_projects(connection, first, names)
        copy_dependencies(connection, model, [(ids[up], ids[down]) for up, down in sorted(pairs)])
    return ids


def _largest(pairs: set[Pair]) -> tuple[int, Sequence[int]]:
    """The project with the most projects below it, and those."""
    graph: nx.DiGraph[int] = nx.DiGraph(pairs)
    # few are before the first hundred, so nearly everything is below one of them
    below = {place: nx.descendants(graph, place) for place in range(100) if place in graph}
    largest = max(below, key=lambda place: len(below[place]))
    return largest, sorted(below[largest])


def _unknown(dice: random.Random, pairs: set[Pair]) -> Iterator[Pair]:
    """Edges that the graph does not have, each once."""
    while True:
        pair = _pair(dice)
        if pair not in pairs:
            pairs.add(pair)
            yield pair


def _add(inside: Inside, ids: Sequence[str], new: Sequence[Pair]) -> list[Answer]:
    return [inside.timed("POST", f"/projects/{ids[down]}/dependencies", {"upstream": ids[up]}) for up, down in new]


def _refused(inside: Inside, root: str, leaf: str) -> Answer:
    """A dependency that would close a cycle around the largest tree."""
    return inside.timed("POST", f"/projects/{root}/dependencies", {"upstream": leaf}, expect=409)


def _preview(inside: Inside, token: str) -> Answer:
    answer = inside.timed("POST", "/events?dry_run=true", root_report(), token)
    assert len(answer.json["events"]) > 1_000, "the largest tree is shown, not cut"
    return answer
