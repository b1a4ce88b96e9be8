"""GitLab's REST API, version 4, of one project: pipelines started, found, asked for and cancelled; commit statuses."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote, unquote, urlencode

from dominoci.domain import target as rules
from dominoci.outbound.client import Answer
from dominoci.outbound.exchange import Caller, Exchange, ExchangeFailed, refusal
from dominoci.vendors import gitlab_answers as answers
from dominoci.vendors.gitlab_answers import Pipeline

TRIGGER, API = "trigger", "api"  # what GitLab calls the source of a pipeline, by how it was started
LONG: Final = "TRIGGER_PAYLOAD"  # the file that holds what was posted to a trigger's address
STATES: Final = {"pending": "pending", "success": "success", "failure": "failed"}
MAX_DESCRIPTION: Final = 140
MAX_VARIABLES: Final = 4 << 20  # bytes of an answer; TRIGGER_PAYLOAD repeats all the others
MINUTE_S: Final = 60.0
MASKED: Final = "…"
FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
JSON: Final = {"content-type": "application/json"}

T = TypeVar("T")


class NotStarted(ExchangeFailed):
    """GitLab made no pipeline. `words` are its own, in lower case."""

    words: str = ""


@dataclass(frozen=True)
class Wanted:
    """A pipeline to be started: on which ref, with which variables; `long` is what is too long for one, and is handed to the jobs
    as `domino` of the JSON in the file $TRIGGER_PAYLOAD."""

    ref: str
    variables: Mapping[str, str] = field(repr=False)
    long: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class GitLab:
    """One project of one server. Any thread may call; whatever does not work is an ExchangeFailed."""

    caller: Caller
    server: str
    project: str
    trigger_token: str | None = field(default=None, repr=False)
    api_token: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, caller: Caller, fields: Mapping[str, Any], secrets: Mapping[str, str]) -> Self:
        """That of a target."""
        return cls(caller, str(rules.server(fields)), str(fields["project"]), secrets.get("token"), secrets.get("api_token"))

    @property
    def source(self) -> str:
        """What GitLab calls the source of the pipelines that are started here."""
        return TRIGGER if self.trigger_token else API

    @property
    def sets_statuses(self) -> bool:
        """Whether the credentials are of the kind that may write commit statuses: a trigger token may not."""
        return bool(self.api_token)

    def start(self, wanted: Wanted, shown: Wanted) -> tuple[Pipeline | None, Exchange]:
        """A new pipeline; None where it was made and the answer does not say which. `shown` is what may be stored of it."""
        if self.trigger_token:
            path, headers, content = "trigger/pipeline", FORM, self._form(wanted)
        else:
            path, headers, content = "pipeline", JSON | self._token(), _listed(wanted)
        what = json.dumps({"ref": shown.ref, "variables": dict(shown.variables), **_long(shown)}, ensure_ascii=False)
        answer, exchange = self.caller.ask("POST", self._url(path), headers=headers, content=content, shown=what)
        if answer.status != 201:
            raise self._not_started(answer, exchange, wanted.ref)
        return self._made(answer, exchange), exchange

    def pipeline(self, pipeline_id: str) -> Pipeline | None:
        """As it stands; None when this project has none of that id."""
        try:
            return self._get(f"pipelines/{quote(pipeline_id, safe='')}", answers.pipeline)
        except ExchangeFailed as error:
            if error.exchange.status == 404:
                return None
            raise

    def recent(self, ref: str, since: datetime | None, most: int) -> list[Pipeline]:
        """The newest pipelines on a ref that were started as here, at most `most`, none that was made before `since`."""
        query = {"ref": ref, "source": self.source, "order_by": "id", "sort": "desc", "per_page": str(most)}
        if since:  # an older GitLab does not know this filter, and leaves it out
            query["created_after"] = since.astimezone(UTC).isoformat()
        found = self._get(f"pipelines?{urlencode(query)}", lambda told: [answers.pipeline(one) for one in _list(told)])
        return [one for one in found[:most] if not (since and one.created_at and one.created_at < since)]

    def variables(self, pipeline_id: str) -> dict[str, str]:
        """What a pipeline was started with: for its starter and for maintainers, others get a 403."""
        return self._get(f"pipelines/{pipeline_id}/variables", answers.variables, MAX_VARIABLES)

    def cancel(self, pipeline_id: str) -> tuple[Pipeline, Exchange]:
        """The pipeline after it was asked to stop; one that has ended is left as it is. 404 for one that is gone."""
        return self._ask("POST", f"pipelines/{quote(pipeline_id, safe='')}/cancel", answers.pipeline)

    def set_status(self, sha: str, state: str, name: str, target_url: str, description: str) -> Exchange:
        """Writes a commit status; `state` is pending, success or failure. A state that the status has already is no error, but
        GitLab then keeps the description that was there."""
        told = {"state": STATES[state], "name": name, "target_url": target_url, "description": description[:MAX_DESCRIPTION]}
        url, content = self._url(f"statuses/{quote(sha, safe='')}"), urlencode(told).encode()
        answer, exchange = self.caller.ask(
            "POST", url, headers=FORM | self._token(), content=content, shown=json.dumps(told, ensure_ascii=False)
        )
        if answer.status == 201 or (answer.status == 400 and "cannot transition status" in answers.said(answer).lower()):
            return exchange
        if answer.status == 409:  # another one of this commit is being written
            raise ExchangeFailed(_words(answer), exchange=exchange, retry=True)
        raise self.failure(answer, exchange)

    def reach(self) -> str:
        """Whether GitLab's API answers at this address at all."""
        answer, exchange = self.caller.ask("GET", f"{self.server}/api/v4/version")
        if answer.status not in (200, 401):
            reading = "There is no GitLab API at this address: does it have a path (https://host/gitlab)?"
            raise self.failure(answer, exchange, reading if answer.status == 404 else None)
        self._read(answer, exchange, dict)
        return "GitLab's API answers."

    def scopes(self) -> list[str] | None:
        """What the API token may do; None where GitLab does not say (before 15.5)."""
        try:
            return self._get("/personal_access_tokens/self", lambda told: [str(one) for one in _list(dict(told)["scopes"])])
        except ExchangeFailed as error:
            if error.exchange.status == 404:
                return None
            raise

    def described(self) -> dict[str, Any]:
        """The project, as the API token sees it."""
        return self._get("", dict)

    def ask(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        shown: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        most: int = 0,
    ) -> tuple[Answer, Exchange]:
        """A success below the project's address. `shown` is what may be stored of `content`."""
        given = {**(headers or {}), **self._token()}
        answer, exchange = self.caller.ask(
            method, self._url(path), headers=given, content=content, shown=shown, max_body=most or 256 << 10
        )
        if not 200 <= answer.status < 300:
            raise self.failure(answer, exchange)
        return answer, exchange

    def failure(self, answer: Answer, exchange: Exchange, reading: str | None = None) -> ExchangeFailed:
        """What a refusal means; how long to wait is also told by the header RateLimit-Reset (Unix time)."""
        failed = self.caller.failure(answer, exchange, reading or _words(answer))
        reset = answer.headers.get("ratelimit-reset", "")
        if failed.retry_after_s is None and answer.status == 429 and reset.isascii() and reset.isdecimal() and len(reset) < 12:
            failed.retry_after_s = max(int(reset) - self.caller.clock().timestamp(), 0.0)
        return failed

    def _url(self, path: str) -> str:
        if path.startswith("/"):
            return f"{self.server}/api/v4{path}"
        # a path may have been given as its owner reads it, or as it stands in GitLab's own addresses
        named = quote(unquote(self.project).strip("/"), safe="")
        return f"{self.server}/api/v4/projects/{named}" + (f"/{path}" if path else "")

    def _token(self) -> dict[str, str]:
        return {"private-token": self.api_token} if self.api_token else {}

    def _get(self, path: str, read: Callable[[Any], T], max_body: int = 256 << 10) -> T:
        return self._ask("GET", path, read, max_body)[0]

    def _ask(self, method: str, path: str, read: Callable[[Any], T], max_body: int = 256 << 10) -> tuple[T, Exchange]:
        answer, exchange = self.caller.ask(method, self._url(path), headers=self._token(), max_body=max_body)
        if not 200 <= answer.status < 300:
            raise self.failure(answer, exchange)
        return self._read(answer, exchange, read), exchange

    def _read(self, answer: Answer, exchange: Exchange, read: Callable[[Any], T]) -> T:
        try:
            return read(answers.document(answer))
        except (ValueError, KeyError, TypeError) as error:
            reading = f"Answered {answer.status} with something that GitLab's API does not answer."
            raise ExchangeFailed(reading, exchange=exchange, retry=True) from error

    def _form(self, wanted: Wanted) -> bytes:
        """The token stands in the body: addresses end up in the logs of proxies."""
        pairs = [("token", str(self.trigger_token)), ("ref", wanted.ref), *_long(wanted).items()]
        pairs += [(f"variables[{name}]", value) for name, value in wanted.variables.items()]
        return urlencode(pairs, errors="replace").encode()

    def _not_started(self, answer: Answer, exchange: Exchange, ref: str) -> NotStarted:
        failed = self.failure(answer, exchange, self._refused(answer, ref))
        words = answers.said(answer).lower()
        busy = answer.status == 400 and answers.TOO_MANY in words
        wait = MINUTE_S if busy else failed.retry_after_s
        retry, ambiguous = busy or failed.retry, failed.ambiguous
        refused = NotStarted(failed.reading, exchange=exchange, retry=retry, ambiguous=ambiguous, retry_after_s=wait)
        refused.words = words
        return refused

    def _refused(self, answer: Answer, ref: str) -> str | None:
        if 200 <= answer.status < 300:
            return f"Answered {answer.status} where GitLab answers 201."
        if answer.status == 400:
            return answers.refusal(answer, ref, self.source)
        if answer.status == 404 and self.trigger_token:
            return f"GitLab has no project {self.project}, or the trigger token belongs to another one (404)."
        if answer.status == 403 and self.trigger_token:
            return (
                "GitLab forbids the trigger (403): something on the way adds the header X-Gitlab-Event (a webhook must not "
                "trigger pipelines), or GitLab restricts the addresses from which it may be called."
            )
        return None

    def _made(self, answer: Answer, exchange: Exchange) -> Pipeline | None:
        try:
            made = answers.pipeline(answers.document(answer))
        except ValueError as error:
            if not self.api_token:  # nobody can look whether it is there, and trying again would make another one
                return None
            reading = "Answered 201, but does not say which pipeline was made."
            raise ExchangeFailed(reading, exchange=exchange, retry=True, ambiguous=True) from error
        if made.broken:
            reading = f"GitLab made pipeline {made.id}, which failed at once: .gitlab-ci.yml is wrong ({made.broken})."
            raise ExchangeFailed(reading, exchange=exchange, retry=False)
        return made


def _words(answer: Answer) -> str:
    """A refusal as a sentence, with GitLab's own words where it has some."""
    words = answers.said(answer)
    if answer.status == 401:
        return "GitLab does not take the token (401): it is wrong, expired or revoked."
    if answer.status == 403:
        return f"GitLab forbids it (403): {words or 'the token lacks the scope api, or its owner the role'}."
    if answer.status == 429:
        return "GitLab wants no more requests for now (429)."
    return f"GitLab refused with {answer.status}: {words}." if words and answer.status < 500 else refusal(answer.status)


def _list(told: Any) -> list[Any]:
    if not isinstance(told, list):
        raise ValueError("no list")
    return told


def _long(wanted: Wanted) -> dict[str, str]:
    return {"domino": wanted.long} if wanted.long else {}


def _listed(wanted: Wanted) -> bytes:
    """The body of `POST /projects/:id/pipeline`, which has files of its own for what is too long."""
    told = [{"key": name, "value": value} for name, value in wanted.variables.items()]
    if wanted.long:
        told.append({"key": LONG, "value": json.dumps(_long(wanted)), "variable_type": "file"})
    return json.dumps({"ref": wanted.ref, "variables": told}).encode()
