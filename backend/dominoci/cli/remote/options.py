"""Options that remote commands share, and what turns them into a connection."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from dominoci.cli.common import CannotRun
from dominoci.cli.remote.arbiter import Arbiter
from dominoci.config import Remote

Command = Callable[..., None]

URL = click.option("--url", metavar="ADDRESS", help="Where the arbiter is (DOMINOCI_URL).")
TOKEN = click.option("--token", metavar="TOKEN", help="What to show there; others see it in ps, DOMINOCI_TOKEN_FILE hides it.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print what the API answers, as JSON.")
LIMIT = click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, metavar="NUMBER", help="At most.")
CURSOR = click.option("--cursor", metavar="TEXT", help="Go on where the list before stopped.")
WATCH = click.option("--watch", "--wait", is_flag=True, help="Follow the tree to its end; its state makes the exit code.")
TIMEOUT = click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Stop watching then: exit code 4.")
PARAMETERS = click.option("--param", "-p", "parameters", multiple=True, metavar="NAME=VALUE", help="A variable; repeatable.")


def remote(command: Command) -> Command:
    """Gives a command the connection as its first argument, and --url and --token."""

    @wraps(command)
    def connected(*args: Any, url: str | None, token: str | None, **kwargs: Any) -> None:
        if kwargs.get("timeout") is not None and kwargs.get("watch") is False:
            raise CannotRun("--timeout goes with --watch")
        with Arbiter(Remote.from_env(url=url, token=token)) as arbiter:
            command(arbiter, *args, **kwargs)

    return URL(TOKEN(connected))


class Listed(click.Group):
    """A group that lists unless told otherwise: `dominoci deps app` is `dominoci deps list app`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts `list` in front when no command is named."""
        if not args or not (args[0] in self.commands or args[0] in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


def pairs(texts: tuple[str, ...]) -> dict[str, str]:
    """NAME=VALUE arguments as a mapping; CannotRun for one without `=`."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise CannotRun(f"{text!r} is not NAME=VALUE")
        found[name] = value
    return found


def given(**fields: Any) -> dict[str, Any]:
    """The fields that have a value: None is what nobody said."""
    return {name: value for name, value in fields.items() if value is not None}


def confirm(question: str, *, yes: bool) -> None:
    """Asks on a terminal; elsewhere CannotRun unless --yes was given. A no ends the command with exit code 1."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CannotRun("nobody is there to be asked: say --yes")
    click.confirm(question, abort=True, err=True)
