"""The builder: what a payload becomes, and what its installation does with which lock file."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from dominoci_agent.pipeline.definition import load_text
from dominoci_agent.pipeline.model import Archive, Pipeline, Step

# koalaCI's document, with values that mean something
PAYLOAD = {
    "project_id": "shop",
    "deployment_id": "42",
    "project_branch": "main",
    "project_repo_url": "https://git.example/shop.git",
    "project_build_command": "'npm run build'",
    "project_package_manager": "npm",
    "project_dist_directory": "./dist/",
}


def build(**different: object) -> Pipeline:
    """The pipeline of a payload."""
    (found,) = load_text("builder", json.dumps({**PAYLOAD, **different})).pipelines(["builder"], {})
    return found


def steps(pipeline: Pipeline) -> dict[str, Step]:
    return {step.name: step for stage in pipeline.stages for step in stage.steps}


def test_a_payload_becomes_dependencies_build_and_archive() -> None:
    found = build()
    assert [(stage.name, stage.depends_on) for stage in found.stages] == [
        ("dependencies", ()), ("build", ("dependencies",)), ("archive", ("build",)),
    ]  # fmt: skip
    assert list(steps(found)) == ["restore caches", "install", "restore build cache", "build", "save caches", "archive"]
    # the quotes that koalaCI's clients put around the command are no part of it
    assert steps(found)["build"].command == "npm run build"
    assert steps(found)["archive"].archive == Archive("dist", "dist.tar.gz")


def test_caches_are_keyed_by_project_programs_and_lock_files() -> None:
    named = steps(build())
    (dependencies,) = named["restore caches"].restore
    assert "package-lock.json" in dependencies.files
    assert [command.rpartition("; ")[2] for command in dependencies.commands] == ['"$manager" --version', "node --version"]
    assert named["save caches"].save == (dependencies, *named["restore build cache"].restore)
    (other,) = steps(build(project_id="blog"))["restore caches"].restore
    assert other.key != dependencies.key


def test_it_runs_in_containers_unless_the_arbiter_says_so() -> None:
    assert {step.image for step in steps(build()).values()} == {"node:22"}
    assert {step.image for step in steps(build(image="node:20-slim")).values()} == {"node:20-slim"}
    assert {step.image for step in steps(build(executor="local")).values()} == {None}


def install(folder: Path, manager: str, version: str = "10.1") -> list[str]:
    """Run the installation there with programs that only note how they were called; the notes."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    for name in ("npm", "yarn", "pnpm", "node"):
        program = programs / name
        program.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo {version}; else echo "{name} $*" >> "$CALLS"; fi\n')
        program.chmod(0o755)
    calls = folder / "calls"
    calls.write_text("")
    command = steps(build(project_package_manager=manager))["install"].command or ""
    workspace = folder / "workspace"
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "CALLS": str(calls)}
    subprocess.run(["/bin/sh", "-ec", command], cwd=workspace, env=environment, check=True, capture_output=True)
    return calls.read_text().splitlines()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A node project without a lock file."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "package.json").write_text('{"name": "shop"}')
    return folder


@pytest.mark.parametrize(
    ("lock", "manager", "version", "expected"),
    [
        ("package-lock.json", "", "10.1", "npm ci --prefer-offline"),
        ("npm-shrinkwrap.json", "npm", "10.1", "npm ci"),
        ("", "", "10.1", "npm install"),
        ("yarn.lock", "", "1.22", "yarn install --frozen-lockfile"),
        ("yarn.lock", "yarn", "4.1", "yarn install --immutable"),
        ("pnpm-lock.yaml", "", "9.0", "pnpm install --frozen-lockfile"),
        ("pnpm-lock.yaml", "npm", "10.1", "npm install"),
    ],
)
def test_the_lock_file_decides_unless_the_payload_does(
    tmp_path: Path, workspace: Path, lock: str, manager: str, version: str, expected: str
) -> None:
    if lock:
        (workspace / lock).write_text("{}")
    (call,) = install(tmp_path, manager, version)
    assert call.startswith(expected)


def test_dependencies_that_are_there_already_are_not_installed_again(tmp_path: Path, workspace: Path) -> None:
    lock = workspace / "package-lock.json"
    lock.write_text("{}")
    assert len(install(tmp_path, "npm")) == 1
    assert install(tmp_path, "npm") == []
    assert len(install(tmp_path, "npm", "11.0")) == 1, "another npm installs anew"
    lock.write_text("{ }")
    assert len(install(tmp_path, "npm", "11.0")) == 1, "another lock file installs anew"


def test_a_monorepo_is_always_installed(tmp_path: Path, workspace: Path) -> None:
    (workspace / "package-lock.json").write_text("{}")
    (workspace / "package.json").write_text('{"workspaces": ["a"]}')
    assert len(install(tmp_path, "npm")) == len(install(tmp_path, "npm")) == 1
