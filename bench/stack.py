"""The stack under test as it really runs: `dominoci up` in a folder of its own, on a free port."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.line import Line, Refused
from bench.processes import ROOT, Process, command_line, cpu_s, family, memory_mb, settle
from bench.web import HOST, answers
from tests.bed.process import free_port

COMMAND = [sys.executable, "-P", "-m", "dominoci.cli"]
# which process of the supervisor's children does what, by what its command line holds
ROLES = {
    "web": "dominoci.wsgi",
    "worker": "dominoci.cli worker",
    "scheduler": "dominoci.cli scheduler",
    "agent": "dominoci_agent.cli run",
    "valkey": "valkey-server",
}
ARBITER = ("web", "worker", "scheduler")


class Stack:
    """Starts with `with`; every process ends with it, the folder stays. `agent` False leaves the agent out; `more` are settings
    beside."""

    def __init__(
        self,
        folder: Path,
        *,
        slots: int = 8,
        database_url: str | None = None,
        agent: bool = True,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.port = folder, free_port()
        self._agent = agent
        self._env = {
            "DOMINOCI_DATA": str(folder / "data"),
            "DOMINOCI_PORT": str(self.port),
            "DOMINOCI_HOST": HOST,
            "DOMINOCI_AGENT_SLOTS": str(slots),
            "DOMINOCI_ALLOWED_HOSTS": HOST,
            **(more or {}),
        }
        if database_url:
            self._env["DATABASE_URL"] = database_url
        self.database_url = database_url or f"sqlite:///{folder / 'data' / 'dominoci.sqlite'}"
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> float:
        """Starts it; answers after how many seconds it was ready: web, database and Redis, and the agent asking for work."""
        begun = time.monotonic()
        argv = [*COMMAND, "up", *([] if self._agent else ["--no-agent"])]
        self._process = self._ends.enter_context(Process(argv, self.folder / "up.log", self._env))
        self._process.until(lambda: answers(self.port, "/readyz", 200))
        seconds = time.monotonic() - begun
        self.token = self._user_token()
        if self._agent:
            line = Line(self.port, self.token)
            self._process.until(lambda: any(agent["state"] == "idle" for agent in _agents(line)))
        return seconds

    def stop(self) -> None:
        """Ends all its processes."""
        self._ends.close()

    def until(self, state: Callable[[], bool], within_s: float = 180.0) -> None:
        """Returns once `state()`. Raises RuntimeError with the log's end when the stack ends first or it takes too long."""
        self._process.until(state, within_s)

    def login_link(self) -> str:
        """An address with which a browser is signed in as the admin, once."""
        return self._printed("login-link", "--user", "admin")

    def _user_token(self) -> str:
        return self._printed("token", "create", "--user", "admin")

    def _printed(self, *arguments: str) -> str:
        """The last word that one of our commands prints about this stack."""
        argv = [*COMMAND, *arguments]
        done = subprocess.run(argv, cwd=ROOT, env={**os.environ, **self._env}, capture_output=True, text=True, check=True)
        return done.stdout.split()[-1]

    def roles(self) -> Mapping[str, list[int]]:
        """Process ids by what they are for; `supervisor` is what holds the rest."""
        found: dict[str, list[int]] = {"supervisor": [self._process.pid]}
        for pid in family(self._process.pid)[1:]:
            found.setdefault(self._role(pid), []).append(pid)
        return found

    def _role(self, pid: int) -> str:
        while pid > 1:
            line = command_line(pid)
            if role := next((role for role, mark in ROLES.items() if mark in line), None):
                return role
            pid = _parent(pid)
        return "other"

    def pids(self) -> list[int]:
        """All its processes."""
        return family(self._process.pid)

    def cpu_s(self) -> dict[str, float]:
        """CPU seconds by role since the start."""
        return {role: cpu_s(pids) for role, pids in self.roles().items()}

    def memory_mb(self, field: str = "Pss") -> float:
        """Memory of all its processes."""
        return memory_mb(self.pids(), field)

    def settle(self) -> None:
        """Returns when nothing is being worked on."""
        settle(self.pids)


def _agents(line: Line) -> list[Any]:
    try:
        listed: list[Any] = json.loads(line.ask("GET", "/api/v1/agents"))["items"]
    except Refused:
        return []
    return listed


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
