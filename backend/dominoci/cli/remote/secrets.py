"""`dominoci projects secret`: values that the steps of a project's builds may ask for by name."""

from typing import TextIO

import click

from dominoci.cli.common import CannotRun
from dominoci.cli.remote.arbiter import Arbiter
from dominoci.cli.remote.options import JSON, Listed, confirm, remote
from dominoci.cli.remote.shown import moment, print_json, print_table


@click.group(cls=Listed)
def secret() -> None:
    """Values that the steps of a project's builds may ask for by name. Without a command: list."""


@secret.command("list")
@click.argument("project")
@JSON
@remote
def listing(arbiter: Arbiter, project: str, *, as_json: bool) -> None:
    """List a project's secrets: who set each and when, and when a build was last given it. Values are never shown."""
    page = arbiter.get("projects", project, "secrets")
    if as_json:
        return print_json(page)
    rows = [(row["name"], moment(row["changed_at"]), row["changed_by"], moment(row["used_at"])) for row in page["items"]]
    return print_table(("NAME", "SET", "BY", "USED"), rows)


@secret.command("set")
@click.argument("project")
@click.argument("name")
@click.argument("file", type=click.File())
@remote
def put(arbiter: Arbiter, project: str, name: str, file: TextIO) -> None:
    """Give a project a secret, or the one that it has another value: what is in FILE, without the last line end; - is stdin."""
    try:
        value = str(file.read())
    except UnicodeDecodeError as e:
        raise CannotRun("a secret is text, and the file holds something else: encode it, with base64 for one") from e
    arbiter.put("projects", project, "secrets", name, body={"value": value.removesuffix("\n")})


@secret.command("remove")
@click.argument("project")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@remote
def remove(arbiter: Arbiter, project: str, name: str, *, yes: bool) -> None:
    """Remove a secret; a step that asks for it fails from now on."""
    confirm(f"Remove the secret {name} of {project}?", yes=yes)
    arbiter.delete("projects", project, "secrets", name)
