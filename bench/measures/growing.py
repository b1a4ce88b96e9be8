"""P8: what opening and settling costs for each event of a tree, however large the tree: time and statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from bench.arbiter import root_report
from bench.bed import Bed
from bench.figures import Figure
from bench.inside import Answer, Inside
from bench.plans import watching
from bench.plant import copy_dependencies, copy_projects
from bench.shapes import Shape, binary_tree, edges, fan_out, size
from bench.table import Goal, Row, plain, ratio
from dominoci.domain.credentials import mint_event
from dominoci.domain.tree import sub_id_key

SIZES = (10, 100, 1_000, 10_000)
LIKE = 1_000  # the size that the others are compared with
SAMPLE = 300  # so many results of each tree, unless everything is asked for
WIDE = 1_000
RESULT = {"status": "SUCCESS", "metadata": {"branch": "main", "commit": "c" * 40}}


@dataclass(frozen=True)
class Fallen:
    """One tree. CPU seconds, which others on the machine disturb less than the clock; `opening_s` alone is by the clock.
    `statements` are those of each result that had children to settle."""

    events: int
    opening_s: float
    opening_cpu_s: float
    opening_statements: int
    result_cpu_s: float
    statements: Sequence[int]

    @property
    def event_cpu_s(self) -> float:
        """Of one event: its share of the opening, and its result."""
        return self.opening_cpu_s / self.events + self.result_cpu_s


def measure(bed: Bed) -> list[Row]:
    """Binary trees of four sizes, whose results come one after another; and how fast a thousand events are opened."""
    with bed.inside("growing") as inside:
        roots = {size(shape) + 1: _plant(inside, shape) for shape in map(binary_tree, SIZES)}
        wide = _plant(inside, fan_out(WIDE))
        _fall(inside, roots[SIZES[1]], SAMPLE)
        most = SIZES[-1] if bed.full else SAMPLE
        fallen = [{events: _several(inside, roots[events], events, most) for events in SIZES} for _ in range(bed.runs)]
        opened = [_open(inside, wide)[0].seconds for _ in range(bed.runs)]
    bed.notes.append(_told(fallen))
    likes = Figure.of([run[LIKE].event_cpu_s * 1e3 for run in fallen], "ms")
    rows = [
        ratio(
            f"P8 CPU an event, tree of {events:,}",
            Figure.of([run[events].event_cpu_s * 1e3 for run in fallen], "ms"),
            likes,
            Goal(1.3, lowest=0.7),
        )
        for events in SIZES
        if events != LIKE
    ]
    tree = [run[LIKE].opening_s for run in fallen]
    return [
        *rows,
        _constant(fallen),
        plain(f"P8 opening {LIKE:,} events, binary tree", Figure.of(tree, "s"), Goal(0.5, unit=" s")),
        plain(f"P8 opening {WIDE:,} events, all started", Figure.of(opened, "s"), Goal(0.5, unit=" s")),
    ]


def _constant(fallen: Sequence[dict[int, Fallen]]) -> Row:
    """Statements for a result in the largest tree, against the smallest one: they must not grow."""
    counts = {events: [median(run[events].statements) for run in fallen] for events in SIZES}
    largest, smallest = (Figure.of(counts[events], "statements") for events in (SIZES[-1], SIZES[0]))
    return ratio(f"P8 statements a result, {SIZES[-1]:,} / {SIZES[0]}", largest, smallest, Goal(1.0))


def _told(fallen: Sequence[dict[int, Fallen]]) -> str:
    parts = []
    for events in SIZES:
        opening = median(run[events].opening_cpu_s for run in fallen) / events
        result = median(run[events].result_cpu_s for run in fallen)
        statements = fallen[0][events].opening_statements
        parts.append(f"{events:,}: {opening * 1e3:.2f} + {result * 1e3:.2f} ({statements} statements)")
    return f"P8: CPU ms an event for opening + result (statements of the opening), tree of {'; '.join(parts)}"


def _plant(inside: Inside, shape: Shape) -> str:
    """Projects in this shape, run by a webhook that is never called: nothing drains the outbox here. Answers the root's token."""
    target = {"kind": "webhook", "url": "https://ci.example/hook"}
    nodes = [inside.project(target), inside.project(target, accept_event_token=True)]
    first = inside.depend(nodes[0], nodes[1]).rpartition("/")[2]
    with inside.engine.begin() as connection:
        nodes += copy_projects(connection, nodes[1], [f"{nodes[0]}-{n:05}" for n in range(size(shape) - 1)])
        copy_dependencies(connection, first, [(nodes[up], nodes[down]) for up, down in edges(shape) if (up, down) != (0, 1)])
    return inside.project_token(nodes[0])


def _open(inside: Inside, token: str) -> tuple[Answer, int]:
    """The answer to a report, and how many statements it took."""
    with watching(inside.engine) as seen:
        answer = inside.timed("POST", "/events", root_report(), token)
    return answer, len(seen)


def _several(inside: Inside, token: str, events: int, most: int) -> Fallen:
    """As many trees of this size as `SAMPLE` results need, as one."""
    trees = [_fall(inside, token, most) for _ in range(max(1, SAMPLE // events))]
    return Fallen(
        events=events,
        opening_s=mean(tree.opening_s for tree in trees),
        opening_cpu_s=mean(tree.opening_cpu_s for tree in trees),
        opening_statements=trees[0].opening_statements,
        result_cpu_s=mean(tree.result_cpu_s for tree in trees),
        statements=[count for tree in trees for count in tree.statements],
    )


def _fall(inside: Inside, token: str, most: int) -> Fallen:
    """Opens a tree, and reports up to so many results, depth first: so the part that is asked for is like the whole."""
    opened, opening_statements = _open(inside, token)
    tree = opened.json["tree_id"]
    graph = inside.ask("GET", f"/trees/{tree}/graph")
    parents = {edge["from"] for edge in graph["edges"]}
    below = sorted((node["sub_id"] for node in graph["nodes"]), key=sub_id_key)[1:]
    spent, statements = [], []
    for sub_id in below[:most]:
        event_token = mint_event(inside.container.keys, tree, sub_id, 1)
        with watching(inside.engine) as seen:
            spent.append(inside.timed("POST", "/results", RESULT, event_token).cpu_s)
        if sub_id in parents:
            statements.append(len(seen))
    return Fallen(len(below) + 1, opened.seconds, opened.cpu_s, opening_statements, mean(spent), statements)
