"""Every refusal as RFC 9457: one table from our errors, and the same form for what Flask and flask-smorest refuse."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, jsonify, request
from flask_smorest import Api, Blueprint
from werkzeug.exceptions import HTTPException

from dominoci.api.schemas.base import Problem
from dominoci.domain.errors import DominoError, Invalid, TooMany, Unauthorized, Unavailable

log = structlog.get_logger()
MIMETYPE = "application/problem+json"
CONTENT = {MIMETYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
LOCATIONS = frozenset({"json", "query", "headers", "form"})
BODY = "body"

# our own, because Python renames some from version to version
PHRASES: Mapping[int, str] = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Too large",
    415: "Unsupported media type",
    416: "Range not satisfiable",
    422: "Invalid input",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available now",
    507: "No room left",
}
DETAILS: Mapping[int, str] = {
    400: "The request could not be read.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The body is larger than this address takes.",
    415: "The body must be application/json, UTF-8 and not compressed.",
    422: "Some fields are missing, unknown or wrong.",
    500: "Something went wrong here. The request id leads to the log.",
}


def problem(status: int, title: str, detail: str, **extra: Any) -> Response:
    """A problem document as an answer."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **extra}
    response = jsonify(body)
    response.status_code, response.content_type = status, MIMETYPE
    return response


def of_domino_error(error: DominoError) -> Response:
    """Our own refusals."""
    extra = dict(error.extra)
    if isinstance(error, Invalid) and error.errors:
        extra["errors"] = error.errors
    response = problem(error.status, error.title, error.detail, **extra)
    if isinstance(error, TooMany | Unavailable):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def of_crash(error: Exception) -> Response:
    """A mistake of ours: the details go to the log, never to the caller."""
    log.error("request_failed", method=request.method, path=request.path, exc_info=error)
    return problem(500, PHRASES[500], DETAILS[500])


def of_http_exception(error: HTTPException) -> Response:
    """What Flask, Werkzeug or the argument parser refused."""
    status = error.code or 500
    said = getattr(error, "data", None) or {}
    errors = dict(flat(said.get("errors") or said.get("messages") or {}))
    phrase = PHRASES.get(status) or HTTPStatus(status).phrase
    detail = said.get("message") or DETAILS.get(status) or f"{phrase}."
    response = problem(status, phrase, detail, **({"errors": errors} if errors else {}))
    kept = {**dict(error.get_headers()), **dict(said.get("headers") or {})}
    response.headers.update({key: value for key, value in kept.items() if key != "Content-Type"})
    return response


def flat(messages: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    """Nested validation messages by dotted field names; the place they came from (`json`, `query`) is left out."""
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            outer = not path and key in LOCATIONS
            yield from flat(value, path if outer or key in ("_schema", "value") else (*path, str(key)))
    elif isinstance(messages, list) and all(isinstance(text, str) for text in messages):
        yield ".".join(path) or BODY, messages
    else:
        yield ".".join(path) or BODY, [str(messages)]


class ProblemApi(Api):
    """flask-smorest with our errors, in answers and in the document (stack.md, R2)."""

    ERROR_SCHEMA = Problem

    def add_routes(self, blp: Blueprint) -> None:
        """The routes of a blueprint without their part of the document, which `register_blueprint` adds too."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Called for every HTTPException."""
        return of_http_exception(error)

    def _register_responses(self) -> None:
        self.spec.components.schema("Problem", schema=Problem)
        for status, phrase in PHRASES.items():
            self.spec.components.response(f"Problem{status}", {"description": phrase, "content": CONTENT}, lazy=True)
        self.spec.components.response("Problem", {"description": "Any other refusal", "content": CONTENT}, lazy=True)

    def _register_pagination_header(self) -> None:
        """Our lists carry their cursor in the body."""


def register(app: Flask) -> None:
    """Our errors and crashes; flask-smorest registers the rest."""
    app.register_error_handler(DominoError, of_domino_error)
    app.register_error_handler(Exception, of_crash)
