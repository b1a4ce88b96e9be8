"""`dominoci up`, and the processes one by one."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import click

from dominoci.cli.common import DATA, HOST, PORT, CannotRun, choose, container
from dominoci.config import Settings


@click.command(short_help="Run everything on this machine. Ctrl-C ends it.")
@HOST
@PORT
@DATA
@click.option("--no-agent", is_flag=True, help="Without a build agent on this machine.")
@click.option("--demo", "with_demo", is_flag=True, help="Load the demo too.")
@click.pass_context
def up(ctx: click.Context, host: str | None, port: int | None, data: str | None, *, no_agent: bool, with_demo: bool) -> None:
    """Run everything on this machine: web, worker, scheduler, one agent, and an embedded Valkey. Ctrl-C ends it all."""
    from dominoci.supervisor.stack import run_stack

    settings = choose(host=host, port=port, data=data)
    links: list[str] = []
    ctx.exit(
        run_stack(
            settings,
            with_agent=not no_agent,
            with_demo=with_demo,
            prepare=lambda: links.append(_prepared(with_agent=not no_agent)),
            on_ready=lambda: _announce(settings, links),
        )
    )


def _prepared(*, with_agent: bool) -> str:
    """Prepares the database in a process of its own, so that the supervisor stays small; answers a login link."""
    from dominoci.supervisor.child import end_with_parent

    argv = [sys.executable, "-P", "-m", "dominoci.cli", "prepare", *(["--agent"] if with_agent else [])]
    done = subprocess.run(argv, stdout=subprocess.PIPE, check=False, preexec_fn=end_with_parent())
    if done.returncode:
        raise CannotRun("the database could not be prepared; what is above says why")
    link: str = json.loads(done.stdout)["link"]
    return link


def _announce(settings: Settings, links: list[str]) -> None:
    click.echo(f"\n  DominoCI is ready: {settings.public_url}")
    click.echo(f"  Sign in as admin (one use, one hour): {links[-1]}\n" if links else "")


@click.command(hidden=True)
@click.option("--agent", "with_agent", is_flag=True, help="With an enrolment token for the agent of `up`.")
def prepare(*, with_agent: bool) -> None:
    """Migrate, make the user admin, enrol the local agent; print a login link as JSON. `up` runs this before the processes."""
    from dominoci.cli.access import enrolment
    from dominoci.cli.db import bring_up_to_date
    from dominoci.demo import load
    from dominoci.services import sessions

    settings = choose()
    shared = container(settings)
    bring_up_to_date(shared)
    load.refresh(shared)  # the port may be another one than last time
    if with_agent:
        from dominoci.supervisor.stack import agent_enrolment

        _write_secret(agent_enrolment(settings), enrolment(shared))
    click.echo(json.dumps({"link": shared.write(sessions.login_link, sessions.ADMIN)}))


def _write_secret(path: Path, secret: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secret)


@click.command(short_help="Run the web process: API, page, live socket, git.")
@HOST
@PORT
@DATA
def web(host: str | None, port: int | None, data: str | None) -> NoReturn:
    """Run the web process (gunicorn): API, page, live socket, git."""
    import dominoci.web

    settings = choose(host=host, port=port, data=data)
    conf = Path(dominoci.web.__file__).parent / "gunicorn_conf.py"
    # gevent must replace locks and sockets before anything makes any
    start = ["gevent.monkey", "--module", "gunicorn"] if settings.web_worker_class == "gevent" else ["gunicorn"]
    if find_spec(start[0].partition(".")[0]) is None:
        raise CannotRun("gevent is not installed: pip install 'dominoci[gevent]', or take DOMINOCI_WEB_WORKER_CLASS=gthread")
    os.execv(sys.executable, [sys.executable, "-P", "-m", *start, "--config", str(conf), "dominoci.wsgi:app"])  # noqa: S606


@click.command(short_help="Run a worker: it sends what is due.")
@DATA
@click.pass_context
def worker(ctx: click.Context, data: str | None) -> None:
    """Run a worker: it sends what the database says is due, whenever the bell rings."""
    from dominoci import worker as process
    from dominoci.bootstrap import configure_logging

    configure_logging(choose(data=data), "worker")
    ctx.exit(process.run())


@click.command()
@DATA
@click.pass_context
def scheduler(ctx: click.Context, data: str | None) -> None:
    """Run a scheduler: missed bells, lapsed leases, deadlines. Any number may run."""
    from dominoci import scheduler as process
    from dominoci.bootstrap import build, configure_logging

    settings = choose(data=data)
    configure_logging(settings, "scheduler")
    ctx.exit(process.run(build(settings)))


@click.command(short_help="Run the bot that answers on IRC. Any number may run, one of them listens.")
@DATA
@click.pass_context
def bot(ctx: click.Context, data: str | None) -> None:
    """Run the bot that answers commands on IRC (docs/bot.md). Any number may run; one of them listens, the others stand by."""
    from dominoci.bootstrap import build, configure_logging

    settings = choose(data=data)
    if settings.chat.irc is None:
        raise CannotRun("DOMINOCI_IRC_URL says where the bot listens (ircs://host:port/#channel): it is not set")
    from dominoci.bot import process

    configure_logging(settings, "bot")
    ctx.exit(process.run(build(settings), settings.chat.irc))
