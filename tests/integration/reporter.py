"""The sh reporter under one shell, as a test calls it."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.shells import Shell

REPORTER = Path(__file__).parents[2] / "integrations" / "sh" / "dominoci-report"


@dataclass
class Reporter:
    """The reporter under one shell, in a folder that is no repository."""

    shell: Shell
    folder: Path

    def __call__(self, *arguments: "str | bytes", flags: Sequence[str] = (), **env: str) -> "subprocess.CompletedProcess[str]":
        """One run, with these variables and no others."""
        clean = {"PATH": self.shell.path, "HOME": str(self.folder), "no_proxy": "*", "DOMINOCI_RETRY_S": "0"}
        argv = [*self.shell.argv, *flags, str(REPORTER), *arguments]
        done = subprocess.run(argv, env={**clean, **env}, cwd=self.folder, capture_output=True, timeout=60, check=False)
        return subprocess.CompletedProcess(argv, done.returncode, done.stdout.decode(), done.stderr.decode())

    def body(self, *arguments: "str | bytes", **env: str) -> dict[str, Any]:
        """What would be sent."""
        done = self("success", "--dry-run", *arguments, **env)
        assert (done.returncode, done.stderr) == (0, "")
        read: dict[str, Any] = json.loads(done.stdout)
        return read

    def tool(self, name: str, text: str) -> None:
        """Puts a program of the test's own before the others."""
        own = self.folder / "own"
        own.mkdir(exist_ok=True)
        (own / name).write_text(text)
        (own / name).chmod(0o755)
        if not self.shell.path.startswith(str(own)):
            self.shell = Shell(self.shell.name, self.shell.argv, f"{own}:{self.shell.path}")


@pytest.fixture
def report(posix_shell: Shell, tmp_path: Path) -> Reporter:
    """The reporter under each shell."""
    return Reporter(posix_shell, tmp_path)
