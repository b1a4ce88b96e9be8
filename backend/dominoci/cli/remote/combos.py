"""`dominoci combo`: what passed together, as a table, a lock file, or the difference between two."""

from pathlib import Path
from typing import Any

import click

from dominoci.cli.common import CannotRun
from dominoci.cli.remote.arbiter import Arbiter
from dominoci.cli.remote.options import CURSOR, JSON, LIMIT, Listed, remote
from dominoci.cli.remote.shown import moment, print_facts, print_json, print_more, print_table

WHICH = click.argument("which", metavar="COMBO")
BRANCH = click.option("--branch", metavar="NAME", help="With a project: its last combo in trees whose root ran on this branch.")
OUTPUT = click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write this file, not stdout.")
MEMBERS = ("EVENT", "PROJECT", "COMMIT", "REF", "ARTIFACTS", "RUN")


@click.group(cls=Listed)
def combo() -> None:
    """What passed together: a success with the commits and artifacts of all its ancestors. Without a command: list.

    COMBO is a combo's id (TREE:EVENT:ATTEMPT), or a project, which means its last one.
    """


@combo.command("list")
@click.option("--project", metavar="NAME", help="Those of one project.")
@click.option("--commit", metavar="ID", help="Those that hold a commit: whole, or 7 and more of its first digits.")
@LIMIT
@CURSOR
@JSON
@remote
def listing(
    arbiter: Arbiter, project: str | None, commit: str | None, limit: int, cursor: str | None, *, as_json: bool
) -> None:
    """List combos, newest first; --commit answers which ones contain it."""
    page = arbiter.get("combos", project=project, commit=commit, limit=limit, cursor=cursor)
    if as_json:
        return print_json(page)
    rows = [(c["id"], c["project"]["name"], c["commit"], c["members"], moment(c["at"])) for c in page["items"]]
    print_table(("COMBO", "PROJECT", "COMMIT", "MEMBERS", "AT"), rows)
    return print_more(page)


@combo.command()
@WHICH
@BRANCH
@JSON
@remote
def show(arbiter: Arbiter, which: str, branch: str | None, *, as_json: bool) -> None:
    """Show a combo, or a project's last one."""
    found = arbiter.get(*_address(which, branch), branch=branch)
    if as_json:
        return print_json(found)
    mixed = "a project is in it with more than one commit" if found["mixed"] else None
    print_facts({"combo": found["id"], "project": found["project"]["name"], "at": moment(found["at"]), "mixed": mixed})
    click.echo()
    return print_table(MEMBERS, map(_member, found["members"]))


@combo.command()
@click.argument("projects", metavar="PROJECT PROJECT...", nargs=-1, required=True)
@JSON
@remote
def last(arbiter: Arbiter, projects: tuple[str, ...], *, as_json: bool) -> None:
    """Show what passed together in the newest tree in which all these projects succeeded."""
    if len(projects) == 1:
        raise CannotRun(f"name two projects or more; of one alone: dominoci combo show {projects[0]}")
    found = arbiter.get("combos", "last", project=list(projects))
    if as_json:
        return print_json(found)
    mixed = "a project is in it with more than one commit" if found["mixed"] else None
    print_facts({"tree": found["tree_id"], "at": moment(found["at"]), "mixed": mixed})
    click.echo()
    return print_table(MEMBERS, map(_member, found["members"]))


@combo.command()
@WHICH
@BRANCH
@click.option("--format", "form", type=click.Choice(["json", "dotenv"]), default="json", help="json (the default) or dotenv.")
@OUTPUT
@remote
def lock(arbiter: Arbiter, which: str, branch: str | None, form: str, output: Path | None) -> None:
    """Print a combo's lock file: its commits and artifact digests, as JSON, or as variables to read with `. ./FILE`."""
    write(arbiter.text(*_address(which, branch), "lock", format=form, branch=branch), output)


@combo.command()
@click.argument("old")
@click.argument("new")
@JSON
@remote
def diff(arbiter: Arbiter, old: str, new: str, *, as_json: bool) -> None:
    """Show what differs from combo OLD to combo NEW. Either may be a project, which means its last combo."""
    found = arbiter.get("combos", "compare", a=_id(arbiter, old), b=_id(arbiter, new))
    if as_json:
        return print_json(found)
    rows = [*map(_change, found["changed"])]
    rows += [("added", m["project"]["name"], None, m["commit"], None, None) for m in found["added"]]
    rows += [("removed", m["project"]["name"], m["commit"], None, None, None) for m in found["removed"]]
    print_table(("CHANGE", "PROJECT", "OLD", "NEW", "ARTIFACTS", "COMPARE"), rows)
    return click.echo(f"{found['unchanged']} unchanged", err=True)


def write(text: str, output: Path | None) -> None:
    """To stdout, or to a file."""
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")
        click.echo(f"wrote {output}", err=True)


def _address(which: str, branch: str | None) -> tuple[str, ...]:
    """A combo's id holds colons, which no project's name may."""
    if ":" not in which:
        return "projects", which, "combo"
    if branch:
        raise CannotRun("--branch goes with a project, not with a combo's id")
    return "combos", which


def _id(arbiter: Arbiter, which: str) -> str:
    return which if ":" in which else str(arbiter.get(*_address(which, None))["id"])


def _member(member: dict[str, Any]) -> tuple[Any, ...]:
    names = [artifact["name"] for artifact in member["artifacts"]]
    ref = member["branch"] or member["tag"]
    return member["sub_id"], member["project"]["name"], member["commit"], ref, names, member["run_url"]


def _change(change: dict[str, Any]) -> tuple[Any, ...]:
    artifacts = [f"{artifact['name']} {artifact['change']}" for artifact in change["artifacts"]]
    return "changed", change["project"]["name"], change["old"], change["new"], artifacts, change["compare_url"]
