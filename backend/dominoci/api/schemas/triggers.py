"""Triggers of jobs."""

from typing import Any

from marshmallow import fields

from dominoci.api.fields import Choice, Flag, Moment, Text, Whole, globs, parameters
from dominoci.api.schemas.base import Answer, Body
from dominoci.domain import schedule
from dominoci.domain import triggers as rules

CRON: dict[str, Any] = {"examples": ["30 3 * * 1-5"]}
ZONE: dict[str, Any] = {"examples": ["Europe/Berlin"]}
SECRET = "kJ0n8cF3vQ2xYw7Lr5tBz1mHs9aDe4gUi6oPqXyZ0aA"  # noqa: S105  an example
FIRST = "2026-11-23T02:30:00.000Z"


def _cron(**kwargs: Any) -> Text:
    return Text(shortest=1, longest=100, metadata=CRON, **kwargs)


def _zone(**kwargs: Any) -> Text:
    return Text(shortest=1, longest=64, metadata=ZONE, **kwargs)


def _ref(**kwargs: Any) -> Text:
    return Text(shortest=1, longest=255, allow_none=True, **kwargs)


class ScheduleCheck(Body):
    """A schedule that is being written: five cron fields, or `@daily` and the like, in a time zone."""

    cron = _cron(required=True)
    zone = _zone(load_default="UTC")


class ScheduleChecked(Answer):
    """What it says in words, and its next five moments (fewer where there are no more)."""

    text = fields.String(metadata={"examples": ["At 03:30 on Monday through Friday"]})
    next = fields.List(Moment(), metadata={"examples": [[FIRST]]})


class TriggerUpdate(Body):
    """What is to be changed; what is left out stays."""

    enabled = Flag()
    parameters = parameters()
    ref = _ref()
    cron = _cron()
    zone = _zone()
    missed = Choice(schedule.RULES)
    branches = globs()
    every_s = Whole(*rules.EVERY_S, metadata={"examples": [300]})


class TriggerCreate(TriggerUpdate):
    """What is to start a job, with which `parameters`. A `webhook` is an address of its own (`branches`: only pushes to these;
    `ref`: always build this). A `schedule` needs `cron`; `missed` says what becomes of turns that nobody could take: `once` makes
    up for all of them with one build, `skip` drops them. A `poll` looks at the repository's `branches` (none: the job's own)
    every `every_s` seconds."""

    kind = Choice(rules.KINDS, required=True)
    enabled = Flag(load_default=True)
    parameters = parameters(load_default=dict)


class TriggerJob(Answer):
    """Of which job."""

    id = fields.String()
    path = fields.String(metadata={"examples": ["tools/nightly"]})


class TriggerBuild(Answer):
    """A build that a trigger has started."""

    id = fields.String()
    number = fields.Integer()
    url = fields.String()


class TriggerTurn(Answer):
    """What came of a trigger's last turn: `started`, `nothing` (nothing new was seen), `skipped` by a rule, or `failed`. `build`
    is the last that it has started, in whichever turn."""

    at = Moment()
    outcome = Choice(rules.OUTCOMES)
    text = fields.String(metadata={"examples": ["Started #12 of main."]})
    build = fields.Nested(TriggerBuild, allow_none=True)


class Trigger(Answer):
    """A trigger. Fields of other kinds are null. `text` is the schedule in words; `next` are its next five turns, the first of
    which may be due already; `url` is the webhook's address."""

    id = fields.String()
    job = fields.Nested(TriggerJob)
    kind = Choice(rules.KINDS, metadata={"examples": ["schedule"]})
    enabled = fields.Boolean(metadata={"examples": [True]})
    parameters = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"examples": [{"LEVEL": "full"}]})
    ref = fields.String(allow_none=True, metadata={"examples": [None]})
    cron = fields.String(allow_none=True, metadata=CRON)
    zone = fields.String(allow_none=True, metadata=ZONE)
    missed = Choice(schedule.RULES, allow_none=True)
    every_s = fields.Integer(allow_none=True, metadata={"examples": [None]})
    branches = fields.List(fields.String(), metadata={"examples": [[]]})
    text = fields.String(allow_none=True, metadata={"examples": ["At 03:30 on Monday through Friday"]})
    url = fields.String(allow_none=True, metadata={"examples": [None]})
    next = fields.List(Moment(), metadata={"examples": [[FIRST]]})
    last = fields.Nested(TriggerTurn, allow_none=True)
    created_by = fields.String(metadata={"examples": ["ada"]})
    created_at = Moment()


class TriggerWithSecret(Trigger):
    """A trigger with the secret of its webhook, shown this once; null for other kinds."""

    secret = fields.String(allow_none=True, metadata={"examples": [SECRET]})


class TriggerTaken(Answer):
    """What a call of a job's webhook led to. Nothing is started, and `reason` says why, where the push is not one that the
    trigger is for, or the job is switched off; nor where the same delivery came before (`duplicate`: `build` is of that one)."""

    started = fields.Boolean(metadata={"examples": [True]})
    duplicate = fields.Boolean()
    reason = fields.String(allow_none=True, metadata={"examples": [None]})
    build = fields.Nested(TriggerBuild, allow_none=True)
