"""`dominoci demo`: seven small projects that show how a tree falls."""

import click

from dominoci.cli.common import DATA, Failed
from dominoci.cli.db import with_database


@click.group()
def demo() -> None:
    """Seven small projects that show how a tree falls."""


@demo.command()
@DATA
def load(data: str | None) -> None:
    """Load the demo and push its first commit; the web process must be up. A loaded demo stays as it is."""
    from dominoci.demo.load import load as load_demo
    from dominoci.infra.git import GitError

    try:
        with_database(lambda shared: load_demo(shared, click.echo), data)
    except GitError as e:
        raise Failed(f"the demo could not be pushed: {e}") from e


@demo.command()
@DATA
def remove(data: str | None) -> None:
    """Remove the demo's projects, repositories and files."""
    from dominoci.demo.load import remove as remove_demo

    with_database(remove_demo, data)
