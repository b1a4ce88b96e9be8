"""`dominoci trigger`: starts a project on own agents, or reports a root event of it."""

import time
from typing import Any

import click

from dominoci.cli.common import CannotRun, Failed
from dominoci.cli.remote.arbiter import Arbiter
from dominoci.cli.remote.options import JSON, PARAMETERS, TIMEOUT, WATCH, given, pairs, remote
from dominoci.cli.remote.shown import inert, print_json, print_table
from dominoci.cli.remote.watching import FIRST_S, NOT_ENDED, SLOWER, SLOWEST_S
from dominoci.cli.remote.watching import watch as follow

METADATA = ("branch", "tag", "commit", "pipeline", "message")
UNFINISHED = ("queued", "running")


@click.command(short_help="Start a project, or report a success of it.")
@click.argument("project")
@click.option("--ref", metavar="REF", help="Branch, tag or commit to build; the default branch without it.")
@PARAMETERS
@click.option("--event", "as_event", is_flag=True, help="Report a success that happened elsewhere; needs the project's token.")
@click.option("--branch", metavar="NAME", help="With --event: where the pipeline ran.")
@click.option("--tag", metavar="NAME", help="With --event.")
@click.option("--commit", metavar="ID", help="With --event.")
@click.option("--pipeline", metavar="NAME", help="With --event: the pipeline's name.")
@click.option("--message", metavar="TEXT", help="With --event: the commit's message.")
@click.option("--link", metavar="URL", help="With --event: the run's page; the same link again is the same report.")
@click.option("--dry-run", is_flag=True, help="With --event: only tell what would fall.")
@WATCH
@TIMEOUT
@JSON
@remote
def trigger(arbiter: Arbiter, project: str, *, as_event: bool, watch: bool, **options: Any) -> None:
    """Start PROJECT on own agents; its success is a root event. With --event, report such a success of another CI system."""
    foreign = ("ref", "parameters") if as_event else (*METADATA, "link", "dry_run")
    if wrong := [name for name in foreign if options[name]]:
        flag = "--" + wrong[0].replace("parameters", "param").replace("_", "-")
        raise CannotRun(f"{flag} {'does not go' if as_event else 'goes only'} with --event")
    if options["dry_run"] and watch:
        raise CannotRun("--dry-run opens no tree that could be watched")
    run = _report if as_event else _build
    run(arbiter, project, options, watch=watch)


def _build(arbiter: Arbiter, project: str, options: dict[str, Any], *, watch: bool) -> None:
    body = given(ref=options["ref"], parameters=pairs(options["parameters"]) or None)
    build = arbiter.post("projects", project, "builds", body=body)
    if options["as_json"] and not watch:
        return print_json(build)
    if not options["as_json"]:
        click.echo(f"build {build['number']} of {inert(build['project']['name'])}: {build['url']}")
    if watch:
        follow_build(arbiter, build, options)
    return None


def follow_build(arbiter: Arbiter, build: dict[str, Any], options: dict[str, Any]) -> None:
    """Waits for a build's end. A success goes on as its tree; anything else ends the command as failed. Of the `options` it reads
    `timeout` and `as_json`."""
    ended = _ended(arbiter, build, options)
    if ended["state"] == "success" and ended["tree_id"]:
        follow(arbiter, ended["tree_id"], options["timeout"], as_json=options["as_json"])
    if options["as_json"]:
        print_json(ended)
    if ended["state"] != "success":
        why = (ended["reason"] or {}).get("text") or "no reason was given"
        raise Failed(inert(f"build {ended['number']}: {ended['state']} ({why})"))


def _ended(arbiter: Arbiter, build: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """The build once it has ended; its tree, if any, is watched after that."""
    pause, began = FIRST_S, time.monotonic()
    while build["state"] in UNFINISHED:
        if options["timeout"] is not None and time.monotonic() - began >= options["timeout"]:
            click.echo(f"build {build['number']} has not ended after {options['timeout']:g} s", err=True)
            raise click.exceptions.Exit(NOT_ENDED)
        time.sleep(pause)
        pause = min(pause * SLOWER, SLOWEST_S)
        build = arbiter.get("builds", build["id"])
    return build


def _report(arbiter: Arbiter, project: str, options: dict[str, Any], *, watch: bool) -> None:
    arbiter.get("projects", project)  # with a project's token only its own project is found: no report under a wrong name
    body = {"status": "SUCCESS", "metadata": given(**{name: options[name] for name in METADATA})}
    body |= given(links=given(pipeline=options["link"]) or None)
    told = arbiter.post("events", body=body, dry_run="true" if options["dry_run"] else None)
    if options["as_json"] and not watch:
        return print_json(told)
    if not options["as_json"]:
        _print_told(told)
    if watch and told["tree_id"]:
        follow(arbiter, told["tree_id"], options["timeout"], as_json=options["as_json"])
    return None


def _print_told(told: dict[str, Any]) -> None:
    if "events" in told:
        falls = [(e["sub_id"], e["project"], e["would_run"], e["join"], e["reason"]["text"]) for e in told["events"]]
        print_table(("EVENT", "PROJECT", "RUNS", "JOIN", "WHY"), falls)
    elif told["tree_id"] is None:
        click.echo(inert(f"no tree: {told.get('reason')}"))
    else:
        click.echo(f"tree {told['tree_id']}: {told['url']}")
        children = [(child["sub_id"], child["project"], child["state"]) for child in told["children"]]
        print_table(("EVENT", "PROJECT", "STATE"), children)
