"""What all commands share: one clear line for what went wrong, the data folder's flag, the container."""

import os
from typing import TYPE_CHECKING, Any

import click

from dominoci.config import Settings, SettingsError
from dominoci.domain.errors import DominoError

if TYPE_CHECKING:
    from dominoci.bootstrap import Container

DATA = click.option("--data", metavar="FOLDER", help="Folder for everything that is kept (DOMINOCI_DATA).")
HOST = click.option("--host", metavar="ADDRESS", help="Address to listen on (DOMINOCI_HOST).")
PORT = click.option("--port", type=click.IntRange(1, 65535), metavar="NUMBER", help="Port to listen on (DOMINOCI_PORT).")


class CannotRun(click.ClickException):
    """The command cannot be run as it was given, or here: exit code 2."""

    exit_code = 2


class Failed(click.ClickException):
    """The command ran and did not succeed: exit code 1."""


class Commands(click.Group):
    """A group that tells what went wrong in one line. Exit codes: 0 done, 1 refused or failed, 2 used or set up wrongly."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except SettingsError as e:
            raise CannotRun(str(e)) from e
        except DominoError as e:
            raise Failed(e.detail) from e
        except BrokenPipeError:
            raise  # who read our output has seen enough: click ends quietly
        except OSError as e:
            raise Failed(f"{e.filename}: {e.strerror}" if e.filename else str(e)) from e


def choose(**flags: str | int | None) -> Settings:
    """The settings with these flags on top. They go into the environment, so that every process started from here has them."""
    for name, value in flags.items():
        if value is not None:
            os.environ[f"DOMINOCI_{name.upper()}"] = str(value)
    return Settings.from_env()


def container(settings: Settings) -> "Container":
    """What the arbiter works with, for a command that works on the database itself."""
    from dominoci.bootstrap import build, configure_logging

    configure_logging(settings, "cli")
    return build(settings)
