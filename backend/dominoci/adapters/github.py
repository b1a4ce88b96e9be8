"""GitHub Actions as a CI system: workflow_dispatch, or repository_dispatch, and the runs that come of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from dominoci.adapters import github_check
from dominoci.adapters.base import Finding, Receipt, Run, Started, Target
from dominoci.adapters.github_payload import INPUT, Order, as_client_payload, as_inputs
from dominoci.adapters.github_run import marker, run_of
from dominoci.domain import target as rules
from dominoci.domain.addresses import link
from dominoci.domain.dispatch import Trigger
from dominoci.outbound.exchange import NOTHING_SENT, Caller, Exchange, ExchangeFailed
from dominoci.vendors.github import DISPATCH, REPOSITORY_DISPATCH, RUNS_A_PAGE, GitHub
from dominoci.vendors.github_dispatch import UnexpectedInputs

PAGES: Final = 4  # of runs that are looked through for one by its name
CLOCKS: Final = timedelta(minutes=15)  # by which ours and GitHub's may differ
TAGS: Final = "refs/tags/"
_RUN: Final = re.compile(r"/actions/runs/(\d{1,20})(?:/|$)")
_UUID7: Final = 7


@dataclass(frozen=True)
class GitHubAdapter:
    """Runs are known by their ids, which GitHub tells when it starts them; older servers do not, so there, and for
    repository_dispatch, a run is known by `[domino:TREE/SUB/ATTEMPT]` in its name, which the workflow's `run-name` puts there."""

    caller: Caller
    kind: ClassVar[str] = rules.GITHUB

    def check(self, target: Target) -> list[Finding]:
        """Asks for the repository, the workflow and its runs."""
        return github_check.steps(self.caller, target)

    def trigger(self, target: Target, trigger: Trigger) -> Receipt:
        """Starts the target's workflow on the trigger's ref, or sends its event_type to the default branch."""
        github, workflow = self._github(target), target.fields.get("workflow")
        try:
            order = as_inputs(trigger) if workflow else as_client_payload(trigger)
        except ValueError as error:
            raise ExchangeFailed(str(error), exchange=NOTHING_SENT, retry=False) from error
        if workflow:
            return _dispatched(github, str(workflow), trigger.ref, order)
        exchange = github.repository_dispatch(str(target.fields.get("event_type")), order.sent, order.shown)
        reading = "Accepted with 204, which does not say that a workflow listens; it would run on the default branch."
        return Receipt(reading + order.remark, exchange)

    def watches(self, target: Target) -> str | None:
        """The API's origin: whatever can start runs can be asked for them."""
        return rules.origin(target.fields) if GitHub.signs_in(target.fields, target.secrets) else None

    def find(self, target: Target, trigger: Trigger, started: Started) -> Run | None:
        """By its id, which may stand in its page's address too; else by its name, among the runs since the trigger."""
        github, number = self._github(target), _number(target, started)
        shown = github.run(number) if number else _by_name(github, target, trigger)
        tag = trigger.ref.removeprefix(TAGS) if trigger.ref.startswith(TAGS) else None
        return run_of(shown, tag) if shown else None

    def cancel(self, target: Target, trigger: Trigger, started: Started) -> Receipt:
        """Asks for the run to be cancelled; one that is not known by its id is looked for first."""
        github, number = self._github(target), _number(target, started)
        if number is None:
            run = self.find(target, trigger, started)
            number = run.ref if run else None
        if number is None:
            return Receipt("nothing was sent: GitHub shows no run of this trigger", NOTHING_SENT)
        status, exchange = github.cancel(number)
        readings = {404: "GitHub knows this run no more", 409: "the run had ended already"}
        return Receipt(readings.get(status, "GitHub cancels the run"), exchange, started.url, number)

    def _github(self, target: Target) -> GitHub:
        return GitHub.of(self.caller, target.fields, target.secrets)


def _dispatched(github: GitHub, workflow: str, ref: str, order: Order) -> Receipt:
    try:
        number, page, exchange = github.dispatch(workflow, ref, order.sent, order.shown)
    except UnexpectedInputs as error:
        if error.names != (INPUT,) or not error.tells_runs:
            raise
        # a workflow that was never changed for us: it runs without knowing why, and its run is followed by its id
        bare = [{name: value for name, value in inputs.items() if name != INPUT} for inputs in (order.sent, order.shown)]
        number, page, exchange = github.dispatch(workflow, ref, *bare)
        return _receipt(number, page, exchange, f" Without the input `{INPUT}`, which it does not declare: it cannot report.")
    return _receipt(number, page, exchange, order.remark)


def _receipt(number: int | None, page: str | None, exchange: Exchange, remark: str) -> Receipt:
    if number is None:
        reading = f"Accepted with {exchange.status}, without the run's id: it is looked for by [domino:…] in its name."
        return Receipt(reading + remark, exchange)
    return Receipt(f"GitHub started run {number}.{remark}", exchange, link(page), str(number))


def _number(target: Target, started: Started) -> str | None:
    """The run's id: as GitHub told it, or from the address of its page, which its pipeline may have reported."""
    if started.ref and started.ref.isascii() and started.ref.isdecimal():
        return started.ref
    repository = f"/{target.fields.get('repository')}/".lower()
    found = _RUN.search(started.url) if started.url and repository in started.url.lower() else None
    return found[1] if found else None


def _by_name(github: GitHub, target: Target, trigger: Trigger) -> Mapping[str, Any] | None:
    workflow = target.fields.get("workflow")
    event, of = (DISPATCH, str(workflow)) if workflow else (REPOSITORY_DISPATCH, None)
    sent = _sent(trigger)
    for page in range(1, PAGES + 1):
        rows, there = github.runs(event, sent - CLOCKS if sent else None, of, page)
        # the same moment by GitHub's clock
        since = sent + (there - github.caller.clock()) if sent else None
        for row in rows:
            if _is(row, trigger, since):
                return row
        if len(rows) < RUNS_A_PAGE:
            break
    return None


def _is(row: Mapping[str, Any], trigger: Trigger, since: datetime | None) -> bool:
    """Whether this is the attempt's run. A name without the attempt is that of a later one only if the run is younger than it."""
    named = marker(row)
    if named is None or (named.tree_id, named.sub_id) != (trigger.tree_id, trigger.sub_id):
        return False
    if named.attempt is not None or trigger.attempt == 1:
        return named.attempt in (None, trigger.attempt)
    try:
        made = datetime.fromisoformat(str(row.get("created_at")))
    except ValueError:
        return False
    return since is not None and made.tzinfo is not None and made >= since.replace(microsecond=0)


def _sent(trigger: Trigger) -> datetime | None:
    """When the attempt's delivery was written down: its id is a UUIDv7, which begins with the time (RFC 9562)."""
    try:
        made = UUID(trigger.delivery_id)
    except ValueError:
        return None
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC) if made.version == _UUID7 else None
