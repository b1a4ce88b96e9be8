"""CDEvents as they come in (tests/schemas/cdevents/): of their fields those that say something here."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from dominoci.api.fields import Text, web_url
from dominoci.api.schemas.reports import AddressBody, ArtifactBody, MetadataBody
from dominoci.domain.cdevents import FINISHED, OURS
from dominoci.domain.reports import Metadata


class Tolerant(Schema):
    """Part of a standard: fields that say nothing here are passed over."""

    class Meta:
        unknown = EXCLUDE


class Context(Tolerant):
    """What the CDEvent is."""

    type = Text(shortest=1, longest=200, required=True)
    chainId = Text(shortest=1, longest=255)  # noqa: N815 - the standard's name


class Content(Tolerant):
    """What it says of a pipeline run; before 0.3 `uri` was called `url`."""

    pipelineName = Text(longest=255, load_default=None, allow_none=True)  # noqa: N815 - the standard's name
    uri = web_url()
    url = web_url()
    outcome = Text(longest=50, load_default=None, allow_none=True)


class Subject(Tolerant):
    """What it is about."""

    id = Text(shortest=1, longest=1000, required=True)
    content = fields.Nested(Content, required=True)


class Ours(AddressBody):
    """What `customData.dominoci` may hold. The project, its state and the like stand in those that we send."""

    metadata = fields.Nested(MetadataBody, load_default=Metadata)
    artifacts = fields.List(fields.Nested(ArtifactBody), load_default=list, validate=validate.Length(max=1000))
    project = fields.Raw()
    state = fields.Raw()


class Run(Tolerant):
    """A CDEvent about a pipeline run."""

    context = fields.Nested(Context, required=True)
    subject = fields.Nested(Subject, required=True)


_CDEVENT = {
    "context": {
        "specversion": "0.5.1",
        "id": "271069a8-fc18-44f1-b38f-9d70a1695819",
        "source": "/ci/team-a",
        "type": FINISHED,
        "timestamp": "2026-11-21T10:00:00Z",
    },
    "subject": {
        "id": "build-12",
        "source": "/ci/team-a",
        "content": {"pipelineName": "build", "uri": "https://ci.example/builds/12", "outcome": "success"},
    },
    "customData": {OURS: {"metadata": {"branch": "main", "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8"}}},
}
EXAMPLE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "271069a8-fc18-44f1-b38f-9d70a1695819",
    "source": "/ci/team-a",
    "type": FINISHED,
    "datacontenttype": "application/json",
    "data": _CDEVENT,
}
_STRUCTURED = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "data"],
    "properties": {
        "specversion": {"type": "string", "enum": ["1.0"]},
        "id": {"type": "string", "minLength": 1, "maxLength": 500},
        "source": {"type": "string", "minLength": 1, "maxLength": 1000},
        "type": {"type": "string", "minLength": 1, "maxLength": 200},
        "data": {"type": "object", "description": "The CDEvent."},
    },
}
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/cloudevents+json": {"schema": _STRUCTURED, "example": EXAMPLE},
    },
}
