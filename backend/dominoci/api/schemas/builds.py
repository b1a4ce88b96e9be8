"""Builds, as people read them."""

from marshmallow import fields

from dominoci.api.fields import Choice, Moment, QueryNumber, Text, parameters, ref_name
from dominoci.api.schemas.base import BUILD_STATES, Answer, Body, PageQuery, Reason, Ref, optional_ref, page_of
from dominoci.domain.build_comparison import Difference

STEP_STATES = ["waiting", *[state for state in BUILD_STATES if state != "queued"]]
LOG_PART = 1 << 20
FORMATS = ("factory", "flow", "job", "builder")
MAX_DEFINITION = 100_000
CAUSES = ("push", "manual", "event", "job", "webhook", "schedule", "poll", "pull", "api")


class BuildQuery(PageQuery):
    """Which builds: those of a project (id or name), in a state, of a branch; all where nothing is said."""

    project = Text(shortest=1, longest=100, load_default=None)
    state = Choice(BUILD_STATES, load_default=None)
    branch = ref_name(load_default=None)


class DefinitionBody(Body):
    """A definition to run instead of the file in the repository."""

    format = Choice(FORMATS, required=True)
    text = Text(shortest=1, longest=MAX_DEFINITION, lines=True, required=True)


class BuildStart(Body):
    """What to build: a ref (the default branch when absent) with variables, by the repository's own definition or by one that is
    given here."""

    ref = Text(shortest=1, longest=255, load_default=None, allow_none=True)
    parameters = parameters(load_default=dict)
    definition = fields.Nested(DefinitionBody, load_default=None, allow_none=True)


class StageShape(Answer):
    """A stage: what it waits for, and in a workflow with routes which stages its success or failure sets going."""

    name = fields.String()
    depends_on = fields.List(fields.String(), dump_default=list)
    success = fields.List(fields.String(), dump_default=list)
    fail = fields.List(fields.String(), dump_default=list)


class BuildParameter(Answer):
    """A value that whoever starts a build may give."""

    name = fields.String()
    required = fields.Boolean(dump_default=False)
    default = fields.String(allow_none=True, dump_default=None)


class PipelineChoice(Answer):
    """A pipeline of the repository, and why it runs or not."""

    name = fields.String()
    selected = fields.Boolean()
    reason = fields.String(allow_none=True, dump_default=None)


class PipelineShape(PipelineChoice):
    """A pipeline with the stages and parameters of one that runs."""

    routed = fields.Boolean(dump_default=False)
    stages = fields.List(fields.Nested(StageShape), dump_default=list)
    parameters = fields.List(fields.Nested(BuildParameter), dump_default=list)


class OfJob(Answer):
    """The job that a build is of: its present path (a deleted one's cannot be asked for any more), name and kind."""

    id = fields.String()
    path = fields.String(metadata={"examples": ["tools/hello"]})
    name = fields.String(metadata={"examples": ["hello"]})
    kind = Choice(("job", "branch", "pull_request"))


class BuildSummary(Answer):
    """A build in a list. `job` is its name in the run that it is part of, `of_job` the job in a folder that it is a build of,
    `definition_version` which version of that job's definition it runs (null: the repository's own). `approval`: whether a
    maintainer must look at a stranger's code first, or has (null: nobody must)."""

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
    cause = Choice(CAUSES)
    job = fields.String(allow_none=True, dump_default=None)
    of_job = fields.Nested(OfJob, allow_none=True, dump_default=None)
    definition_version = fields.Integer(allow_none=True, dump_default=None)
    approval = Choice(("needed", "given"), allow_none=True, dump_default=None)
    run_id = fields.String(allow_none=True, dump_default=None)
    tree_id = fields.String(allow_none=True)
    sub_id = fields.String(allow_none=True)
    agent = optional_ref()
    pipelines = fields.List(fields.Nested(PipelineChoice))
    created_at = Moment()
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)
    cancel_requested = fields.Boolean()
    url = fields.String()


BUILD_PAGE = page_of(BuildSummary)


class Step(Answer):
    """One step of a build; `log_size` in bytes."""

    n = fields.Integer()
    pipeline = fields.String()
    stage = fields.String()
    name = fields.String()
    state = Choice(STEP_STATES)
    hook = fields.String(allow_none=True, dump_default=None)
    ignored = fields.Boolean(dump_default=False)
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


class BuildNumber(Answer):
    """Another build of the same project."""

    id = fields.String()
    number = fields.Integer()


class RunJob(Answer):
    """A job of a run: the build that runs it (null: none yet, or never), and the jobs whose routes to it have fired."""

    name = fields.String()
    build_id = fields.String(allow_none=True)
    state = Choice(["waiting", *BUILD_STATES])
    fired_by = fields.List(fields.String())
    agent = optional_ref()
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)


class GivenDefinition(Answer):
    """A definition that a build runs instead of the file in the repository."""

    format = Choice(FORMATS)
    text = fields.String()


class Build(BuildSummary):
    """A build with its steps and artifacts, and what it was started with (`definition`: null also for those who do not maintain
    its project). `waiting` tells why no agent has taken it yet, `rerun_of` which build it repeats. Since `expired_at` its logs
    and artifacts are gone."""

    parameters = fields.Dict(keys=fields.String(), values=fields.String())
    definition = fields.Nested(GivenDefinition, allow_none=True, dump_default=None)
    waiting = fields.Nested(Reason, allow_none=True)
    rerun_of = fields.Nested(BuildNumber, allow_none=True)
    expired_at = Moment(allow_none=True)
    pipelines = fields.List(fields.Nested(PipelineShape))
    jobs = fields.List(fields.Nested(RunJob), dump_default=list)
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


class ComparedRun(Answer):
    """How a step went on one of the two sides, in the build that ran it (of a run: that of a job); `took_ms` is null where it has
    not ended, or never began."""

    build_id = fields.String()
    n = fields.Integer()
    pipeline = fields.String()
    stage = fields.String()
    name = fields.String()
    hook = fields.String(allow_none=True)
    state = Choice(STEP_STATES)
    ignored = fields.Boolean()
    took_ms = fields.Integer(allow_none=True)


class ComparedStep(Answer):
    """A step in both builds, or in one of them. `broke`: it fails now and did not before; `fails`: it failed before, too, or is
    new; `state`: it ended in another way."""

    old = fields.Nested(ComparedRun, allow_none=True)
    new = fields.Nested(ComparedRun, allow_none=True)
    difference = Choice(tuple(Difference))


class ComparedContent(Answer):
    """An artifact's `size` in bytes and its digest."""

    size = fields.Integer()
    sha256 = fields.String()


class ComparedArtifact(Answer):
    """An artifact that is not the same in both builds; null where one of them has none of that name."""

    name = fields.String()
    old = fields.Nested(ComparedContent, allow_none=True)
    new = fields.Nested(ComparedContent, allow_none=True)


class ComparedParameter(Answer):
    """A parameter that was not given alike; null where it was not given."""

    name = fields.String()
    old = fields.String(allow_none=True)
    new = fields.String(allow_none=True)


class BuildComparison(Answer):
    """A build beside `base`, the last green one of its project and branch before it (null: there is none). Steps that may be to
    blame come first; `compare_url` shows the commits between, where the repository's host is known to have such a page."""

    build = fields.Nested(BuildSummary)
    base = fields.Nested(BuildSummary, allow_none=True)
    compare_url = fields.String(allow_none=True)
    steps = fields.List(fields.Nested(ComparedStep))
    artifacts = fields.List(fields.Nested(ComparedArtifact))
    parameters = fields.List(fields.Nested(ComparedParameter))
