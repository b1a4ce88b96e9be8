"""Which executor runs a step, and which of them this agent has."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from dominoci_agent.runtime.compose import ComposeExecutor, find_compose
from dominoci_agent.runtime.docker import DockerExecutor
from dominoci_agent.runtime.engine import WORK, Containers, Engine, EngineTrouble
from dominoci_agent.runtime.leftovers import Warden
from dominoci_agent.runtime.local import Command, Ended, LocalExecutor, Sink
from dominoci_agent.runtime.stop import Stop

_log = logging.getLogger("dominoci_agent.executors")


@dataclass
class Executors:
    """All executors of an agent behind one. Any thread may call `run`, and set `kill_after_s` meanwhile."""

    engine: Engine
    local: LocalExecutor
    docker: DockerExecutor | None = None
    compose: ComposeExecutor | None = None
    available: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        here = {"docker": self.docker, "compose": self.compose, "local": None if self.engine.containers.only else self.local}
        self.available = frozenset(name for name, executor in here.items() if executor)

    @classmethod
    def open(cls, containers: Containers) -> Executors:
        """With what is there now: an engine that answers, a compose program."""
        engine, local = Engine(containers), LocalExecutor(Warden())
        if not engine.answers():
            if containers.only:
                _log.warning("docker.unreachable", extra={"host": containers.host})
            return cls(engine, local)
        program = find_compose()
        return cls(engine, local, DockerExecutor(engine), ComposeExecutor(engine, local, program) if program else None)

    @property
    def kill_after_s(self) -> float:
        """How long a step that is told to end may take before it is killed."""
        return self.local.kill_after_s

    @kill_after_s.setter
    def kill_after_s(self, seconds: float) -> None:
        self.local.kill_after_s = seconds
        if self.docker:
            self.docker.kill_after_s = seconds

    def run(self, command: Command, sink: Sink, stop: Stop) -> Ended:
        """See `LocalExecutor.run`, `DockerExecutor.run` and `ComposeExecutor.run`."""
        contained = command.image is not None or command.isolated or self.engine.containers.only
        executor = self.compose if command.compose else self.docker if contained else self.local
        if executor is None:
            sink.write(f"this agent has no {'compose' if command.compose else 'docker'} executor\n".encode())
            return Ended(exit_code=126)
        return executor.run(command, sink, stop)

    def end_build(self, mark: str) -> None:
        """Removes the network of a build, and what may be left on it."""
        try:
            self.engine.forget(mark)
        except EngineTrouble as error:
            _log.warning("build.containers_left", extra={"build": mark, "detail": str(error)})

    def clear(self, work: str) -> int:
        """Removes the containers, networks and volumes that an agent with this work folder left when it was killed; how many."""
        if self.docker is None:
            return 0
        try:
            return self.engine.remove(WORK, work)
        except EngineTrouble as error:
            _log.warning("leftovers.containers_left", extra={"detail": str(error)})
            return 0

    def close(self) -> None:
        """After the last `run`."""
        self.local.close()
        self.engine.close()
