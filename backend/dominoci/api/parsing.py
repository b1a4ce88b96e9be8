"""Reading requests strictly, and documenting what every route asks for and may refuse."""

import json
from collections.abc import Callable
from typing import Any, NoReturn

from flask import Request
from flask_smorest import Blueprint
from marshmallow import RAISE
from webargs.core import is_json, missing
from webargs.flaskparser import FlaskParser, abort

SESSION: dict[str, list[str]] = {"session": []}
BEARER: dict[str, list[str]] = {"bearer": []}
SESSION_WRITE: dict[str, list[str]] = {"session": [], "csrf": []}
BEARERS = (
    "dcp_ project, dcu_ user, dca_ agent, dcb_ build, dce_ event; where `job` may call, the OpenID Connect token of a CI job "
    "that a trust rule of the project believes"
)
SECURITY_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": BEARERS},
    "koala": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "HS256 by JWT_SECRET, names a `user_id`"},
    "session": {"type": "apiKey", "in": "cookie", "name": "dominoci_session"},
    "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "with the session cookie, on every write"},
}


class StrictParser(FlaskParser):
    """Unknown query fields are refused like unknown body fields, and a body is exactly one JSON document in UTF-8."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE, "form": RAISE}  # noqa: RUF012 - the base class's name and type

    def _raw_load_json(self, req: Request) -> Any:
        body = whole_body(req)
        if not body:
            return missing
        if not is_json(req.mimetype) or req.headers.get("Content-Encoding", "identity") != "identity":
            abort(415)
        return parse_json(body)


def whole_body(req: Request) -> bytes:
    """The body, all of it. A chunked one says no length: what reaches the limit was cut there, and is 413."""
    body = req.get_data(cache=True)
    if req.content_length is None and req.max_content_length is not None and len(body) >= req.max_content_length:
        abort(413)
    return body


def json_body(req: Request, types: tuple[str, ...]) -> Any:
    """The JSON document in the body, where a route takes others than `application/json`: 415 for any but `types`."""
    if req.mimetype not in types or req.headers.get("Content-Encoding", "identity") != "identity":
        abort(415, message=f"The body must be {' or '.join(types)}, UTF-8 and not compressed.")
    return parse_json(whole_body(req))


def parse_json(body: bytes) -> Any:
    """The document in `body`. Malformed ones are 400 (also when nested too deeply to be read), duplicate keys 422."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
    except (ValueError, RecursionError) as e:
        abort(400, exc=e, message="The body is not valid JSON.")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        abort(422, messages={name: ["Stands twice in one object."] for name in twice})
    return found


def _no_constants(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class Routes(Blueprint):
    """A blueprint whose document shows who may call each route, and every refusal as a problem."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, description: str, url_prefix: str = "/api/v1") -> None:
        super().__init__(name, f"dominoci.api.{name}", url_prefix=url_prefix, description=description)
        self._prepare_doc_cbks.append(self._prepare_callers_doc)

    @staticmethod
    def _prepare_callers_doc(doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **_: Any) -> dict[str, Any]:
        callers = doc_info.get("callers", ())
        write = method not in ("get", "head")
        statuses = {*doc_info.get("refuses", ()), 400, 422}
        if callers != ("anyone",):
            statuses |= {401, 403}
        if "requestBody" in doc:
            statuses |= {413, 415}
        if write:
            statuses |= {403, 503}
        answers = {int(status): answer for status, answer in doc["responses"].items() if str(status).isdigit()}
        successes = {status: answer for status, answer in answers.items() if not isinstance(answer, str)}
        problems = {status: f"Problem{status}" for status in sorted(statuses) if status not in successes}
        doc["responses"] = {**successes, **problems, "default": "Problem"}
        doc["security"] = _security(callers, write)
        doc["x-callers"] = list(callers)
        return doc


def _security(callers: tuple[str, ...], write: bool) -> list[dict[str, list[str]]]:
    if callers == ("anyone",):
        return []
    people = {"user", "admin"} & set(callers)
    return [BEARER, *([SESSION_WRITE if write else SESSION] if people else [])]


def header(name: str, description: str, *, longest: int = 255) -> dict[str, Any]:
    """A request header for the document."""
    schema = {"type": "string", "maxLength": longest}
    return {"in": "header", "name": name, "required": False, "description": description, "schema": schema}


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
