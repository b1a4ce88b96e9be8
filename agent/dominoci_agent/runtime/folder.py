"""The agent's work folder: mirrors that stay, and one folder a build that goes with it."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
import threading
import uuid
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from dominoci_agent.runtime.credentials import Credentials
from dominoci_agent.runtime.leftovers import sweep
from dominoci_agent.runtime.mirror import Mirror, clean_mirrors


class WorkFolderError(Exception):
    """A work folder that this agent cannot use; the text is one line for the person who started it."""


class WorkFolder:
    """Opening it takes it for this process alone, and clears away what a killed agent left: its processes, its containers (by
    `clear`, which gets the folder's id and answers how many there were) and workspaces."""

    def __init__(self, path: Path, clear: Callable[[str], int] = lambda _: 0) -> None:
        self.path = path.resolve()
        try:
            for part in ("builds", "mirrors"):
                (self.path / part).mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock_file = (self.path / "lock").open("a")
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WorkFolderError(f"another agent is using the work folder {path}") from None
        except OSError as error:
            raise WorkFolderError(f"the work folder {path} is not usable: {error.strerror}") from None
        self.id = self._identity()
        self._mirrors: dict[str, Mirror] = {}
        self._mirrors_lock = threading.Lock()
        self.killed = sweep(f"{self.id}.")
        self.removed = clear(self.id)
        for left in (self.path / "builds").iterdir():
            remove(left)
        clean_mirrors(self.path / "mirrors")

    def close(self) -> None:
        """Let another agent have the folder."""
        self._lock_file.close()

    def _identity(self) -> str:
        """A mark that no other agent's processes carry; it must survive the agent, to find what it left."""
        file = self.path / "id"
        if not file.exists():
            file.write_text(uuid.uuid4().hex)
        return file.read_text().strip()

    def mirror(self, project: str, name: str, address: str, shown: Credentials) -> Mirror:
        """The mirror of the repository at `address` for the project of that id; `name` is only for people who look into the
        folder. What one project, or a build with credentials, has fetched is not there for another, or for one without."""
        readable = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:40]
        whose = f"{address}\0{project}\0{shown.kind}"
        key = f"{readable}-{sha256(whose.encode()).hexdigest()[:16]}"
        with self._mirrors_lock:
            if key not in self._mirrors:
                self._mirrors[key] = Mirror(self.path / "mirrors" / key)
            return self._mirrors[key]

    def build(self, build_id: str) -> BuildFolder:
        """A new, empty folder for a build."""
        return BuildFolder(self.path / "builds" / f"{re.sub(r'[^A-Za-z0-9_-]', '_', build_id)[:60]}-{uuid.uuid4().hex[:8]}")


class BuildFolder:
    """`workspace` is where steps run, `inputs` what they get, `home` and `tmp` what they may fill with other things; `scratch` is
    the agent's own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.workspace, self.inputs = path / "workspace", path / "inputs"
        self.source = self.workspace  # where the project's files are: a job of a run has its workspace beside them
        self.home, self.tmp, self.scratch = path / "home", path / "tmp", path / "scratch"
        for folder in (self.workspace, self.inputs, self.home, self.tmp):
            folder.mkdir(parents=True)

    @property
    def beside(self) -> tuple[Path, ...]:
        """What a step sees beside its workspace."""
        more = () if self.source == self.workspace else (self.source,)
        return (self.inputs, self.home, self.tmp, *more)

    def remove(self) -> None:
        """Delete all of it."""
        remove(self.path)


def remove(folder: Path) -> None:
    """Delete a folder, also where a step took away the right to write. What cannot be deleted stays."""

    def allow(function: Callable[[str], object], path: str, _error: object) -> None:
        try:
            Path(path).parent.chmod(stat.S_IRWXU)
            if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114 - rmtree speaks in strings
                Path(path).chmod(stat.S_IRWXU)
                shutil.rmtree(path, ignore_errors=True)
            else:
                function(path)
        except OSError:
            return

    shutil.rmtree(folder, onerror=allow)
