"""`dominoci apply` and `dominoci export`: the graph as a reviewed file, dominoci.yml."""

from pathlib import Path
from typing import Any, TextIO

import click

from dominoci.cli.common import CannotRun, Failed
from dominoci.cli.remote.arbiter import Arbiter, Refused
from dominoci.cli.remote.combos import OUTPUT, write
from dominoci.cli.remote.options import JSON, confirm, remote
from dominoci.cli.remote.shown import inert, print_json
from dominoci.config import secret_values

CHANGES = 3  # exit code of --plan: there is something to do
SIGNS = {"+": "green", "~": "yellow", "-": "red"}
FILE = click.option(
    "--file",
    "-f",
    type=click.File(encoding="utf-8"),
    default="dominoci.yml",
    show_default=True,
    metavar="FILE",
    help="The file; - is stdin.",
)


@click.command(short_help="Make the graph what a file says; the plan comes first.")
@FILE
@click.option("--project", metavar="NAME", help="The file is this project's own: it names its upstreams.")
@click.option("--prune", is_flag=True, help="Remove what the file does not name.")
@click.option("--plan", "only_plan", is_flag=True, help="Change nothing; exit code 3 when there is something to do, else 0.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@JSON
@remote
def apply(
    arbiter: Arbiter, file: TextIO, project: str | None, *, prune: bool, only_plan: bool, yes: bool, as_json: bool
) -> None:
    """Make the graph what FILE says, all of it or nothing: projects, dependencies, filters, targets. Doing it again does nothing.

    The plan is shown first, and asked about on a terminal. Secrets that the file names are read from the environment here.
    """
    asked = {"file": _text(file), "prune": prune, "project": project}
    plan = _told(file.name, arbiter, "plan", asked)
    if secrets := secret_values(plan["secrets"]):
        asked["secrets"] = secrets
        plan = _told(file.name, arbiter, "plan", asked)  # only now it is known whether a secret changes
    something = bool(plan["added"] or plan["changed"] or plan["removed"])
    if not as_json or not (yes or only_plan):
        _show(plan, err=as_json)
    if only_plan or not something:
        if as_json:
            print_json(plan)
        raise click.exceptions.Exit(CHANGES if only_plan and something else 0)
    confirm("Apply this?", yes=yes)
    done = _told(file.name, arbiter, "apply", {**asked, "digest": plan["digest"]})
    return print_json(done) if as_json else click.echo("applied")


@click.command()
@click.argument("projects", nargs=-1, metavar="[PROJECT]...")
@OUTPUT
@remote
def export(arbiter: Arbiter, projects: tuple[str, ...], output: Path | None) -> None:
    """Print the graph as a file, or of it some projects. Applying it again changes nothing; secrets are not in it."""
    write(arbiter.text("graph", "export", project=list(projects) or None), output)


def _text(file: TextIO) -> str:
    try:
        return file.read()
    except UnicodeDecodeError as e:
        raise CannotRun(f"{file.name} is not UTF-8") from e


def _told(name: str, arbiter: Arbiter, what: str, asked: dict[str, Any]) -> dict[str, Any]:
    """The plan, made or done. Raises Failed after naming every fault of the file with its place."""
    try:
        told: dict[str, Any] = arbiter.post("graph", what, body=asked)
    except Refused as e:
        faults = e.problem.get("errors")
        if not isinstance(faults, list):
            raise
        for fault in faults:
            click.echo(inert(f"{name}:{fault['line']}:{fault['column']}: {fault['message']}"), err=True)
        raise Failed(inert(str(e.problem["detail"]))) from e
    return told


def _show(plan: dict[str, Any], *, err: bool) -> None:
    """The plan for people; on a terminal what is added, changed, removed has its colour."""
    colour = None
    for line in plan["text"]:
        colour = colour if line.startswith("    ") else SIGNS.get(line[:1])
        click.secho(inert(line), fg=colour, err=err)
    if missing := set(plan["secrets"]) - secret_values(plan["secrets"]).keys():
        click.echo(inert(f"not set here, and needed to apply: {', '.join(sorted(missing))}"), err=True)
