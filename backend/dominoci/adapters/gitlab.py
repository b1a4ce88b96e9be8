"""GitLab: pipelines started by a trigger token or by the pipeline API, found by the delivery id among their variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import ClassVar, Final
from uuid import UUID

from dominoci.adapters.base import Finding, Receipt, Run, Started, Target
from dominoci.adapters.checking import Steps
from dominoci.domain import dispatch
from dominoci.domain import target as rules
from dominoci.domain.dispatch import Trigger
from dominoci.domain.states import ResultStatus
from dominoci.outbound.exchange import NOTHING_SENT, Caller, ExchangeFailed
from dominoci.vendors.gitlab import GitLab, NotStarted, Wanted
from dominoci.vendors.gitlab_answers import NO_REF, NO_VARIABLES, Pipeline

FINAL: Final[Mapping[str, ResultStatus]] = {
    "success": ResultStatus.SUCCESS,
    "failed": ResultStatus.FAILED,
    "canceled": ResultStatus.CANCELLED,
    "skipped": ResultStatus.SKIPPED,
}
RUNNING: Final = ("running", "canceling")  # manual and scheduled ones are blocked: neither running nor over
# Linux takes 128 KiB for one variable and its name, and the job of a longer one dies with "argument list too long"; GitLab.com
# refuses pipelines with one over 120 KiB
LONGEST: Final = 100_000
PAYLOAD: Final = "DOMINO_PAYLOAD"
MOST_SEARCHED: Final = 15  # a request each
CLOCKS_APART: Final = timedelta(minutes=10)
NOT_OURS: Final = (401, 403, 404)  # the server is well, but these credentials are not enough


@dataclass(frozen=True)
class GitLabAdapter:
    """With a trigger token pipelines can only be started; to find, follow and cancel them it takes an API token."""

    caller: Caller
    kind: ClassVar[str] = "gitlab"

    def check(self, target: Target) -> list[Finding]:
        """Asks for the project with the API token, and triggers a pipeline on a branch that does not exist: what GitLab refuses
        it for tells whether the token is good and variables may be set, and nothing is started."""
        steps, gitlab = Steps(), self._gitlab(target)
        if not (steps.address(self.caller.client, gitlab.server) and steps.take("connection", gitlab.reach)):
            return steps.findings
        if not gitlab.api_token or (
            steps.take("credentials", lambda: _rights(gitlab)) and steps.take("target", lambda: _project(gitlab))
        ):
            _rehearse(steps, gitlab)
        return steps.findings

    def trigger(self, target: Target, trigger: Trigger) -> Receipt:
        """Makes a pipeline on the trigger's ref; with the trigger token where there is one."""
        wanted = _wanted(trigger)
        made, exchange = self._gitlab(target).start(wanted, _wanted(trigger.masked()))
        long = " DOMINO_PAYLOAD is too long for a variable and stands in the file $TRIGGER_PAYLOAD." if wanted.long else ""
        if made is None:
            return Receipt(f"Accepted with 201, but GitLab did not say which pipeline was made.{long}", exchange)
        return Receipt(f"Pipeline {made.id} was made ({made.status}).{long}", exchange, made.web_url, made.id)

    def watches(self, target: Target) -> str | None:
        """The server, where there is an API token."""
        return rules.origin(target.fields) if target.secrets.get("api_token") else None

    def find(self, target: Target, trigger: Trigger, started: Started) -> Run | None:
        """By its id; without one, the newest pipelines of the ref are looked through for the delivery's id."""
        gitlab = self._gitlab(target)
        if not gitlab.api_token:
            return None
        found = gitlab.pipeline(started.ref) if started.ref else _search(gitlab, trigger)
        return run(found) if found else None

    def cancel(self, target: Target, trigger: Trigger, started: Started) -> Receipt:
        """Asks for the pipeline's jobs to be cancelled."""
        gitlab = self._gitlab(target)
        if not gitlab.api_token:
            return Receipt("Nothing was sent: without an API token a GitLab pipeline cannot be cancelled.", NOTHING_SENT)
        ref = started.ref or getattr(_search(gitlab, trigger), "id", None)
        if ref is None:
            return Receipt("Nothing was sent: no pipeline of this trigger was found.", NOTHING_SENT)
        try:
            left, exchange = gitlab.cancel(ref)
        except ExchangeFailed as error:
            if error.exchange.status != 404:
                raise
            return Receipt(f"GitLab no longer has pipeline {ref}.", error.exchange, run_ref=ref)
        return Receipt(f"Pipeline {left.id} was asked to stop (it is {left.status}).", exchange, left.web_url, left.id)

    def _gitlab(self, target: Target) -> GitLab:
        return GitLab.of(self.caller, target.fields, target.secrets)


def run(pipeline: Pipeline) -> Run:
    """What a pipeline's state means for a tree."""
    return Run(
        pipeline.web_url,
        status=FINAL.get(pipeline.status),
        running=pipeline.status in RUNNING,
        ref=pipeline.id,
        commit=pipeline.sha,
        branch=None if pipeline.tag else pipeline.ref,
        tag=pipeline.ref if pipeline.tag else None,
    )


def _wanted(trigger: Trigger) -> Wanted:
    """The trigger as GitLab takes it. Runners expand `$NAME` in values, so that a commit message could ask for a secret: in JSON
    the sign has another spelling, elsewhere it is doubled."""
    told = dispatch.variables(trigger)
    payload = told.pop(PAYLOAD).replace("$", "\\u0024").replace("%", "\\u0025")
    plain = {name: value.replace("$", "$$") for name, value in told.items()}
    if len(payload) > LONGEST:
        return Wanted(trigger.ref, plain, payload)
    return Wanted(trigger.ref, {**plain, PAYLOAD: payload})


def _search(gitlab: GitLab, trigger: Trigger) -> Pipeline | None:
    """The pipeline that this delivery made, among the newest. None also where these credentials do not let us look: a delivery
    does not fail because of that."""
    try:
        for each in gitlab.recent(trigger.ref, _since(trigger.delivery_id), MOST_SEARCHED):
            if gitlab.variables(each.id).get("DOMINO_DELIVERY_ID") == trigger.delivery_id:
                return each
    except ExchangeFailed as error:
        if error.exchange.status not in NOT_OURS:
            raise
    return None


def _since(delivery_id: str) -> datetime | None:
    """Before when the delivery cannot have been sent: its id is a UUIDv7, whose first 48 bits are milliseconds."""
    try:
        made = UUID(delivery_id)
    except ValueError:
        return None
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC) - CLOCKS_APART if made.version == 7 else None


def _rights(gitlab: GitLab) -> str:
    scopes = gitlab.scopes()
    if scopes is None or "api" in scopes or "granular" in scopes:
        return "The API token is good."
    if "read_api" in scopes and gitlab.trigger_token:
        return "The API token may look at pipelines, but not cancel them or write commit statuses: that takes the scope api."
    raise ExchangeFailed("The API token lacks the scope api.", exchange=NOTHING_SENT, retry=False)


def _project(gitlab: GitLab) -> str:
    try:
        told = gitlab.described()
    except ExchangeFailed as error:
        if error.exchange.status != 404:
            raise
        because = f"GitLab has no project {gitlab.project}, or the API token may not see it (404)."
        raise ExchangeFailed(because, exchange=error.exchange, retry=False) from error
    if told.get("archived") is True:
        raise ExchangeFailed("The GitLab project is archived: it runs no pipelines.", exchange=NOTHING_SENT, retry=False)
    if told.get("builds_access_level") == "disabled":
        because = "CI/CD is off in this GitLab project: turn it on under Settings > General > Visibility."
        raise ExchangeFailed(because, exchange=NOTHING_SENT, retry=False)
    return "The project is there."


def _rehearse(steps: Steps, gitlab: GitLab) -> None:
    """Two steps out of one answer: is the token that starts pipelines good, and may variables be set with it."""
    refused: list[ExchangeFailed] = []

    def starts() -> str:
        nowhere = Wanted(f"dominoci/no-such-branch-{token_hex(8)}", {"DOMINO_CHECK": "1"})
        try:
            gitlab.start(nowhere, nowhere)
        except NotStarted as error:
            if NO_VARIABLES in error.words:
                refused.append(error)
            elif NO_REF not in error.words:
                raise
        alone = "" if gitlab.api_token else " Without an API token its pipelines can be neither asked for nor cancelled."
        return f"Pipelines can be started with the {'trigger' if gitlab.trigger_token else 'API'} token.{alone}"

    def variables() -> str:
        if refused:
            raise refused[0]
        return "Variables may be set."

    if steps.take("credentials", starts):
        steps.take("parameters", variables)
