"""A machine that lacks a tool, or has an old one, is told so in one clear line before anything is installed."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "deploy" / "tools.sh"
OLD_PYTHON = 'case $1 in -c) exit 1;; --version) echo "Python 3.9.2";; esac'
PYTHON_WITHOUT_VENV = 'case $2 in *venv*) exit 1;; esac'
OLD_NODE = 'case $1 in -e) exit 1;; --version) echo v18.19.0;; esac'


def check(folder: Path, *tools: str, **programs: str) -> "subprocess.CompletedProcess[str]":
    """tools.sh on a machine that has just these programs."""
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return subprocess.run(["/bin/sh", SCRIPT, *tools], env={"PATH": str(folder)}, capture_output=True, text=True, check=False)


def test_nothing_is_said_when_all_tools_are_there(tmp_path: Path) -> None:
    done = check(tmp_path, "python", "node", "npm", "git", python3="exit 0", node="exit 0", npm="exit 0", git="exit 0")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("tool", "programs", "words"),
    [
        ("python", {}, "python3 is not installed: DominoCI needs Python 3.11 or newer"),
        ("python", {"python3": OLD_PYTHON}, "python3 is Python 3.9.2, too old: DominoCI needs 3.11 or newer"),
        ("python", {"python3": PYTHON_WITHOUT_VENV}, "install your system's package python3-venv"),
        ("node", {}, "node is not installed: DominoCI needs Node.js 20 or newer"),
        ("node", {"node": OLD_NODE}, "node is v18.19.0, too old: DominoCI needs Node.js 20 or newer"),
        ("npm", {}, "npm is not installed"),
        ("git", {}, "git is not installed"),
    ],
)
def test_a_missing_or_old_tool_is_one_line_and_exit_2(
    tmp_path: Path, tool: str, programs: dict[str, str], words: str
) -> None:
    done = check(tmp_path, tool, **programs)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("dominoci: ")
    assert words in done.stderr
