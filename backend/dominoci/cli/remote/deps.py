"""`dominoci deps`: edges of the graph, who is rebuilt when whom succeeds."""

from typing import Any

import click

from dominoci.cli.common import CannotRun, Failed
from dominoci.cli.remote.arbiter import Arbiter
from dominoci.cli.remote.options import JSON, PARAMETERS, Listed, given, pairs, remote
from dominoci.cli.remote.shown import print_json, print_table

JOIN = click.option("--join", type=click.Choice(["all", "each"]), help="Run once for all parents (default), or for each.")
DISABLED = click.option("--disabled", is_flag=True, help="Make it, and leave it out of new trees.")
FILTERS = {"branches": "branch", "tags": "tag", "pipelines": "pipeline"}
HEAD = ("UPSTREAM", "DOWNSTREAM", "JOIN", "ENABLED", "FILTERS", "REF", "PARAMETERS")


@click.group(cls=Listed)
def deps() -> None:
    """Who is rebuilt when whom succeeds. Without a command: list."""


@deps.command("list")
@click.argument("project")
@JSON
@remote
def listing(arbiter: Arbiter, project: str, *, as_json: bool) -> None:
    """List what a project depends on, and what depends on it."""
    found = arbiter.get("projects", project, "dependencies")
    if as_json:
        return print_json(found)
    return print_table(HEAD, [_row(one) for one in (*found["upstream"], *found["downstream"])])


@deps.command()
@click.argument("upstream")
@click.argument("downstream")
@JOIN
@click.option("--branch", "branches", multiple=True, metavar="GLOB", help="Only these branches of upstream; !GLOB: not these.")
@click.option("--tag", "tags", multiple=True, metavar="GLOB", help="The same for tags.")
@click.option("--pipeline", "pipelines", multiple=True, metavar="GLOB", help="The same for names of pipelines.")
@click.option("--ref", metavar="REF", help="What of downstream runs: default, same (branch as upstream), or a fixed ref.")
@PARAMETERS
@DISABLED
@JSON
@remote
def add(arbiter: Arbiter, upstream: str, downstream: str, *, as_json: bool, **rules: Any) -> None:
    """Make DOWNSTREAM depend on UPSTREAM. Refused, with the path, when that would close a cycle."""
    filters = {kind: _globs(rules[kind]) for kind in FILTERS if rules[kind]}
    body = given(join=rules["join"], ref=_ref(rules["ref"]), enabled=False if rules["disabled"] else None)
    body |= {"upstream": upstream, "filters": filters, "parameters": pairs(rules["parameters"])}
    _print(arbiter.post("projects", downstream, "dependencies", body=body), as_json=as_json)


@deps.command()
@click.argument("upstream")
@click.argument("downstream")
@remote
def remove(arbiter: Arbiter, upstream: str, downstream: str) -> None:
    """Let DOWNSTREAM no longer depend on UPSTREAM; trees under way go on."""
    arbiter.delete("projects", downstream, "dependencies", _find(arbiter, upstream, downstream))
    click.echo(f"{downstream} no longer depends on {upstream}")


@deps.command()
@click.argument("upstream")
@click.argument("downstream")
@JSON
@remote
def enable(arbiter: Arbiter, upstream: str, downstream: str, *, as_json: bool) -> None:
    """Let a dependency count again in new trees."""
    _switch(arbiter, upstream, downstream, enabled=True, as_json=as_json)


@deps.command()
@click.argument("upstream")
@click.argument("downstream")
@JSON
@remote
def disable(arbiter: Arbiter, upstream: str, downstream: str, *, as_json: bool) -> None:
    """Leave a dependency out of new trees."""
    _switch(arbiter, upstream, downstream, enabled=False, as_json=as_json)


def _switch(arbiter: Arbiter, upstream: str, downstream: str, *, enabled: bool, as_json: bool) -> None:
    address = ("projects", downstream, "dependencies", _find(arbiter, upstream, downstream))
    _print(arbiter.patch(*address, body={"enabled": enabled}), as_json=as_json)


def _find(arbiter: Arbiter, upstream: str, downstream: str) -> str:
    """The id of the dependency between two projects, each an id or a name."""
    for one in arbiter.get("projects", downstream, "dependencies")["upstream"]:
        if upstream in (one["upstream"]["id"], one["upstream"]["name"]):
            return str(one["id"])
    raise Failed(f"{downstream} does not depend on {upstream}")


def _globs(patterns: tuple[str, ...]) -> dict[str, list[str]]:
    include = [pattern for pattern in patterns if not pattern.startswith("!")]
    return {"include": include, "exclude": [pattern[1:] for pattern in patterns if pattern.startswith("!")]}


def _ref(text: str | None) -> dict[str, str] | None:
    if text == "":
        raise CannotRun("--ref needs a ref: default, same, or the name of a branch or tag")
    return None if text is None else {"use": text} if text in ("default", "same") else {"use": "fixed", "value": text}


def _print(dependency: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        return print_json(dependency)
    return print_table(HEAD, [_row(dependency)])


def _row(one: dict[str, Any]) -> tuple[Any, ...]:
    ref = one["ref"]["value"] or one["ref"]["use"]
    parameters = [f"{name}={value}" for name, value in one["parameters"].items()]
    ends = (one["upstream"]["name"], one["downstream"]["name"])
    return *ends, one["join"], one["enabled"], _filters(one["filters"]), ref, parameters


def _filters(filters: dict[str, dict[str, list[str]]]) -> list[str]:
    """Filters as they are given: `branch release/*`, `tag !v0.*`."""
    found = []
    for kind, word in FILTERS.items():
        patterns = [*filters[kind]["include"], *(f"!{pattern}" for pattern in filters[kind]["exclude"])]
        found += [f"{word} {' '.join(patterns)}"] if patterns else []
    return found
