"""Previews and connection tests: what would fall, and whether the CI systems that would run it can be used."""

from typing import Any

from marshmallow import fields

from dominoci.api.fields import Choice, Flag, Text
from dominoci.api.schemas.base import Answer, Body, Ref
from dominoci.api.schemas.reports import CERTAINTIES, PreviewDrop, PreviewEvent, PreviewWarning
from dominoci.domain.reports import Metadata


class PreviewBody(Body):
    """A success that is only imagined: of the project's default branch where neither branch nor tag is said."""

    branch = Text(longest=255, load_default=None, allow_none=True)
    tag = Text(longest=255, load_default=None, allow_none=True)
    pipeline = Text(longest=255, load_default=None, allow_none=True)
    commit = Text(longest=64, load_default=None, allow_none=True)


class ConnectionsBody(Body):
    """The success that decides which projects would be triggered, and so are tested; as in a preview."""

    branch = Text(longest=255, load_default=None, allow_none=True)
    tag = Text(longest=255, load_default=None, allow_none=True)
    pipeline = Text(longest=255, load_default=None, allow_none=True)
    alone = Flag(load_default=False, metadata={"description": "Only the project itself, none of those it triggers"})


class Preview(Answer):
    """What would fall. `tree_id` is always null; `reason` says why there would be no tree. At most 1,000 of what filters would
    drop, and 100 warnings, are listed.

    `expected_s` is how long the whole would take by the median durations of the projects, and `critical_path` the sub ids that it
    takes so long for; `pessimistic_s` has every event take its 90th percentile. `certainty` is `history` where each project has
    five past runs or more, `about` where some have fewer (the `without_history` ones that have none count as taking no time), and
    `none` where no project has any: then both are null.
    """

    tree_id = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    events = fields.List(fields.Nested(PreviewEvent))
    dropped = fields.List(fields.Nested(PreviewDrop))
    warnings = fields.List(fields.Nested(PreviewWarning))
    expected_s = fields.Float(allow_none=True)
    pessimistic_s = fields.Float(allow_none=True)
    critical_path = fields.List(fields.String())
    certainty = Choice(CERTAINTIES)
    without_history = fields.Integer()


class TouchedOwner(Answer):
    """An owner of projects that would run; without a `name` it is the contact of projects that have no owner."""

    name = fields.String(allow_none=True)
    contact = fields.String(allow_none=True)
    projects = fields.Integer()


class LookAhead(Preview):
    """A preview, and the owners of the projects that would run."""

    owners = fields.List(fields.Nested(TouchedOwner))


class Finding(Answer):
    """One step of a connection test: whether it held, what was found, and what to do when it did not."""

    step = fields.String()
    ok = fields.Boolean()
    detail = fields.String()
    fix = fields.String(allow_none=True)
    duration_ms = fields.Integer(allow_none=True)


class Connection(Answer):
    """Whether a project's CI system can be used; projects with the same target share one test."""

    project = fields.Nested(Ref)
    kind = fields.String()
    ok = fields.Boolean()
    duration_ms = fields.Integer()
    findings = fields.List(fields.Nested(Finding))


class ConnectionTest(Preview):
    """A preview with a test of the project itself and of each project that would run. Nothing was started. `untested` counts
    the projects beyond the first 200."""

    ok = fields.Boolean()
    text = fields.String()
    connections = fields.List(fields.Nested(Connection))
    untested = fields.Integer()


def metadata_of(body: dict[str, Any]) -> Metadata:
    """What the imagined success says of itself; an empty text says as little as null."""
    return Metadata(**{key: value or None for key, value in body.items()})


PREVIEW_EXAMPLE = {
    "tree_id": None,
    "reason": None,
    "events": [
        {
            "sub_id": "1.1",
            "project": "lib-net",
            "would_run": True,
            "join": "all",
            "reason": {
                "code": "parents_passed",
                "params": {
                    "parents": [{"sub_id": "1", "project": "lib-core"}],
                    "join": "all",
                    "settled": 1,
                    "filtered": 0,
                },
                "text": "lib-core (1) passed; join all: 1 of 1 settled",
            },
            "rank": 1,
            "p50_s": 252.0,
            "p90_s": 330.5,
            "samples": 20,
            "starts_after_s": 0.0,
        }
    ],
    "dropped": [
        {
            "upstream": {"sub_id": "1", "project": "lib-core"},
            "downstream": {"sub_id": "1.2", "project": "nightly"},
            "text": "branch main is not in release/*",
        }
    ],
    "warnings": [
        {
            "code": "would_wait",
            "text": "would wait until tree 019ab3c2-7f00-7000-8000-000000000001 has ended",
            "project": None,
            "tree_id": "019ab3c2-7f00-7000-8000-000000000001",
        }
    ],
    "expected_s": 252.0,
    "pessimistic_s": 330.5,
    "critical_path": ["1", "1.1"],
    "certainty": "history",
    "without_history": 0,
}
AHEAD_EXAMPLE = {**PREVIEW_EXAMPLE, "owners": [{"name": "team-net", "contact": "#net-ci", "projects": 1}]}
TEST_EXAMPLE = {
    **PREVIEW_EXAMPLE,
    "ok": False,
    "text": "1 of 2 projects can be triggered",
    "connections": [
        {
            "project": {"id": "019ab3c2-0000-7000-8000-000000000001", "name": "lib-core"},
            "kind": "agent",
            "ok": True,
            "duration_ms": 2,
            "findings": [{"step": "agents", "ok": True, "detail": "2 connected", "fix": None, "duration_ms": None}],
        },
        {
            "project": {"id": "019ab3c2-0000-7000-8000-000000000002", "name": "lib-net"},
            "kind": "webhook",
            "ok": False,
            "duration_ms": 41,
            "findings": [
                {"step": "address", "ok": True, "detail": "The address may be used.", "fix": None, "duration_ms": 3},
                {
                    "step": "connection",
                    "ok": False,
                    "detail": "ci.example did not accept a connection.",
                    "fix": "Look whether the server runs, and whether its name and certificate are right.",
                    "duration_ms": 38,
                },
            ],
        },
    ],
    "untested": 0,
}
