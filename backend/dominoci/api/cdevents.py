"""CDEvents over CloudEvents as reports: the door for any CI system that speaks the standard."""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from dominoci.api.context import write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes, header, json_body
from dominoci.api.problems import flat
from dominoci.api.reports import keep_refusal
from dominoci.api.schemas import cdevents as schemas
from dominoci.api.schemas.reports import Reported, address_of
from dominoci.domain.cdevents import OURS, Kind, kind_of
from dominoci.domain.errors import Invalid
from dominoci.domain.reports import Metadata
from dominoci.reporting.cdevents import BINARY, STRUCTURED, NoCloudEvent, Received, received
from dominoci.services import cdevents_in
from dominoci.services.cdevents_in import Occurrence

blp = Routes("cdevents", "CDEvents 0.5 over CloudEvents 1.0 (docs/webhooks.md).")
blp.after_request(keep_refusal)
WHAT = "This is not a CDEvent that can be taken."
NAMES = {"id": "The occurrence.", "source": "Who sends it.", "type": "The CDEvent's type.", "specversion": "1.0"}


@blp.post("/cdevents")
@allow("project", "event", "job", refuses=(404, 409, 413, 415))
@blp.doc(requestBody=schemas.BODY, parameters=[header(f"ce-{name}", f"Binary mode: {text}") for name, text in NAMES.items()])
@blp.response(201, Reported, description="The report or result is new")
@blp.alt_response(200, schema=Reported, description="Seen before, a sign of life, or it opens no tree", success=True)
@blp.alt_response(202, schema=Reported, description="Taken, and of no consequence", success=True)
def take() -> tuple[dict[str, Any], int]:
    """The end of a pipeline run (`pipelinerun.finished`) is a report, or the result of the event that `customData.dominoci` names
    by its token or by tree_id and sub_id; `pipelinerun.started` is a sign of life of such an event. Other CDEvents are taken and
    change nothing. The same source and id again get the first answer. In binary mode the body is the CDEvent alone, of type
    application/json, and the headers `ce-…` say the rest."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    document = json_body(request, (STRUCTURED, BINARY))
    try:
        told = received(headers, document)
    except NoCloudEvent as error:
        raise Invalid(WHAT, error.errors) from error
    status, answer = write(cdevents_in.take, _occurrence(told))
    return answer, status


def _occurrence(told: Received) -> Occurrence:
    try:
        kind = kind_of(told.type)
    except ValueError as error:
        raise Invalid(WHAT, {"type": [str(error)]}) from error
    if kind.subject != "pipelinerun":
        return Occurrence(told.id, told.source, kind, None, None, None, Metadata(), (), None, {})
    return _of_run(told, kind)


def _of_run(told: Received, kind: Kind) -> Occurrence:
    run = _loaded(schemas.Run(), told.event, "")
    if run["context"]["type"] != told.type:
        raise Invalid(WHAT, {"context.type": ["Is not the type that the CloudEvent names."]})
    ours = _loaded(schemas.Ours(), _ours(told.event), f"customData.{OURS}.")
    content = run["subject"]["content"]
    address = address_of(ours)
    if address["sub_id"] and not address["tree_id"]:
        address["tree_id"] = run["context"].get("chainId")
    metadata = _named(ours["metadata"], content["pipelineName"])
    uri = content.get("uri") or content.get("url")
    made = tuple(ours["artifacts"])
    name, outcome = content["pipelineName"], content["outcome"]
    return Occurrence(told.id, told.source, kind, name, uri, outcome, metadata, made, ours["event_token"], address)


def _ours(event: Mapping[str, Any]) -> Any:
    custom = event.get("customData")
    return custom.get(OURS, {}) if isinstance(custom, Mapping) else {}


def _named(metadata: Metadata, pipeline: str | None) -> Metadata:
    parts = {name: getattr(metadata, name) for name in ("branch", "tag", "commit", "message")}
    return Metadata(**parts, pipeline=metadata.pipeline or pipeline or None)


def _loaded(schema: Schema, document: Any, at: str) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(document)
    except ValidationError as error:
        raise Invalid(WHAT, {f"{at}{name}": said for name, said in flat(error.messages)}) from error
    return loaded
