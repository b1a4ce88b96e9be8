"""The koalaCI API, as its document spells it: its addresses, its tokens, and `{"data": …}` for answers and refusals alike."""

from typing import Any

import structlog
from flask import Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from dominoci.api import problems
from dominoci.api.context import site
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes, StrictParser, parse_json, whole_body
from dominoci.api.schemas.koala import KoalaAnswer, KoalaJob
from dominoci.domain.errors import DominoError, Invalid, TooMany, Unauthorized, Unavailable
from dominoci.services import deployments, koala_callers

log = structlog.get_logger()
REFUSALS = {
    401: "No token, or one that is not valid",
    404: "This user has no such job, or nothing of it runs",
    409: "It is being built already",
    413: "The body is too large",
    422: "The body is not what it should be",
    500: "A fault of the arbiter",
    503: "This API is off, or the database is away",
}
# the statuses that the document knows, for those that the rest of the arbiter knows besides
SPOKEN = {400: 422, 410: 404, 415: 422}


class AnyTypeParser(StrictParser):
    """Takes the body for JSON whatever its type says: the document's own curl sends none, and then curl names a form."""

    def _raw_load_json(self, req: Any) -> Any:
        return parse_json(whole_body(req))


class KoalaRoutes(Routes):
    """Routes that are documented with the one answer that they all have."""

    ARGUMENTS_PARSER = AnyTypeParser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, description, url_prefix="/job")
        self._prepare_doc_cbks.append(self._prepare_answers_doc)

    @staticmethod
    def _prepare_answers_doc(doc: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        answer = {"content": {"application/json": {"schema": KoalaAnswer}}}
        refusals: dict[Any, Any] = {status: {"description": text, **answer} for status, text in REFUSALS.items()}
        refusals[403] = {"description": "A page of another site calls", **answer}
        refusals["default"] = {"description": "Any other refusal", **answer}
        kept = {status: said for status, said in doc["responses"].items() if str(status) == "200"}
        doc["responses"], doc["security"] = {**kept, **refusals}, [{"koala": []}]
        return doc


blp = KoalaRoutes("koala", "Builds for Koalafy's hosting (docs/koala-ci.md). `{deployment}` is the `deployment_id`.")


@blp.post("/create")
@allow("anyone")
@blp.arguments(KoalaJob)
@blp.response(200, KoalaAnswer)
def create(body: dict[str, str]) -> dict[str, str]:
    """Builds a deployment. 409 while it is being built; when that has ended, the same again builds it anew."""
    return {"data": site().container.write(deployments.create, _user(), request.remote_addr, body)}


@blp.get("/<deployment>/log")
@allow("anyone")
@blp.response(200, KoalaAnswer, example={"data": "Some long job log"})
def whole_log(deployment: str) -> dict[str, str]:
    """What the build has written so far; of a very long log its end."""
    container = site().container
    found = container.read(deployments.whole_log, _user(), deployment)
    return {"data": deployments.log_text(found, container.files)}


@blp.get("/<deployment>/status")
@allow("anyone")
@blp.response(200, KoalaAnswer, example={"data": "BUILDING"})
def status(deployment: str) -> dict[str, str]:
    """BUILDING, READY, ERROR or CANCELED."""
    return {"data": site().container.read(deployments.status, _user(), deployment)}


@blp.patch("/<deployment>/cancel")
@allow("anyone")
@blp.response(200, KoalaAnswer, example={"data": "Queued for cancellation"})
def cancel(deployment: str) -> dict[str, str]:
    """Has a running build stopped; 404 when nothing of it runs."""
    return {"data": site().container.write(deployments.cancel, _user(), deployment, request.remote_addr)}


@blp.before_request
def _prove() -> None:
    """Before the body is looked at: who proves nothing learns nothing of it."""
    secret = site().container.settings.koala.jwt_secret
    g.koala_user = koala_callers.authenticate(request.headers.get("Authorization"), secret)


def _user() -> str:
    return str(g.koala_user)


def _refusal(status: int, text: str) -> Response:
    response = jsonify({"data": text})
    response.status_code = SPOKEN.get(status, status)
    return response


@blp.errorhandler(DominoError)
def _of_domino_error(error: DominoError) -> Response:
    fields = error.errors if isinstance(error, Invalid) else {}
    response = _refusal(error.status, _told(fields) if fields else error.detail)
    if isinstance(error, TooMany | Unavailable):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


@blp.errorhandler(HTTPException)
def _of_http_exception(error: HTTPException) -> Response:
    """What Flask or the parser refused."""
    said = getattr(error, "data", None) or {}
    status = error.code or 500
    fields = dict(problems.flat(said.get("errors") or said.get("messages") or {}))
    return _refusal(status, _told(fields) if fields else said.get("message") or problems.DETAILS.get(status) or "Refused.")


@blp.errorhandler(Exception)
def _of_crash(error: Exception) -> Response:
    log.error("request_failed", method=request.method, path=request.path, exc_info=error)
    return _refusal(500, problems.DETAILS[500])


def _told(fields: dict[str, list[str]]) -> str:
    """Errors by field as one sentence each."""
    return " ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items())
