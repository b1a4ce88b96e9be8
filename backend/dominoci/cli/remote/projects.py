"""`dominoci projects`: repositories with one triggerable pipeline each."""

from collections.abc import Callable
from typing import Any

import click

from dominoci.cli.common import CannotRun
from dominoci.cli.remote.arbiter import Arbiter
from dominoci.cli.remote.options import CURSOR, JSON, LIMIT, Command, Listed, confirm, given, remote
from dominoci.cli.remote.secrets import secret
from dominoci.cli.remote.shown import first_line, moment, print_facts, print_json, print_more, print_table

SHOWN = ("pipeline", "url", "job", "project", "repository", "workflow", "event_type")
KINDS = ("agent", "webhook", "jenkins", "gitlab", "github")
FIELDS: tuple[Callable[[Command], Command], ...] = (
    click.option("--repository", metavar="URL", help="Where git clones it from; without one the arbiter hosts it."),
    click.option("--branch", metavar="NAME", help="Its default branch."),
    click.option("--visibility", type=click.Choice(["private", "public"]), help="private or public."),
    click.option("--owners", metavar="URL", help="Page or file that names its owners."),
    click.option("--contact", metavar="TEXT", help="Whom to ask about it."),
    click.option("--on-new-event", type=click.Choice(["parallel", "supersede", "queue", "coalesce"]), help="While a tree runs."),
    click.option("--start-deadline", type=int, metavar="SECONDS", help="By then its CI system must have started a run."),
    click.option("--finish-deadline", type=int, metavar="SECONDS", help="By then a run must have ended."),
    click.option("--accept-event-token/--no-accept-event-token", default=None, help="Whether results need no project token."),
    click.option("--target-kind", type=click.Choice(KINDS), help="What runs its pipeline."),
    click.option("--target", "target_fields", metavar="FIELD=VALUE", multiple=True, help="A field of that kind, as in the API."),
    click.option("--target-secret", "target_secrets", metavar="NAME=FILE", multiple=True, help="A secret of that kind."),
    click.option("--target-url", metavar="URL", help="webhook: where the trigger is sent; jenkins, gitlab: the server."),
    click.option("--target-secret-file", type=click.File(), metavar="FILE", help="webhook: what signs the trigger; - is stdin."),
    click.option("--target-pipeline", metavar="NAME", help="agent: only this pipeline."),
)


def _fields(command: Command) -> Command:
    for option in reversed(FIELDS):
        command = option(command)
    return command


@click.group(cls=Listed)
def projects() -> None:
    """Repositories with one triggerable pipeline each. Without a command: list."""


projects.add_command(secret)


@projects.command("list")
@click.option("--q", metavar="TEXT", help="Part of a name or a repository's address.")
@LIMIT
@CURSOR
@JSON
@remote
def listing(arbiter: Arbiter, q: str | None, limit: int, cursor: str | None, *, as_json: bool) -> None:
    """List projects, newest first."""
    page = arbiter.get("projects", q=q, limit=limit, cursor=cursor)
    if as_json:
        return print_json(page)
    head = ("NAME", "TARGET", "LAST", "AT", "UPSTREAM", "DOWNSTREAM", "REPOSITORY")
    print_table(head, [_row(project) for project in page["items"]])
    return print_more(page)


def _row(project: dict[str, Any]) -> tuple[Any, ...]:
    last = project["last_result"] or {"status": "", "at": None}
    counts = (project["upstream_count"], project["downstream_count"])
    state = last["status"].lower()
    return project["name"], project["target"]["kind"], state, moment(last["at"]), *counts, project["repository_url"]


@projects.command()
@click.argument("name")
@JSON
@remote
def show(arbiter: Arbiter, name: str, *, as_json: bool) -> None:
    """Show one project."""
    _print(arbiter.get("projects", name), as_json=as_json)


@projects.command()
@click.argument("name")
@_fields
@JSON
@remote
def add(arbiter: Arbiter, name: str, *, as_json: bool, **fields: Any) -> None:
    """Make a project."""
    _print(arbiter.post("projects", body={"name": name, **_body(fields)}), as_json=as_json)


@projects.command()
@click.argument("name")
@click.option("--name", "new_name", metavar="NAME", help="Rename it.")
@click.option("--enable/--disable", "enabled", default=None, help="With --disable it is left out of new trees.")
@_fields
@JSON
@remote
def change(
    arbiter: Arbiter, name: str, *, new_name: str | None, enabled: bool | None, as_json: bool, **fields: Any
) -> None:
    """Change what the options name; trees under way keep what was frozen."""
    body = given(name=new_name, enabled=enabled) | _body(fields)
    if not body:
        raise CannotRun("nothing to change: name at least one field")
    _print(arbiter.patch("projects", name, body=body), as_json=as_json)


@projects.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@remote
def delete(arbiter: Arbiter, name: str, *, yes: bool) -> None:
    """Delete a project with its tokens and dependencies; its unfinished events are cancelled, history keeps its name."""
    confirm(f"Delete {name} with its tokens and dependencies?", yes=yes)
    arbiter.delete("projects", name)
    click.echo(f"deleted {name}")


def _body(fields: dict[str, Any]) -> dict[str, Any]:
    secret = fields["target_secret_file"].read().strip() if fields["target_secret_file"] else None
    target = given(url=fields["target_url"], secret=secret, pipeline=fields["target_pipeline"])
    target |= {name: _value(name, text) for name, text in (_pair(each, "--target") for each in fields["target_fields"])}
    target |= {name: _secret(path) for name, path in (_pair(each, "--target-secret") for each in fields["target_secrets"])}
    if target and not fields["target_kind"]:
        raise CannotRun("--target and the options that begin with --target- need --target-kind")
    return given(
        repository_url=fields["repository"],
        default_branch=fields["branch"],
        visibility=fields["visibility"],
        owners_url=fields["owners"],
        contact=fields["contact"],
        on_new_event=fields["on_new_event"],
        start_deadline_s=fields["start_deadline"],
        finish_deadline_s=fields["finish_deadline"],
        accept_event_token=fields["accept_event_token"],
        target={"kind": fields["target_kind"], **target} if fields["target_kind"] else None,
    )


def _pair(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise CannotRun(f"{option} takes NAME=VALUE, not {text!r}")
    return name, value


def _value(name: str, text: str) -> str | int | list[str]:
    """A target's field as the API takes it: labels are a list (labels=linux,gpu), a priority is a number."""
    if name == "labels":
        return [label.strip() for label in text.split(",") if label.strip()]
    return int(text) if name == "priority" and text.removeprefix("-").isdigit() else text


def _secret(path: str) -> str:
    try:
        with click.open_file(path) as file:
            return str(file.read()).strip()
    except OSError as e:
        raise CannotRun(f"{path} cannot be read: {e.strerror}") from e


@projects.command("hook-secret")
@click.argument("name")
@JSON
@remote
def hook_secret(arbiter: Arbiter, name: str, *, as_json: bool) -> None:
    """Make a new secret for the webhook of a project's GitLab project or GitHub repository; the old one ends at once."""
    made = arbiter.post("projects", name, "hook-secret", body={})
    if as_json:
        return print_json(made)
    return print_facts(made)


def _print(project: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        return print_json(project)
    last = project["last_result"]
    target = project["target"]
    return print_facts(
        {
            "name": project["name"],
            "id": project["id"],
            "repository": project["repository_url"],
            "branch": project["default_branch"],
            "target": " ".join(filter(None, [target["kind"], *(target[name] for name in SHOWN), *target["labels"]])),
            "enabled": project["enabled"],
            "on new event": project["on_new_event"],
            "deadlines": f"start {project['start_deadline_s']} s, finish {project['finish_deadline_s']} s",
            "visibility": project["visibility"],
            "owners": project["owners_url"],
            "contact": first_line(project["contact"]),
            "depends on": f"{project['upstream_count']} projects",
            "needed by": f"{project['downstream_count']} projects",
            "last result": f"{last['status']} {moment(last['at'])} {last['commit'] or ''}" if last else None,
        }
    )
