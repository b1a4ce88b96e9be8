"""What people do to event trees, and what they are answered."""

from typing import Any

from marshmallow import fields

from dominoci.api.fields import Choice, Flag
from dominoci.api.schemas.base import EVENT_STATES, TREE_STATES, Answer, Body

ACTED: dict[str, Any] = {
    "tree_id": "019aa5f0-7c1e-7000-8000-2f6f0f5f7a11",
    "url": "https://arbiter.example/trees/019aa5f0-7c1e-7000-8000-2f6f0f5f7a11",
    "state": "running",
    "count": 1,
    "events": [
        {"sub_id": "1.2", "project": "app-web", "state": "queued", "attempt": 2},
        {"sub_id": "1.2.1", "project": "docs", "state": "waiting", "attempt": 0},
    ],
    "text": "1 event started again, 1 waits behind",
}


class RerunTree(Body):
    """What is to run again: what did not pass (`failed`), or everything behind the root (`all`)."""

    scope = Choice(("failed", "all"), load_default="failed")


class CancelEvent(Body):
    """What is to be cancelled: the event alone, or all that is unfinished of its branch of the tree."""

    scope = Choice(("event", "branch"), load_default="event")


class RerunEvent(Body):
    """Whether everything behind the event runs again, too, or only what was skipped because of it."""

    downstream = Flag(load_default=True)


class ActedOn(Answer):
    """An event that changed."""

    sub_id = fields.String()
    project = fields.String(allow_none=True)
    state = Choice(EVENT_STATES)
    attempt = fields.Integer(allow_none=True)


class Acted(Answer):
    """What was done: to how many events, and which changed (the first 200)."""

    tree_id = fields.String()
    url = fields.String()
    state = Choice(TREE_STATES)
    count = fields.Integer()
    events = fields.List(fields.Nested(ActedOn))
    text = fields.String()
