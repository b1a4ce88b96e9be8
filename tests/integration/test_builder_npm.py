"""The builder on a real npm project: the second build takes its packages and what the compiler knows from the caches."""

import json
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.integration.flow_bed import FlowBed, Json

pytestmark = pytest.mark.timeout(240)
PAYLOAD = {
    "project_id": "greetings",
    "deployment_id": "d1",
    "project_branch": "main",
    "project_repo_url": "",
    "project_build_command": "npm run build",
    "project_package_manager": "npm",
    "project_dist_directory": "dist",
    "executor": "local",
}
PACKAGE = {
    "name": "greetings",
    "version": "1.0.0",
    "private": True,
    "scripts": {"build": "tsc --listEmittedFiles && cp -r node_modules/.cache/tsc/out dist"},
    "devDependencies": {"typescript": "5.9.3", "prettier": "3.6.2"},
}
# the compiler writes nothing of what has not changed: what it wrote belongs to what it remembers
COMPILER = {
    "compilerOptions": {
        "outDir": "node_modules/.cache/tsc/out", "rootDir": "src", "strict": True, "incremental": True, "types": [],
        "tsBuildInfoFile": "node_modules/.cache/tsc/info",
    },
    "include": ["src"],
}  # fmt: skip


def lock_file(folder: Path) -> str:
    """What npm would lock for that package."""
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps(PACKAGE))
    command = ["npm", "install", "--package-lock-only", "--no-audit", "--no-fund", f"--cache={folder}/cache"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return (folder / "package-lock.json").read_text()


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[FlowBed]:
    made = FlowBed(tmp_path)
    yield made
    made.close()


def build(bed: FlowBed) -> Json:
    """One build by the payload, when it has ended."""
    body = {"ref": None, "parameters": {}, "definition": {"format": "builder", "text": json.dumps(PAYLOAD)}}
    started = bed.arbiter.api("POST", "/projects/flow/builds", body=body)
    return bed.wait(started["id"], within_s=180)


def seconds(build: Json) -> dict[str, float]:
    """How long each step took."""

    def at(moment: Any) -> datetime:
        return datetime.fromisoformat(moment)

    return {step["name"]: (at(step["finished_at"]) - at(step["started_at"])).total_seconds() for step in build["steps"]}


def test_the_second_build_installs_nothing_and_compiles_what_has_changed(bed: FlowBed, tmp_path: Path) -> None:
    files = {f"src/part{n}.ts": f"export const part{n} = (name: string): string => `{n} ${{name}}`;\n" for n in range(40)}
    files |= {"package.json": json.dumps(PACKAGE), "package-lock.json": lock_file(tmp_path / "npm")}
    files |= {"tsconfig.json": json.dumps(COMPILER)}
    bed.push(files)
    bed.agent("one", "dominoci_agent.cli run", DOMINOCI_AGENT_DOCKER_HOST="none")
    first = build(bed)
    assert first["state"] == "success", bed.logs(first["id"])
    assert [artifact["name"] for artifact in first["artifacts"]] == ["dist.tar.gz"]
    assert bed.logs(first["id"]).count("TSFILE:") >= 40
    again = build(bed)
    said = bed.logs(again["id"])
    assert again["state"] == "success", said
    assert "nothing to install" in said
    assert "TSFILE:" not in said  # the compiler found in its own notes that nothing has changed
    print("seconds, first and second build:", seconds(first), seconds(again))  # noqa: T201 - for the record; see CONTRIBUTING
