"""The home page."""

from marshmallow import fields

from dominoci.api.fields import Choice, Moment
from dominoci.api.schemas.base import EVENT_STATES, Answer, Body, Reason, Ref, optional_ref
from dominoci.api.schemas.numbers import CORE, NET, TREE

SCOPES = ("mine", "everything")


class HomeQuery(Body):
    """Whose home: of the projects that the caller is a member of or starred, or of all that may be seen."""

    scope = Choice(SCOPES, load_default="mine")


class NeedRoot(Answer):
    """What set off the tree; all null where its project may not be seen."""

    project = optional_ref()
    commit = fields.String(allow_none=True)
    branch = fields.String(allow_none=True)
    tag = fields.String(allow_none=True)
    message = fields.String(allow_none=True)


class Need(Answer):
    """An event that went wrong, and whose project has not succeeded since. `blocks` events are kept from running by it; `may_run`
    says whether the caller may rerun or redeliver it."""

    tree_id = fields.String()
    sub_id = fields.String()
    attempt = fields.Integer()
    project = fields.Nested(Ref)
    state = Choice(EVENT_STATES)
    at = Moment(allow_none=True)
    root = fields.Nested(NeedRoot)
    reason = fields.Nested(Reason, allow_none=True)
    target = fields.String(allow_none=True)
    blocks = fields.Integer()
    build_id = fields.String(allow_none=True)
    run_url = fields.String(allow_none=True)
    may_run = fields.Boolean()


class Queues(Answer):
    """What waits: builds for an agent, deliveries to be sent, each with when the oldest was made. `deliveries_given_up` counts
    the last 24 hours."""

    builds = fields.Integer()
    oldest_build_at = Moment(allow_none=True)
    deliveries = fields.Integer()
    oldest_delivery_at = Moment(allow_none=True)
    deliveries_given_up = fields.Integer()
    agents_silent = fields.Integer()


class Home(Answer):
    """What needs somebody, newest first, at most 20 of `total`. `own_projects` are those that `mine` is about; `queues` are told
    of everything only."""

    scope = Choice(SCOPES)
    own_projects = fields.Integer()
    needs_you = fields.List(fields.Nested(Need))
    total = fields.Integer()
    queues = fields.Nested(Queues, allow_none=True)


EXAMPLE = {
    "scope": "everything",
    "own_projects": 3,
    "needs_you": [
        {
            "tree_id": TREE,
            "sub_id": "1.1",
            "attempt": 1,
            "project": NET,
            "state": "failed",
            "at": "2026-11-21T10:04:00.000Z",
            "root": {
                "project": CORE,
                "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
                "branch": "main",
                "tag": None,
                "message": "Fix the frobnicator",
            },
            "reason": {"code": "reported", "params": {"status": "FAILED"}, "text": "reported FAILED"},
            "target": "agent",
            "blocks": 6,
            "build_id": "019aa5f0-8d2f-7000-8000-6e2d3c4b5a71",
            "run_url": None,
            "may_run": True,
        }
    ],
    "total": 1,
    "queues": {
        "builds": 2,
        "oldest_build_at": "2026-11-21T10:03:12.000Z",
        "deliveries": 0,
        "oldest_delivery_at": None,
        "deliveries_given_up": 1,
        "agents_silent": 0,
    },
}
