"""`dominoci why`: why an event ran, waits, was skipped or failed, and why a project is not in a tree."""

from typing import Any

import click

from dominoci.cli.common import CannotRun
from dominoci.cli.remote.addresses import tree_of
from dominoci.cli.remote.arbiter import Arbiter
from dominoci.cli.remote.options import JSON, remote
from dominoci.cli.remote.shown import inert, moment, print_json, print_table


@click.command(short_help="Say why an event ran, waits, or did not run.")
@click.argument("tree_id", metavar="TREE")
@click.argument("sub", metavar="[SUB]", required=False)
@click.option("--project", metavar="NAME", help="Why this project is, or is not, in the tree.")
@JSON
@remote
def why(arbiter: Arbiter, tree_id: str, sub: str | None, project: str | None, *, as_json: bool) -> None:
    """Say why event SUB of TREE stands where it stands, from stored facts; without SUB a line for each event."""
    if sub and project:
        raise CannotRun("give SUB or --project, not both")
    tree = tree_of(arbiter, tree_id)
    if project:
        found = arbiter.get("trees", tree, "why", project=project)
    else:
        found = arbiter.get("trees", tree, "events", sub, "why") if sub else arbiter.get("trees", tree)
    if as_json:
        print_json(found)
    elif project:
        _print_project(found)
    elif sub:
        _print_event(found)
    else:
        _print_tree(found)


def _print_event(found: dict[str, Any]) -> None:
    click.echo(inert(f"{found['sub_id']} {found['state']}: {found['sentence']}"))
    if root := found.get("root"):
        click.echo(inert(f"it began with {root['sub_id']} ({root['project']})"))
    print_table(("AT", "CODE", "FACT"), [(moment(fact["at"]), fact["code"], fact["text"]) for fact in found["facts"]])


def _print_project(found: dict[str, Any]) -> None:
    click.echo(inert(f"{found['project']['name']}: {found['sentence']}"))
    for reason in found["reasons"]:
        click.echo(inert(f"  {reason['code']}: {reason['text']}"))
    for event in found["events"]:
        _print_event(event)


def _print_tree(found: dict[str, Any]) -> None:
    rows = [(e["sub_id"], e["project"]["name"], e["state"], (e["reason"] or {}).get("text")) for e in found["events"]]
    print_table(("EVENT", "PROJECT", "STATE", "WHY"), rows)
