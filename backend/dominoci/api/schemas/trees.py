"""Event trees: lists, the graph, one event with everything behind it."""

from marshmallow import fields

from dominoci.api.fields import Choice, Moment, Text
from dominoci.api.schemas.base import EVENT_STATES, TREE_STATES, Answer, Body, PageQuery, Reason, Ref
from dominoci.domain.states import EdgeOutcome

EVENT_JOINS = ("all", "each", "root")
OUTCOMES = [outcome.value for outcome in EdgeOutcome]


class TreeQuery(PageQuery):
    """Which trees: those that a project (id or name) is the root of, those in one state; by their roots' branch or commit (whole,
    or its first 7 to 64 hexadecimal digits); those opened `since` then."""

    project = Text(shortest=1, longest=100, load_default=None)
    state = Choice(TREE_STATES, load_default=None)
    branch = Text(shortest=1, longest=255, load_default=None)
    commit = Text(shortest=1, longest=64, load_default=None)
    since = Moment(load_default=None)
    mine = fields.Boolean(load_default=False)


class TreeRoot(Answer):
    """What opened a tree."""

    project = fields.Nested(Ref, allow_none=True)
    commit = fields.String(allow_none=True)
    branch = fields.String(allow_none=True)
    tag = fields.String(allow_none=True)
    message = fields.String(allow_none=True)
    pipeline = fields.String(allow_none=True)


class Cause(Answer):
    """The event of another tree in whose run the root report was made."""

    tree_id = fields.String()
    sub_id = fields.String()


class TreeSummary(Answer):
    """A tree in a list. `counts` says how many events stand in which state; a `held` tree waits for an older one of its branch;
    `depth` counts the trees of the chain of causes up to this one."""

    id = fields.String()
    state = Choice(TREE_STATES)
    root = fields.Nested(TreeRoot)
    reason = fields.Nested(Reason, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    held = fields.Boolean()
    depth = fields.Integer()
    cause = fields.Nested(Cause, allow_none=True)
    event_count = fields.Integer()
    opened_at = Moment()
    finished_at = Moment(allow_none=True)
    version = fields.Integer()
    url = fields.String()


class Event(Answer):
    """One project in one tree. Of a project that the caller may not see only sub id, state, join and parents are told."""

    sub_id = fields.String()
    project = fields.Nested(Ref, allow_none=True)
    state = Choice(EVENT_STATES)
    join = Choice(EVENT_JOINS)
    attempt = fields.Integer(allow_none=True)
    parents = fields.List(fields.String())
    reason = fields.Nested(Reason, allow_none=True)
    ref = fields.String(allow_none=True)
    target = fields.String(allow_none=True)
    deadline_at = Moment(allow_none=True)
    queued_at = Moment(allow_none=True)
    triggered_at = Moment(allow_none=True)
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)
    run_url = fields.String(allow_none=True)
    build_id = fields.String(allow_none=True)


class Tree(TreeSummary):
    """A tree with all its events, by sub id. `may_act`: whether the caller may cancel and rerun it."""

    may_act = fields.Boolean()
    events = fields.List(fields.Nested(Event))


class GraphTry(Answer):
    """An attempt that a later one has replaced, as the timeline draws it."""

    attempt = fields.Integer()
    state = Choice(EVENT_STATES)
    queued_at = Moment()
    triggered_at = Moment(allow_none=True)
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)


class GraphNode(Answer):
    """An event as the graph draws it: `project` is a name, `reason` a sentence, `owner` the group that owns it, `tries` are the
    attempts before the present one, `sends` counts the sends of its trigger that have failed so far."""

    sub_id = fields.String()
    project = fields.String(allow_none=True)
    state = Choice(EVENT_STATES)
    target = fields.String(allow_none=True)
    attempt = fields.Integer(allow_none=True)
    ref = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    queued_at = Moment(allow_none=True)
    triggered_at = Moment(allow_none=True)
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)
    deadline_at = Moment(allow_none=True)
    owner = fields.String(allow_none=True)
    sends = fields.Integer(allow_none=True)
    tries = fields.List(fields.Nested(GraphTry), allow_none=True)


# "from" cannot be an attribute's name
GraphEdge = Answer.from_dict(
    {
        "from": fields.String(),
        "to": fields.String(),
        "outcome": Choice(OUTCOMES, allow_none=True),
        "reason": fields.String(allow_none=True),
        "join": Choice(("all", "each")),
    },
    name="GraphEdge",
)


class TreeGraph(Answer):
    """A tree as the graph draws it; live changes count on from `version`."""

    id = fields.String()
    version = fields.Integer()
    state = Choice(TREE_STATES)
    opened_at = Moment()
    finished_at = Moment(allow_none=True)
    nodes = fields.List(fields.Nested(GraphNode))
    edges = fields.List(fields.Nested(GraphEdge))


class Attempt(Answer):
    """One try to run an event's pipeline: who asked for it (null: the tree), and what was reported (`status`)."""

    number = fields.Integer()
    state = Choice(EVENT_STATES)
    delivery_id = fields.String(allow_none=True)
    asked_by = fields.String(allow_none=True)
    status = fields.String(allow_none=True)
    late = fields.Boolean()
    ref = fields.String(allow_none=True)
    queued_at = Moment(allow_none=True)
    triggered_at = Moment(allow_none=True)
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)
    run_url = fields.String(allow_none=True)
    build_id = fields.String(allow_none=True)


class Artifact(Answer):
    """Something that a pipeline made; `size` in bytes where it is known."""

    name = fields.String()
    url = fields.String(allow_none=True)
    sha256 = fields.String(allow_none=True)
    purl = fields.String(allow_none=True, dump_default=None)
    size = fields.Integer(allow_none=True, dump_default=None)


class Metadata(Answer):
    """Where a pipeline ran, as its project reported it."""

    branch = fields.String(allow_none=True, dump_default=None)
    tag = fields.String(allow_none=True, dump_default=None)
    pipeline = fields.String(allow_none=True, dump_default=None)
    commit = fields.String(allow_none=True, dump_default=None)
    message = fields.String(allow_none=True, dump_default=None)


class Links(Answer):
    """Pages for people, as the project reported them."""

    repository = fields.String(allow_none=True, dump_default=None)
    pipeline = fields.String(allow_none=True, dump_default=None)
    owners = fields.String(allow_none=True, dump_default=None)


class ParentInput(Answer):
    """What an attempt of a parent handed on; of a project that the caller may not see nothing is told."""

    project = fields.String(allow_none=True)
    sub_id = fields.String()
    attempt = fields.Integer()
    metadata = fields.Nested(Metadata)
    links = fields.Nested(Links)
    artifacts = fields.List(fields.Nested(Artifact))


class EventInputs(Answer):
    """What the present attempt of an event was given."""

    ref = fields.String(allow_none=True)
    parameters = fields.Dict(keys=fields.String(), values=fields.String())
    parents = fields.List(fields.Nested(ParentInput))


class EventResult(Answer):
    """What the project reported at the end."""

    status = fields.String()
    metadata = fields.Nested(Metadata)
    links = fields.Nested(Links)
    artifacts = fields.List(fields.Nested(Artifact))
    received_at = Moment()
    late = fields.Boolean()


EventChange = Answer.from_dict(
    {
        "at": Moment(),
        "from": Choice(EVENT_STATES, allow_none=True),
        "to": Choice(EVENT_STATES),
        "code": fields.String(),
        "text": fields.String(),
    },
    name="EventChange",
)


class EventDetail(Event):
    """An event with its attempts, inputs, result and history. `may_act`: whether the caller may cancel, rerun and
    redeliver it."""

    may_act = fields.Boolean()
    attempts = fields.List(fields.Nested(Attempt))
    inputs = fields.Nested(EventInputs, allow_none=True)
    result = fields.Nested(EventResult, allow_none=True)
    history = fields.List(fields.Nested(EventChange))


class Fact(Answer):
    """One stored fact behind an event's state."""

    at = Moment()
    code = fields.String()
    params = fields.Dict(keys=fields.String())
    text = fields.String()


class RootCause(Answer):
    """The event whose misfortune kept another one from running."""

    sub_id = fields.String()
    project = fields.String()


class Why(Answer):
    """Why an event did, or did not, run; `root` is the event at the root of it where that is another one."""

    sub_id = fields.String()
    state = Choice(EVENT_STATES)
    sentence = fields.String()
    facts = fields.List(fields.Nested(Fact))
    root = fields.Nested(RootCause, allow_none=True)


class WhyQuery(Body):
    """About which project (id or name)."""

    project = Text(shortest=1, longest=100, required=True)


class ProjectWhy(Answer):
    """Why a project did, or did not, run in a tree: its events there, or the reasons that kept it out."""

    project = fields.Nested(Ref)
    in_tree = fields.Boolean()
    sentence = fields.String()
    reasons = fields.List(fields.Nested(Reason))
    events = fields.List(fields.Nested(Why))


class DeliveryRequest(Answer):
    """What was sent, secrets masked."""

    method = fields.String()
    url = fields.String()
    body = fields.String(allow_none=True)


class DeliveryResponse(Answer):
    """What the CI system answered."""

    status = fields.Integer(allow_none=True)
    body = fields.String(allow_none=True)


class Delivery(Answer):
    """One try to tell a CI system to start an attempt; `reading` is our reading of its answer."""

    id = fields.String()
    kind = Choice(("trigger", "cancel"))
    attempt = fields.Integer()
    number = fields.Integer()
    state = fields.String()
    requested_at = Moment()
    duration_ms = fields.Integer(allow_none=True)
    request = fields.Nested(DeliveryRequest)
    response = fields.Nested(DeliveryResponse, allow_none=True)
    reading = fields.String(allow_none=True)
    next_try_at = Moment(allow_none=True)


class Deliveries(Answer):
    """Every send for an event, oldest first."""

    items = fields.List(fields.Nested(Delivery))
