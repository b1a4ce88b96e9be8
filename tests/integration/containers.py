"""What tests of the docker and compose executors share: commands, a place to run them in, and what they say."""

import os
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dominoci_agent.runtime.folder import BuildFolder
from dominoci_agent.runtime.local import Command
from tests.bed.docker import TINY


@dataclass
class Said:
    """A sink that keeps everything; `full` holds the program back."""

    text: bytearray = field(default_factory=bytearray)
    full: bool = False

    def write(self, data: bytes) -> None:
        self.text += data

    def room(self) -> bool:
        return not self.full

    @property
    def lines(self) -> list[str]:
        return self.text.decode(errors="replace").splitlines()


class Building:
    """A build's folder and mark, under which it makes commands; a build of one agent (`work`) has a mark of its own."""

    def __init__(self, path: Path, work: str | None = None) -> None:
        self.folder = BuildFolder(path / f"build-{uuid.uuid4().hex[:6]}")
        self.mark = f"{work or uuid.uuid4().hex}.{uuid.uuid4().hex[:8]}"
        self.steps = 0

    @property
    def workspace(self) -> Path:
        return self.folder.workspace

    def step(self, *argv: str, environment: dict[str, str] | None = None, **more: Any) -> Command:
        """The next step; a single word is given to the shell."""
        self.steps += 1
        given = {"PATH": os.environ["PATH"], "HOME": str(self.folder.home), "DOMINO_INPUTS": str(self.folder.inputs)}
        beside = (self.folder.inputs, self.folder.home, self.folder.tmp)
        words = ("/bin/sh", "-ec", *argv) if len(argv) == 1 else argv
        wanted: dict[str, Any] = {"image": None if more.get("compose") else TINY, "beside": beside, **more}
        return Command(words, {**given, **(environment or {})}, self.workspace, f"{self.mark}.{self.steps}", **wanted)
