"""P5: what the agent's docker executor takes for a step, against `docker run --rm` of the same image."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.bed import Bed
from bench.figures import Figure
from bench.table import Goal, Row, ratio
from dominoci_agent.runtime.docker import DockerExecutor
from dominoci_agent.runtime.engine import Containers, Engine
from dominoci_agent.runtime.local import Command
from dominoci_agent.runtime.stop import Stop
from tests.bed import docker

TIMES = 5


class _Nowhere:
    """A sink that forgets."""

    def write(self, data: bytes) -> None:
        """Nothing of it is kept."""

    def room(self) -> bool:
        """Always."""
        return True


def measure(bed: Bed) -> list[Row]:
    """Steps of one build, which share its network, on an engine of the tests' own; both sides pull nothing."""
    with docker.shared() as engine:
        client, workspace = Engine(Containers(engine.host, pull=False)), bed.room("container")
        step = _step(DockerExecutor(client), workspace)
        bare = ["docker", "-H", engine.host, "run", "--rm", docker.TINY, "true"]
        ours, peer = [], []
        for _ in range(bed.runs):
            ours.append(median(_timed(step) for _ in range(TIMES)) * 1e3)
            peer.append(median(_timed(lambda: subprocess.run(bare, check=True)) for _ in range(TIMES)) * 1e3)
        client.forget("bench.docker")
        client.close()
    return [ratio("P5 a docker step, over docker run", Figure.of(ours, "ms"), Figure.of(peer, "ms"), Goal(1.15))]


def _step(executor: DockerExecutor, workspace: Path) -> Callable[[], None]:
    command = Command(["true"], {"PATH": os.environ["PATH"]}, workspace, "bench.docker.1", image=docker.TINY)
    stop = Stop()

    def run() -> None:
        ended = executor.run(command, _Nowhere(), stop)
        assert ended.exit_code == 0, "the step has run"

    run()
    return run


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
