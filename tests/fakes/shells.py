"""The shells that reporters must run under, each with nothing on its PATH but what such a machine has."""

import shutil
import subprocess
from dataclasses import dataclass

import pytest

from tests.bed.programs import SHELLS

NEEDED = ("curl", "git")


@dataclass(frozen=True)
class Shell:
    """A POSIX shell: how it is called, and its PATH."""

    name: str
    argv: tuple[str, ...]
    path: str

    def __str__(self) -> str:
        return self.name


@pytest.fixture(scope="session", params=SHELLS)
def posix_shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The test runs under `dash` with the system's tools, and under `busybox` with its own applets, curl, git and no more."""
    name = request.param
    if name == "dash":
        return Shell(name, (_program(name),), "/usr/local/bin:/usr/bin:/bin")
    tools = tmp_path_factory.mktemp("busybox")
    listed = subprocess.run([_program(name), "--list"], capture_output=True, text=True, check=True).stdout.split()
    for tool in {*listed, *NEEDED}:
        (tools / tool).symlink_to(_program(tool if tool in NEEDED else name))
    return Shell(name, (str(tools / "sh"),), str(tools))


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found is not None, f"{name} is not installed: python -m tests.bed.missing"
    return found
