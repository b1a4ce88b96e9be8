"""What measures share in one run: the floor, the stack under test with its projects, the bare route, the webhook sink.

Each is started when it is first asked for, and all end with the bed.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.arbiter import NOOP, Arbiter, Field, repository
from bench.database import Databases
from bench.floor.stack import Floor
from bench.inside import Inside
from bench.processes import Process
from bench.records import Records
from bench.stack import Stack
from bench.web import HOST, answers, gunicorn
from tests.bed.process import free_port

SLOTS = 8
NODES = 126  # a full binary tree of 127 has so many below its root


class Bed:
    """One run of the bench. `runs` is how often each figure is measured, `kind` the database: sqlite or mariadb; `full` asks for
    the long history and for every result of the largest trees."""

    def __init__(self, kind: str, runs: int, *, full: bool = False) -> None:
        self.kind, self.runs, self.full = kind, runs, full
        self.notes: list[str] = []
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        # short: a unix socket's path has at most 107 bytes
        self.folder = Path(self._ends.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        self._databases = Databases(self.kind, self.folder)
        self._ends.callback(self._databases.close)
        return self

    def fresh(self, name: str) -> str | None:
        """The address of a new database for a stack; None for SQLite in its own folder."""
        return None if self.kind == "sqlite" else self._databases.fresh(name)

    @cached_property
    def mariadb(self) -> Databases:
        """Databases on MariaDB, whatever the others are on."""
        if self.kind == "mariadb":
            return self._databases
        made = Databases("mariadb", self.folder)
        self._ends.callback(made.close)
        return made

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ends.close()

    @cached_property
    def floor(self) -> Floor:
        """The floor, warm."""
        return self._ends.enter_context(Floor(self._databases.fresh("floor"), self.room("floor"), SLOTS))

    @cached_property
    def stack(self) -> Stack:
        """The stack under test."""
        return self._ends.enter_context(Stack(self.room("stack"), slots=SLOTS, database_url=self.fresh("stack")))

    @cached_property
    def arbiter(self) -> Arbiter:
        """The stack's API."""
        return Arbiter(self.stack.port, self.stack.token)

    @cached_property
    def records(self) -> Records:
        """The stack's rows."""
        return self._ends.enter_context(Records(self.stack.database_url))

    @cached_property
    def field(self) -> Field:
        """The stack's agent projects, each built once."""
        work = repository(self.room("work"), {".factory/build.hcl": NOOP, "README.md": "Nothing.\n"})
        made = Field(self.arbiter, work, NODES)
        self.stack.until(lambda: self.records.builds_ended() >= made.builds and not self.records.builds_open())
        self.stack.settle()
        return made

    @cached_property
    def bare(self) -> tuple[Process, int]:
        """The bare route's server, and the port it listens on."""
        port = free_port()
        env = {"BENCH_DATABASE": self._databases.fresh("bare"), "BENCH_LOG": str(self.folder / "bare-log.txt")}
        process = self._ends.enter_context(Process(gunicorn("bench.bare:create_app()", port), self.folder / "bare.log", env))
        process.until(lambda: answers(port, "/", 404))
        return process, port

    @cached_property
    def sink_url(self) -> str:
        """A webhook target that takes everything."""
        port = free_port()
        self._ends.enter_context(Process([sys.executable, "-m", "bench.sink", str(port)], self.folder / "sink.log"))
        return f"http://{HOST}:{port}/hook"

    @contextmanager
    def inside(self, name: str) -> Iterator[Inside]:
        """An arbiter within this process, on a new database."""
        with Inside(self._databases.fresh(name), self.room(name)) as inside:
            yield inside

    def room(self, name: str) -> Path:
        """A new folder of this name."""
        room = self.folder / name
        room.mkdir()
        return room
