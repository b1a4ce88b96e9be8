"""What happened last to projects, and to those that depend on one directly."""

from marshmallow import fields, validate

from dominoci.api.fields import Choice, Moment, QueryNumber, Text
from dominoci.api.schemas.base import EVENT_STATES, TREE_STATES, Answer, Body, Ref, optional_ref
from dominoci.api.schemas.dependencies import JOINS, Filters
from dominoci.api.schemas.numbers import CORE, NET, TREE, LastRun


class ActivityQuery(Body):
    """The ids of the projects that are asked for."""

    project = fields.List(Text(shortest=1, longest=100), required=True, validate=validate.Length(1, 200))


class LastTree(Answer):
    """The tree of a project's newest event: `unfinished` of its `event_count` events are still to end."""

    id = fields.String()
    state = Choice(TREE_STATES)
    event_count = fields.Integer()
    unfinished = fields.Integer()


class Activity(Answer):
    """A project's last events, at most 20, newest first, as the root of a tree or within one. `p50_s` is how long half of
    the successes among them took at most; null without one."""

    project = fields.Nested(Ref)
    last = fields.List(fields.Nested(LastRun))
    p50_s = fields.Float(allow_none=True)
    tree = fields.Nested(LastTree, allow_none=True)


class ActivityList(Answer):
    """What happened last to each of the projects that were asked for, and may be seen."""

    items = fields.List(fields.Nested(Activity))
    next_cursor = fields.String(allow_none=True)


class FirstLevelQuery(Body):
    """How many at most."""

    limit = QueryNumber(1, 1000, load_default=20)


class FirstLevelItem(Answer):
    """A direct dependent. `id` is the dependency's; `state`, `at` and the rest are of its newest event that ran, or is about to.
    Of a project that may not be seen only `state` is told. `enabled` is false when the edge or the project is switched off."""

    id = fields.String()
    project = optional_ref()
    target = fields.String(allow_none=True)
    join = Choice(JOINS, allow_none=True)
    enabled = fields.Boolean(allow_none=True)
    filters = fields.Nested(Filters, allow_none=True)
    state = Choice(EVENT_STATES, allow_none=True)
    at = Moment(allow_none=True)
    tree_id = fields.String(allow_none=True)
    sub_id = fields.String(allow_none=True)
    run_url = fields.String(allow_none=True)
    build_id = fields.String(allow_none=True)
    last = fields.List(fields.Nested(LastRun))


class FirstLevel(Answer):
    """The direct dependents, the worst first: those whose last run went wrong, then by how many of the last 20 did. `total`
    counts all; `cut` when there are more than the 1,000 that were looked at."""

    items = fields.List(fields.Nested(FirstLevelItem))
    next_cursor = fields.String(allow_none=True)
    total = fields.Integer()
    cut = fields.Boolean()


_LAST = [{"tree_id": TREE, "sub_id": "1.1", "state": "success", "at": "2026-11-21T10:04:00.000Z", "duration_s": 190.0}]
_ALL: dict[str, list[str]] = {"include": [], "exclude": []}
ACTIVITY_EXAMPLE = {
    "items": [
        {
            "project": CORE,
            "last": _LAST,
            "p50_s": 190.0,
            "tree": {"id": TREE, "state": "running", "event_count": 41, "unfinished": 23},
        }
    ],
    "next_cursor": None,
}
FIRST_LEVEL_EXAMPLE = {
    "items": [
        {
            "id": "019ab3c2-0000-7000-8000-0000000000d1",
            "project": NET,
            "target": "webhook",
            "join": "all",
            "enabled": True,
            "filters": {"branches": {"include": ["main"], "exclude": []}, "tags": _ALL, "pipelines": _ALL},
            "state": "success",
            "at": "2026-11-21T10:04:00.000Z",
            "tree_id": TREE,
            "sub_id": "1.1",
            "run_url": "https://ci.example/builds/12",
            "build_id": None,
            "last": _LAST,
        }
    ],
    "next_cursor": None,
    "total": 1,
    "cut": False,
}
