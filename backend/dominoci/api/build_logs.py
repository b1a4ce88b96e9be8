"""The logs of all steps of a build together: as one text, and searched."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from flask import Response

from dominoci.api.context import read, site
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.builds import LogFound, LogSearch, WholeLogQuery
from dominoci.infra.files import BuildFiles
from dominoci.services import build_logs
from dominoci.services.build_logs import StepLog

blp = Routes("build-logs", "What a build wrote, all steps together.")
TEXT = {"type": "string", "format": "binary"}


@blp.get("/builds/<build>/log")
@allow("user", "project", refuses=(404, 410, 503))
@blp.arguments(WholeLogQuery, location="query")
@blp.response(200, TEXT, content_type="text/plain")
def whole(query: dict[str, Any], build: str) -> Response:
    """The logs of all steps as one text, each below its name; with `step` the whole log of that one alone."""
    logs, files = read(build_logs.places, build, query["step"]), site().container.files
    parts = _one_text(logs, files) if query["step"] is None else chain.from_iterable(_bytes_of(log, files) for log in logs)
    return Response(parts, content_type="text/plain; charset=utf-8")


@blp.get("/builds/<build>/log/search")
@allow("user", "project", refuses=(404, 410, 503))
@blp.arguments(LogSearch, location="query")
@blp.response(200, LogFound)
def search(query: dict[str, Any], build: str) -> dict[str, Any]:
    """In which lines of which steps a text stands, as the page shows them: without colours, and of overwritten lines the last."""
    logs, files = read(build_logs.places, build, None), site().container.files
    return build_logs.search(logs, lambda log: _bytes_of(log, files), query["q"])


def _bytes_of(log: StepLog, files: BuildFiles) -> Iterable[bytes]:
    return files.lines(log.place, log.path)


def _one_text(logs: Sequence[StepLog], files: BuildFiles) -> Iterator[bytes]:
    for log in logs:
        yield f"===== {log.n}. {log.title} =====\n".encode()
        last = b"\n"
        for chunk in _bytes_of(log, files):
            last = chunk
            yield chunk
        if not last.endswith(b"\n"):
            yield b"\n"
