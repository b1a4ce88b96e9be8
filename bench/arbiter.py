"""What a bench asks of the arbiter over its API: projects, dependencies, tokens, root reports, and repositories by git push."""

import json
import os
import subprocess
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.line import Line
from bench.shapes import Shape, edges, size
from bench.web import HOST

NOOP = """
pipeline "build" {
  stages = [{ name = "noop" }]
}

stage "noop" {
  run "true" { command = "true" }
}
"""
PUSHERS = 4


class Api:
    """The arbiter's API as an admin asks it, whichever way the requests go."""

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request below /api/v1; the answer's JSON, None when it is empty. Raises an error for any status that is not 2xx."""
        raise NotImplementedError

    def project(self, target: Mapping[str, Any], **more: Any) -> str:
        """A new project of this target; its id. An agent's project is hosted here."""
        body = {"name": f"p{uuid.uuid4().hex[:12]}", "target": target, "visibility": "private", "default_branch": "main", **more}
        if target["kind"] != "agent":
            body["repository_url"] = "https://git.example/repository"
        return str(self.ask("POST", "/projects", body)["id"])

    def project_token(self, project: str) -> str:
        """A credential with which this project reports."""
        return str(self.ask("POST", f"/projects/{project}/tokens", {"name": "bench"})["token"])

    def depend(self, upstream: str, downstream: str) -> str:
        """A plain dependency; its path, for deleting it."""
        body = {
            "upstream": upstream,
            "join": "all",
            "enabled": True,
            "filters": {name: {"include": [], "exclude": []} for name in ("branches", "tags", "pipelines")},
            "ref": {"use": "default"},
            "parameters": {},
        }
        made = self.ask("POST", f"/projects/{downstream}/dependencies", body)
        return f"/projects/{downstream}/dependencies/{made['id']}"


class Arbiter(Api):
    """A stack's API, with the token of its admin."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self._token = port, token
        self._line = Line(port, token)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request below /api/v1. Raises Refused."""
        answer = self._line.ask(method, f"/api/v1{path}", body)
        return json.loads(answer) if answer else None

    def push(self, project: str, work: Path) -> None:
        """Pushes the branch main of a working copy to a hosted project."""
        address = f"http://bench:{self._token}@{HOST}:{self.port}/git/{project}.git"
        git(work, "push", "--quiet", address, "HEAD:refs/heads/main")


def git(folder: Path, *arguments: str) -> str:
    """Runs git there, without the user's own settings; answers what it prints."""
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    environ = {**os.environ, **plain}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def repository(folder: Path, files: Mapping[str, str]) -> Path:
    """A working copy with one commit on main."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "--quiet", "--message=Begin")
    return folder


class Field:
    """Agent projects with a no-op pipeline and one root, which stand in any shape in turn."""

    def __init__(self, arbiter: Arbiter, work: Path, nodes: int) -> None:
        """Makes the projects and pushes their repositories; each push is built once, so that the agent has seen them all."""
        self.arbiter = arbiter
        self.root = arbiter.project({"kind": "webhook", "url": "http://127.0.0.1:9/"})
        self.root_token = arbiter.project_token(self.root)
        self._projects = [self.root, *(arbiter.project({"kind": "agent"}) for _ in range(nodes))]
        self._dependencies: list[str] = []
        self._shape: Shape = {}
        with ThreadPoolExecutor(PUSHERS) as pool:
            list(pool.map(lambda project: arbiter.push(project, work), self._projects[1:]))

    @property
    def builds(self) -> int:
        """How many projects of agents there are: as many builds as the first pushes made."""
        return len(self._projects) - 1

    def stand(self, shape: Shape) -> None:
        """Makes the dependencies those of this shape. Raises ValueError when it has too many nodes."""
        if shape == self._shape:
            return
        if size(shape) > self.builds:
            raise ValueError(f"{size(shape)} nodes asked for, {self.builds} made")
        for path in self._dependencies:
            self.arbiter.ask("DELETE", path)
        self._dependencies = [self.arbiter.depend(self._projects[up], self._projects[down]) for up, down in edges(shape)]
        self._shape = shape

    def report(self) -> str:
        """The root's success; the new tree's id."""
        answer = Line(self.arbiter.port, self.root_token).post("/api/v1/events", root_report())
        return str(json.loads(answer)["tree_id"])


def root_report() -> dict[str, Any]:
    """A success as a CI system reports it, of a run that was never seen before."""
    run = uuid.uuid4().hex
    return {
        "status": "SUCCESS",
        "metadata": {"branch": "main", "pipeline": "build", "commit": run + run[:8], "message": "Fix the frobnicator"},
        "links": {"repository": "https://git.example/core", "pipeline": f"https://ci.example/builds/{run}"},
        "artifacts": [],
    }
