"""The graph of all projects."""

from marshmallow import fields

from dominoci.api.fields import Choice, Moment, QueryNumber, Text
from dominoci.api.schemas.base import Answer, Body, target_kind
from dominoci.api.schemas.dependencies import JOINS
from dominoci.api.schemas.reports import STATUSES


class WholeGraphQuery(Body):
    """Which part: all of it, or with `focus` (id or name) what lies in direction `dir` of that project, `depth` edges far."""

    focus = Text(shortest=1, longest=140, load_default=None)
    dir = Choice(("up", "down", "both"), load_default="both")
    depth = QueryNumber(1, 50, load_default=None)


class WholeGraphNode(Answer):
    """A project: its last result, and how many others it waits for and set off. `distance` from the focus, upstream negative;
    null without a focus."""

    id = fields.String()
    name = fields.String()
    owner = fields.String(allow_none=True)
    ci = target_kind()
    enabled = fields.Boolean()
    status = Choice(STATUSES, allow_none=True)
    at = Moment(allow_none=True)
    upstream_count = fields.Integer()
    downstream_count = fields.Integer()
    distance = fields.Integer(allow_none=True)


class WholeGraphEdge(Answer):
    """A dependency, by the ids of its ends."""

    upstream = fields.String()
    downstream = fields.String()
    join = Choice(JOINS)
    enabled = fields.Boolean()


class WholeGraph(Answer):
    """Projects by name, at most 5,000, and the edges between them. `total` counts what the caller may see; it says 5,001 when
    there are more than are shown."""

    total = fields.Integer()
    focus = fields.String(allow_none=True)
    nodes = fields.List(fields.Nested(WholeGraphNode))
    edges = fields.List(fields.Nested(WholeGraphEdge))
