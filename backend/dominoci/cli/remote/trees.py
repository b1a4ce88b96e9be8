"""`dominoci trees` and `dominoci tree`: everything that one root success set off."""

from typing import Any

import click

from dominoci.cli.remote.addresses import tree_of
from dominoci.cli.remote.arbiter import Arbiter
from dominoci.cli.remote.options import CURSOR, JSON, LIMIT, TIMEOUT, remote
from dominoci.cli.remote.shown import first_line, moment, print_facts, print_json, print_more, print_table
from dominoci.cli.remote.watching import watch as follow

STATES = ("running", "success", "failed", "cancelled", "timed_out", "undeliverable")


@click.command()
@click.option("--project", metavar="NAME", help="Those that this project is the root of.")
@click.option("--state", type=click.Choice(STATES), help=f"One of {', '.join(STATES)}.")
@click.option("--branch", metavar="NAME", help="Those whose root ran on this branch.")
@click.option("--commit", metavar="ID", help="Those of this commit of the root: whole, or 7 and more of its first digits.")
@click.option("--since", metavar="TIME", help="Those opened since then, e.g. 2026-11-21T10:00:00Z.")
@LIMIT
@CURSOR
@JSON
@remote
def trees(arbiter: Arbiter, *, as_json: bool, **query: Any) -> None:
    """List event trees, newest first."""
    page = arbiter.get("trees", **query)
    if as_json:
        return print_json(page)
    print_table(("TREE", "STATE", "ROOT", "REF", "COMMIT", "EVENTS", "OPENED", "MESSAGE"), [_row(t) for t in page["items"]])
    return print_more(page)


def _row(tree: dict[str, Any]) -> tuple[Any, ...]:
    root = tree["root"]
    commit = (root["commit"] or "")[:12]
    ref = root["branch"] or root["tag"]
    ended = sum(count for state, count in tree["counts"].items() if state not in ("waiting", "queued", "triggered", "running"))
    progress = f"{ended}/{tree['event_count']}"
    return (
        tree["id"],
        tree["state"],
        root["project"]["name"],
        ref,
        commit,
        progress,
        moment(tree["opened_at"]),
        first_line(root["message"], 40),
    )


@click.group()
def tree() -> None:
    """One event tree. TREE is its id, the beginning of it (8 characters or more), or the address of its page."""


@tree.command()
@click.argument("tree_id", metavar="TREE")
@JSON
@remote
def show(arbiter: Arbiter, tree_id: str, *, as_json: bool) -> None:
    """Show a tree with its events."""
    found = arbiter.get("trees", tree_of(arbiter, tree_id))
    if as_json:
        return print_json(found)
    print_tree(found)
    click.echo()
    head = ("EVENT", "PROJECT", "STATE", "TRY", "JOIN", "PARENTS", "WHY")
    return print_table(head, [_event(event) for event in found["events"]])


def print_tree(found: dict[str, Any]) -> None:
    """What a tree is and where it stands."""
    root = found["root"]
    cause = found["cause"]
    print_facts(
        {
            "tree": found["id"],
            "state": found["state"],
            "root": root["project"]["name"],
            "ref": root["branch"] or root["tag"],
            "commit": root["commit"],
            "message": first_line(root["message"]),
            "opened": moment(found["opened_at"]),
            "finished": moment(found["finished_at"]),
            "because": (found["reason"] or {}).get("text"),
            "caused by": f"{cause['tree_id']} {cause['sub_id']}" if cause else None,
            "page": found["url"],
        }
    )


def _event(event: dict[str, Any]) -> tuple[Any, ...]:
    why = (event["reason"] or {}).get("text")
    ran = event["attempt"] or None
    return event["sub_id"], event["project"]["name"], event["state"], ran, event["join"], event["parents"], why


@tree.command()
@click.argument("tree_id", metavar="TREE")
@TIMEOUT
@JSON
@remote
def watch(arbiter: Arbiter, tree_id: str, timeout: float | None, *, as_json: bool) -> None:
    """Follow a tree to its end: drawn again and again on a terminal, a line for each change elsewhere.

    Exit code: 0 when the tree succeeded, 1 when it did not, 4 when it still ran after --timeout, 130 after Ctrl-C, which ends
    the watching and not the tree. With --json the tree's graph is printed once, at the end.
    """
    follow(arbiter, tree_of(arbiter, tree_id), timeout, as_json=as_json)
