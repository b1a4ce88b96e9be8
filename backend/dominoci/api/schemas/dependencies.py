"""Dependencies between projects."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from dominoci.api.fields import Choice, Flag, Moment, Text, globs, parameters, ref_name
from dominoci.api.schemas.base import Answer, Body, Ref

JOINS = ("all", "each")


def _no_globs() -> dict[str, Any]:
    return {"include": [], "exclude": []}


# `exclude` means something else to marshmallow when it is a class attribute
GlobsBody = Body.from_dict({"include": globs(load_default=list), "exclude": globs(load_default=list)}, name="GlobsBody")


class FiltersBody(Body):
    """Which reports of the upstream project pass."""

    branches = fields.Nested(GlobsBody, load_default=_no_globs)
    tags = fields.Nested(GlobsBody, load_default=_no_globs)
    pipelines = fields.Nested(GlobsBody, load_default=_no_globs)


class RefRuleBody(Body):
    """Which ref of the downstream project runs: its default branch, a fixed one (`value`), or the parent's if it exists."""

    use = Choice(("default", "fixed", "same"), load_default="default")
    value = ref_name(load_default=None, allow_none=True)

    @validates_schema
    def fixed_has_a_value(self, value: dict[str, Any], **_: Any) -> None:
        """`fixed` names its ref, the others do not."""
        if value.get("use") == "fixed" and not value.get("value"):
            raise ValidationError("A fixed ref needs a value.", "value")
        if value.get("use") != "fixed" and value.get("value"):
            raise ValidationError("Only a fixed ref has a value.", "value")


def _no_filters() -> dict[str, Any]:
    return {key: _no_globs() for key in ("branches", "tags", "pipelines")}


class DependencyCreate(Body):
    """A new dependency of the project in the address on `upstream` (id or name)."""

    upstream = Text(shortest=1, longest=100, required=True)
    join = Choice(JOINS, load_default="all")
    enabled = Flag(load_default=True)
    filters = fields.Nested(FiltersBody, load_default=_no_filters)
    ref = fields.Nested(RefRuleBody, load_default=lambda: {"use": "default", "value": None})
    parameters = parameters(load_default=dict)


class DependencyCheck(Body):
    """A dependency that is only imagined: on `upstream` (id or name), with these filters."""

    upstream = Text(shortest=1, longest=100, required=True)
    filters = fields.Nested(FiltersBody, load_default=_no_filters)


class DependencyChange(Body):
    """What of a dependency is to be changed."""

    join = Choice(JOINS)
    enabled = Flag()
    filters = fields.Nested(FiltersBody)
    ref = fields.Nested(RefRuleBody)
    parameters = parameters()


Globs = Answer.from_dict({"include": fields.List(fields.String()), "exclude": fields.List(fields.String())}, name="Globs")


class Filters(Answer):
    """Which reports of the upstream project pass."""

    branches = fields.Nested(Globs)
    tags = fields.Nested(Globs)
    pipelines = fields.Nested(Globs)


class RefRule(Answer):
    """Which ref of the downstream project runs."""

    use = Choice(("default", "fixed", "same"))
    value = fields.String(allow_none=True, dump_default=None)


class Dependency(Answer):
    """An edge from upstream to downstream."""

    id = fields.String()
    upstream = fields.Nested(Ref)
    downstream = fields.Nested(Ref)
    join = Choice(JOINS)
    enabled = fields.Boolean()
    filters = fields.Nested(Filters)
    ref = fields.Nested(RefRule)
    parameters = fields.Dict(keys=fields.String(), values=fields.String())
    created_at = Moment()


class Dependencies(Answer):
    """What a project depends on, and what depends on it."""

    upstream = fields.List(fields.Nested(Dependency))
    downstream = fields.List(fields.Nested(Dependency))


class DependencyChecked(Answer):
    """How many of the last successes of the upstream project the filters would have let pass. At most 20 are looked at."""

    reports = fields.Integer()
    would_trigger = fields.Integer()
