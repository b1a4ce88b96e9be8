"""What the contract of the agent's wire asks of any server: the fake arbiter and the real one are both such a bed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

Json = dict[str, Any]

GIT_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.fsync",
    "GIT_CONFIG_VALUE_0": "none",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


def git(folder: Path, *arguments: str, data: bytes | None = None, **more: str) -> str:
    """`git -C folder …` without any configuration of this machine; its output, stripped."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], env={**GIT_ENVIRONMENT, **more}, input=data, capture_output=True, check=True
    )
    return done.stdout.decode(errors="replace").strip()


class WireBed(Protocol):
    """A server that speaks the agent's wire, with the handles that a test needs. All JSON is as in the API's document."""

    url: str

    def enrolment(self) -> str:
        """A fresh enrolment token."""

    def push(self, files: Mapping[str, str], branch: str = "main") -> str:
        """Commit these files to the one project's repository; the commit's id. No build comes of it."""

    def queue(self, **claim: Any) -> str:
        """A new build of the project at the tip of `main`; its id. `claim`: what its claim should say differently."""

    def cancel(self, build: str) -> None:
        """Ask for a build to be cancelled."""

    def lapse(self, build: str) -> None:
        """Let the lease of a build run out: its token is worth nothing any more."""

    def build(self, build: str) -> Json:
        """`state`, `reason`, `commit`, `pipelines`, `steps`, `artifacts` of a build, as `GET /builds/<id>` shows them."""

    def log(self, build: str, step: int) -> bytes:
        """The raw log of a step."""

    def artifact(self, build: str, name: str) -> bytes:
        """An artifact's content."""
