"""The audit log as it is listed."""

from marshmallow import fields

from dominoci.api.fields import Choice, Moment, Text
from dominoci.api.schemas.base import Answer, PageQuery
from dominoci.domain.audit import ACTIONS


class AuditQuery(PageQuery):
    """Which rows: `who` is a user's name or an actor's id, `object` the id of what it was done to; `until` is exclusive.
    `format=csv` answers a spreadsheet of all of them (at most 10,000) instead of a page."""

    who = Text(shortest=1, longest=140, load_default=None)
    action = Choice(tuple(ACTIONS), load_default=None)
    object = Text(shortest=1, longest=36, load_default=None)
    since = Moment(load_default=None)
    until = Moment(load_default=None)
    format = Choice(("json", "csv"), load_default="json")


class AuditActor(Answer):
    """Who did it; `kind` is that of the credential: a user, or a project's, agent's or repository hook's token."""

    kind = fields.String()
    id = fields.String()
    name = fields.String()


class AuditObject(Answer):
    """What it was done to, by the name that it had then."""

    kind = fields.String()
    id = fields.String()
    name = fields.String()


class AuditItem(Answer):
    """One change. `before` and `after` hold the changed fields only; secrets read "set" or "changed"."""

    id = fields.String()
    at = Moment()
    actor = fields.Nested(AuditActor)
    action = Choice(tuple(ACTIONS))
    text = fields.String()
    object = fields.Nested(AuditObject)
    before = fields.Dict(keys=fields.String(), allow_none=True)
    after = fields.Dict(keys=fields.String(), allow_none=True)
    address = fields.String(allow_none=True)


EXAMPLE = {
    "items": [
        {
            "id": "0198c0de-0000-7000-8000-000000000001",
            "at": "2026-11-21T10:00:00.123Z",
            "actor": {"kind": "user", "id": "0198c0de-0000-7000-8000-000000000002", "name": "admin (token release-bot)"},
            "action": "project.changed",
            "text": "admin (token release-bot) changed project app-web: default_branch",
            "object": {"kind": "project", "id": "0198c0de-0000-7000-8000-000000000003", "name": "app-web"},
            "before": {"default_branch": "main"},
            "after": {"default_branch": "trunk"},
            "address": "192.0.2.7",
        }
    ],
    "next_cursor": None,
}
