"""The arbiter inside this process, on a database of its own: its app called without a network, and every statement seen."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.arbiter import Api
from bench.web import HOST
from dominoci import bootstrap
from dominoci.app import create_app
from dominoci.config import Settings
from dominoci.infra.collector import spare_the_collector
from dominoci.infra.models import Base
from dominoci.services import sessions, tokens
from tests.bed.valkey import Valkey


@dataclass(frozen=True)
class Answer:
    """A request's answer as JSON, and what it took: `seconds` by the clock, `cpu_s` of this process's thread."""

    seconds: float
    cpu_s: float
    json: Any


class Inside(Api):
    """The container and the app, with a real Valkey behind the bell. Starts with `with`."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self._url, self._folder = database_url, folder
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        valkey = Valkey()
        self._ends.callback(valkey.remove)
        valkey.start()
        self.settings = Settings(
            data=self._folder,
            database_url=self._url,
            redis_url=valkey.url,
            secret_keys=("bench",),
            public_url="http://arbiter.bench",
            allowed_hosts=(HOST,),
            log_level="ERROR",
        )
        bootstrap.configure_logging(self.settings, "bench")
        self.container = bootstrap.build(self.settings)
        self._ends.callback(self.container.database.engine.dispose)
        self.engine = self.container.database.engine
        Base.metadata.create_all(self.engine)
        self.container.write(sessions.ensure_admin)
        self.token: str = self.container.write(tokens.create_for_user, "admin", "bench")["token"]
        self.app = create_app(self.container)
        self.at_rest()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ends.close()

    def at_rest(self) -> None:
        """Keeps the garbage collector from looking through what is there now: the application, as in `dominoci.wsgi`, and what
        the bench itself holds."""
        spare_the_collector()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request below /api/v1, with the token of the admin. Raises RuntimeError."""
        return self.timed(method, path, body).json

    def timed(self, method: str, path: str, body: Any = None, token: str | None = None, *, expect: int = 0) -> Answer:
        """One request below /api/v1, and what the server took for it. Raises RuntimeError unless it ends in 2xx, or `expect`."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        client = self.app.test_client()
        begun, spent = time.perf_counter(), time.thread_time()
        answer = client.open(f"/api/v1{path}", method=method, headers=headers, json=body, buffered=True)
        seconds, cpu_s = time.perf_counter() - begun, time.thread_time() - spent
        if answer.status_code != expect if expect else answer.status_code // 100 != 2:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return Answer(seconds, cpu_s, answer.get_json() if answer.data else None)
