"""An answer is what marshmallow would make of it, whichever way it is dumped."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import pytest
from marshmallow import Schema, fields, post_dump

from dominoci.api.dumping import dump_of
from dominoci.api.examples import example
from dominoci.api.fields import Moment
from dominoci.api.routes import describe
from dominoci.api.schemas.base import Answer, Ref

SCHEMAS: Mapping[str, Any] = describe()["components"]["schemas"]
AT = datetime(2026, 11, 21, 12, 0, 0, 123456, timezone(timedelta(hours=2)))


class Word(StrEnum):
    """Services answer with members of such enumerations."""

    RUNNING = "running"


def answers(kind: type[Schema] = Answer) -> Iterator[type[Schema]]:
    """Every schema of an answer that the document has."""
    for each in kind.__subclasses__():
        yield from answers(each)
        if each.__name__ in SCHEMAS:
            yield each


ANSWERS = sorted(set(answers()), key=lambda kind: kind.__name__)


def changed(value: Any, to: Mapping[type, Any]) -> Any:
    """The same with every value of these types, at any depth, put in another way."""
    if isinstance(value, dict):
        return {key: changed(each, to) for key, each in value.items()}
    if isinstance(value, list):
        return [changed(each, to) for each in value]
    return to.get(type(value), value)


def as_object(value: Any) -> Any:
    """Attributes instead of items."""
    if isinstance(value, dict) and all(key.isidentifier() for key in value):
        return SimpleNamespace(**{key: as_object(each) for key, each in value.items()})
    return [as_object(each) for each in value] if isinstance(value, list) else value


def objects(schema: Schema) -> Iterator[Any]:
    """What a service might give: the document's example put in every way, each field null, absent, or of another type."""
    given = example(SCHEMAS[type(schema).__name__], SCHEMAS)
    moments = {name: AT for name, field in schema.dump_fields.items() if isinstance(field, Moment)}
    usual = {**given, **moments}
    yield from (given, usual, as_object(usual), {}, None, SimpleNamespace())
    yield {**changed(usual, {str: Word.RUNNING, int: True}), **moments}
    yield {**changed(usual, {int: 7.9, float: 7, bool: 1}), **moments}
    for name in given:
        yield {**usual, name: None}
        yield {key: value for key, value in usual.items() if key != name}
        yield {**usual, name: []}
        yield {**usual, name: {}}


def outcome(dump: Any, *given: Any, **more: Any) -> str:
    """What is sent, byte by byte but for the addresses of objects that stand where a word should; or that it fails."""
    try:
        return re.sub(" at 0x[0-9a-f]+", "", json.dumps(dump(*given, **more)))
    except (TypeError, ValueError, AttributeError):
        return "error"


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
def test_every_answer_is_dumped_as_marshmallow_would(kind: type[Schema]) -> None:
    schema = kind()
    assert dump_of(schema), "no answer needs marshmallow's own way"
    made = [outcome(schema.dump, each) for each in objects(schema)]
    assert made == [outcome(Schema.dump, schema, each) for each in objects(schema)]
    several = list(objects(schema))[:3]
    assert outcome(schema.dump, several, many=True) == outcome(Schema.dump, schema, several, many=True)


def test_all_answers_of_the_document_are_looked_at() -> None:
    names = {kind.__name__ for kind in ANSWERS}
    assert names >= {"Tree", "TreeGraph", "GraphEdge", "EventDetail", "ProjectPage", "Me", "Build"}


class Hooked(Answer):
    name = fields.String()

    @post_dump
    def shout(self, found: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**found, "name": found["name"].upper()}


class Whispering(fields.String):
    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return f"{attr}: {value.lower()}"


class Unusual(Answer):
    quiet = Whispering()
    quiets = fields.List(Whispering())
    hooked = fields.Nested(Hooked)
    both = fields.Function(lambda obj: f"{obj['quiet']}{len(obj['quiets'])}")


class Usual(Answer):
    called = fields.String(attribute="name", data_key="as")
    kept = fields.String(dump_default="default")
    made = fields.Dict(dump_default=dict)
    secret = fields.String(load_only=True)
    number = fields.Integer(as_string=True)
    many = fields.Nested(Ref, many=True)
    times = fields.Dict(keys=fields.String(), values=Moment())
    deep = fields.String(attribute="made.deep")


def test_what_is_unusual_is_left_to_marshmallow() -> None:
    assert dump_of(Hooked()) is None
    assert Hooked().dump({"name": "ada"}) == {"name": "ADA"}
    given = {"quiet": "A", "quiets": ["B"], "hooked": {"name": "ada"}}
    assert Unusual().dump(given) == {"quiet": "quiet: a", "quiets": ["quiets: b"], "hooked": {"name": "ADA"}, "both": "A1"}


def test_names_defaults_and_lists_of_a_field_are_kept() -> None:
    given = {"name": b"ada", "number": 5, "many": [{"id": 1, "name": "x", "more": 1}], "times": {1: AT.astimezone(UTC)}}
    for schema in (Usual(), Usual(exclude=("deep",)), Usual(only=("called", "made"))):
        assert schema.dump(given) == Schema.dump(schema, given)
    assert Usual(exclude=("deep",)).dump(given) == {
        **{"as": "ada", "kept": "default", "made": {}, "number": "5", "many": [{"id": "1", "name": "x"}]},
        "times": {"1": "2026-11-21T10:00:00.123Z"},
    }
