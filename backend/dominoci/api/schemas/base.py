"""What all schemas share: answers always hold every field, input refuses what it does not know, lists come as pages."""

from functools import cached_property
from typing import Any

from marshmallow import RAISE, Schema, fields

from dominoci.api.dumping import Dump, dump_of
from dominoci.api.fields import Choice, QueryNumber, Text
from dominoci.domain import target
from dominoci.domain.states import BuildState, EventState, TreeState

EVENT_STATES = [state.value for state in EventState]
TREE_STATES = [state.value for state in TreeState]
BUILD_STATES = [state.value for state in BuildState]


class Answer(Schema):
    """Something we send. Every field is there (null where it has no value), so that generated clients have exact types."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Marks the field as always present."""
        self.__dict__.pop("_dump_one", None)
        if field_obj.metadata.get("optional") is not True:
            field_obj.required = True

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """The same as marshmallow makes of `obj`, several times as fast: dumping was most of what a large answer took."""
        if self._dump_one is None:
            return super().dump(obj, many=many)
        if obj is not None and (self.many if many is None else many):
            return [self._dump_one(each) for each in obj]
        return self._dump_one(obj)

    @cached_property
    def _dump_one(self) -> Dump | None:
        return dump_of(self)


class Body(Schema):
    """Something we are sent: unknown fields are refused."""

    class Meta:
        unknown = RAISE


class Ref(Answer):
    """A project, agent or the like by its id and name."""

    id = fields.String()
    name = fields.String()


class Reason(Answer):
    """Why something stands where it stands: a stable code with parameters, and the sentence they make."""

    code = fields.String()
    params = fields.Dict(keys=fields.String())
    text = fields.String()


class PageQuery(Body):
    """Which part of a list: at most `limit` items, older than `cursor` (the `next_cursor` of the page before)."""

    limit = QueryNumber(1, 200, load_default=50)
    cursor = Text(longest=100, shortest=1, load_default=None)


class Problem(Schema):
    """RFC 9457. `errors` maps field names (nested ones joined by dots) to sentences; some problems say more."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    cycle = fields.List(fields.String(), metadata={"description": "409 on a dependency: the path that would be closed."})
    expected_offset = fields.Integer(metadata={"description": "409 on a log chunk: where the next one must begin."})


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of one page of a list of `item`."""
    parts = {"items": fields.List(fields.Nested(item)), "next_cursor": fields.String(allow_none=True)}
    return type(f"{item.__name__}Page", (Answer,), {"__doc__": f"A page of {item.__name__}, newest first.", **parts})


def optional_ref(**kwargs: Any) -> fields.Nested:
    """A `Ref` that may be null."""
    return fields.Nested(Ref, allow_none=True, **kwargs)


def target_kind() -> Choice:
    """What kind of CI system runs a project."""
    return Choice(target.KINDS)
