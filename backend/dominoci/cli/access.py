"""`dominoci token`, `login-link`, `agent`: how people, scripts and agents get in. Whoever may run this command is an admin."""

from typing import TYPE_CHECKING

import click

from dominoci.cli.common import DATA
from dominoci.cli.db import with_database

if TYPE_CHECKING:
    from dominoci.bootstrap import Container


@click.group()
def token() -> None:
    """Tokens for scripts."""


@token.command()
@click.option("--user", required=True, metavar="NAME", help="Whose token it is.")
@click.option("--name", default="command line", show_default=True, metavar="TEXT", help="What it is for, shown in lists.")
@DATA
def create(user: str, name: str, data: str | None) -> None:
    """Print a new user token (dcu_…). It is shown this once."""
    from dominoci.services import tokens

    with_database(lambda shared: click.echo(shared.write(tokens.create_for_user, user, name)["token"]), data)


@click.command("login-link")
@click.option("--user", default="admin", show_default=True, metavar="NAME", help="Who is to sign in.")
@DATA
def login_link(user: str, data: str | None) -> None:
    """Print a new one-time login link, good for an hour."""
    from dominoci.services import sessions

    with_database(lambda shared: click.echo(shared.write(sessions.login_link, user)), data)


@click.group()
def agent() -> None:
    """Build agents."""


@agent.command()
@DATA
def enrol(data: str | None) -> None:
    """Print a token with which one agent may register, once, within an hour."""
    with_database(lambda shared: click.echo(enrolment(shared)), data)


def enrolment(shared: "Container") -> str:
    """A new enrolment token."""
    from dominoci.services import tokens
    from dominoci.services.access import COMMAND_LINE

    made: str = shared.write(tokens.enrol_agent, COMMAND_LINE)["token"]
    return made
