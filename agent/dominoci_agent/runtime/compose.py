"""The compose executor: services that run together, on networks and volumes of their own, always brought down."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dominoci_agent.pipeline.errors import DefinitionError
from dominoci_agent.runtime.compose_file import Project, Request, read
from dominoci_agent.runtime.engine import STEP, Engine, EngineTrouble, UnusableImage, short
from dominoci_agent.runtime.local import Command, Ended, LocalExecutor, Sink
from dominoci_agent.runtime.stop import Stop

# where Docker looks for its plugins (docs.docker.com, "Install the Docker Compose plugin")
_PLUGINS = ("/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec")
_PLUGIN = "docker/cli-plugins/docker-compose"
_LOOK_S = 0.2
_DOWN_S = 60.0
_SECONDS_TO_END = 1  # for the services that are left when the verdict is known


def find_compose() -> tuple[str, ...] | None:
    """The command line of compose: `docker compose` (v2) where that is installed, else `docker-compose`; None without either.
    Only looked for: v1 takes half a second to say its version."""
    own = Path.home() / ".docker/cli-plugins/docker-compose"
    if shutil.which("docker") and any(path.exists() for path in (own, *(Path(root, _PLUGIN) for root in _PLUGINS))):
        return ("docker", "compose")
    return ("docker-compose",) if shutil.which("docker-compose") else None


def up_command(program: Sequence[str], project: str, file: Path) -> list[str]:
    """The argv that starts the services and follows their output, each line with its service's name, until all have ended."""
    return [*_common(program, project, file), "up", "--no-color"]


def down_command(program: Sequence[str], project: str, file: Path) -> list[str]:
    """The argv that removes containers, networks, volumes and what was built."""
    more = ["--volumes", "--remove-orphans", "--rmi", "local", "--timeout", str(_SECONDS_TO_END)]
    return [*_common(program, project, file), "down", *more]


def _common(program: Sequence[str], project: str, file: Path) -> list[str]:
    # the folder of the file is the agent's own: nothing of the repository, like a .env, is read there
    where = ["--project-name", project, "--project-directory", str(file.parent), "--file", str(file)]
    return [*program, "--ansi=never", *where]


@dataclass
class ComposeExecutor:
    """Runs compose definitions. `local` runs the program; any thread may call `run`."""

    engine: Engine
    local: LocalExecutor
    program: tuple[str, ...]

    def run(self, command: Command, sink: Sink, stop: Stop) -> Ended:
        """Up, until the main service or (without one) the first to fail or all have ended, then down, whatever happened. The exit
        code is that service's; 126 and lines in the log for a definition that cannot be used here, 127 for a missing image."""
        until = None if command.timeout_s is None else time.monotonic() + command.timeout_s
        try:
            project = read(self._request(command))
            for note in project.notes:
                sink.write(f"{note}\n".encode())
            for image in project.images:
                self.engine.image(image, sink, stop)
            left = None if until is None else max(0.0, until - time.monotonic())
            return self._run(project, replace(command, timeout_s=left), sink, stop)
        except DefinitionError as error:
            sink.write(f"{error}\n".encode())
            return Ended(exit_code=126)
        except UnusableImage as error:
            sink.write(f"{error}\n".encode())
            return Ended(exit_code=127)
        except EngineTrouble as error:
            sink.write(f"{error}\n".encode())
            return Ended(stopped=bool(stop), trouble=f"compose: {error}")

    def _request(self, command: Command) -> Request:
        assert command.compose  # noqa: S101 - executors.py sends nothing else here
        named = {str(folder): folder for folder in command.beside}
        inputs, source = (named.get(command.environment.get(name, "")) for name in ("DOMINO_INPUTS", "DOMINO_SOURCE"))
        containers = self.engine.containers
        strict = command.isolated or containers.only
        return Request(command.compose, command.folder, inputs, command.environment, command.mark, containers, strict, source)

    def _run(self, project: Project, command: Command, sink: Sink, stop: Stop) -> Ended:
        name = f"dominoci-{short(command.mark)}"
        with _private_folder(command) as folder:
            file = folder / "compose.json"
            file.write_text(project.text)
            up = Command(up_command(self.program, name, file), self._environment(), folder, command.mark, command.timeout_s)
            # a compose that is killed may leave the engine in the middle of making a container, which is there only later
            self.engine.expects(command.mark)
            watch = _Watch(self.engine, command.mark, project.main)
            try:
                with watch:
                    ended = self.local.run(up, sink, stop)
                return self._verdict(ended, watch)
            finally:
                # what `down --volumes --remove-orphans` does, in a tenth of its time
                self.engine.remove(STEP, command.mark)
                if project.builds and not stop:
                    self._bring_down(down_command(self.program, name, file), folder)

    def _verdict(self, ended: Ended, watch: _Watch) -> Ended:
        if ended.timed_out or ended.stopped:
            return ended
        return replace(ended, exit_code=watch.exit_code(ended.exit_code), signal=None)

    def _bring_down(self, argv: list[str], folder: Path) -> None:
        # the images of a build are a cache: one that stays hurts nobody
        with contextlib.suppress(subprocess.TimeoutExpired, OSError):
            quiet = subprocess.DEVNULL
            subprocess.run(
                argv, env=self._environment(), cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet, timeout=_DOWN_S, check=False
            )

    def _environment(self) -> dict[str, str]:
        """Nothing of the step: the program runs outside of all containers."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "DOCKER_CONFIG") if name in os.environ}
        return {**kept, "DOCKER_HOST": self.engine.containers.host, "COMPOSE_MENU": "false", "PYTHONUNBUFFERED": "1"}


@contextlib.contextmanager
def _private_folder(command: Command) -> Iterator[Path]:
    """A folder that no step sees, for the definition holds secrets; inside the build's, so that it goes with it."""
    scratch = command.beside[0].parent / "scratch" if command.beside else None
    if scratch:
        scratch.mkdir(exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="compose-", dir=scratch, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


class _Watch:
    """Ends the services once the verdict is known: `up` waits for all of them, and some never end by themselves."""

    def __init__(self, engine: Engine, mark: str, main: str | None) -> None:
        self._engine, self._mark, self._main = engine, mark, main
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="compose-watch", daemon=True)
        self._failed: dict[str, Any] | None = None

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def exit_code(self, of_program: int | None) -> int | None:
        """What counts: the main service's exit code, else that of the first to fail; that of compose itself where nothing ended
        or it says that something went wrong."""
        states = self._states()
        decided = self._decided(states)
        if decided is not None:
            return int(decided["ExitCode"])
        return of_program if of_program or states else 1

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_S):
            with contextlib.suppress(EngineTrouble):
                if self._decided(self._states()) is not None:
                    self._end_the_others()

    def _states(self) -> list[tuple[str, dict[str, Any]]]:
        """(service, state) of what has ended, by when it did."""
        wanted = {"label": [f"{STEP}={self._mark}"], "status": ["exited", "dead"]}
        with self._engine.calls("the services were lost") as api:
            found = [api.inspect_container(one["Id"]) for one in api.containers(all=True, filters=wanted)]
        ended = [(str(one["Config"]["Labels"]["com.docker.compose.service"]), one["State"]) for one in found]
        return sorted(ended, key=lambda pair: str(pair[1]["FinishedAt"]))

    def _decided(self, states: list[tuple[str, dict[str, Any]]]) -> dict[str, Any] | None:
        if self._main is not None:
            return next((state for service, state in states if service == self._main), None)
        return next((state for _, state in states if state["ExitCode"]), None)

    def _end_the_others(self) -> None:
        with self._engine.calls("the services could not be ended") as api:
            for container in api.containers(filters={"label": [f"{STEP}={self._mark}"]}):
                api.stop(container["Id"], timeout=_SECONDS_TO_END)
