"""Runs of workflows with routes: their plan, and the state that each job leaves."""

from typing import Any

from marshmallow import fields, validate

from dominoci.api.fields import Choice, Text
from dominoci.api.schemas.agents import MAX_STAGES
from dominoci.api.schemas.base import Answer, Body
from dominoci.api.schemas.builds import RunJob


def _names() -> Any:
    return fields.List(Text(shortest=1, longest=100), load_default=list, validate=validate.Length(max=MAX_STAGES))


class PlannedJob(Body):
    """A job: which jobs its success or failure sets going, and what the agent that runs it must have."""

    name = Text(shortest=1, longest=100, required=True)
    success = _names()
    fail = _names()
    labels = _names()
    needs = _names()


class Plan(Body):
    """The jobs of a workflow with routes, as the agent that read the definition found them at `commit`."""

    commit = Text(shortest=40, longest=64, required=True, allow_none=True)
    message = Text(longest=10_000, lines=True, load_default=None, allow_none=True)
    pipeline = Text(longest=255, load_default="")
    stages = fields.List(fields.Nested(PlannedJob), required=True, validate=validate.Length(min=1, max=MAX_STAGES))


class Planned(Answer):
    """The jobs of the run: those that wait for an agent now, and those whose routes have not fired."""

    jobs = fields.List(fields.Nested(RunJob))


class WorkspaceQuery(Body):
    """Which state (what a job left; the newest where none is named), and which folder of it."""

    job = Text(shortest=1, longest=100, load_default=None)
    path = Text(longest=4096, load_default="")


class WorkspaceFileQuery(WorkspaceQuery):
    """Which file of which state."""

    path = Text(shortest=1, longest=4096, required=True)


class WorkspaceStateQuery(Body):
    """Which state: what a job left; the newest where none is named."""

    job = Text(shortest=1, longest=100, load_default=None)


class WorkspaceEntry(Answer):
    """A file, link or folder; `size` in bytes (null of a folder). `large`: kept beside git (git-lfs)."""

    name = fields.String()
    path = fields.String()
    kind = Choice(("file", "link", "folder"))
    size = fields.Integer(allow_none=True)
    executable = fields.Boolean()
    large = fields.Boolean()


class Workspace(Answer):
    """A folder of a state; `cut`: it has more entries. `variables` are those of the state, shown with its root."""

    job = fields.String(allow_none=True)
    commit = fields.String()
    path = fields.String()
    entries = fields.List(fields.Nested(WorkspaceEntry))
    cut = fields.Boolean()
    variables = fields.Dict(keys=fields.String(), values=fields.String())
