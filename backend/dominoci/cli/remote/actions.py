"""`dominoci rerun`, `cancel`, `redeliver`: what people do to a tree."""

from typing import Any

import click

from dominoci.cli.common import CannotRun
from dominoci.cli.remote.addresses import tree_of
from dominoci.cli.remote.arbiter import Arbiter
from dominoci.cli.remote.options import JSON, TIMEOUT, WATCH, remote
from dominoci.cli.remote.shown import inert, print_json, print_table
from dominoci.cli.remote.watching import watch as follow

TREE = click.argument("tree_id", metavar="TREE")


@click.command(short_help="Run again what failed, one event, or a whole tree.")
@TREE
@click.argument("sub", metavar="[SUB]", required=False)
@click.option("--all", "everything", is_flag=True, help="The whole tree, not only what failed.")
@click.option("--no-downstream", is_flag=True, help="With SUB: behind it only what was skipped because of it.")
@WATCH
@TIMEOUT
@JSON
@remote
def rerun(
    arbiter: Arbiter,
    tree_id: str,
    sub: str | None,
    *,
    everything: bool,
    no_downstream: bool,
    watch: bool,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Run again with the same inputs: event SUB and what depends on it, or without SUB all of TREE that failed."""
    if sub and everything:
        raise CannotRun("--all is for a whole tree: leave SUB out")
    if no_downstream and not sub:
        raise CannotRun("--no-downstream needs an event: say which SUB")
    tree = tree_of(arbiter, tree_id)
    if sub:
        acted = arbiter.post("trees", tree, "events", sub, "rerun", body={"downstream": not no_downstream})
    else:
        acted = arbiter.post("trees", tree, "rerun", body={"scope": "all" if everything else "failed"})
    _end(arbiter, acted, watch=watch, timeout=timeout, as_json=as_json)


@click.command(short_help="Cancel a tree, or one event of it.")
@TREE
@click.argument("sub", metavar="[SUB]", required=False)
@click.option("--branch", is_flag=True, help="With SUB: what depends on it too.")
@WATCH
@TIMEOUT
@JSON
@remote
def cancel(
    arbiter: Arbiter,
    tree_id: str,
    sub: str | None,
    *,
    branch: bool,
    watch: bool,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Cancel event SUB of TREE, or without SUB the tree: what waits ends at once, what runs is stopped in its CI system."""
    if branch and not sub:
        raise CannotRun("--branch needs an event: say which SUB")
    tree = tree_of(arbiter, tree_id)
    if sub:
        acted = arbiter.post("trees", tree, "events", sub, "cancel", body={"scope": "branch" if branch else "event"})
    else:
        acted = arbiter.post("trees", tree, "cancel", body={})
    _end(arbiter, acted, watch=watch, timeout=timeout, as_json=as_json)


@click.command(short_help="Send a trigger again that could not be delivered.")
@TREE
@click.argument("sub")
@WATCH
@TIMEOUT
@JSON
@remote
def redeliver(arbiter: Arbiter, tree_id: str, sub: str, *, watch: bool, timeout: float | None, as_json: bool) -> None:
    """Send the trigger of event SUB again, whose CI system could not be reached."""
    tree = tree_of(arbiter, tree_id)
    acted = arbiter.post("trees", tree, "events", sub, "redeliver", body={})
    _end(arbiter, acted, watch=watch, timeout=timeout, as_json=as_json)


def _end(arbiter: Arbiter, acted: dict[str, Any], *, watch: bool, timeout: float | None, as_json: bool) -> None:
    """Shows what was done, then follows the tree if that was asked for."""
    if as_json and not watch:
        return print_json(acted)
    if not as_json:
        click.echo(inert(acted["text"]))
        events = [(e["sub_id"], e["project"], e["state"], e["attempt"] or None) for e in acted["events"]]
        print_table(("EVENT", "PROJECT", "STATE", "TRY"), events)
    if watch:
        follow(arbiter, acted["tree_id"], timeout, as_json=as_json)
    return None
