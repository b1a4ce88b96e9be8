"""The drain: takes due rows of the outbox under a lease, sends them side by side, and books each outcome on its own.

No transaction is open while a request is on its way.
"""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from dominoci.adapters.base import Adapter, AdapterError, Exchange, Receipt, Target
from dominoci.domain import backoff
from dominoci.domain.dispatch import Trigger
from dominoci.domain.ids import new_id
from dominoci.domain.reasons import Reason
from dominoci.domain.states import EventState
from dominoci.infra import crypto
from dominoci.infra.failpoints import failpoint
from dominoci.infra.models.plumbing import DeliveryRow, Outbox
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import inputs, settling
from dominoci.services.tree_change import TreeChange
from dominoci.store import outbox, projects, trees

log = structlog.get_logger()
SENDERS = 32
BATCH = SENDERS  # no row waits for a sender while its lease runs


@dataclass(frozen=True)
class Job:
    """One leased row, with all that is needed to send it."""

    row_id: str
    owner: str | None
    event_id: str
    tree_id: str
    attempt: int
    tries: int
    ambiguous: bool
    target: Target
    trigger: Trigger


def drain(transactions: Transactions, adapters: Mapping[str, Adapter]) -> int:
    """Sends everything that is due now; answers how many rows it sent."""
    sent = 0
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="sender") as pool:
        while jobs := transactions.write(_claim):
            failpoint("after_claim")
            list(pool.map(lambda job: send(transactions, adapters, job), jobs))
            sent += len(jobs)
    return sent


def _claim(uow: UnitOfWork) -> list[Job]:
    while rows := outbox.claim(uow.session, uow.now, BATCH):
        if jobs := [job for row in rows if (job := _job(uow, row))]:
            return jobs
    return []


def _job(uow: UnitOfWork, row: Outbox) -> Job | None:
    event = trees.event_by_id(uow.session, row.event_id)
    if event is None or event.attempt != row.attempt or EventState(event.state).final:
        outbox.book(uow.session, row.id, row.lease_owner, state="done", finished_at=uow.now)
        return None
    return Job(
        row_id=row.id,
        owner=row.lease_owner,
        event_id=event.id,
        tree_id=event.tree_id,
        attempt=row.attempt,
        tries=row.tries + 1,
        ambiguous=row.ambiguous,
        target=_target(uow, event),
        trigger=inputs.trigger_of(uow, event, row.attempt),
    )


def _target(uow: UnitOfWork, event: Event) -> Target:
    """The target as frozen; its secret is the project's present one, so that a rotated secret works at once."""
    project = projects.by_id(uow.session, event.project_id)
    stored = project.target_secret if project else None
    return Target(event.target["kind"], event.target, crypto.decrypt(uow.keys, stored) if stored else None)


def send(transactions: Transactions, adapters: Mapping[str, Adapter], job: Job) -> None:
    """Sends one row and books what came of it."""
    adapter = adapters.get(job.target.kind)
    try:
        if adapter is None:
            raise _no_adapter(job)
        receipt = _already_there(adapter, job) or adapter.trigger(job.target, job.trigger)
        failpoint("after_send")
        transactions.write(_book_delivered, job, receipt)
    except AdapterError as error:
        transactions.write(_book_failed, job, error)


def _no_adapter(job: Job) -> AdapterError:
    exchange = Exchange("-", "-", "")
    return AdapterError(f"this arbiter cannot trigger targets of kind {job.target.kind}", exchange=exchange, retry=False)


def _already_there(adapter: Adapter, job: Job) -> Receipt | None:
    """After an ambiguous send the CI system is asked first, so that a run is not started twice where that can be known."""
    run = adapter.find(job.target, job.trigger) if job.ambiguous else None
    if run is None:
        return None
    return Receipt("an earlier send had started the run", Exchange("-", run.url or "-", ""), run.url)


def _book_delivered(uow: UnitOfWork, job: Job, receipt: Receipt) -> None:
    """Keeps what was sent in any case; moves the event on only while this lease holds (a result may have come first)."""
    change = TreeChange.of(uow, job.tree_id)
    _keep(uow, job, "delivered", receipt.exchange, receipt.reading)
    if not outbox.book(uow.session, job.row_id, job.owner, state="done", tries=job.tries, finished_at=uow.now, error=None):
        return
    event = trees.events_by_id(uow.session, [job.event_id])[0]
    reason = Reason("delivered", {"reading": receipt.reading})
    if event.attempt == job.attempt and event.state == EventState.QUEUED.value:
        deadline = uow.now + timedelta(seconds=event.finish_deadline_s)
        values = {"triggered_at": uow.now, "deadline_at": deadline, "run_url": receipt.run_url}
        change.move(event, EventState.TRIGGERED, reason, **values)
        shown = {"state": EventState.TRIGGERED.value, "triggered_at": uow.now, "run_url": receipt.run_url}
        trees.update_attempts(uow.session, [(event.id, job.attempt)], **shown)
    change.finish()


def _book_failed(uow: UnitOfWork, job: Job, error: AdapterError) -> None:
    change = TreeChange.of(uow, job.tree_id)
    again = error.retry and job.tries < backoff.MAX_TRIES
    values: dict[str, Any] = {"tries": job.tries, "error": error.reading[:2000], "ambiguous": job.ambiguous or error.ambiguous}
    if again:
        values |= {"state": "pending", "next_at": uow.now + backoff.delay(job.tries, error.retry_after_s)}
    else:
        values |= {"state": "dead", "finished_at": uow.now}
    _keep(uow, job, "retrying" if again else "failed", error.exchange, error.reading)
    if not outbox.book(uow.session, job.row_id, job.owner, **values):
        return
    log.info("delivery_failed", tree=job.tree_id, sub_id=job.trigger.sub_id, tries=job.tries, again=again)
    if not again:
        _give_up(change, job, error.reading)
    change.finish()


def _give_up(change: TreeChange, job: Job, reading: str) -> None:
    event = trees.events_by_id(change.uow.session, [job.event_id])[0]
    reason = Reason("delivery_failed", {"error": reading[:500], "tries": job.tries})
    now = change.uow.now
    if event.attempt == job.attempt and change.move(
        event, EventState.UNDELIVERABLE, reason, finished_at=now, deadline_at=None
    ):
        trees.update_attempts(change.uow.session, [(event.id, job.attempt)], state=event.state, finished_at=now)
        settling.settle(change, [event])


def _keep(uow: UnitOfWork, job: Job, state: str, exchange: Exchange, reading: str) -> None:
    response = None if exchange.status is None else {"status": exchange.status, "body": exchange.answer or ""}
    row = DeliveryRow(
        id=new_id(),
        event_id=job.event_id,
        attempt=job.attempt,
        number=job.tries,
        state=state,
        requested_at=uow.now - timedelta(milliseconds=exchange.duration_ms),
        duration_ms=exchange.duration_ms,
        request={"method": exchange.method, "url": exchange.url, "body": masked(exchange.body, job.trigger)},
        response=response,
        reading=reading[:500],
    )
    trees.add(uow.session, row)


def masked(body: str, trigger: Trigger) -> str:
    """A request's body as it may be stored: the event token is taken out."""
    return body.replace(json.dumps(trigger.event_token)[1:-1], "dce_•••")
