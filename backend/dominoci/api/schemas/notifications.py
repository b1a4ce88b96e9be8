"""Notification rules of projects and of people, the channels there are, and what was sent."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from dominoci.api.fields import Choice, Flag, Moment, Text, Whole, globs
from dominoci.api.schemas.base import Answer, Body
from dominoci.domain import notice as rules
from dominoci.notify.channels import known_kinds

KINDS = tuple(rules.KINDS)
CHANNELS = known_kinds()
STATES = ("pending", "leased", "done", "dead")
MOST_ADDRESSES = 5
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180}[A-Za-z0-9])?")
EXAMPLE = {"host": "irc.example", "port": 6697, "tls": True, "room": "#builds", "nick": "dominoci", "to": None}


def _kinds(**kwargs: Any) -> fields.List[str]:
    length = validate.Length(min=1, max=len(KINDS))
    return fields.List(Choice(KINDS), validate=length, metadata={"examples": [[rules.FIRST_FAILURE, rules.RECOVERY]]}, **kwargs)


def _mail_address(value: str) -> None:
    if not _MAIL.fullmatch(value):
        raise ValidationError("Must be an address like ada@example.org.")


class DestinationBody(Body):
    """Where messages go. Which fields a channel takes is told by `GET /notifications/channels`: a `url` for Slack, Discord, Teams
    and the chats by Apprise (never shown again); host, room (`#builds`, or somebody's nick) and the like for IRC; up to five
    addresses for mail."""

    url = Text(shortest=1, longest=2000, allow_none=True, metadata={"examples": [None]})
    host = Text(shortest=1, longest=255, allow_none=True, metadata={"examples": ["irc.example"]})
    port = Whole(1, 65535, allow_none=True, metadata={"examples": [6697]})
    tls = Flag(allow_none=True)
    room = Text(shortest=1, longest=50, allow_none=True, metadata={"examples": ["#builds"]})
    nick = Text(shortest=1, longest=30, allow_none=True, metadata={"examples": ["dominoci"]})
    password = Text(longest=200, allow_none=True, metadata={"examples": [None]})
    key = Text(longest=50, allow_none=True, metadata={"examples": [None]})
    to = fields.List(
        Text(longest=254, checks=[_mail_address]),
        validate=validate.Length(min=1, max=MOST_ADDRESSES),
        allow_none=True,
        metadata={"examples": [None]},
    )


class ProjectNotificationScope(Body):
    """What a project's rule is about: only these branches (patterns; none: all branches and tags)."""

    branches = globs(load_default=list)


class OwnNotificationScope(ProjectNotificationScope):
    """What one's own rule is about: also which projects. `mine`: those that one is a member of, alone or by a group, and those
    that one has starred; `starred`; `owned`: only if one is an owner."""

    projects = Choice(tuple(rules.WHICH), load_default=rules.MINE)


class ProjectNotificationScopeChange(Body):
    """What is to be changed of what a project's rule is about; what is left out stays."""

    branches = globs()


class OwnNotificationScopeChange(ProjectNotificationScopeChange):
    """The same of one's own rule."""

    projects = Choice(tuple(rules.WHICH))


class ProjectNotificationCreate(Body):
    """A rule: whom to tell (`channel`, `destination`) of what (`events`), and on which branches."""

    channel = Choice(CHANNELS, required=True, metadata={"examples": [rules.IRC]})
    destination = fields.Nested(DestinationBody, required=True)
    events = _kinds(required=True)
    scope = fields.Nested(ProjectNotificationScope, load_default=lambda: {"branches": []})
    enabled = Flag(load_default=True)


class OwnNotificationCreate(Body):
    """A rule of one's own. Mail goes to the address of one's account unless `to` says otherwise."""

    channel = Choice(CHANNELS, required=True, metadata={"examples": [rules.EMAIL]})
    destination = fields.Nested(DestinationBody, load_default=dict, metadata={"examples": [{"to": ["ada@example.org"]}]})
    events = _kinds(required=True)
    scope = fields.Nested(OwnNotificationScope, load_default=lambda: {"branches": [], "projects": rules.MINE})
    enabled = Flag(load_default=True)


class ProjectNotificationUpdate(Body):
    """What is to be changed; what is left out stays. A `destination` is given whole, but for its secrets: password and key stay
    as long as host and port do. The channel cannot be changed."""

    destination = fields.Nested(DestinationBody)
    events = _kinds()
    scope = fields.Nested(ProjectNotificationScopeChange)
    enabled = Flag()


class OwnNotificationUpdate(ProjectNotificationUpdate):
    """The same for a rule of one's own."""

    scope = fields.Nested(OwnNotificationScopeChange)


class NotificationDestination(Answer):
    """What may be shown of where messages go."""

    host = fields.String(allow_none=True)
    port = fields.Integer(allow_none=True)
    tls = fields.Boolean(allow_none=True)
    room = fields.String(allow_none=True)
    nick = fields.String(allow_none=True)
    to = fields.List(fields.String(), allow_none=True)


class NotificationScope(Answer):
    """What a rule is about; `projects` is null for a project's."""

    branches = fields.List(fields.String())
    projects = Choice(tuple(rules.WHICH), allow_none=True, metadata={"examples": [None]})


class NotificationLast(Answer):
    """What came of the last message of a rule."""

    at = Moment()
    ok = fields.Boolean(metadata={"examples": [True]})
    event = fields.String(metadata={"examples": [rules.FIRST_FAILURE]})
    text = fields.String(metadata={"examples": ["Said in #builds."]})


class NotificationRule(Answer):
    """A rule. `label` is what people call the place that it tells; nothing secret is in it, nor in `destination`."""

    id = fields.String()
    channel = Choice(CHANNELS, metadata={"examples": [rules.IRC]})
    destination = fields.Nested(NotificationDestination, metadata={"examples": [EXAMPLE]})
    label = fields.String(metadata={"examples": ["#builds on irc.example"]})
    events = fields.List(Choice(KINDS), metadata={"examples": [[rules.FIRST_FAILURE, rules.RECOVERY]]})
    scope = fields.Nested(NotificationScope)
    enabled = fields.Boolean()
    last = fields.Nested(NotificationLast, allow_none=True)
    created_by = fields.String(metadata={"examples": ["ada"]})
    created_at = Moment()


class NotificationTest(Answer):
    """What came of a test message."""

    id = fields.String()
    ok = fields.Boolean(metadata={"examples": [True]})
    reading = fields.String(metadata={"examples": ["Said in #builds."]})
    duration_ms = fields.Integer(metadata={"examples": [912]})


class NotificationMessage(Answer):
    """A message of a rule: `event` is what was told, `about` the project, `url` the page of what happened. `state` is pending,
    leased (on its way), done, or dead (given up); `reading` and `duration_ms` are those of the last try."""

    id = fields.String()
    event = fields.String(metadata={"examples": [rules.FIRST_FAILURE]})
    about = fields.String(metadata={"examples": ["app-web"]})
    url = fields.String(allow_none=True)
    state = Choice(STATES, metadata={"examples": ["done"]})
    tries = fields.Integer()
    reading = fields.String(allow_none=True, metadata={"examples": ["Said in #builds."]})
    duration_ms = fields.Integer(allow_none=True, metadata={"examples": [912]})
    created_at = Moment()
    finished_at = Moment(allow_none=True)
    next_try_at = Moment(allow_none=True, metadata={"examples": [None]})


class NotificationChannel(Answer):
    """A channel: which `fields` its destination takes, and whether it can be used here (if not, `because` says what to do)."""

    kind = Choice(CHANNELS, metadata={"examples": [rules.IRC]})
    title = fields.String(metadata={"examples": ["IRC"]})
    fields_ = fields.List(
        fields.String(), data_key="fields", attribute="fields", metadata={"examples": [["host", "port", "tls", "room", "nick"]]}
    )
    available = fields.Boolean()
    because = fields.String(allow_none=True, metadata={"examples": [None]})


class NotificationEvent(Answer):
    """Something that can be told."""

    kind = Choice(KINDS)
    meaning = fields.String(metadata={"examples": [rules.KINDS[rules.FIRST_FAILURE]]})


class NotificationChannels(Answer):
    """The channels there are, what can be told, and how many messages a rule may send within an hour."""

    channels = fields.List(fields.Nested(NotificationChannel))
    events = fields.List(fields.Nested(NotificationEvent))
    rate = fields.Integer(metadata={"examples": [30]})
