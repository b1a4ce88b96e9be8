"""The command line: `dominoci-agent run | exec | validate`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from dominoci_agent import __version__
from dominoci_agent.config import AgentSettings, SettingsError
from dominoci_agent.pipeline.formats import FORMATS


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="dominoci-agent %(version)s")
def main() -> None:
    """The build agent of DominoCI.

    It claims builds from an arbiter over HTTP and runs their pipelines on this machine; or it runs a pipeline of yours
    here and now, without any arbiter.
    """


@main.command()
@click.option("--url", help="Address of the arbiter.  [env: DOMINOCI_URL; default: http://127.0.0.1:8080]")
@click.option("--token-file", help="File with the enrolment token.  [env: DOMINOCI_AGENT_TOKEN_FILE, or DOMINOCI_AGENT_TOKEN]")
@click.option("--name", help="Name to appear under.  [env: DOMINOCI_AGENT_NAME; default: this host's name]")
@click.option("--work", help="Folder for mirrors and workspaces.  [env: DOMINOCI_AGENT_WORK; default: ./agent-work]")
@click.option("--slots", help="Builds to run side by side.  [env: DOMINOCI_AGENT_SLOTS; default: 2]")
@click.option("--labels", help="Words that builds may ask for, with commas.  [env: DOMINOCI_AGENT_LABELS]")
def run(
    url: str | None, token_file: str | None, name: str | None, work: str | None, slots: str | None, labels: str | None
) -> None:
    """Serve an arbiter until stopped.

    SIGTERM or Ctrl-C: no more builds are claimed, running ones get DOMINOCI_AGENT_GRACE seconds (5) to finish, then they
    are ended and handed back. Waits patiently for an arbiter that is not up yet.
    """
    from dominoci_agent.logs import set_up
    from dominoci_agent.loop import Agent
    from dominoci_agent.runtime.folder import WorkFolderError

    try:
        settings = AgentSettings.read(
            os.environ, url=url, token_file=token_file, name=name, work=work, slots=slots, labels=labels
        )
        set_up()
        agent = Agent.create(settings)
    except (SettingsError, WorkFolderError) as error:
        raise click.ClickException(str(error)) from None
    agent.listen_to_signals()
    agent.run()


_FORM = click.option("--format", "form", type=click.Choice(FORMATS), help="Format of FILE.  [default: by its name or content]")


@main.command("exec")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--pipeline", "pipelines", multiple=True, help="Run this pipeline, whatever its filter says (repeatable).")
@click.option("--branch", help="Branch to decide by.  [default: the one checked out here]")
@click.option("--tag", help="Tag to decide by.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="A global variable or parameter (repeatable).")
@_FORM
def execute(
    file: Path, pipelines: tuple[str, ...], branch: str | None, tag: str | None, variables: tuple[str, ...], form: str | None
) -> None:
    """Run the pipelines of FILE in the current folder, without an arbiter.

    FILE is one .hcl file (the others in its folder are read with it), a folder of them, a .flow.yml, a job definition, a
    builder's payload, or a repository. All paths count as changed. Secrets that a step names are taken from your environment;
    there are no caches. The exit code is 0 when all is green, 1 when something failed, 2 when the definition is wrong, 130 when
    interrupted.
    """
    from dominoci_agent.execution import Request
    from dominoci_agent.execution import execute as execute_here

    chosen: dict[str, str] = {}
    for pair in variables:
        name, separator, value = pair.partition("=")
        if not separator:
            raise click.UsageError(f"--var {pair}: expected NAME=VALUE")
        chosen[name] = value
    try:
        code = execute_here(Request(file, Path.cwd(), pipelines or None, branch, tag, chosen, form))
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    sys.exit(code)


@main.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--imports", is_flag=True, help="Fetch imported pipelines and check them too.")
@_FORM
def validate(path: Path, imports: bool, form: str | None) -> None:
    """Check definitions without running anything.

    PATH is a repository (what an agent would run is read), a folder of .hcl files, or one file: .hcl, .flow.yml, a job
    definition, a builder's payload. Each problem is one line `file:line: message`; the exit code is 1 when there is one.
    """
    from dominoci_agent.pipeline.errors import DefinitionError
    from dominoci_agent.reading import check_imports, read_definition
    from dominoci_agent.runtime.git import GitError

    try:
        definition = read_definition(path, form)
        if imports:
            check_imports(definition)
    except DefinitionError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(1)
    except GitError as error:
        raise click.ClickException(str(error)) from None
    for warning in definition.warnings:
        click.echo(f"{warning} (warning)", err=True)
    names = ", ".join(sorted(definition.places)) or "none"
    click.echo(f"{path}: good (pipelines: {names})")


if __name__ == "__main__":
    main()
