"""`dominoci openapi` and `dominoci docs`: documents that are generated from the code, so that they cannot go stale unseen."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from inspect import cleandoc
from pathlib import Path

import click

from dominoci.cli.common import Failed

MADE = "<!-- made by `dominoci docs` from the code; change it there -->\n"


@click.command()
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of printing.")
def openapi(output: Path | None) -> None:
    """Print the OpenAPI document of the API."""
    if output is None:
        click.echo(openapi_text(), nl=False)
    else:
        output.write_text(openapi_text(), "utf-8")


@click.command(short_help="Write the generated documents (for developers).")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False, exists=True), default="docs", show_default=True)
@click.option("--check", is_flag=True, help="Write nothing; fail when a document is not what the code says.")
def docs(folder: Path, *, check: bool) -> None:
    """Write the generated documents: openapi.json, settings, states and reasons, audit log, commands (for developers)."""
    texts = {name: make() for name, make in DOCUMENTS.items()}
    stale = [name for name, text in texts.items() if _read(folder / name) != text]
    if check and stale:
        raise Failed(f"stale: {', '.join(stale)}; run `dominoci docs`")
    for name in stale:
        (folder / name).write_text(texts[name], "utf-8")
        click.echo(f"wrote {folder / name}")


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


def openapi_text() -> str:
    """docs/openapi.json."""
    from dominoci.api.routes import describe

    return json.dumps(describe(), indent=1) + "\n"


def settings_text() -> str:
    """docs/settings.md."""
    from dominoci.config import SETTINGS

    rows = [(f"`{s.name}`", f"`{s.default}`" if s.default else "", s.meaning, "yes" if s.secret else "") for s in SETTINGS]
    about = (
        "Every setting is a variable of the environment; some are flags too. Each may also come from a file whose path stands "
        "in the variable with `_FILE` behind it: use that for secrets."
    )
    return _page("Settings", about, _table(("variable", "default", "meaning", "secret"), rows))


def states_text() -> str:
    """docs/states-and-reasons.md."""
    from dominoci.domain.reasons import CODES
    from dominoci.domain.states import FINAL, TRANSITIONS, BuildState, EventState, TreeState

    def after(state: EventState) -> str:
        return ", ".join(target.value for target in EventState if target in TRANSITIONS[state])

    events = [(f"`{s.value}`", MEANINGS[s.value], "yes" if s in FINAL else "", after(s)) for s in EventState]
    reasons = [(f"`{code}`", reason.meaning) for code, reason in CODES.items()]
    return _page(
        "States and reasons",
        "Every change of an event's state is stored with its reason: a stable code with parameters, which make the sentence.",
        "## Events\n\n" + _table(("state", "", "final", "may become"), events),
        f"## Trees\n\n{_list(TreeState)}\nThe worst state of its events, once all are final: failed, then undeliverable, "
        "timed_out, cancelled, success.\n",
        f"## Builds\n\n{_list(BuildState)}",
        "## Reason codes\n\n" + _table(("code", "meaning"), reasons),
    )


def audit_text() -> str:
    """docs/audit-log.md."""
    from dominoci.domain.audit import ACTIONS

    about = (
        "Every change by a person or a token leaves one row, in the change's own transaction: who (and by which token), from "
        "which address, what, and the changed fields before and after. Secrets read `set` or `changed`; of a web address, "
        "neither the user nor the values of its query are kept. Rows are never changed or removed.\n\n"
        "`GET /api/v1/audit` (admins) takes `who`, `action`, `object`, `since`, `until`, and exports with `format=csv`; "
        "`GET /api/v1/projects/<project>/audit` (users) shows what was done to a project, its dependencies, tokens and builds."
    )
    return _page("Audit log", about, _table(("action", "meaning"), [(f"`{name}`", a.meaning) for name, a in ACTIONS.items()]))


EXIT_CODES = (
    "What `dominoci` can do. Exit codes: 0 done, 1 refused or failed, 2 used or set up wrongly, or the arbiter cannot be asked, "
    "3 a plan with something to do, 4 still running after --timeout. [cli-guide.md](cli-guide.md) has examples."
)


def commands_text() -> str:
    """docs/cli.md."""
    from dominoci.cli import main

    parts = [f"## `{path}`\n\n{_help(command, path)}" for path, command in _walk(main, "dominoci") if not command.hidden]
    return _page("Commands", EXIT_CODES, *parts)


DOCUMENTS: Mapping[str, Callable[[], str]] = {
    "openapi.json": openapi_text,
    "settings.md": settings_text,
    "states-and-reasons.md": states_text,
    "audit-log.md": audit_text,
    "cli.md": commands_text,
}


def _walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, child in sorted(command.commands.items()):
            yield from _walk(child, f"{path} {name}")


def _help(command: click.Command, path: str) -> str:
    said = cleandoc(command.help or "")
    options = [_option(p) for p in command.params if isinstance(p, click.Option)]
    arguments = "".join(f" {p.human_readable_name}" for p in command.params if isinstance(p, click.Argument))
    usage = f"    {path}{arguments}{' [options]' if options else ''}\n\n" if not isinstance(command, click.Group) else ""
    return f"{usage}{said}\n" + ("\n" + "".join(f"* {line}\n" for line in options) if options else "")


def _option(option: click.Option) -> str:
    names = ", ".join(f"`{name}{f' {option.metavar}' if option.metavar else ''}`" for name in option.opts)
    default = f" (default: {option.default})" if option.show_default and option.default else ""
    return f"{names}: {option.help or ''}{default}".rstrip(": ")


def _page(title: str, about: str, *parts: str) -> str:
    return "\n".join([f"# {title}\n", MADE, f"{about}\n", *parts])


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _list(states: type[StrEnum]) -> str:
    return ", ".join(f"`{state.value}`" for state in states) + "\n"


MEANINGS: Mapping[str, str] = {
    "waiting": "until every parent has settled",
    "queued": "decided, and not yet taken by its CI system",
    "triggered": "its CI system accepted the trigger; that is no proof of a start",
    "running": "it showed a sign of life",
    "success": "reported SUCCESS",
    "failed": "reported FAILED",
    "cancelled": "reported CANCELLED, or cancelled here",
    "skipped": "did not run: a parent failed, filters dropped it, or it reported SKIPPED",
    "timed_out": "no result by its finish deadline, or reported TIMED_OUT",
    "undeliverable": "its CI system could not be reached or did not start it",
}
