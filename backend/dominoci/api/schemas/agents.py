"""Agents, and what they tell about the builds that they run."""

from marshmallow import fields, validate

from dominoci.api.fields import Choice, Flag, Moment, QueryNumber, Text, Whole
from dominoci.api.schemas.base import Answer, Body, Ref
from dominoci.api.schemas.builds import FORMATS, STEP_STATES, BuildSummary
from dominoci.api.schemas.reports import STATUSES, MetadataBody
from dominoci.domain.reports import Metadata

MAX_STEPS = 2000
MAX_STAGES = 1000
HOOKS = ("on_start", "on_success", "on_failure")


class AgentBuild(Answer):
    """A build that an agent runs now, and how many of its steps have ended; all null where the caller may not see its project."""

    id = fields.String(allow_none=True)
    number = fields.Integer(allow_none=True)
    project = fields.String(allow_none=True)
    job = fields.String(allow_none=True)
    started_at = Moment(allow_none=True)
    steps = fields.Integer(allow_none=True)
    steps_ended = fields.Integer(allow_none=True)


class Agent(Answer):
    """A process that claims builds."""

    id = fields.String()
    name = fields.String()
    labels = fields.List(fields.String())
    version = fields.String()
    slots = fields.Integer()
    state = Choice(("idle", "busy", "silent", "draining"))
    draining = fields.Boolean()
    last_seen_at = Moment(allow_none=True)
    builds = fields.List(fields.Nested(AgentBuild))


class AgentLease(Answer):
    """Until when a build is an agent's; null while it is being handed over."""

    build_id = fields.String()
    lease_until = Moment(allow_none=True)


class AgentDetail(Agent):
    """An agent with its leases, and its last builds."""

    executors = fields.List(fields.String())
    created_at = Moment()
    leases = fields.List(fields.Nested(AgentLease))
    last_builds = fields.List(fields.Nested(BuildSummary))


class AgentChange(Body):
    """Whether the agent is to take no more builds."""

    draining = Flag(required=True)


class Enrolment(Answer):
    """A token with which one agent may register, once."""

    token = fields.String()
    expires_at = Moment()


class Registration(Body):
    """An agent introduces itself."""

    name = Text(shortest=1, longest=100, required=True)
    labels = fields.List(Text(shortest=1, longest=100), load_default=list, validate=validate.Length(max=50))
    version = Text(longest=40, load_default="")
    slots = Whole(1, 1000, load_default=1)
    executors = fields.List(Text(shortest=1, longest=40), load_default=lambda: ["local"], validate=validate.Length(max=10))


class Introduction(Body):
    """What an agent is able to do, told with the first claim of its process: it may have changed since it registered."""

    labels = fields.List(Text(shortest=1, longest=100), validate=validate.Length(max=50))
    version = Text(longest=40)
    slots = Whole(1, 1000)
    executors = fields.List(Text(shortest=1, longest=40), validate=validate.Length(max=10))


class Registered(Answer):
    """The agent's own token, shown this once."""

    id = fields.String()
    token = fields.String()


class ClaimQuery(Body):
    """How many seconds to wait for work."""

    wait = QueryNumber(0, 60, load_default=0)


class Nothing(Body):
    """An empty object."""


class ClaimRepository(Answer):
    """Where to clone from; addresses beginning with / are relative to the arbiter's."""

    url = fields.String()
    username = fields.String(allow_none=True, dump_default=None)
    password = fields.String(allow_none=True)
    ssh_key = fields.String(allow_none=True, dump_default=None)
    known_hosts = fields.String(allow_none=True, dump_default=None)


class ClaimDefinition(Answer):
    """What to run instead of the file in the repository."""

    format = Choice(FORMATS)
    text = fields.String()


class ClaimJob(Answer):
    """Which job of a workflow with routes this build is: its name, the run that it belongs to, the jobs whose routes to it have
    fired, and the repository that holds the run's workspace."""

    name = fields.String()
    run = fields.String()
    fired_by = fields.List(fields.String())
    workspace = fields.Nested(ClaimRepository)


class ClaimInput(Answer):
    """An artifact of an upstream build."""

    project = fields.String()
    sub_id = fields.String()
    name = fields.String()
    url = fields.String()
    sha256 = fields.String()
    size = fields.Integer()


class Claim(Answer):
    """A build under a lease of `lease_s` seconds, with the token for its own routes. Without a `repository` it begins in an empty
    folder with the `definition` given here; `file` is where in the repository the definition stands, if that is said.

    Where the repository has no `ref`, the agent builds `ref_fallback`, if there is one, and says so with the build's first state.
    """

    id = fields.String()
    number = fields.Integer()
    token = fields.String()
    lease_s = fields.Integer()
    project = fields.Nested(Ref)
    repository = fields.Nested(ClaimRepository, allow_none=True)
    ref = fields.String(allow_none=True)
    ref_fallback = fields.String(allow_none=True)
    branch = fields.String(allow_none=True)
    tag = fields.String(allow_none=True)
    commit = fields.String(allow_none=True)
    base_commit = fields.String(allow_none=True)
    pipelines = fields.List(fields.String(), allow_none=True)
    variables = fields.Dict(keys=fields.String(), values=fields.String())
    secrets = fields.Dict(keys=fields.String(), values=fields.String())
    inputs = fields.List(fields.Nested(ClaimInput))
    definition = fields.Nested(ClaimDefinition, allow_none=True, dump_default=None)
    file = fields.String(allow_none=True, dump_default=None, metadata={"examples": [".domino/nightly.yml"]})
    job = fields.Nested(ClaimJob, allow_none=True, dump_default=None)
    trusted = fields.Boolean(dump_default=True)
    timeout_s = fields.Integer()
    url = fields.String()


class Heartbeat(Answer):
    """Whether to go on."""

    cancel = fields.Boolean()
    lease_s = fields.Integer()


class StateAnswer(Answer):
    """Whether to go on."""

    cancel = fields.Boolean()


class StageBody(Body):
    """A stage of a pipeline: what it waits for, and in a workflow with routes which stages its end sets going."""

    name = Text(shortest=1, longest=255, required=True)
    depends_on = fields.List(Text(shortest=1, longest=255), load_default=list, validate=validate.Length(max=MAX_STAGES))
    success = fields.List(Text(shortest=1, longest=255), load_default=list, validate=validate.Length(max=MAX_STAGES))
    fail = fields.List(Text(shortest=1, longest=255), load_default=list, validate=validate.Length(max=MAX_STAGES))


class ParameterBody(Body):
    """A value that whoever starts a build may give."""

    name = Text(shortest=1, longest=255, required=True)
    required = Flag(load_default=False)
    default = Text(longest=10_000, lines=True, load_default=None, allow_none=True)


class PipelineBody(Body):
    """A pipeline that the agent found, and why it runs or not; the stages of one that runs."""

    name = Text(shortest=1, longest=255, required=True)
    selected = Flag(required=True)
    reason = Text(longest=1000, lines=True, load_default=None, allow_none=True)
    routed = Flag(load_default=False)
    stages = fields.List(fields.Nested(StageBody), load_default=list, validate=validate.Length(max=MAX_STAGES))
    parameters = fields.List(fields.Nested(ParameterBody), load_default=list, validate=validate.Length(max=200))


class StepBody(Body):
    """A step as it stands; `n` counts from 1 over the whole build."""

    n = Whole(1, 100_000, required=True)
    pipeline = Text(longest=255, required=True)
    stage = Text(longest=255, required=True)
    name = Text(longest=255, required=True)
    state = Choice(STEP_STATES, required=True)
    exit_code = Whole(-(2**31), 2**31 - 1, allow_none=True)
    signal = Text(longest=20, allow_none=True)
    hook = Choice(HOOKS, load_default=None, allow_none=True)
    ignored = Flag(load_default=False)
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)


class BuildProgress(Body):
    """What has changed of a running build; steps are written over by `n`. `ref` is told of a build that was given a fallback:
    which of the two it is that runs."""

    ref = Text(shortest=1, longest=255, allow_none=True)
    commit = Text(longest=64, allow_none=True)
    message = Text(longest=10_000, lines=True, allow_none=True)
    pipelines = fields.List(fields.Nested(PipelineBody), validate=validate.Length(max=500))
    steps = fields.List(fields.Nested(StepBody), validate=validate.Length(max=MAX_STEPS))


class OutcomeReason(Body):
    """Why a build ended as it did."""

    code = Text(shortest=1, longest=32, required=True)
    text = Text(longest=1000, lines=True, required=True)


class BuildResult(Body):
    """The end of a build."""

    status = Choice(STATUSES, required=True)
    reason = fields.Nested(OutcomeReason, load_default=None, allow_none=True)
    metadata = fields.Nested(MetadataBody, load_default=Metadata)
    steps = fields.List(fields.Nested(StepBody), load_default=list, validate=validate.Length(max=MAX_STEPS))


class Release(Body):
    """Why an agent hands a build back; `needs` are executors or labels that it lacks and the build asks for."""

    reason = Text(longest=1000, lines=True, load_default="")
    needs = fields.List(Text(shortest=1, longest=100), load_default=list, validate=validate.Length(max=50))


class LogOffset(Body):
    """Where in the raw log, in bytes, the sent chunk begins."""

    offset = QueryNumber(0, 2**53, required=True)


class LogSize(Answer):
    """How many bytes of the log are stored now: where the next chunk begins."""

    size = fields.Integer()
