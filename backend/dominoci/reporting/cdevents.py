"""CDEvents in their envelope: CloudEvents 1.0 over HTTP, sent in structured mode, read in structured and in binary mode."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

STRUCTURED: Final = "application/cloudevents+json"
BINARY: Final = "application/json"
PREFIX: Final = "ce-"
LONGEST: Final[Mapping[str, int]] = {"id": 500, "source": 1000, "type": 200, "specversion": 20}


class NoCloudEvent(Exception):
    """What was sent is not a CloudEvent with a CDEvent in it; `errors` names the fields, with sentences."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("This is not a CDEvent in a CloudEvent.")
        self.errors = dict(errors)


@dataclass(frozen=True)
class Received:
    """A CDEvent that came in. `id` and `source` together name the occurrence; `event` is the CDEvent, not looked at yet."""

    id: str
    source: str
    type: str
    event: Mapping[str, Any]


def envelope(event: Mapping[str, Any]) -> bytes:
    """A CDEvent as the body of a request of type STRUCTURED; the same bytes for the same event."""
    context = event["context"]
    attributes = {name: context[name] for name in ("id", "source", "type")}
    more = {"subject": event["subject"]["id"], "time": datetime.fromisoformat(context["timestamp"]), "datacontenttype": BINARY}
    return JSONFormat().write(CloudEvent({"specversion": "1.0", **attributes, **more}, dict(event)))


def received(headers: Mapping[str, str], document: Any) -> Received:
    """The CDEvent in a request with these headers (lower-case names) and this JSON body. Raises NoCloudEvent."""
    if not isinstance(document, dict):
        raise NoCloudEvent({"body": ["Must be a JSON object."]})
    structured = headers.get("content-type", "").partition(";")[0].strip().lower() == STRUCTURED
    named = _of_envelope(document) if structured else _of_headers(headers)
    data = document.get("data") if structured else document
    _check(named)
    if not isinstance(data, dict):
        raise NoCloudEvent({"data": ["Must be the CDEvent, a JSON object."]})
    return Received(named["id"], named["source"], named["type"], data)


def _of_envelope(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in LONGEST if name in document}


def _of_headers(headers: Mapping[str, str]) -> dict[str, Any]:
    return {name: unquote(headers[PREFIX + name]) for name in LONGEST if PREFIX + name in headers}


def _check(named: dict[str, Any]) -> None:
    """The attributes that count here. Others (time, extensions) change nothing and are not looked at."""
    errors = {name: ["Is required."] for name in LONGEST if name not in named}
    if not errors:
        try:
            CloudEvent(dict(named), None)
        except CloudEventValidationError as error:
            errors = {name: [str(one) for one in found] for name, found in error.errors.items()}
    for name, longest in LONGEST.items():
        value = named.get(name)
        if name not in errors and isinstance(value, str) and not (len(value) <= longest and value.isprintable()):
            errors[name] = [f"Must have at most {longest} printable characters."]
    if errors:
        raise NoCloudEvent(errors)
