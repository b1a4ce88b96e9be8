"""Builds, as people read them."""

from marshmallow import fields

from dominoci.api.fields import Choice, Moment, QueryNumber, Text, parameters, ref_name
from dominoci.api.schemas.base import BUILD_STATES, Answer, Body, PageQuery, Reason, Ref, optional_ref

STEP_STATES = ["waiting", *[state for state in BUILD_STATES if state != "queued"]]
LOG_PART = 1 << 20


class BuildQuery(PageQuery):
    """Which builds: those of a project (id or name), in a state, of a branch; all where nothing is said."""

    project = Text(shortest=1, longest=100, load_default=None)
    state = Choice(BUILD_STATES, load_default=None)
    branch = ref_name(load_default=None)


class BuildStart(Body):
    """What to build: a ref (the default branch when absent) with variables."""

    ref = Text(shortest=1, longest=255, load_default=None, allow_none=True)
    parameters = parameters(load_default=dict)


class PipelineChoice(Answer):
    """A pipeline of the repository, and why it runs or not."""

    name = fields.String()
    selected = fields.Boolean()
    reason = fields.String(allow_none=True, dump_default=None)


class BuildSummary(Answer):
    """A build in a list."""

    id = fields.String()
    number = fields.Integer()
    project = fields.Nested(Ref)
    state = Choice(BUILD_STATES)
    reason = fields.Nested(Reason, allow_none=True)
    ref = fields.String(allow_none=True)
    branch = fields.String(allow_none=True)
    tag = fields.String(allow_none=True)
    commit = fields.String(allow_none=True)
    message = fields.String(allow_none=True)
    cause = Choice(("push", "manual", "event"))
    tree_id = fields.String(allow_none=True)
    sub_id = fields.String(allow_none=True)
    agent = optional_ref()
    pipelines = fields.List(fields.Nested(PipelineChoice))
    created_at = Moment()
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)
    cancel_requested = fields.Boolean()
    url = fields.String()


class Step(Answer):
    """One step of a build; `log_size` in bytes."""

    n = fields.Integer()
    pipeline = fields.String()
    stage = fields.String()
    name = fields.String()
    state = Choice(STEP_STATES)
    exit_code = fields.Integer(allow_none=True)
    signal = fields.String(allow_none=True)
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)
    log_size = fields.Integer()


class BuildArtifact(Answer):
    """A file that a build uploaded; `size` in bytes."""

    name = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    url = fields.String()


class Build(BuildSummary):
    """A build with its steps and artifacts, and what it was started with; `waiting` tells why no agent has taken it yet."""

    parameters = fields.Dict(keys=fields.String(), values=fields.String())
    waiting = fields.Nested(Reason, allow_none=True)

    steps = fields.List(fields.Nested(Step))
    artifacts = fields.List(fields.Nested(BuildArtifact))


class LogQuery(Body):
    """Which part of the raw log: `limit` bytes from `offset`."""

    offset = QueryNumber(0, 2**53, load_default=0)
    limit = QueryNumber(1, LOG_PART, load_default=LOG_PART)


class WholeLogQuery(Body):
    """Of which step; of all when absent."""

    step = QueryNumber(1, 100_000, load_default=None)


class LogSearch(Body):
    """The text to find, whatever the case of its letters."""

    q = Text(shortest=1, longest=500, required=True)


class StepFound(Answer):
    """How many lines of step `n` hold the text, and the numbers of the first of them."""

    n = fields.Integer()
    count = fields.Integer()
    lines = fields.List(fields.Integer())


class LogFound(Answer):
    """How many lines of the build hold the text, by steps that have any; 10,000 of them are numbered."""

    count = fields.Integer()
    steps = fields.List(fields.Nested(StepFound))
