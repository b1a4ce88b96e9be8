"""An agent whose compose jobs run as plain processes: everything but the containers is real. Takes the settings of
`dominoci-agent run` from the environment."""

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import yaml

from dominoci_agent.client.arbiter import Arbiter
from dominoci_agent.config import AgentSettings
from dominoci_agent.identity import Identity
from dominoci_agent.logs import set_up
from dominoci_agent.loop import Agent
from dominoci_agent.runtime.executors import Executors
from dominoci_agent.runtime.local import Command, Ended, Sink
from dominoci_agent.runtime.stop import Stop


class WithoutContainers:
    """The executors of an agent, with the command of the first service in the place of compose."""

    def __init__(self, real: Executors) -> None:
        self._real = real
        self.available = frozenset({"local", "compose"})
        self.kill_after_s = real.kill_after_s

    def run(self, command: Command, sink: Sink, stop: Stop) -> Ended:
        """A compose step is what its first service would run, in the workspace."""
        if command.compose is None:
            return self._real.run(command, sink, stop)
        source = Path(command.environment["DOMINO_SOURCE"])
        text = command.compose.content or (source / (command.compose.file or "")).read_text()
        service = next(iter(yaml.safe_load(text)["services"].values()))
        plain = replace(command, compose=None, argv=["/bin/sh", "-ec", str(service["command"])])
        return self._real.local.run(plain, sink, stop)

    def end_build(self, mark: str) -> None:
        """Nothing is shared."""


class SilentArbiter(Arbiter):
    """Ends this process, as kill -9 would, when the end of a build is to be told."""

    def send(self, method: str, path: str, token: str, **more: Any) -> httpx.Response:
        """See Arbiter."""
        if path.endswith("/result"):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().send(method, path, token, **more)


def main() -> None:
    """Serve until ended. With DIES_BEFORE_RESULT in the environment it ends itself with its first build."""
    settings = AgentSettings.read({**os.environ, "DOMINOCI_AGENT_DOCKER_HOST": "none"})
    set_up()
    agent = Agent.create(settings)
    executor = WithoutContainers(agent.executor)
    arbiter = SilentArbiter(settings.url) if "DIES_BEFORE_RESULT" in os.environ else agent.arbiter
    agent.tools = replace(agent.tools, executor=executor, arbiter=arbiter)
    agent.identity = Identity(settings, agent.arbiter, settings.work / "agent.json", executor.available)
    agent.listen_to_signals()
    agent.run()


if __name__ == "__main__":
    main()
