"""The arbiter's processes one by one, without a parent that starts them again: each may be armed with a failpoint."""

from pathlib import Path

from tests.bed.process import Server
from tests.bed.valkey import Valkey
from tests.stack import Installation
from tests.waiting import until


class Apart(Installation):
    """`prepare` first, then any of web, worker and scheduler."""

    def __init__(self, data: Path, database_url: str) -> None:
        self._valkey = Valkey()
        super().__init__(data, database_url, REDIS_URL=self._valkey.url, DOMINOCI_ALLOWED_HOSTS="127.0.0.1")
        self._logs = data.parent
        self._running: dict[str, Server] = {}

    def prepare(self) -> None:
        """Starts Valkey, and makes the tables and the admin."""
        self._valkey.start()
        self.cli("prepare")

    def start(self, role: str, failpoint: str = "") -> Server:
        """Starts a process that ends itself, as kill -9 would, when it comes to `failpoint`."""
        log = self._logs / f"{role}-{failpoint or 'whole'}-{len(list(self._logs.iterdir()))}.log"
        server = Server(self.command(role), log, {**self.env, "DOMINOCI_FAILPOINTS": failpoint})
        self._running[role] = server
        server.start(self.ready if role == "web" else lambda: f"{role}_ready" in log.read_text())
        return server

    def stop(self, role: str) -> None:
        """Ends one that `start` has started, by SIGTERM."""
        self._running.pop(role).stop()

    def dies(self, role: str) -> None:
        """Returns when its failpoint has ended it."""
        server = self._running[role]
        until(lambda: server.ended() is not None, f"{role} comes to its failpoint", within_s=30)
        assert server.ended() == -9, f"{role} ended with {server.ended()}"

    def close(self) -> None:
        """Ends everything; nothing may be left."""
        self.let_go()
        for role in list(self._running):
            self.stop(role)
        self._valkey.remove()
        self.gone()
