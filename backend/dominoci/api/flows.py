"""Runs of workflows with routes: the plan that an agent tells, and the state after each job, to look at and to download."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from flask import Response

from dominoci.api.context import read, site, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.flows import Plan, Planned, Workspace, WorkspaceFileQuery, WorkspaceQuery, WorkspaceStateQuery
from dominoci.services import flows, run_workspace

blp = Routes("runs", "Workflows with routes, whose jobs are builds of their own.")
BYTES = {"type": "string", "format": "binary"}


@blp.post("/builds/<build>/plan")
@allow("build", refuses=(404, 409))
@blp.arguments(Plan)
@blp.response(201, Planned, description="The jobs that no route names wait for agents")
@blp.alt_response(200, schema=Planned, description="The same plan came before", success=True)
def plan(body: dict[str, Any], build: str) -> tuple[dict[str, Any], int]:
    """For the agent that read the definition: hands the run over. Its lease ends; each job is a build that any agent claims."""
    status, answer = write(flows.plan, build, body)
    return answer, status


@blp.get("/builds/<build>/workspace")
@allow("user", "project", refuses=(404, 410, 413, 503))
@blp.arguments(WorkspaceQuery, location="query")
@blp.response(200, Workspace)
def workspace(query: dict[str, Any], build: str) -> dict[str, Any]:
    """What stands in a folder of the run's workspace, as a job has left it."""
    state = read(run_workspace.find, build, query["job"])
    return run_workspace.listing(site().container.hosting, state, query["path"])


@blp.get("/builds/<build>/workspace/file")
@allow("user", "project", refuses=(404, 410, 503))
@blp.arguments(WorkspaceFileQuery, location="query")
@blp.response(200, BYTES, content_type="application/octet-stream")
def workspace_file(query: dict[str, Any], build: str) -> Response:
    """Downloads one file of a state."""
    state = read(run_workspace.find, build, query["job"])
    name, size, content = run_workspace.file(site().container.hosting, state, query["path"])
    return _download(content, "application/octet-stream", name, size)


@blp.get("/builds/<build>/workspace/archive")
@allow("user", "project", refuses=(404, 410, 413, 503))
@blp.arguments(WorkspaceStateQuery, location="query")
@blp.response(200, BYTES, content_type="application/gzip")
def workspace_archive(query: dict[str, Any], build: str) -> Response:
    """Downloads a whole state as .tar.gz."""
    state = read(run_workspace.find, build, query["job"])
    name, content = run_workspace.archive(site().container.hosting, state)
    return _download(content, "application/gzip", name, None)


def _download(content: Iterator[bytes], kind: str, name: str, size: int | None) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Cache-Control"] = "private, no-cache"
    if size is not None:
        response.content_length = size
    return response
