"""What an agent tells about the build that it holds: signs of life, states, logs, artifacts, the end."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import request

from dominoci.api.context import read, site, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes, whole_body
from dominoci.api.schemas.agents import (
    BuildProgress,
    BuildResult,
    Heartbeat,
    LogOffset,
    LogSize,
    Nothing,
    Release,
    StateAnswer,
)
from dominoci.api.schemas.reports import Reported
from dominoci.api.uploads import DIGEST, OCTETS, received, stated_digest
from dominoci.domain.errors import Conflict, DominoError
from dominoci.infra.files import WrongOffset
from dominoci.services import build_reports

blp = Routes("build-reports", "For agents: a build's own routes, with the token (`dcb_…`) of its lease.")
LOG_CHUNK = 1 << 20
NEW = 201


@blp.post("/builds/<build>/heartbeat")
@allow("build", refuses=(404, 409))
@blp.arguments(Nothing)
@blp.response(200, Heartbeat)
def heartbeat(body: dict[str, Any], build: str) -> dict[str, Any]:  # noqa: ARG001 - an empty object
    """Prolongs the lease. Any refusal means that it is lost: stop everything, report nothing."""
    return write(build_reports.heartbeat, build)


@blp.post("/builds/<build>/state")
@allow("build", refuses=(404, 409))
@blp.arguments(BuildProgress)
@blp.response(200, StateAnswer)
def state(body: dict[str, Any], build: str) -> dict[str, Any]:
    """What has become known: commit, which pipelines run, and steps that are new or have changed."""
    return write(build_reports.state, build, body)


@blp.post("/builds/<build>/result")
@allow("build", refuses=(404, 409))
@blp.arguments(BuildResult)
@blp.response(201, Reported, description="The result is new")
@blp.alt_response(200, schema=Reported, description="The same result came before", success=True)
def result(body: dict[str, Any], build: str) -> tuple[dict[str, Any], int]:
    """The end of the build, once. In a tree it is its event's result; otherwise a success is a root event."""
    status, answer = write(build_reports.finish, build, {**body, "metadata": vars(body["metadata"])})
    return answer, status


@blp.post("/builds/<build>/release")
@allow("build", refuses=(404, 409))
@blp.arguments(Release)
@blp.response(204)
def release(body: dict[str, Any], build: str) -> None:
    """Hands the build back before its first step has run: it waits for the next agent, one that has what it `needs`."""
    write(build_reports.release, build, body["reason"], body["needs"])


@blp.put("/builds/<build>/steps/<int:n>/log")
@allow("build", refuses=(404, 409, 413, 507))
@blp.arguments(LogOffset, location="query")
@blp.doc(requestBody=OCTETS)
@blp.response(200, LogSize)
def append_log(query: dict[str, int], build: str, n: int) -> dict[str, int]:
    """Adds a chunk (at most 1 MiB) to a step's log. 409 names the `expected_offset`; the same chunk again changes nothing."""
    request.max_content_length = LOG_CHUNK
    chunk = whole_body(request)
    place, path = read(build_reports.log_place, build, n)
    container = site().container
    try:
        size = container.files.append(place, path, query["offset"], chunk, container.settings.max_log)
    except WrongOffset as e:
        raise Conflict("This chunk does not continue the log.", expected_offset=e.expected) from e
    container.bell.after_commit([(f"build:{build}:log", {"step": n, "size": size})], False, False)
    return {"size": size}


@blp.put("/builds/<build>/artifacts/<name>")
@allow("build", refuses=(404, 409, 413, 507))
@blp.doc(requestBody=OCTETS, parameters=[DIGEST])
@blp.response(201, description="Stored")
@blp.alt_response(200, description="The same content was there already", success=True)
def upload(build: str, name: str) -> tuple[str, int]:
    """Stores an artifact. 409 when the build has another one of that name, 422 when the content does not fit its digest."""
    files, limit = site().container.files, site().container.settings.max_artifact
    stated = stated_digest()
    place = read(build_reports.artifact_place, build, name)
    with received(limit, f"An artifact has at most {limit} bytes.") as upload:
        status = write(build_reports.book_artifact, build, name, upload, stated)
        if status == NEW or not files.has_artifact(place, name):
            _store(build, name, partial(files.keep, upload, place, name))
    return "", status


def _store(build: str, name: str, store: Callable[[], None]) -> None:
    """An artifact whose bytes cannot be stored is not one: the agent is told to come again."""
    try:
        store()
    except DominoError:
        write(build_reports.forget_artifact, build, name)
        raise
