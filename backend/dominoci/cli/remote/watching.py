"""Following a tree to its end: asked again and again by version, drawn on a terminal, told line by line elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import click

from dominoci.cli.remote.arbiter import Arbiter, NotAnswered
from dominoci.cli.remote.shown import cell, drawn, print_json, terminal

if TYPE_CHECKING:
    from rich.table import Table

Graph = dict[str, Any]

RUNNING, SUCCESS = "running", "success"
NOT_ENDED = 4  # exit code: it still ran when --timeout was over
INTERRUPTED = 130
FIRST_S, SLOWER, SLOWEST_S = 0.3, 1.5, 5.0
PATIENCE_S = 120.0  # for an arbiter that does not answer, before giving up
HEAD = ("EVENT", "PROJECT", "STATE", "TRY", "WHY")


def watch(arbiter: Arbiter, tree_id: str, timeout_s: float | None, *, as_json: bool) -> NoReturn:
    """Follows the tree and ends the command with its state as exit code."""
    shown: Graph = {}
    try:
        graphs = states(arbiter, tree_id, timeout_s)
        shown = _silently(graphs) if as_json else _drawing(graphs) if sys.stdout.isatty() else _telling(graphs)
    except KeyboardInterrupt:
        click.echo(f"no longer watching; the tree goes on: dominoci tree watch {tree_id}", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    if as_json:
        print_json(shown)
    if shown["state"] == RUNNING:
        click.echo(f"tree {tree_id} still runs after {timeout_s:g} s", err=True)
        raise click.exceptions.Exit(NOT_ENDED)
    if not as_json:
        click.echo(_sum(shown))
    raise click.exceptions.Exit(0 if shown["state"] == SUCCESS else 1)


def states(
    arbiter: Arbiter, tree_id: str, timeout_s: float | None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Graph]:
    """The tree's graph now, and again after every change, until it has ended or `timeout_s` is over. Asks less often while
    nothing happens; waits for an arbiter that is away. Raises NotAnswered when it stays away."""
    version, pause, began = None, FIRST_S, clock()
    heard = began
    while True:
        try:
            graph, wait, heard = arbiter.get("trees", tree_id, "graph"), 0.0, clock()
        except NotAnswered as e:
            if not e.passing or version is None or clock() - heard > PATIENCE_S:
                raise
            graph, wait = None, e.retry_after_s
        if graph is not None and graph["version"] != version:
            version, pause = graph["version"], FIRST_S
            yield graph
            if graph["state"] != RUNNING:
                return
        left = began + timeout_s - clock() if timeout_s is not None else SLOWEST_S
        if left <= 0:
            return
        time.sleep(min(max(pause, wait), left))
        pause = min(pause * SLOWER, SLOWEST_S)


def _silently(graphs: Iterator[Graph]) -> Graph:
    shown: Graph = {}
    for shown in graphs:  # noqa: B007  the last one counts
        pass
    return shown


def _telling(graphs: Iterator[Graph]) -> Graph:
    """A line for each event that changed: event, project, state, attempt, why."""
    shown: Graph = {}
    known: dict[str, tuple[str, ...]] = {}
    for shown in graphs:
        for node in shown["nodes"]:
            line = _line(node)
            if known.get(node["sub_id"]) != line:
                known[node["sub_id"]] = line
                click.echo("\t".join(line))
        sys.stdout.flush()
    return shown


def _drawing(graphs: Iterator[Graph]) -> Graph:
    """The whole tree, drawn in place; what is left at the end is its last state."""
    from rich.live import Live

    shown: Graph = {}
    console = terminal()
    with Live(console=console, transient=True, auto_refresh=False) as live:
        for shown in graphs:
            live.update(_table(shown), refresh=True)
    if shown:
        console.print(_table(shown))
    return shown


def _table(graph: Graph) -> "Table":
    return drawn(HEAD, map(_line, graph["nodes"]))


def _line(node: Graph) -> tuple[str, ...]:
    values = (node["sub_id"], node["project"], node["state"], node["attempt"] or None, node["reason"])
    return tuple(map(cell, values))


def _sum(graph: Graph) -> str:
    counts: dict[str, int] = {}
    for node in graph["nodes"]:
        counts[node["state"]] = counts.get(node["state"], 0) + 1
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    return f"tree {graph['id']}: {graph['state']} ({told})"
