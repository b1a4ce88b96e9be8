"""Outgoing webhooks of projects: kept by maintainers, tested, and what was sent to each."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from dominoci.domain import webhook as rules
from dominoci.domain.errors import Conflict, Invalid, NotFound, TooMany
from dominoci.domain.ids import new_id
from dominoci.domain.times import rfc3339
from dominoci.infra.models.graph import Project
from dominoci.infra.models.plumbing import Webhook, WebhookMessage
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.errors import Refused
from dominoci.outbound.exchange import Caller
from dominoci.services import audit, webhook_cdevents, webhook_messages, webhook_secrets, webhook_sending
from dominoci.services.access import Principal, writable_project
from dominoci.services.audit import About
from dominoci.store import webhooks as store
from dominoci.store.leases import LEASE
from dominoci.store.paging import Page, listing

View = dict[str, Any]
MOST: Final = 20  # webhooks of one project
AT_ONCE: Final = 2  # tests in one process: each holds a web thread
KEPT_FOR: Final = timedelta(days=14)  # messages that are over
BY_HAND: Final = "Switched off by {who}."

_testing = threading.BoundedSemaphore(AT_ONCE)


def check_url(outbound: GuardedClient, url: str | None) -> None:
    """Raises Invalid for an address that nothing would ever be sent to. Names are looked up: not within a transaction."""
    try:
        if url:
            outbound.check_url(url)
    except Refused as error:
        raise Invalid("The webhook's address cannot be used.", {"url": [str(error)]}) from error


def of_project(uow: UnitOfWork, who: Principal, key: str) -> View:
    """A project's webhooks, newest first; there are never more than one page."""
    return listing(store.of_project(uow.session, writable_project(uow, who, key).id), None, _view)


def get(uow: UnitOfWork, who: Principal, key: str, webhook_id: str) -> View:
    """One webhook."""
    return _view(_its(uow, who, key, webhook_id)[1])


def create(uow: UnitOfWork, who: Principal, key: str, body: Mapping[str, Any]) -> View:
    """A new webhook; `secret` is in the answer this once. Raises Conflict when the project has very many."""
    project = writable_project(uow, who, key)
    _check(body["format"], body["events"])
    if store.count(uow.session, project.id) >= MOST:
        raise Conflict(f"A project has at most {MOST} webhooks. Remove one that is not needed any more.")
    secret, kept = webhook_secrets.fresh(uow)
    made = {"id": new_id(), "project_id": project.id, "secret": kept, "created_by": who.name[:100], "created_at": uow.now}
    row = Webhook(**made, **_fields(body), enabled=True, disabled_because=None)
    store.add(uow.session, row)
    _note(uow, who, "webhook.created", project, row, None, _for_audit(row))
    return {**_view(row), "secret": secret}


def update(uow: UnitOfWork, who: Principal, key: str, webhook_id: str, body: Mapping[str, Any]) -> View:
    """Changes what is named. One that is switched off is told nothing, and what it was still to be told is given up."""
    project, row = _its(uow, who, key, webhook_id)
    before = _for_audit(row)
    _check(body.get("format", row.format), body.get("events", row.events))
    for name, value in _fields(body).items():
        setattr(row, name, value)
    if "enabled" in body and body["enabled"] != row.enabled:
        row.enabled = body["enabled"]
        row.disabled_because = None if row.enabled else BY_HAND.format(who=who.name)
        if not row.enabled:
            store.close_pending(uow.session, row.id, uow.now, row.disabled_because or "")
    uow.session.flush()
    _note(uow, who, "webhook.changed", project, row, before, _for_audit(row))
    return _view(row)


def remove(uow: UnitOfWork, who: Principal, key: str, webhook_id: str) -> None:
    """Deletes a webhook with all that was sent, or was to be sent, to it."""
    project, row = _its(uow, who, key, webhook_id)
    before = _for_audit(row)
    store.remove(uow.session, row)
    _note(uow, who, "webhook.removed", project, row, before, None)


def rotate(uow: UnitOfWork, who: Principal, key: str, webhook_id: str) -> View:
    """A new secret; the one before signs along for a day, so that the receiver can be changed meanwhile."""
    project, row = _its(uow, who, key, webhook_id)
    secret, row.secret = webhook_secrets.fresh(uow, row.secret)
    uow.session.flush()
    _note(uow, who, "webhook.rotated", project, row)
    return {**_view(row), "secret": secret}


def send_test(transactions: Transactions, caller: Caller, who: Principal, key: str, webhook_id: str) -> View:
    """Sends a marked message now, also to a webhook that is switched off, and tells what came of it. It is not tried again."""
    if not _testing.acquire(blocking=False):
        raise TooMany("Other webhooks are being tested right now. Try again in a few seconds.", 5)
    try:
        sent = transactions.write(_trial, who, key, webhook_id)
        outcome = webhook_sending.trial(transactions, caller, sent)
    finally:
        _testing.release()
    exchange = outcome.exchange
    told = {"ok": outcome.taken, "status": exchange.status, "reading": outcome.reading, "duration_ms": exchange.duration_ms}
    return {"id": sent.id, **told}


def deliveries(uow: UnitOfWork, who: Principal, key: str, webhook_id: str, page: Page) -> View:
    """What was sent, or is to be sent, to a webhook, newest first."""
    row = _its(uow, who, key, webhook_id)[1]
    rows, cursor = store.messages(uow.session, row.id, page)
    return listing(rows, cursor, _delivery)


def redeliver(uow: UnitOfWork, who: Principal, key: str, webhook_id: str, delivery_id: str) -> View:
    """Sends a message that is over again, under its own id and with all its tries."""
    project, hook = _its(uow, who, key, webhook_id)
    row = store.message(uow.session, delivery_id, hook.id)
    if row is None:
        raise NotFound("This webhook has no such delivery. What is over is kept for 14 days.")
    if row.state not in store.OVER:
        raise Conflict("This message is still being sent: wait for its next try.")
    if not hook.enabled:
        raise Conflict("This webhook is switched off: switch it on first.")
    row.state, row.tries, row.next_at, row.finished_at = "pending", 0, uow.now, None
    uow.session.flush()
    uow.ring()
    _note(uow, who, "webhook.redelivered", project, hook)
    return _delivery(row)


def sweep(uow: UnitOfWork) -> None:
    """Removes messages that have been over for long."""
    store.sweep(uow.session, uow.now - KEPT_FOR)


def _its(uow: UnitOfWork, who: Principal, key: str, webhook_id: str) -> tuple[Project, Webhook]:
    project = writable_project(uow, who, key)
    row = store.webhook(uow.session, webhook_id, project.id)
    if row is None:
        raise NotFound("This project has no such webhook.")
    return project, row


def _check(fmt: str, kinds: list[str]) -> None:
    if problem := rules.format_problem(fmt, kinds):
        raise Invalid("The webhook cannot be told of this.", {"events": [problem]})


def _fields(body: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: body[name] for name in ("url", "format") if name in body}
    return {**named, "events": sorted(set(body["events"]))} if "events" in body else named


def _trial(uow: UnitOfWork, who: Principal, key: str, webhook_id: str) -> webhook_sending.Letter:
    """The marked message, leased to whoever tests."""
    project, hook = _its(uow, who, key, webhook_id)
    if hook.format == rules.CDEVENTS:
        body = webhook_cdevents.trial(uow, project.id, project.name)
    else:
        about = {"project": {"id": project.id, "name": project.name}, "test": True, "sent_by": who.name}
        body = {"type": rules.TEST, "timestamp": rfc3339(uow.now), "data": about}
    mine = {"state": "leased", "lease_owner": new_id(), "lease_until": uow.now + LEASE}
    values = {**webhook_messages.row(uow, hook.id, body), **mine, "type": rules.TEST}
    store.add_messages(uow.session, [values])
    return webhook_sending.letter(uow, hook, WebhookMessage(**values))


def _note(
    uow: UnitOfWork,
    who: Principal,
    action: str,
    project: Project,
    row: Webhook,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    about = About("webhook", row.id, f"{webhook_secrets.host(row.url)} of {project.name}")
    audit.note(uow, who, action, about, before, after, projects=[project.id])
    webhook_messages.forget(uow)


def _for_audit(row: Webhook) -> View:
    return {"url": row.url, "format": row.format, "events": list(row.events), "enabled": row.enabled}


def _view(row: Webhook) -> View:
    fields = ("id", "url", "format", "enabled", "disabled_because", "created_by", "created_at")
    return {**{name: getattr(row, name) for name in fields}, "events": list(row.events)}


def _delivery(row: WebhookMessage) -> View:
    fields = ("id", "type", "state", "tries", "status", "reading", "duration_ms", "created_at", "finished_at", "body")
    over = row.state in store.OVER
    return {**{name: getattr(row, name) for name in fields}, "next_try_at": None if over else row.next_at}
