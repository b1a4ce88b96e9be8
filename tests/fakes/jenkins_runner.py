"""As much of Jenkins as the shared library's step needs where Groovy cannot run: the shell script that the step holds, the
variables that it is given, and what the Generic Webhook Trigger plugin takes out of a trigger."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SCRIPT = re.compile(r"script: '''(.*?)'''", re.DOTALL)
VARIABLE = re.compile(r'"(\w+)=\$\{')
GENERIC = re.compile(r"\[key: '(\w+)', value: '\$\.([\w.\[\]]+)'\]")


def script_of(step: Path) -> str:
    """The step's only shell script. Its quotes are single ones: Groovy puts nothing into it."""
    found = SCRIPT.findall(step.read_text("utf-8"))
    assert len(found) == 1
    return str(found[0])


def variables_of(step: Path) -> set[str]:
    """The names that `withEnv` sets."""
    return set(VARIABLE.findall(step.read_text("utf-8")))


def contributed(jenkinsfile: Path, payload: Mapping[str, Any]) -> dict[str, str]:
    """The variables that GenericTrigger makes of a posted payload."""
    return {name: str(_at(payload, path)) for name, path in GENERIC.findall(jenkinsfile.read_text("utf-8"))}


def _at(value: Any, path: str) -> Any:
    for name, index in re.findall(r"(\w+)|\[(\d+)\]", path):
        value = value[int(index)] if index else value[name]
    return value


def sh(script: str, shell: Sequence[str], env: Mapping[str, str], workspace: Path) -> "subprocess.CompletedProcess[str]":
    """Runs a script as the step `sh` does: traced, ended by the first failure."""
    path = workspace / "script.sh"
    path.write_text(script)
    argv = [*shell, "-xe", str(path)]
    return subprocess.run(argv, env=env, cwd=workspace, capture_output=True, text=True, timeout=60, check=False)
