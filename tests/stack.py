"""The real DominoCI for tests: `dominoci up` on a folder and a port of its own, whose processes can be found, killed and
counted, and an HTTP client that its admin's token opens."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from dominoci import bootstrap
from dominoci.bootstrap import Container
from dominoci.config import Settings
from tests.bed.process import Server, free_port
from tests.waiting import until

REPOSITORY: Final = Path(__file__).parents[1]
MARK: Final = "DOMINOCI_TEST_STACK"  # stands in the environment of every process of one stack
OURS: Final = ("DOMINOCI_", "DATABASE_URL", "REDIS_URL")
# what stands in the command line of each kind of process
ROLES: Final[Mapping[str, str]] = {
    "web": "-m gunicorn",
    "worker": "-m dominoci.cli worker",
    "scheduler": "-m dominoci.cli scheduler",
    "agent": "-m dominoci_agent.cli run",
    "valkey": "valkey-server",
}
GONE_S: Final = 15.0


class Installation:
    """A data folder, a port and an environment; commands that run in it, and everything that one can ask it."""

    def __init__(self, data: Path, database_url: str = "", **env: str) -> None:
        """`data` may exist or not; an empty `database_url` is SQLite in it. `env` is added to the environment."""
        self.data, self.port = data, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.mark = uuid.uuid4().hex
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        own = {"DOMINOCI_DATA": str(data), "DOMINOCI_PORT": str(self.port), MARK: self.mark, "PYTHONUNBUFFERED": "1"}
        self.env = {**clean, **own, **({"DATABASE_URL": database_url} if database_url else {}), **env}
        self._client: httpx.Client | None = None
        self._container: Container | None = None

    def command(self, *arguments: str) -> list[str]:
        """The argv of a `dominoci` command."""
        return [sys.executable, "-P", "-m", "dominoci.cli", *arguments]

    def cli(self, *arguments: str) -> str:
        """What a `dominoci` command prints; AssertionError when it fails."""
        done = subprocess.run(self.command(*arguments), env=self.env, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, f"dominoci {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    @property
    def token(self) -> str:
        """The admin's token for scripts."""
        return str(self.client.headers["authorization"]).removeprefix("Bearer ")

    @property
    def client(self) -> httpx.Client:
        """An HTTP client with the admin's token; it follows the port through restarts."""
        if self._client is None:
            token = self.cli("token", "create", "--user", "admin")
            self._client = httpx.Client(
                base_url=f"{self.url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=20, trust_env=False
            )
        return self._client

    @property
    def container(self) -> Container:
        """The arbiter's own container on the same database, for looking at rows."""
        if self._container is None:
            self._container = bootstrap.build(Settings.from_env(self.env))
        return self._container

    def ask(self, method: str, path: str, *, status: int | None = None, **more: Any) -> Any:
        """The JSON of an answer; AssertionError unless it is 2xx, or `status` when that is given."""
        answer = self.client.request(method, path, **more)
        fine = answer.is_success if status is None else answer.status_code == status
        assert fine, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def ready(self) -> bool:
        """Whether /readyz says so."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def processes(self) -> dict[int, str]:
        """Everything that runs here, by process id: its command line. Steps of builds, which get a clean environment, are
        told by their working folder."""
        return {pid: line for pid, line in _command_lines().items() if self._is_ours(pid, line)}

    def _is_ours(self, pid: int, line: str) -> bool:
        try:
            if f"{MARK}={self.mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                return True
            here = Path(f"/proc/{pid}/cwd").readlink()
        except OSError:
            return False
        return str(self.data) in line or here.is_relative_to(self.data)

    def let_go(self) -> None:
        """Closes what the test itself holds open; everything may be used again."""
        if self._client is not None:
            self._client.close()
        if self._container is not None:
            self._container.outbound.close()
            self._container.database.engine.dispose()
        self._client = self._container = None

    def gone(self) -> None:
        """Returns once nothing of it runs any more; else kills what is left and fails with its names."""
        try:
            until(lambda: not self.processes(), "no process is left", within_s=GONE_S)
        except AssertionError:
            left = self.processes()
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            raise AssertionError(f"orphans: {left}") from None


class Stack(Installation):
    """`dominoci up`: started, stopped, killed, started again."""

    def __init__(self, data: Path, database_url: str = "", *, flags: tuple[str, ...] = (), **env: str) -> None:
        super().__init__(data, database_url, **env)
        self.screen = data.parent / f"{data.name}.screen"
        self._up = Server(self.command("up", *flags), self.screen, self.env)

    def start(self) -> None:
        """Starts it and returns once it is ready."""
        self._up.start(self.ready)

    def stop(self) -> None:
        """SIGTERM; it must end with 0 within ten seconds (and some for a busy machine) and leave nothing behind."""
        self.let_go()
        code = self._up.stop()
        self.gone()
        assert code in (0, None), f"ended with {code}:\n{self.tail()}"

    def tail(self) -> str:
        """The end of what it printed."""
        return self.screen.read_text(errors="replace")[-4000:]

    @property
    def pid(self) -> int:
        """The supervisor."""
        return self._up.pid

    def pids(self, role: str) -> list[int]:
        """The processes of a role, the one that the supervisor started first: web has a master and its workers."""
        found = [pid for pid, line in self.processes().items() if ROLES[role] in line]
        return sorted(found, key=lambda pid: (_parent(pid) != self.pid, pid))

    def kill(self, role: str, index: int = 0) -> None:
        """kill -9 of one process of a role: 0 is the one that the supervisor started."""
        until(lambda: len(self.pids(role)) > index, f"{role} runs")
        os.kill(self.pids(role)[index], signal.SIGKILL)

    def kill_supervisor(self) -> None:
        """kill -9 of the parent of all."""
        self.let_go()
        self._up.kill()


def _command_lines() -> dict[int, str]:
    """The command line of every process of this machine that has one."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            except OSError:
                continue
            if line:
                found[int(folder.name)] = line
    return found


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
