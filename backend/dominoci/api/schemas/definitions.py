"""The check of a pipeline definition: what is sent, and what is said about it."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from dominoci.api.fields import Choice, Text
from dominoci.api.schemas.base import Answer, Body
from dominoci.api.schemas.builds import FORMATS, MAX_DEFINITION, BuildParameter, StageShape

MAX_FILES = 70


class DefinitionCheckBody(Body):
    """Either `files` of a repository by their paths (`.factory/build.hcl`, `.flow.yml`, `.domino/job.yml`), of which those are
    checked that an agent would read; or a `text` of a `format`."""

    files = fields.Dict(
        keys=Text(shortest=1, longest=500),
        values=Text(longest=MAX_DEFINITION, lines=True),
        validate=validate.Length(min=1, max=MAX_FILES),
    )
    format = Choice(FORMATS)
    text = Text(longest=MAX_DEFINITION, lines=True)

    @validates_schema
    def either(self, body: dict[str, Any], **_kwargs: Any) -> None:
        """Refuses both forms at once, and none."""
        if set(body) not in ({"files"}, {"format", "text"}):
            raise ValidationError("Send either files, or a format and a text.")


class DefinitionProblem(Answer):
    """What is to be put right, or in a warning what is not used; lines count from 1."""

    file = fields.String()
    line = fields.Integer()
    message = fields.String()


class CheckedPipeline(Answer):
    """A pipeline of the definition. `source`: where an imported one comes from; its stages are not fetched here."""

    name = fields.String()
    source = fields.String(allow_none=True)
    routed = fields.Boolean()
    stages = fields.List(fields.Nested(StageShape))
    parameters = fields.List(fields.Nested(BuildParameter))


class DefinitionCheck(Answer):
    """Whether an agent could run it. Problems and warnings come in the order of files and lines."""

    valid = fields.Boolean()
    problems = fields.List(fields.Nested(DefinitionProblem))
    warnings = fields.List(fields.Nested(DefinitionProblem))
    pipelines = fields.List(fields.Nested(CheckedPipeline))


CHECK_EXAMPLE: dict[str, Any] = {
    "files": {
        ".flow.yml": "workflows:\n  - workflow:\n      name: release\n      jobs:\n        - job: {name: git, action: git.yml}\n"
    }
}
CHECKED_EXAMPLE: dict[str, Any] = {
    "valid": True,
    "problems": [],
    "warnings": [],
    "pipelines": [
        {
            "name": "release",
            "source": None,
            "routed": True,
            "stages": [{"name": "git", "depends_on": [], "success": [], "fail": []}],
            "parameters": [],
        }
    ],
}
