"""What projects report: root events, results, signs of life."""

from typing import Any

import structlog
from flask import Response, request

from dominoci.api.context import read, site, who, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes, header
from dominoci.api.schemas.reports import (
    EXAMPLE,
    EventQuery,
    EventReport,
    RefusalList,
    Reported,
    ResultReport,
    StartedReport,
    address_of,
    report_of,
)
from dominoci.domain.errors import Invalid
from dominoci.services import refusals, reports, results

log = structlog.get_logger()
blp = Routes("reports", "A project tells how its pipeline ended.")
KEY = "Idempotency-Key"
LONGEST_KEY = 255
Answer = tuple[dict[str, Any], int]


@blp.post("/events")
@allow("project", "job")
@blp.arguments(EventQuery, location="query")
@blp.arguments(EventReport, example=EXAMPLE)
@blp.response(201, Reported, description="The report is new")
@blp.alt_response(200, schema=Reported, description="Seen before, or it opens no tree", success=True)
@blp.doc(parameters=[header(KEY, "The same key again gets the first answer, whatever the body.", longest=LONGEST_KEY)])
def event(query: dict[str, str], body: dict[str, Any]) -> Answer:
    """A pipeline ended that nobody triggered: a success opens an event tree. `dry_run=true` only tells what would fall."""
    if query["dry_run"] == "true":
        return read(reports.dry_run, report_of(body), site().container.adapters), 200
    return _turned(write(reports.report, report_of(body), _idempotency_key(), body["event_token"]))


@blp.post("/results")
@allow("project", "event", "job", refuses=(404, 409))
@blp.arguments(ResultReport, example={**EXAMPLE, "event_token": "dce_…"})
@blp.response(201, Reported, description="The result is new")
@blp.alt_response(200, schema=Reported, description="The same result came before", success=True)
def result(body: dict[str, Any]) -> Answer:
    """A triggered pipeline ended. One result for each attempt: another one is 409, and the first is kept."""
    return _turned(write(results.record, body["event_token"], report_of(body), address_of(body)))


@blp.post("/results/started")
@allow("project", "event", "job", refuses=(404, 409))
@blp.arguments(StartedReport)
@blp.response(200, Reported)
def started(body: dict[str, Any]) -> dict[str, Any]:
    """A triggered pipeline is alive: the event is running, and its finish deadline counts from now."""
    return write(results.started, body["event_token"], body["links"].pipeline, address_of(body))


def _idempotency_key() -> str | None:
    key = request.headers.get(KEY)
    if key is not None and not (1 <= len(key) <= LONGEST_KEY and key.isprintable()):
        raise Invalid("The idempotency key cannot be used.", {KEY: [f"must have 1 to {LONGEST_KEY} printable characters"]})
    return key


def _turned(answer: tuple[int, dict[str, Any]]) -> Answer:
    return answer[1], answer[0]


@blp.get("/projects/<project>/refusals")
@allow("user", refuses=(404,))
@blp.response(200, RefusalList)
def refused(project: str) -> dict[str, Any]:
    """Reports that came with the project's token and were refused, since the last that was accepted, within a day; newest
    first. At most 10 are kept, and of many in a row one every 3 seconds."""
    return read(refusals.listed, project)


@blp.after_request
def keep_refusal(response: Response) -> Response:
    """Keeps what a project's own report was refused for; whoever connects it reads that on its page."""
    caller = who()
    if request.method == "POST" and caller.kind == "project" and response.status_code in refusals.STATUSES:
        try:
            if site().container.read(refusals.is_wanted, caller.id):
                site().container.write(refusals.note, caller.id, request.path, response.status_code, _told(response))
        except Exception:  # the pipeline is to get its own answer, whatever becomes of the note
            log.exception("refusal_not_kept")
    return response


def _told(response: Response) -> str:
    """What a problem says, with the fields that it names."""
    told = response.get_json(silent=True) or {}
    errors = told.get("errors", {})
    return " ".join([told.get("detail", ""), *(f"{field}: {' '.join(said)}" for field, said in errors.items())])
