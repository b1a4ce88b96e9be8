"""The command `dominoci`. One file a group; whatever takes long to import is imported by the command that needs it."""

import click

import dominoci
from dominoci.cli.access import agent, login_link, token
from dominoci.cli.common import Commands
from dominoci.cli.db import db
from dominoci.cli.demo import demo
from dominoci.cli.documents import docs, openapi
from dominoci.cli.processes import bot, prepare, scheduler, up, web, worker
from dominoci.cli.remote import COMMANDS

__all__ = ["main"]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(dominoci.__version__, prog_name="dominoci")
def main() -> None:
    """DominoCI, the arbiter between CI systems: one green pipeline, and all that depends on it is rebuilt, in order, once.

    Settings come from flags, or from the environment (docs/settings.md lists them).
    """


for command in (up, web, worker, scheduler, bot, prepare, db, token, login_link, agent, demo, openapi, docs, *COMMANDS):
    main.add_command(command)
