"""Graph files: what is asked, what the plan says, and the errors of a file."""

from typing import Any

from marshmallow import fields, validate

from dominoci.api.fields import Choice, Flag, Text
from dominoci.api.schemas.base import Answer, Body, Problem

LONGEST_FILE = 1 << 20


class GraphPlanBody(Body):
    """A graph file (docs/graph-as-code.md). `prune` removes what it does not name, `project` says whose own file it is."""

    file = Text(longest=LONGEST_FILE, lines=True, required=True, metadata={"description": "the YAML text"})
    prune = Flag(load_default=False)
    project = Text(shortest=1, longest=100, load_default=None, allow_none=True)
    secrets = fields.Dict(
        keys=Text(shortest=1, longest=100),
        values=Text(shortest=1, longest=8000, lines=True),
        validate=validate.Length(max=2000),
        load_default=dict,
        metadata={"description": "values of the secrets that the file names; stored encrypted, never shown again"},
    )


class GraphApplyBody(GraphPlanBody):
    """The same, to be done. With the `digest` of a plan it is refused (409) when it would do anything else by now."""

    digest = Text(shortest=1, longest=64, load_default=None, allow_none=True)


class GraphExportQuery(Body):
    """Which projects (ids or names), `project=a&project=b`; none asks for all."""

    project = fields.List(Text(shortest=1, longest=100), load_default=list, validate=validate.Length(max=500))


class GraphField(Answer):
    """A field as it is written in a file; null where there is nothing."""

    field = fields.String()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class GraphChange(Answer):
    """A project (`upstream` null) or a dependency of `project` on `upstream`. `cancels`: unfinished events that go with a project
    that is removed."""

    kind = Choice(("project", "dependency"))
    project = fields.String()
    upstream = fields.String(allow_none=True)
    fields_ = fields.List(fields.Nested(GraphField), data_key="fields", attribute="fields")
    cancels = fields.Integer()


class GraphPlan(Answer):
    """What applying the file does. `kept`: what is there but not in the file (the first 1,000); `secrets`: names of the secrets
    that applying must be sent; `text`: the plan for people, by lines."""

    digest = fields.String()
    added = fields.List(fields.Nested(GraphChange))
    changed = fields.List(fields.Nested(GraphChange))
    removed = fields.List(fields.Nested(GraphChange))
    kept = fields.List(fields.Nested(GraphChange))
    secrets = fields.List(fields.String())
    text = fields.List(fields.String())


class GraphFault(Answer):
    """An error in a file; lines and columns count from 1."""

    line = fields.Integer()
    column = fields.Integer()
    message = fields.String()


_BY_FIELD: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
_BY_LINE: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"line": {"type": "integer"}, "column": {"type": "integer"}, "message": {"type": "string"}},
        "required": ["line", "column", "message"],
    },
}


class GraphProblem(Problem):
    """A refusal. Of a file, `errors` lists every error with its place, and nothing was applied; of the request around it, it maps
    field names to sentences."""

    # the request around a file is refused like any other, so that there are two forms
    errors = fields.Raw(metadata={"anyOf": [_BY_LINE, _BY_FIELD]})  # type: ignore[assignment]


FILE_EXAMPLE = """\
version: 1
projects:
  lib-core:
    repository: https://git.example/lib-core.git
  app-web:
    target: {kind: webhook, url: https://ci.example/hook, secret: {env: APP_WEB_SECRET}}
    upstreams:
      lib-core:
        branches: [main, "release/*", "!release/old"]
        parameters: {CORE_COMMIT: "${parent.commit}"}
"""
PLAN_EXAMPLE = {"file": FILE_EXAMPLE, "prune": False}
APPLY_EXAMPLE = {**PLAN_EXAMPLE, "secrets": {"APP_WEB_SECRET": "whsec_…"}, "digest": "9f86d081884c7d65…"}
ADDED_EXAMPLE = {
    "kind": "dependency",
    "project": "app-web",
    "upstream": "lib-core",
    "fields": [{"field": "branches", "before": None, "after": ["main", "release/*", "!release/old"]}],
    "cancels": 0,
}
ANSWER_EXAMPLE = {
    "digest": "9f86d081884c7d65",
    "added": [ADDED_EXAMPLE],
    "changed": [],
    "removed": [],
    "kept": [],
    "secrets": ["APP_WEB_SECRET"],
    "text": [
        "+ dependency app-web on lib-core",
        '    branches: ["main", "release/*", "!release/old"]',
        "1 to add, 0 to change, 0 to remove.",
    ],
}
