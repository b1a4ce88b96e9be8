"""`dominoci job`: runnable definitions in folders, their versions and builds."""

from typing import Any

import click

from dominoci.cli.common import CannotRun
from dominoci.cli.remote.arbiter import Arbiter
from dominoci.cli.remote.folders import folder
from dominoci.cli.remote.options import (
    CURSOR,
    JSON,
    LIMIT,
    PARAMETERS,
    TIMEOUT,
    WATCH,
    Command,
    Listed,
    confirm,
    given,
    pairs,
    remote,
)
from dominoci.cli.remote.shown import first_line, inert, moment, print_facts, print_json, print_more, print_table
from dominoci.cli.remote.trigger import follow_build

FORMATS = ("job", "flow", "factory", "builder")
FORMAT = click.option("--format", "form", type=click.Choice(FORMATS), help="Of the definition; by the file's name without it.")
BUILDS = ("BUILD", "STATE", "REF", "COMMIT", "CAUSE", "CREATED", "MESSAGE")


def _fields(command: Command) -> Command:
    options = (
        click.option("--title", metavar="TEXT", help="What it is for."),
        click.option("--ref", metavar="REF", help="Branch or tag that it builds; the project's default branch without it."),
        click.option("--file", metavar="PATH", help="The definition's file in the repository."),
        click.option("--checkout/--no-checkout", default=None, help="Whether builds begin with the repository's files."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(cls=Listed)
def job() -> None:
    """Runnable definitions for own agents, in folders. Without a command: list."""


job.add_command(folder)


@job.command("list")
@click.option("--folder", metavar="FOLDER", help="Only what stands in this folder; / is the top.")
@click.option("--project", metavar="NAME", help="Only jobs of this project.")
@click.option("--q", metavar="TEXT", help="Part of a path or title.")
@click.option("--copies", is_flag=True, help="Those for branches and pull requests, too.")
@LIMIT
@CURSOR
@JSON
@remote
def listing(arbiter: Arbiter, *, copies: bool, as_json: bool, **query: Any) -> None:
    """List jobs by path."""
    page = arbiter.get("jobs", copies="true" if copies else None, **query)
    if as_json:
        return print_json(page)
    print_table(("JOB", "PROJECT", "VERSION", "ENABLED", "LAST", "AT", "TITLE"), [_row(one) for one in page["items"]])
    return print_more(page)


def _row(one: dict[str, Any]) -> tuple[Any, ...]:
    last = one["recent"][0] if one["recent"] else {"state": None, "created_at": None}
    named = (one["path"], one["project"]["name"], one["version"], one["enabled"] and not one["closed_at"])
    return *named, last["state"], moment(last["created_at"]), first_line(one["title"])


@job.command()
@click.argument("path")
@JSON
@remote
def show(arbiter: Arbiter, path: str, *, as_json: bool) -> None:
    """Show one job, by its path or id."""
    _print(arbiter.get("jobs", path), as_json=as_json)


@job.command()
@click.argument("path")
@click.option("--project", metavar="NAME", help="Whose repository and secrets it gets; without one it gets a project of its own.")
@click.option("--definition", metavar="FILE", type=click.File(), help="Kept by the arbiter; - is stdin.")
@FORMAT
@click.option("--disabled", is_flag=True, help="Make it, and let nothing start it.")
@_fields
@JSON
@remote
def add(arbiter: Arbiter, path: str, *, definition: Any, form: str | None, disabled: bool, as_json: bool, **fields: Any) -> None:
    """Make a job; folders of its path that are missing are made, too."""
    body = given(**fields, definition=_definition(definition, form), enabled=False if disabled else None)
    _print(arbiter.post("jobs", body={"path": path, **body}), as_json=as_json)


@job.command()
@click.argument("path")
@click.option("--name", metavar="NAME", help="Rename it.")
@click.option("--folder", metavar="FOLDER", help="Move it there; / is the top.")
@click.option("--enable/--disable", "enabled", default=None, help="With --disable nothing starts it.")
@_fields
@JSON
@remote
def change(arbiter: Arbiter, path: str, *, as_json: bool, **fields: Any) -> None:
    """Change what the options name; its builds stay where they are."""
    body = given(**fields)
    if not body:
        raise CannotRun("nothing to change: name at least one field")
    _print(arbiter.patch("jobs", path, body=body), as_json=as_json)


@job.command()
@click.argument("path")
@click.argument("definition", metavar="FILE", type=click.File())
@FORMAT
@JSON
@remote
def define(arbiter: Arbiter, path: str, definition: Any, *, form: str | None, as_json: bool) -> None:
    """Give a job the next version of its definition; refused, line by line, when it has mistakes."""
    _print(arbiter.put("jobs", path, "definition", body=_definition(definition, form) or {}), as_json=as_json)


@job.command()
@click.argument("path")
@LIMIT
@CURSOR
@JSON
@remote
def versions(arbiter: Arbiter, path: str, *, as_json: bool, **query: Any) -> None:
    """List the versions of a job's definition, newest first."""
    page = arbiter.get("jobs", path, "definitions", **query)
    if as_json:
        return print_json(page)
    rows = [(one["number"], one["format"], one["created_by"], moment(one["created_at"]), one["present"]) for one in page["items"]]
    print_table(("VERSION", "FORMAT", "BY", "AT", "PRESENT"), rows)
    return print_more(page)


@job.command()
@click.argument("path")
@click.option("--version", "number", type=int, metavar="NUMBER", help="Another one than the present.")
@remote
def definition(arbiter: Arbiter, path: str, number: int | None) -> None:
    """Print a job's definition."""
    found = arbiter.get("jobs", path, "definitions", str(number)) if number else arbiter.get("jobs", path)["definition"]
    if found is None:
        raise CannotRun(f"{path} runs the repository's own definition")
    click.echo(found["text"], nl=not found["text"].endswith("\n"))


@job.command()
@click.argument("path")
@LIMIT
@CURSOR
@JSON
@remote
def builds(arbiter: Arbiter, path: str, *, as_json: bool, **query: Any) -> None:
    """List a job's builds, newest first."""
    page = arbiter.get("jobs", path, "builds", **query)
    if as_json:
        return print_json(page)
    print_table(BUILDS, [_build(one) for one in page["items"]])
    return print_more(page)


def _build(one: dict[str, Any]) -> tuple[Any, ...]:
    told = (one["ref"], (one["commit"] or "")[:12], one["cause"], moment(one["created_at"]), first_line(one["message"]))
    return one["number"], one["state"], *told


@job.command()
@click.argument("path")
@click.option("--ref", metavar="REF", help="Branch, tag or commit to build instead of the job's own.")
@PARAMETERS
@WATCH
@TIMEOUT
@JSON
@remote
def run(arbiter: Arbiter, path: str, *, ref: str | None, parameters: tuple[str, ...], watch: bool, **options: Any) -> None:
    """Start a build of a job."""
    build = arbiter.post("jobs", path, "builds", body=given(ref=ref, parameters=pairs(parameters) or None))
    if options["as_json"] and not watch:
        return print_json(build)
    if not options["as_json"]:
        click.echo(f"build {build['number']} of {inert(build['of_job']['path'])}: {build['url']}")
    if watch:
        follow_build(arbiter, build, options)
    return None


@job.command()
@click.argument("path")
@click.option("--yes", is_flag=True, help="Do not ask.")
@remote
def delete(arbiter: Arbiter, path: str, *, yes: bool) -> None:
    """Delete a job with its copies and triggers; builds that have ended stay."""
    confirm(f"Delete {path} with its copies and triggers?", yes=yes)
    arbiter.delete("jobs", path)
    click.echo(f"deleted {path}")


def _definition(file: Any, form: str | None) -> dict[str, str] | None:
    if file is None:
        if form:
            raise CannotRun("--format goes with --definition")
        return None
    name = str(getattr(file, "name", ""))
    guessed = "factory" if name.endswith(".hcl") else "flow" if name.endswith(".flow.yml") else "job"
    return {"format": form or guessed, "text": file.read()}


def _print(one: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        return print_json(one)
    kept = f"version {one['version']} ({one['format']})" if one["version"] else None
    last = one["recent"][0] if one["recent"] else None
    asked = [f"{each['name']} (required)" if each["required"] else each["name"] for each in one["parameters"]]
    return print_facts(
        {
            "path": one["path"],
            "id": one["id"],
            "title": one["title"],
            "project": one["project"]["name"],
            "definition": kept or one["file"] or "the repository's own",
            "parameters": asked,
            "ref": one["ref"],
            "checkout": one["checkout"],
            "enabled": one["enabled"],
            "copied from": one["copied_from"]["path"] if one["copied_from"] else None,
            "closed": moment(one["closed_at"]) if one["closed_at"] else None,
            "last build": f"{last['number']} {last['state']} {moment(last['created_at'])}" if last else None,
            "page": one["url"],
        }
    )
