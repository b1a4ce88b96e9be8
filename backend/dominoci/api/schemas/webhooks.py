"""Outgoing webhooks of projects, and what was sent to them."""

from typing import Any

from marshmallow import fields, validate

from dominoci.api.fields import Choice, Flag, Moment, web_url
from dominoci.api.schemas.base import Answer, Body
from dominoci.domain import webhook as rules

KINDS = tuple(rules.KINDS)
URL = "https://hooks.example/dominoci"
STATES = ("pending", "leased", "done", "dead")


def _kinds(**kwargs: Any) -> fields.List[str]:
    length = validate.Length(min=1, max=len(KINDS))
    examples = {"examples": [[rules.EVENT_CHANGED, rules.TREE_FINISHED]]}
    return fields.List(Choice(KINDS), validate=length, metadata=examples, **kwargs)


class WebhookCreate(Body):
    """An address that is to be told what happens in a project: of which `events`, as plain JSON or as CDEvents. As CDEvents only
    event.accepted and event.state_changed are sent."""

    url = web_url(required=True, metadata={"examples": [URL]})
    format = Choice(rules.FORMATS, load_default=rules.JSON)
    events = _kinds(required=True)


class WebhookUpdate(Body):
    """What is to be changed; what is left out stays. One that was switched off (`enabled`) may be switched on again."""

    url = web_url(metadata={"examples": [URL]})
    format = Choice(rules.FORMATS)
    events = _kinds()
    enabled = Flag()


class Webhook(Answer):
    """A webhook. `disabled_because` says why nothing is sent to it: it answered 410, nothing was taken for three days, or
    somebody switched it off."""

    id = fields.String()
    url = fields.String(metadata={"examples": [URL]})
    format = Choice(rules.FORMATS)
    events = fields.List(Choice(KINDS))
    enabled = fields.Boolean(metadata={"examples": [True]})
    disabled_because = fields.String(allow_none=True, metadata={"examples": [None]})
    created_by = fields.String(metadata={"examples": ["ada"]})
    created_at = Moment()


class WebhookWithSecret(Webhook):
    """A webhook with the secret that signs what it is sent; it is shown this once."""

    secret = fields.String(metadata={"examples": ["whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]})


class WebhookTest(Answer):
    """What came of a test message: `status` is that of HTTP, null without an answer; `id` is its `webhook-id`."""

    id = fields.String()
    ok = fields.Boolean(metadata={"examples": [True]})
    status = fields.Integer(allow_none=True, metadata={"examples": [200]})
    reading = fields.String(metadata={"examples": ["Accepted with 200."]})
    duration_ms = fields.Integer(metadata={"examples": [41]})


class WebhookDelivery(Answer):
    """A message to a webhook. `id` is its `webhook-id`, the same over all tries; `body` is what is sent (a CDEvent goes in a
    CloudEvent). `state` is pending, leased (on its way), done, or dead (given up); `status`, `reading` and `duration_ms` are
    those of the last try."""

    id = fields.String()
    type = fields.String(metadata={"examples": [rules.EVENT_CHANGED]})
    state = Choice(STATES, metadata={"examples": ["done"]})
    tries = fields.Integer()
    status = fields.Integer(allow_none=True, metadata={"examples": [200]})
    reading = fields.String(allow_none=True, metadata={"examples": ["Accepted with 200."]})
    duration_ms = fields.Integer(allow_none=True, metadata={"examples": [41]})
    created_at = Moment()
    finished_at = Moment(allow_none=True)
    next_try_at = Moment(allow_none=True, metadata={"examples": [None]})
    body = fields.Dict(keys=fields.String(), metadata={"examples": [{"type": rules.EVENT_CHANGED, "data": {}}]})
