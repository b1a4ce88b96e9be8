"""`dominoci job folder`: folders that hold jobs."""

from typing import Any

import click

from dominoci.cli.common import CannotRun
from dominoci.cli.remote.arbiter import Arbiter
from dominoci.cli.remote.options import CURSOR, JSON, LIMIT, Listed, given, remote
from dominoci.cli.remote.shown import moment, print_json, print_more, print_table

HEAD = ("FOLDER", "FOLDERS", "JOBS", "BY", "CREATED")


@click.group(cls=Listed)
def folder() -> None:
    """Folders that hold jobs and other folders. Without a command: list."""


@folder.command("list")
@click.argument("parent", required=False)
@LIMIT
@CURSOR
@JSON
@remote
def listing(arbiter: Arbiter, parent: str | None, *, as_json: bool, **query: Any) -> None:
    """List the folders in PARENT, at the top without it."""
    page = arbiter.get("folders", parent=parent, **query)
    if as_json:
        return print_json(page)
    print_table(HEAD, [_row(one) for one in page["items"]])
    return print_more(page)


@folder.command()
@click.argument("path")
@JSON
@remote
def add(arbiter: Arbiter, path: str, *, as_json: bool) -> None:
    """Make a folder, and those above it that are missing."""
    _print(arbiter.post("folders", body={"path": path}), as_json=as_json)


@folder.command()
@click.argument("path")
@click.option("--name", metavar="NAME", help="Rename it.")
@click.option("--parent", metavar="FOLDER", help="Move it into another one; / is the top.")
@JSON
@remote
def change(arbiter: Arbiter, path: str, *, name: str | None, parent: str | None, as_json: bool) -> None:
    """Rename or move a folder with all that it holds."""
    body = given(name=name, parent=parent)
    if not body:
        raise CannotRun("nothing to change: give --name or --parent")
    _print(arbiter.patch("folders", path, body=body), as_json=as_json)


@folder.command()
@click.argument("path")
@remote
def delete(arbiter: Arbiter, path: str) -> None:
    """Remove an empty folder."""
    arbiter.delete("folders", path)
    click.echo(f"deleted {path}")


def _print(one: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        return print_json(one)
    return print_table(HEAD, [_row(one)])


def _row(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["path"], one["folders"], one["jobs"], one["created_by"], moment(one["created_at"])
