"""Deliveries over all trees."""

from marshmallow import fields, validate

from dominoci.api.fields import Choice, Moment, Text
from dominoci.api.schemas.base import Answer, Body, PageQuery, Ref
from dominoci.services.deliveries import DEAD, MOST_AT_ONCE, RETRYING


class FailedQuery(PageQuery):
    """Which deliveries: those that were given up (`dead`), or failed and are tried again (`retrying`)."""

    state = Choice((DEAD, RETRYING), load_default=DEAD)


class FailedRoot(Answer):
    """The report that set it off."""

    project = fields.Nested(Ref)
    commit = fields.String(allow_none=True)


class FailedDelivery(Answer):
    """A delivery that failed: of which event, how often it was tried, and how we read the last answer (`status` of HTTP, null
    without one)."""

    id = fields.String()
    state = Choice((DEAD, RETRYING))
    kind = Choice(("trigger", "cancel"))
    project = fields.Nested(Ref)
    tree_id = fields.String()
    sub_id = fields.String()
    attempt = fields.Integer()
    root = fields.Nested(FailedRoot)
    target = fields.String()
    tries = fields.Integer(metadata={"examples": [10]})
    reading = fields.String(allow_none=True, metadata={"examples": ["Refused with 403: the token may not start this."]})
    url = fields.String(allow_none=True)
    status = fields.Integer(allow_none=True, metadata={"examples": [403]})
    last_try_at = Moment(allow_none=True)
    next_try_at = Moment(allow_none=True)
    given_up_at = Moment(allow_none=True)
    created_at = Moment()


class Redeliver(Body):
    """The ids of given-up deliveries that are to be sent again, at most 100."""

    ids = fields.List(Text(shortest=1, longest=36), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE))


class NotRedelivered(Answer):
    """One that could not be sent again, and why."""

    id = fields.String()
    because = fields.String(metadata={"examples": ["Event 1.2 is running: only an undeliverable one is delivered again."]})


class Redelivered(Answer):
    """How many are sent again; the others with the reason."""

    count = fields.Integer()
    refused = fields.List(fields.Nested(NotRedelivered))
    text = fields.String(metadata={"examples": ["3 deliveries are sent again"]})
