"""What marshmallow's `dump` does for an answer, worked out once for each schema instead of once for each of its values.

A converter is chosen by the code that the field would run, so that a field with a way of its own is not mistaken for one without:
a schema that has such a field, or hooks, is left to marshmallow.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from marshmallow import Schema, fields, missing
from marshmallow.utils import ensure_text_type

from dominoci.api.fields import Moment

Dump = Callable[[Any], Any]
Field = Any  # the attributes that kinds of fields have for themselves are read here
# where marshmallow asks for an attribute instead of an item
NO_ITEM = (KeyError, IndexError, TypeError, AttributeError)


class Converter(NamedTuple):
    """What a field makes of a value: those of exactly these types stay as they are."""

    plain: frozenset[type]
    convert: Dump


class Part(NamedTuple):
    """One field: its key in the object, its name in the answer, and what stands there for an object that has none."""

    key: str
    name: str
    converter: Converter
    default: Any


def dump_of(schema: Schema) -> Dump | None:
    """What dumps one object by this schema; None where only marshmallow can."""
    kind = type(schema)
    usual = kind.get_attribute is Schema.get_attribute and kind.dict_class is dict and not any(schema._hooks.values())
    parts = [_part(name, field) for name, field in schema.dump_fields.items()]
    known = [part for part in parts if part]
    return partial(_dump, known) if usual and len(known) == len(parts) else None


def _dump(parts: Sequence[Part], obj: Any) -> dict[str, Any]:
    found = {}
    for key, name, (plain, convert), default in parts:
        try:
            value = obj[key]
        except NO_ITEM:
            value = getattr(obj, key, missing)
        if value is missing:
            value = default() if callable(default) else default
        if type(value) in plain:
            found[name] = value
        elif value is not missing:
            found[name] = convert(value)
    return found


def _part(name: str, field: Field) -> Part | None:
    kind, key = type(field), name if field.attribute is None else field.attribute
    usual = kind.serialize is fields.Field.serialize and kind.get_value is fields.Field.get_value and field._CHECK_ATTRIBUTE
    converter = _converter(field) if usual and "." not in key else None
    return Part(key, name if field.data_key is None else field.data_key, converter, field.dump_default) if converter else None


def _converter(field: Field) -> Converter | None:
    known = _CONVERTERS.get(type(field)._serialize)
    return known(field) if known else None


def _leaf(*plain: type) -> Callable[[Field], Converter]:
    """For fields that look at nothing but the value."""
    kept = frozenset({type(None), *plain})
    return lambda field: Converter(kept, lambda value: field._serialize(value, None, None))


def _number(field: Field) -> Converter:
    as_it_is = type(field)._format_num is fields.Number._format_num and not field.as_string
    return _leaf(*((field.num_type,) if as_it_is else ()))(field)


def _nested(field: Field) -> Converter:
    return Converter(frozenset({type(None)}), partial(field.schema.dump, many=bool(field.schema.many or field.many)))


def _list(field: Field) -> Converter | None:
    if not (inner := _converter(field.inner)):
        return None
    plain, convert = inner
    return Converter(frozenset({type(None)}), lambda values: [v if type(v) in plain else convert(v) for v in values])


def _mapping(field: Field) -> Converter | None:
    """Only what has names for keys and keeps its values is frequent enough to be done here."""
    if type(field.key_field) is not fields.String or field.value_field or field.mapping_type is not dict:
        return _leaf()(field)
    return Converter(frozenset({type(None)}), lambda value: {ensure_text_type(name): each for name, each in value.items()})


_CONVERTERS: dict[Any, Callable[[Field], Converter | None]] = {
    fields.Field._serialize: _leaf(bool, dict, float, int, list, str),
    fields.String._serialize: _leaf(str),
    fields.Number._serialize: _number,
    Moment._serialize: _leaf(),
    fields.Dict._serialize: _mapping,
    fields.Nested._serialize: _nested,
    fields.List._serialize: _list,
}
