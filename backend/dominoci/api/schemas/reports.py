"""What projects report, and what they are answered (protocol.md, "A project reports")."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validate

from dominoci.api.fields import Choice, Moment, Text, Whole, web_url
from dominoci.api.schemas.base import Answer, Body, Reason
from dominoci.domain.reports import Artifact, Links, Metadata, Report
from dominoci.domain.states import EventState, ResultStatus

STATUSES = [status.value for status in ResultStatus]
SPELLINGS = {"FAIL": "FAILED"}
HEX = frozenset("0123456789abcdef")


def _sha256(value: str) -> None:
    if len(value) != 64 or not HEX.issuperset(value.lower()):
        raise ValidationError("Must be 64 hexadecimal digits.")


class MetadataBody(Body):
    """Where the pipeline ran; null where the CI system does not say."""

    branch = Text(longest=255, load_default=None, allow_none=True)
    tag = Text(longest=255, load_default=None, allow_none=True)
    pipeline = Text(longest=255, load_default=None, allow_none=True)
    commit = Text(longest=64, load_default=None, allow_none=True)
    message = Text(longest=10_000, lines=True, load_default=None, allow_none=True)

    @post_load
    def make(self, value: dict[str, Any], **_: Any) -> Metadata:
        """As the domain knows it; an empty text says as little as null."""
        return Metadata(**{key: part or None for key, part in value.items()})


class LinksBody(Body):
    """Pages for people."""

    repository = web_url(load_default=None, allow_none=True)
    pipeline = web_url(load_default=None, allow_none=True)
    owners = web_url(load_default=None, allow_none=True)

    @post_load
    def make(self, value: dict[str, Any], **_: Any) -> Links:
        """As the domain knows it."""
        return Links(**value)


class ArtifactBody(Body):
    """Something that the pipeline made."""

    name = Text(shortest=1, longest=200, required=True)
    url = web_url(load_default=None, allow_none=True)
    sha256 = Text(longest=64, load_default=None, allow_none=True, checks=[_sha256])
    purl = Text(longest=500, load_default=None, allow_none=True)
    size = Whole(0, 2**53, load_default=None, allow_none=True)

    @post_load
    def make(self, value: dict[str, Any], **_: Any) -> Artifact:
        """As the domain knows it."""
        return Artifact(**{**value, "sha256": value["sha256"].lower() if value["sha256"] else None})


class EventReport(Body):
    """The end of a pipeline run that nobody triggered; `FAIL` is taken for `FAILED`. `event_token` says in which event's run the
    report was made: of the same project it is that event's result, of another one it is what caused the new tree."""

    status = Choice(STATUSES, required=True)
    metadata = fields.Nested(MetadataBody, load_default=Metadata)
    links = fields.Nested(LinksBody, load_default=Links)
    artifacts = fields.List(fields.Nested(ArtifactBody), load_default=list, validate=validate.Length(max=1000))
    event_token = Text(shortest=1, longest=1024, load_default=None, allow_none=True)

    @pre_load
    def spell(self, value: Any, **_: Any) -> Any:
        """Takes the documented other spellings of a status."""
        if isinstance(value, dict) and isinstance(value.get("status"), str):
            return {**value, "status": SPELLINGS.get(value["status"], value["status"])}
        return value


class AddressBody(Body):
    """Which attempt of which event: by its token, or by numbers with the project's own credential."""

    event_token = Text(shortest=1, longest=1024, load_default=None, allow_none=True)
    tree_id = Text(shortest=1, longest=36, load_default=None, allow_none=True)
    sub_id = Text(shortest=1, longest=600, load_default=None, allow_none=True)
    attempt = Whole(1, load_default=None, allow_none=True)


class ResultReport(EventReport, AddressBody):
    """The end of a pipeline run that the arbiter triggered."""


class StartedReport(AddressBody):
    """A sign of life of a pipeline run that the arbiter triggered; the rest of a report may stand beside its link."""

    status = Text(longest=20, load_default=None, allow_none=True)
    metadata = fields.Nested(MetadataBody, load_default=Metadata)
    links = fields.Nested(LinksBody, load_default=Links)
    artifacts = fields.List(fields.Nested(ArtifactBody), load_default=list, validate=validate.Length(max=1000))


class EventQuery(Body):
    """`dry_run=true` answers what would fall, and changes nothing."""

    dry_run = Choice(("true", "false"), load_default="false")


class ReportedChild(Answer):
    """An event right after the reported one."""

    project = fields.String()
    sub_id = fields.String()
    state = Choice([state.value for state in EventState])


class PreviewEvent(Answer):
    """An event that a report would set off, or not. `rank` is the longest way to it from the root: what has the same rank starts
    side by side. `p50_s` and `p90_s` are median and 90th percentile of `samples` past durations of its project, from queued to
    finished; `starts_after_s` is when it would start, by the medians."""

    sub_id = fields.String()
    project = fields.String(allow_none=True)
    would_run = fields.Boolean()
    join = Choice(("all", "each"))
    reason = fields.Nested(Reason, allow_none=True)
    rank = fields.Integer()
    p50_s = fields.Float(allow_none=True)
    p90_s = fields.Float(allow_none=True)
    samples = fields.Integer()
    starts_after_s = fields.Float(allow_none=True)


class PreviewPlace(Answer):
    """One end of a dependency in a preview; `project` is a name."""

    sub_id = fields.String()
    project = fields.String()


class PreviewDrop(Answer):
    """A dependency that a filter would not let through, and the rule in words."""

    upstream = fields.Nested(PreviewPlace)
    downstream = fields.Nested(PreviewPlace)
    text = fields.String()


class PreviewWarning(Answer):
    """What stands in the way of a preview coming true; `project` is a name."""

    code = Choice(("would_supersede", "would_wait", "no_agent", "unknown_target", "project_disabled", "branch_unknown"))
    text = fields.String()
    project = fields.String(allow_none=True)
    tree_id = fields.String(allow_none=True)


CERTAINTIES = ("history", "about", "none")
OPTIONAL: dict[str, Any] = {"metadata": {"optional": True}}


class Reported(Answer):
    """The reported event's place in its tree and what follows it; `reason` says why there is no tree (`tree_id` null). With
    `dry_run` the rest tells what would fall, as `POST /projects/<project>/preview` does."""

    tree_id = fields.String(allow_none=True)
    sub_id = fields.String(**OPTIONAL)
    url = fields.String(**OPTIONAL)
    children = fields.List(fields.Nested(ReportedChild), **OPTIONAL)
    reason = fields.String(allow_none=True, **OPTIONAL)
    events = fields.List(fields.Nested(PreviewEvent), **OPTIONAL)
    dropped = fields.List(fields.Nested(PreviewDrop), **OPTIONAL)
    warnings = fields.List(fields.Nested(PreviewWarning), **OPTIONAL)
    expected_s = fields.Float(allow_none=True, **OPTIONAL)
    pessimistic_s = fields.Float(allow_none=True, **OPTIONAL)
    critical_path = fields.List(fields.String(), **OPTIONAL)
    certainty = Choice(CERTAINTIES, **OPTIONAL)
    without_history = fields.Integer(**OPTIONAL)


def report_of(body: dict[str, Any]) -> Report:
    """The report in a checked body."""
    return Report(ResultStatus(body["status"]), body["metadata"], body["links"], tuple(body["artifacts"]))


def address_of(body: dict[str, Any]) -> dict[str, Any]:
    """Tree, sub id and attempt as the caller wrote them."""
    return {key: body[key] for key in ("tree_id", "sub_id", "attempt")}


EXAMPLE = {
    "status": "SUCCESS",
    "metadata": {"branch": "main", "tag": None, "pipeline": "build", "commit": "9fceb02", "message": "Fix the frobnicator"},
    "links": {"pipeline": "https://ci.example/builds/12"},
    "artifacts": [{"name": "lib-1.4.2.whl", "url": "https://files.example/lib-1.4.2.whl", "purl": "pkg:pypi/lib@1.4.2"}],
}


class Refusal(Answer):
    """A report that came with the project's token and was refused: where it was sent (`route`), the answer's `status`, what was
    wrong, and what to do about it."""

    id = fields.String()
    at = Moment()
    route = fields.String(metadata={"examples": ["/api/v1/events"]})
    status = fields.Integer(metadata={"examples": [422]})
    detail = fields.String(metadata={"examples": ["Some fields are missing, unknown or wrong. status: Must be one of: SUCCESS."]})
    fix = fields.String(metadata={"examples": ["Correct the fields that are named; the API reference shows all that there are."]})


class RefusalList(Answer):
    """The last of them, newest first."""

    items = fields.List(fields.Nested(Refusal))
    next_cursor = fields.String(allow_none=True)
