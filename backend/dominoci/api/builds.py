"""Builds of own agents, their logs and artifacts, as people read them."""

from typing import Any

from flask import Response

from dominoci.api.context import read, site, write
from dominoci.api.downloads import download
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.builds import BUILD_PAGE, Build, BuildComparison, BuildQuery, BuildStart, LogQuery
from dominoci.domain.errors import NotFound
from dominoci.services import build_compare, build_rerun, builds

blp = Routes("builds", "Numbered executions on own agents.")
BYTES = {"type": "string", "format": "binary"}
LOG_HEADERS = {
    "X-Log-Size": {"description": "bytes of the whole log now", "schema": {"type": "integer"}},
    "X-Log-Complete": {"description": "whether nothing more will come", "schema": {"type": "boolean"}},
}


@blp.post("/projects/<project>/builds")
@allow("user", refuses=(404, 409))
@blp.arguments(BuildStart)
@blp.response(201, Build)
def start(body: dict[str, Any], project: str) -> dict[str, Any]:
    """Starts a build by hand; its success is a root event."""
    return write(builds.start, project, body["ref"], body["parameters"], body["definition"])


@blp.get("/builds")
@allow("user", refuses=(404,))
@blp.arguments(BuildQuery, location="query")
@blp.response(200, BUILD_PAGE)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Builds, newest first."""
    return read(builds.listing, query, page_of(query))


@blp.get("/builds/<build>")
@allow("user", "project", refuses=(404,))
@blp.response(200, Build)
def get(build: str) -> dict[str, Any]:
    """A build with its steps and artifacts."""
    return read(builds.get, build)


@blp.post("/builds/<build>/cancel")
@allow("user", refuses=(404,))
@blp.response(202, Build)
def cancel(build: str) -> dict[str, Any]:
    """Cancels a waiting build at once, and asks the agent of a running one to stop."""
    return write(builds.cancel, build)


@blp.post("/builds/<build>/rerun")
@allow("user", refuses=(404, 409))
@blp.response(201, Build)
def rerun(build: str) -> dict[str, Any]:
    """A new build of the same commit, ref, parameters and definition. A build inside a tree is run again there, by its event."""
    return write(build_rerun.rerun, build)


@blp.get("/builds/<build>/compare")
@allow("user", "project", refuses=(404,))
@blp.response(200, BuildComparison)
def compare(build: str) -> dict[str, Any]:
    """What differs from the last green build of the same project and branch before this one."""
    return read(build_compare.compare, build)


@blp.get("/builds/<build>/steps/<int:n>/log")
@allow("user", "project", refuses=(404, 410, 503))
@blp.arguments(LogQuery, location="query")
@blp.response(200, BYTES, content_type="text/plain", headers=LOG_HEADERS)
def log(query: dict[str, int], build: str, n: int) -> Response:
    """Part of a step's raw log, as bytes: `limit` of them from `offset`."""
    place, path, complete = read(builds.log_place, build, n)
    files = site().container.files
    response = Response(files.read(place, path, query["offset"], query["limit"]), content_type="text/plain; charset=utf-8")
    response.headers["X-Log-Size"] = str(files.size(place, path))
    response.headers["X-Log-Complete"] = str(complete).lower()
    return response


@blp.get("/builds/<build>/artifacts/<name>")
@allow("user", "project", "build", refuses=(404, 410, 416, 503))
@blp.response(200, BYTES, content_type="application/octet-stream")
@blp.alt_response(206, schema=BYTES, content_type="application/octet-stream", description="The range asked for", success=True)
def artifact(build: str, name: str) -> Response:
    """Downloads an artifact, or a range of it. A build may fetch what its own parents made."""
    place, kept = read(builds.artifact_place, build, name)
    try:
        file = site().container.files.open_artifact(place, name)
    except FileNotFoundError as e:
        raise NotFound("This build has no such artifact.") from e
    response = download(file, kept.size, kept.sha256)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response
