"""The demo as the web page asks for it: loading takes seconds and pushes to the process that was asked, so it runs beside."""

import threading
from typing import Any

import structlog

from dominoci.bootstrap import Container
from dominoci.demo import load, sources
from dominoci.domain.errors import DominoError
from dominoci.infra.git import GitError

log = structlog.get_logger()


class BackgroundDemo:
    """The port that the API uses. Any thread may call."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def state(self) -> dict[str, Any]:
        """Whether it is loaded, and where its working clone is."""
        return load.status(self._container)

    def load(self) -> dict[str, Any]:
        """Starts to load it, unless that is under way; answers at once."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="demo", daemon=True)
                self._thread.start()
        return {"tree_id": None, "project": sources.ROOT}

    def remove(self) -> None:
        """Removes its projects, repositories and files."""
        load.remove(self._container)

    def _run(self) -> None:
        try:
            load.load(self._container, lambda line: log.info("demo", did=line))
        except (DominoError, GitError, OSError) as e:
            log.warning("demo_not_loaded", because=str(e))
