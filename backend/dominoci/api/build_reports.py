"""What an agent tells about the build that it holds: signs of life, states, logs, artifacts, the end."""

import binascii
from base64 import b64decode
from collections.abc import Iterator
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
from dominoci.domain.errors import Conflict, Invalid, TooLarge
from dominoci.infra.files import CHUNK, TooMuch, WrongOffset
from dominoci.services import build_reports

blp = Routes("build-reports", "For agents: a build's own routes, with the token (`dcb_…`) of its lease.")
LOG_CHUNK = 1 << 20
SHA256_BYTES = 32
OCTETS = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}, "required": True}
DIGEST = {
    "in": "header",
    "name": "Digest",
    "required": True,
    "description": "sha-256=<base64>, RFC 3230",
    "schema": {"type": "string", "maxLength": 255},
}


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
    """Hands the build back before its first step has run: it waits for the next agent."""
    write(build_reports.release, build, body["reason"])


@blp.put("/builds/<build>/steps/<int:n>/log")
@allow("build", refuses=(404, 409, 413))
@blp.arguments(LogOffset, location="query")
@blp.doc(requestBody=OCTETS)
@blp.response(200, LogSize)
def append_log(query: dict[str, int], build: str, n: int) -> dict[str, int]:
    """Adds a chunk (at most 1 MiB) to a step's log. 409 names the `expected_offset`; the same chunk again changes nothing."""
    request.max_content_length = LOG_CHUNK
    chunk = whole_body(request)
    folder, path = read(build_reports.log_place, build, n)
    container = site().container
    try:
        size = container.files.append(folder, path, query["offset"], chunk, container.settings.max_log)
    except WrongOffset as e:
        raise Conflict("This chunk does not continue the log.", expected_offset=e.expected) from e
    container.bell.after_commit([(f"build:{build}:log", {"step": n, "size": size})], False, False)
    return {"size": size}


@blp.put("/builds/<build>/artifacts/<name>")
@allow("build", refuses=(404, 409, 413))
@blp.doc(requestBody=OCTETS, parameters=[DIGEST])
@blp.response(201, description="Stored")
@blp.alt_response(200, description="The same content was there already", success=True)
def upload(build: str, name: str) -> tuple[str, int]:
    """Stores an artifact. 409 when the build has another one of that name, 422 when the content does not fit its digest."""
    container = site().container
    request.max_content_length = container.settings.max_artifact
    stated = _digest(request.headers.get("Digest", ""))
    folder = read(build_reports.artifact_folder, build, name)
    try:
        received = container.files.receive(folder, name, _chunks(), container.settings.max_artifact)
    except TooMuch as e:
        raise TooLarge(f"An artifact has at most {container.settings.max_artifact} bytes.") from e
    try:
        return "", write(build_reports.keep_artifact, build, name, received, stated)
    finally:
        container.files.drop(received)


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(CHUNK):
        yield chunk


def _digest(header: str) -> str:
    """The SHA-256 in hex that a `Digest` header states."""
    for part in header.split(","):
        algorithm, _, value = part.strip().partition("=")
        if algorithm.lower() == "sha-256":
            try:
                raw = b64decode(value, validate=True)
            except (binascii.Error, ValueError):
                break
            if len(raw) == SHA256_BYTES:
                return raw.hex()
    raise Invalid("The upload needs its digest.", {"Digest": ["must be sha-256=<base64 of 32 bytes>"]})
