"""`python -m tests.peers.build`: Gitea, built once by the Go toolchain from the module that tests/peers/gitea/go.mod pins; exits
with 2 and a plain sentence when there is no Go. Standard library only."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bed.programs import cache

WRAPPER: Final = Path(__file__).with_name("gitea")
MODULE: Final = "code.gitea.io/gitea"
# without `bindata`: what that embeds is made by Gitea's own build from its frontend, and is no part of the module
TAGS: Final = "sqlite sqlite_unlock_notify"


class NotBuilt(Exception):
    """There is no Gitea here; the text says what to do."""


@dataclass(frozen=True)
class Build:
    """A Gitea that can be started: its program, and the module's folder with its templates and locales."""

    program: Path
    static: Path


def ready() -> Build:
    """The Gitea of the pinned version, built now unless it was before. Raises NotBuilt."""
    for tool in ("go", "git"):
        if shutil.which(tool) is None:
            raise NotBuilt(f"{tool} is not installed: make test-peers builds Gitea with Go (1.26 or newer), which runs with git.")
    module = json.loads(_go("mod", "download", "-json", MODULE))
    program = cache() / f"gitea-{module['Version']}-{_digest()}" / "gitea"
    if not program.exists():
        _build(program)
    return Build(program, Path(module["Dir"]))


def _digest() -> str:
    return hashlib.sha256(b"".join((WRAPPER / name).read_bytes() for name in ("go.mod", "go.sum"))).hexdigest()[:12]


def _build(program: Path) -> None:
    sys.stderr.write("Building Gitea: ten to thirty minutes, once.\n")
    program.parent.mkdir(parents=True, exist_ok=True)
    half = program.with_name(f".gitea.{os.getpid()}")
    try:
        _go("build", "-tags", TAGS, "-o", str(half), MODULE)
        half.replace(program)
    finally:
        half.unlink(missing_ok=True)


def _go(*arguments: str) -> str:
    # SQLite is C
    env = {**os.environ, "CGO_ENABLED": "1"}
    done = subprocess.run(["go", *arguments], cwd=WRAPPER, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise NotBuilt(f"`go {' '.join(arguments)}` failed; Gitea needs Go 1.26 or newer, and a C compiler for SQLite.")
    return done.stdout


def main() -> int:
    """The exit code: 2 when there is no Gitea to be had."""
    try:
        sys.stdout.write(f"{ready().program}\n")
    except NotBuilt as error:
        sys.stderr.write(f"dominoci: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
