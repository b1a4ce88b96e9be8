"""As much of a GitHub runner as a composite action needs: inputs, expressions that name a value, env, run, outputs."""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*([a-z_.-]+)\s*\}\}", re.IGNORECASE)
# what a composite action may name (Contexts reference, GitHub): neither secrets nor needs
KNOWN = ("inputs", "github", "steps", "env", "runner", "job")


@dataclass(frozen=True)
class Ran:
    """What became of the action."""

    code: int
    output: str
    outputs: Mapping[str, str]


def evaluated(text: str, contexts: Mapping[str, Any]) -> str:
    """`text` with its expressions replaced; a value that is not there is empty, and an unknown context a KeyError."""

    def value(match: "re.Match[str]") -> str:
        first, *names = match[1].split(".")
        found = contexts[first]
        for name in names:
            found = found.get(name) if isinstance(found, Mapping) else None
        return "" if found is None else str(found)

    replaced = EXPRESSION.sub(value, text)
    assert "${{" not in replaced, f"an expression that is not understood: {replaced}"
    return replaced


def event(folder: Path, name: str, content: Mapping[str, Any]) -> Mapping[str, str]:
    """The variables of a run that this event started, whose content lies in a file."""
    path = folder / "event.json"
    path.write_text(json.dumps(content, indent=2))
    return {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path)}


def run(
    folder: Path, given: Mapping[str, str], shell: Sequence[str], env: Mapping[str, str], github: Mapping[str, Any], work: Path
) -> Ran:
    """Runs the action in `folder` as a step with these inputs."""
    action = yaml.safe_load((folder / "action.yml").read_text("utf-8"))
    declared = action["inputs"]
    assert set(given) <= set(declared)
    missing = {name for name, about in declared.items() if about.get("required")} - set(given)
    assert not missing, f"not given: {missing}"
    inputs = {name: given.get(name, evaluated(about.get("default", ""), {"github": github})) for name, about in declared.items()}
    contexts: dict[str, Any] = {"inputs": inputs, "github": github, "steps": {}}
    code, output = 0, ""
    for number, step in enumerate(action["runs"]["steps"]):
        assert step["shell"] == "sh"
        assert "${{" not in step["run"], "an expression in a script can be written by whoever writes the value"
        written = work / f"output-{number}"
        written.touch()
        variables = {name: evaluated(text, contexts) for name, text in step["env"].items()}
        told = {**env, **variables, "GITHUB_ACTION_PATH": str(folder), "GITHUB_OUTPUT": str(written), "GITHUB_ACTIONS": "true"}
        script = work / f"step-{number}.sh"
        script.write_text(step["run"])
        argv = [*shell, "-e", str(script)]
        done = subprocess.run(argv, env=told, cwd=work, capture_output=True, text=True, timeout=60, check=False)
        code, output = code or done.returncode, output + done.stdout + done.stderr
        lines = [line.partition("=") for line in written.read_text().splitlines()]
        contexts["steps"][step["id"]] = {"outputs": {name: value for name, _, value in lines}}
    outputs = {name: evaluated(about["value"], contexts) for name, about in action["outputs"].items()}
    return Ran(code, output, outputs)
