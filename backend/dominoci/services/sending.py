"""One outbox row on its way to a CI system: what is sent, what came of it, and how that is booked."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import structlog

from dominoci.adapters.base import Adapter, Receipt, Started, Target
from dominoci.domain import backoff
from dominoci.domain.dispatch import Trigger
from dominoci.domain.ids import new_id
from dominoci.domain.reasons import Reason
from dominoci.domain.states import EventState
from dominoci.infra.failpoints import failpoint
from dominoci.infra.git import Hosting
from dominoci.infra.models.plumbing import DeliveryRow
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.client import all_within
from dominoci.outbound.exchange import NOTHING_SENT, Exchange, ExchangeFailed
from dominoci.outbound.remote_refs import RefsUnknown
from dominoci.services import cancelling, inputs, settling
from dominoci.services.booking import Booking
from dominoci.services.repository_access import Access
from dominoci.services.tree_change import TreeChange
from dominoci.store import outbox, trees
from dominoci.store.leases import LEASE

log = structlog.get_logger()
# looking for the run, signing in and starting it together: when the lease is over another sender would start it too
SEND_S = LEASE.total_seconds() - 2.0


class Branches(Protocol):
    """Looks for branches in repositories elsewhere. Any thread may call."""

    def has_branch(self, url: str, branch: str, access: Access | None = None) -> bool:
        """Whether the repository has this branch now, asked with this access. Raises RefsUnknown."""
        ...


@dataclass(frozen=True)
class Job:
    """One leased row, with all that is needed to send it. `branch` is the parent's, still to be looked for in the repository
    with its `access`; the run of one that is `watched` can be asked for with the target's credentials."""

    row_id: str
    owner: str | None
    kind: str
    event_id: str
    tree_id: str
    attempt: int
    tries: int
    ambiguous: bool
    target: Target
    trigger: Trigger
    started: Started
    branch: str | None
    hosted: bool
    access: Access | None
    watched: bool
    shows_starts: bool


Delivered = Callable[[TreeChange, Event, Job, Receipt], None]
GivenUp = Callable[[TreeChange, Event, Job, str], None]


@dataclass(frozen=True)
class Sender:
    """Sends jobs; any thread may call. Every outcome is booked before a call returns."""

    transactions: Transactions
    adapters: Mapping[str, Adapter]
    branches: Branches | None
    booking: Booking

    def send(self, job: Job) -> None:
        """Starts the attempt over there (unless an earlier send has), or has its run stopped."""
        if job.kind == outbox.CANCEL:
            self._send(job, lambda adapter: adapter.cancel(job.target, job.trigger, job.started), _stopped, _not_stopped)
        else:
            self._send(job, lambda adapter: self._trigger(adapter, job), _delivered, _undeliverable)

    def _send(self, job: Job, call: Callable[[Adapter], Receipt], delivered: Delivered, given_up: GivenUp) -> None:
        try:
            adapter = self.adapters.get(job.target.kind)
            if adapter is None:
                because = f"this arbiter cannot trigger targets of kind {job.target.kind}"
                raise ExchangeFailed(because, exchange=NOTHING_SENT, retry=False)
            with all_within(SEND_S):
                receipt = call(adapter)
            failpoint("after_send")
            self.booking.book(job.tree_id, job.event_id, partial(_book, job=job, receipt=receipt, delivered=delivered))
        except ExchangeFailed as error:
            outcome = partial(_book_failed, job=job, error=error, given_up=given_up)
            self.booking.book(job.tree_id, job.event_id, outcome)

    def _trigger(self, adapter: Adapter, job: Job) -> Receipt:
        told = self._with_ref(job)
        return _already_there(adapter, job) or adapter.trigger(job.target, told)

    def _with_ref(self, job: Job) -> Trigger:
        """The trigger with the ref by the rule "same branch as the parent if it exists": looked for once, and kept."""
        if job.branch is None:
            return job.trigger
        ref = job.branch if self._has_branch(job, job.branch) else job.trigger.ref
        self.transactions.write(_keep_ref, job, ref)
        return replace(job.trigger, ref=ref)

    def _has_branch(self, job: Job, branch: str) -> bool:
        if job.hosted:
            settings = self.transactions.settings
            return Hosting(settings.data, settings.public_url).branch_exists(job.trigger.project["id"], branch)
        url = job.trigger.project["repository_url"]
        try:
            if self.branches is None:
                raise RefsUnknown("This process cannot look into repositories elsewhere.", retry=True)
            return self.branches.has_branch(url, branch, job.access)
        except RefsUnknown as error:
            exchange = Exchange("git ls-remote", url, branch)
            reading = f"Could not find out whether branch {branch} exists: {error}"
            raise ExchangeFailed(reading, exchange=exchange, retry=error.retry) from error


def _stopped(change: TreeChange, event: Event, _job: Job, receipt: Receipt) -> None:
    """The event is cancelled already: what came of telling its CI system is only noted."""
    change.remark(event, Reason("cancel_told", {"reading": receipt.reading[:500]}))


def _not_stopped(change: TreeChange, event: Event, _job: Job, reading: str) -> None:
    change.remark(event, Reason("cancel_failed", {"reading": reading[:500]}))


def _keep_ref(uow: UnitOfWork, job: Job, ref: str) -> None:
    change = TreeChange.of(uow, job.tree_id)
    event = trees.events_by_id(uow.session, [job.event_id])[0]
    if event.attempt == job.attempt:
        inputs.keep_ref(uow, event, job.attempt, ref)
        change.finish()


def _already_there(adapter: Adapter, job: Job) -> Receipt | None:
    """After an ambiguous send the CI system is asked first, so that a run is not started twice where that can be known."""
    try:
        run = adapter.find(job.target, job.trigger, job.started) if job.ambiguous else None
    except ExchangeFailed as error:
        if error.retry:
            raise
        run = None  # these credentials cannot look: it cannot be known
    if run is None:
        return None
    return Receipt("an earlier send had started the run", Exchange("-", run.url or "-", ""), run.url, run.ref)


def _book(change: TreeChange, event: Event, job: Job, receipt: Receipt, delivered: Delivered) -> bool:
    """Keeps what was sent in any case; tells `delivered` only while this lease holds (a result may have come first)."""
    uow = change.uow
    _keep(uow, job, "delivered", receipt.exchange, receipt.reading)
    if outbox.book(uow.session, job.row_id, job.owner, state="done", tries=job.tries, finished_at=uow.now, error=None):
        delivered(change, event, job, receipt)
        return True
    if job.kind == outbox.TRIGGER and _was_called_off(event, job):
        # it was cancelled while it was on its way, and nobody could know then that a run would be there to stop
        trees.update_attempts(uow.session, [(event.id, job.attempt)], run_url=receipt.run_url, run_ref=receipt.run_ref)
        cancelling.tell(change, [(event.id, job.attempt)])
    return False


def _was_called_off(event: Event, job: Job) -> bool:
    return event.attempt != job.attempt or event.state in (EventState.CANCELLED.value, EventState.WAITING.value)


def _delivered(change: TreeChange, event: Event, job: Job, receipt: Receipt) -> None:
    if event.attempt != job.attempt or event.state not in (EventState.QUEUED.value, EventState.RUNNING.value):
        return
    now = change.uow.now
    followed = {"run_ref": receipt.run_ref, "poll_at": backoff.next_poll(now, 0) if job.watched else None}
    if event.state == EventState.RUNNING.value:  # its pipeline was faster than this answer
        trees.update_attempts(change.uow.session, [(event.id, job.attempt)], **followed)
        return
    # a start can be waited for only where one can be seen; else the delivery is the last sign of life
    seconds = event.start_deadline_s if job.shows_starts or job.watched else event.finish_deadline_s
    values = {"triggered_at": now, "deadline_at": now + timedelta(seconds=seconds), "run_url": receipt.run_url}
    change.move(event, EventState.TRIGGERED, Reason("delivered", {"reading": receipt.reading}), **values)
    shown = {"state": EventState.TRIGGERED.value, "triggered_at": now, "run_url": receipt.run_url}
    trees.update_attempts(change.uow.session, [(event.id, job.attempt)], **shown, **followed)


def _book_failed(change: TreeChange, event: Event, job: Job, error: ExchangeFailed, given_up: GivenUp) -> bool:
    uow = change.uow
    again = error.retry and job.tries < backoff.MAX_TRIES
    values: dict[str, Any] = {"tries": job.tries, "error": error.reading[:2000], "ambiguous": job.ambiguous or error.ambiguous}
    if again:
        values |= {"state": "pending", "next_at": uow.now + backoff.delay(job.tries, error.retry_after_s)}
    else:
        values |= {"state": "dead", "finished_at": uow.now}
    _keep(uow, job, "retrying" if again else "failed", error.exchange, error.reading)
    if not outbox.book(uow.session, job.row_id, job.owner, **values):
        if error.ambiguous and job.kind == outbox.TRIGGER and _was_called_off(event, job):
            cancelling.tell(change, [(event.id, job.attempt)])
        return False
    log.info("delivery_failed", tree=job.tree_id, sub_id=job.trigger.sub_id, kind=job.kind, tries=job.tries, again=again)
    if not again:
        given_up(change, event, job, error.reading)
    return True


def _undeliverable(change: TreeChange, event: Event, job: Job, reading: str) -> None:
    reason = Reason("delivery_failed", {"error": reading[:500], "tries": job.tries})
    now = change.uow.now
    if event.attempt == job.attempt and change.move(
        event, EventState.UNDELIVERABLE, reason, finished_at=now, deadline_at=None
    ):
        trees.update_attempts(change.uow.session, [(event.id, job.attempt)], state=event.state, finished_at=now)
        settling.settle(change, [event])


def _keep(uow: UnitOfWork, job: Job, state: str, exchange: Exchange, reading: str) -> None:
    response = None if exchange.status is None else {"status": exchange.status, "body": exchange.answer or ""}
    row = {
        "id": new_id(),
        "event_id": job.event_id,
        "attempt": job.attempt,
        "kind": job.kind,
        "number": job.tries,
        "state": state,
        "requested_at": uow.now - timedelta(milliseconds=exchange.duration_ms),
        "duration_ms": exchange.duration_ms,
        "request": {"method": exchange.method, "url": exchange.url, "body": masked(exchange.body, job.trigger)},
        "response": response,
        "reading": reading[:500],
    }
    trees.add_many(uow.session, DeliveryRow, [row])


def masked(body: str, trigger: Trigger) -> str:
    """A request's body as it may be stored: the event token and the identity are taken out, if an adapter has left them in."""
    body = body.replace(json.dumps(trigger.event_token)[1:-1], "dce_•••")
    return body.replace(trigger.identity, "•••") if trigger.identity else body
