"""A client of GitHub's REST API for one repository: github.com, GHE.com or an Enterprise Server (whose API is HOST/api/v3)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self
from urllib.parse import quote, urlencode

from dominoci.domain import target as rules
from dominoci.outbound.client import MAX_BODY, Answer
from dominoci.outbound.exchange import NOTHING_SENT, Caller, Exchange, ExchangeFailed
from dominoci.vendors.github_app import App
from dominoci.vendors.github_dispatch import UnexpectedInputs, run_named, undeclared, unfit
from dominoci.vendors.github_wire import (
    HEADERS,
    JSON,
    Reading,
    clock,
    coded,
    content,
    encoded,
    failure,
    genuine,
    moved_to,
    said,
)

DISPATCH, REPOSITORY_DISPATCH = "workflow_dispatch", "repository_dispatch"
LONG: Final = 2 * 1024 * 1024  # a page of runs; one run is 10 to 20 kB of JSON
RUNS_A_PAGE: Final = 50
WORKFLOWS: Final = ".github/workflows/"
_PATH: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*/[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_DETAILS: Final = "return_run_details"


@dataclass(frozen=True)
class GitHub:
    """Speaks with a personal access token, or as an App. Every method raises ExchangeFailed. Any thread may call."""

    caller: Caller
    api: str
    repository: str
    token: str = field(repr=False, default="")
    app: App | None = field(repr=False, default=None)

    @classmethod
    def of(cls, caller: Caller, fields: Mapping[str, Any], secrets: Mapping[str, str]) -> Self:
        """For a target's fields and secrets (domain.target); the App goes before a token, which may be an older one."""
        api, repository = cls.address(fields), str(fields.get("repository") or "")
        if not _PATH.fullmatch(repository):
            raise ExchangeFailed("Give the repository as owner/name.", exchange=NOTHING_SENT, retry=False)
        app_id, key = fields.get("app_id"), secrets.get("private_key")
        number = str(fields["installation_id"]) if fields.get("installation_id") else None
        app = App(caller, api, repository, str(app_id), number, key) if app_id and key else None
        token = secrets.get("token", "")
        if not app and not (token and token.isascii() and token.isprintable()):
            raise ExchangeFailed("The target has no usable token, and no App.", exchange=NOTHING_SENT, retry=False)
        return cls(caller, api, repository, token, app)

    @staticmethod
    def signs_in(fields: Mapping[str, Any], secrets: Mapping[str, str]) -> bool:
        """Whether a target has credentials; what they may do, GitHub says only when it is asked."""
        return bool(secrets.get("token") or (fields.get("app_id") and secrets.get("private_key")))

    @staticmethod
    def address(fields: Mapping[str, Any]) -> str:
        """Where the API of a target is, without a slash at its end."""
        return str(rules.server({**fields, "kind": rules.GITHUB}))

    # ---- starting

    def dispatch(
        self, workflow: str, ref: str, inputs: Mapping[str, str], shown: Mapping[str, str]
    ) -> tuple[int | None, str | None, Exchange]:
        """Starts a workflow; answers the run's id and page where this server tells them (github.com since February 2026; older
        servers refuse to be asked, so they are not asked twice). `shown` are the inputs as they may be stored."""
        path = f"{self._workflow(workflow)}/dispatches"
        body: dict[str, Any] = {"ref": ref, "inputs": dict(inputs), _DETAILS: True}
        told = True
        answer, exchange = self._send("POST", path, body, {**body, "inputs": dict(shown)})
        if answer.status == 422 and _DETAILS in (said(answer) or _DETAILS):
            told, body = False, {name: value for name, value in body.items() if name != _DETAILS}
            answer, exchange = self._send("POST", path, body, {**body, "inputs": dict(shown)})
        if answer.status >= 300:
            raise self._not_started(answer, exchange, workflow, ref, told)
        number, page = run_named(genuine(answer, exchange)[0])
        return number, page, exchange

    def repository_dispatch(self, event_type: str, payload: Mapping[str, Any], shown: Mapping[str, Any]) -> Exchange:
        """Starts whatever listens to this event type on the default branch; GitHub does not say whether anything does."""
        body = {"event_type": event_type, "client_payload": payload}
        own: dict[int, Reading] = {404: self._hidden, 422: lambda words: f"GitHub does not take the event ({coded(422, words)})."}
        return self._done("POST", f"{self._repo}/dispatches", body, own, {**body, "client_payload": shown})[1]

    # ---- runs

    def run(self, number: str) -> dict[str, Any] | None:
        """A run by its id, as GitHub shows it; None when there is none."""
        answer, exchange = self._send("GET", f"{self._repo}/actions/runs/{quote(number, safe='')}?exclude_pull_requests=true")
        return None if answer.status == 404 else content(*self._checked(answer, exchange))

    def runs(
        self, event: str, since: datetime | None, workflow: str | None, page: int = 1, size: int = RUNS_A_PAGE
    ) -> tuple[Sequence[Mapping[str, Any]], datetime]:
        """One page of the runs that such an event started, newest first, and the time by GitHub's clock."""
        query = {"event": event, "per_page": str(size), "page": str(page), "exclude_pull_requests": "true"}
        if since:
            query["created"] = f">={since:%Y-%m-%dT%H:%M:%SZ}"
        path = f"{self._workflow(workflow) if workflow else f'{self._repo}/actions'}/runs?{urlencode(query)}"
        unknown = self._no_workflow(workflow) if workflow else self._hidden
        answer, exchange = self._done("GET", path, None, {404: unknown}, most=LONG)
        found = content(answer, exchange).get("workflow_runs")
        rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        return rows, clock(answer, self.caller.clock())

    def cancel(self, number: str) -> tuple[int, Exchange]:
        """Asks for a run to be cancelled: 202 it will be, 409 it had ended, 404 there is none."""
        answer, exchange = self._send("POST", f"{self._repo}/actions/runs/{quote(number, safe='')}/cancel", {})
        if answer.status in (404, 409):
            return answer.status, exchange
        return self._checked(answer, exchange)[0].status, exchange

    # ---- statuses

    def set_status(self, sha: str, state: str, context: str, target_url: str, description: str) -> Exchange:
        """Sets a commit's status: `state` is pending, success or failure, which are GitHub's own words; a description has at most
        140 characters. Needs "Commit statuses: read and write"."""
        body = {"state": state, "context": context, "description": description, "target_url": target_url}
        own: dict[int, Reading] = {404: self._hidden, 422: lambda words: f"GitHub takes no such status ({coded(422, words)})."}
        return self._done("POST", f"{self._repo}/statuses/{quote(sha, safe='')}", body, own)[1]

    # ---- looking

    def rate_limit(self) -> Answer:
        """What is left of the credentials' hour, which costs nothing of it. A server that limits nobody answers 404."""
        answer, exchange = self._send("GET", "/rate_limit")
        return answer if answer.status == 404 else self._checked(answer, exchange)[0]

    def details(self) -> dict[str, Any]:
        """The repository."""
        return content(*self._done("GET", self._repo, None, {404: self._hidden}))

    def workflow(self, workflow: str) -> dict[str, Any]:
        """A workflow by its file or id."""
        return content(*self._done("GET", self._workflow(workflow), None, {404: self._no_workflow(workflow)}))

    def file(self, path: str) -> str | None:
        """A file's text on the default branch; None where the credentials may not read the contents."""
        headers = {"accept": "application/vnd.github.raw+json"}
        answer, exchange = self._send("GET", f"{self._repo}/contents/{quote(path)}", headers=headers)
        if answer.status in (403, 404) and answer.headers.get("x-ratelimit-remaining") != "0":
            return None
        return self._checked(answer, exchange)[0].body.decode("utf-8", "replace")

    # ---- on the wire

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        shown: Mapping[str, Any] | None,
        own: Mapping[int, Reading],
        most: int = MAX_BODY,
    ) -> tuple[Answer, Exchange]:
        """A success below the repository's address. `shown` is what may be stored of the body, `own` the readings of refusals."""
        return self._done(method, f"{self._repo}{path}", body, own, shown, most)

    @property
    def _repo(self) -> str:
        return f"/repos/{self.repository}"

    def _workflow(self, workflow: str) -> str:
        """By its id or the name of its file; GitHub does not take the file's whole path."""
        return f"{self._repo}/actions/workflows/{quote(workflow.removeprefix(WORKFLOWS), safe='')}"

    def _done(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        own: Mapping[int, Reading],
        shown: Mapping[str, Any] | None = None,
        most: int = MAX_BODY,
    ) -> tuple[Answer, Exchange]:
        return self._checked(*self._send(method, path, body, shown, most=most), own)

    def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        shown: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        most: int = MAX_BODY,
    ) -> tuple[Answer, Exchange]:
        """The answer, whatever its status. A kept installation token that is refused is tried once more with a new one."""
        sent, stored = encoded(body), encoded(shown or body).decode()
        for again in (self.app is not None, False):
            token = self.app.token() if self.app else self.token
            named = {**HEADERS, **(JSON if sent else {}), **(headers or {}), "authorization": f"Bearer {token}"}
            answer, exchange = self.caller.ask(method, self.api + path, headers=named, content=sent, shown=stored, max_body=most)
            if answer.status != 401 or not again or self.app is None:
                break
            self.app.forget()
        return answer, exchange

    def _checked(self, answer: Answer, exchange: Exchange, own: Mapping[int, Reading] | None = None) -> tuple[Answer, Exchange]:
        if answer.status < 300:
            return genuine(answer, exchange)
        raise self._failed(answer, exchange, own or {})

    def _failed(self, answer: Answer, exchange: Exchange, own: Mapping[int, Reading]) -> ExchangeFailed:
        if repository := moved_to(answer):
            return ExchangeFailed(self._renamed(repository, answer.status), exchange=exchange, retry=False)
        return failure(self.caller, answer, exchange, own)

    def _renamed(self, repository: str, status: int) -> str:
        """Where a renamed or transferred repository is now. GitHub redirects by id; its name is asked for on the same server."""
        try:
            answer, exchange = self._send("GET", f"/repositories/{repository}")
            name = content(answer, exchange).get("full_name") if answer.status == 200 else None
        except ExchangeFailed:
            name = None
        now = f": it is {name} now" if isinstance(name, str) and _PATH.fullmatch(name) else ""
        return f"The repository {self.repository} was renamed or moved ({status}){now}. Give the target its new name."

    def _not_started(self, answer: Answer, exchange: Exchange, workflow: str, ref: str, told: bool) -> ExchangeFailed:
        if answer.status == 422 and (names := undeclared(said(answer))):
            return UnexpectedInputs(names, workflow, ref, exchange, tells_runs=told)
        own: dict[int, Reading] = {404: self._no_workflow(workflow), 422: lambda words: unfit(words, workflow, ref)}
        return self._failed(answer, exchange, own)

    def _hidden(self, _words: str) -> str:
        return f"GitHub shows no repository {self.repository} to this token or App (404): correct its name, or give it access."

    def _no_workflow(self, workflow: str) -> Reading:
        return lambda _words: f"GitHub knows no workflow {workflow} in {self.repository}, or the token may not see it (404)."
