"""Marshmallow fields that take exactly the JSON type they name, and only values that every part of the arbiter can hold."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from dominoci.domain.addresses import git_problem, web_problem
from dominoci.domain.globs import MAX_PATTERN
from dominoci.domain.names import MAX_LENGTH, name_problem, variable_problem
from dominoci.domain.refs import is_ref_name
from dominoci.domain.times import rfc3339


class Text(fields.String):
    """A string of `shortest` to `longest` characters: no NUL and no lone surrogates (neither can be stored), and no control
    characters at all unless it may have `lines`."""

    def __init__(self, *, longest: int = 255, shortest: int = 0, lines: bool = False, **kwargs: Any) -> None:
        length = validate.Length(min=shortest or None, max=longest)
        super().__init__(validate=[length, *kwargs.pop("checks", ())], **kwargs)
        self.lines = lines

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if any("\ud800" <= c <= "\udfff" or c == "\0" for c in value):
            raise ValidationError("Holds characters that are no text.")
        if not self.lines and any(c < " " or c == "\x7f" for c in value):
            raise ValidationError("Must be one line without control characters.")
        return value


class Whole(fields.Integer):
    """A JSON integer from `low` to `high`; neither "5" nor 5.0 nor true."""

    def __init__(self, low: int = 0, high: int = 2**31 - 1, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(low, high), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value


class QueryNumber(fields.Integer):
    """A whole number from `low` to `high` in a query string."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(low, high), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20):
            raise self.make_error("invalid")
        return int(value)


class Flag(fields.Boolean):
    """JSON true or false and nothing that merely reads like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Moment(fields.AwareDateTime):
    """RFC 3339 in UTC with milliseconds, `2026-11-21T10:00:00.123Z`; what comes in must name its zone."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        # some moments were stored as text
        return rfc3339(value) if isinstance(value, datetime) else value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        moment = super()._deserialize(value, attr, data, **kwargs)
        if not 1970 <= moment.year <= 9000:
            raise ValidationError("Must be between the years 1970 and 9000.")
        return moment.astimezone(UTC)


class Choice(fields.String):
    """One of the given words, and shown as an enumeration in the document."""

    def __init__(self, words: Sequence[str], **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(list(words)), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value


def name(**kwargs: Any) -> Text:
    """The name of a project."""

    return Text(shortest=1, longest=MAX_LENGTH, checks=[_refusing(name_problem, "A name {}.")], **kwargs)


def _refusing(problem_of: Callable[[str], str | None], sentence: str = "{}") -> Callable[[str], None]:
    """A check for marshmallow out of one of the domain's."""

    def check(value: str) -> None:
        if problem := problem_of(value):
            raise ValidationError(sentence.format(problem))

    return check


def ref_name(**kwargs: Any) -> Text:
    """The name of a branch or tag, as git takes it."""

    def check(value: str) -> None:
        if not is_ref_name(value):
            raise ValidationError("Cannot be the name of a branch or tag.")

    return Text(shortest=1, longest=200, checks=[check], **kwargs)


def web_url(**kwargs: Any) -> Text:
    """An address that a browser may be sent to: http or https with a host."""
    return Text(shortest=1, longest=2000, checks=[_refusing(web_problem)], **kwargs)


def git_url(**kwargs: Any) -> Text:
    """Where git can clone from: http, https, ssh, git, or `user@host:path`; never a command or a local file."""
    return Text(shortest=1, longest=2000, checks=[_refusing(git_problem)], **kwargs)


def globs(**kwargs: Any) -> fields.List[str]:
    """A list of patterns for refs or pipeline names: `*` any run of characters, `?` any one."""
    pattern = Text(shortest=1, longest=MAX_PATTERN)
    return fields.List(pattern, validate=validate.Length(max=50), metadata={"examples": [["release/*"]]}, **kwargs)


def parameters(**kwargs: Any) -> fields.Dict:
    """Variables for a pipeline, at most 100; names beginning with DOMINO_ are the arbiter's."""
    return fields.Dict(
        keys=Text(shortest=1, longest=100, checks=[_refusing(variable_problem)]),
        values=Text(longest=4000, lines=True),
        validate=validate.Length(max=100),
        **kwargs,
    )
