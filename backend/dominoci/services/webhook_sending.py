"""Sends what webhooks are to be told: under a lease, signed after Standard Webhooks 1.0, until it is taken or given up."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import structlog

from dominoci.domain import webhook as rules
from dominoci.domain.signing import sign
from dominoci.infra.failpoints import failpoint
from dominoci.infra.models.plumbing import Webhook, WebhookMessage
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.exchange import GONE, NOTHING_SENT, Caller, Exchange, ExchangeFailed
from dominoci.reporting import cdevents
from dominoci.services import audit, webhook_messages, webhook_secrets
from dominoci.services.access import ARBITER
from dominoci.services.audit import About
from dominoci.services.leased_sending import LeasedSender
from dominoci.store import webhooks as store

log = structlog.get_logger()
SENDERS: Final = 16  # side by side, apart from those of the triggers: a slow receiver keeps no build waiting
UNUSABLE: Final = "The webhook's secret cannot be read any more: give it a new one."


@dataclass(frozen=True)
class Letter:
    """One message on its way. `secrets` are those that sign it."""

    id: str
    webhook_id: str
    owner: str | None
    tries: int
    url: str
    secrets: Sequence[str] = field(repr=False)
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Outcome:
    """What came of one send: what is to be read of it, and how long the receiver asked for peace (seconds)."""

    taken: bool
    exchange: Exchange
    reading: str
    retry_after_s: float | None = None

    def columns(self, sent: Letter) -> dict[str, Any]:
        """As the message's row keeps it."""
        status, duration_ms = self.exchange.status, self.exchange.duration_ms
        return {"tries": sent.tries, "status": status, "reading": self.reading[:500], "duration_ms": duration_ms}


@dataclass
class WebhookSender(LeasedSender[Letter]):
    """Any number of processes may have one; any thread may call."""

    caller: Caller
    name: ClassVar[str] = "webhook"
    senders: ClassVar[int] = SENDERS

    def due(self, uow: UnitOfWork) -> tuple[int, int]:
        """See the base."""
        return store.due(uow.session, uow.now)

    def put_back(self, uow: UnitOfWork) -> None:
        """See the base."""
        store.return_lapsed(uow.session, uow.now)

    def claim(self) -> list[Letter]:
        """The next messages, under a lease."""
        return self.transactions.write(_claim)

    def send(self, item: Letter) -> None:
        """One message, and what came of it."""
        outcome = post(self.caller, item)
        failpoint("webhook_sent")
        self.transactions.write(_book, item, outcome)


def post(caller: Caller, letter: Letter) -> Outcome:
    """Sends one message once. Everything but a 2xx is a failure, also a redirect."""
    if not letter.secrets:
        return Outcome(False, NOTHING_SENT, UNUSABLE)
    headers = {"content-type": letter.content_type, **_signed(letter, caller)}
    try:
        answer, exchange = caller.ask("POST", letter.url, headers=headers, content=letter.content)
    except ExchangeFailed as error:
        return Outcome(False, error.exchange, error.reading)
    if 200 <= answer.status < 300:
        return Outcome(True, exchange, f"Accepted with {answer.status}.")
    failed = caller.failure(answer, exchange)
    return Outcome(False, exchange, failed.reading, failed.retry_after_s)


def _signed(letter: Letter, caller: Caller) -> dict[str, str]:
    """The headers of Standard Webhooks; while a secret is being replaced with a signature by each of the two."""
    at = caller.clock()
    each = [sign(secret, letter.id, at, letter.content) for secret in letter.secrets]
    return {**each[0], "webhook-signature": " ".join(one["webhook-signature"] for one in each)}


def _claim(uow: UnitOfWork) -> list[Letter]:
    """Messages under a lease. Those of a webhook that has been switched off meanwhile are given up."""
    while rows := store.claim(uow.session, uow.now, SENDERS):
        hooks = store.of_ids(uow.session, {row.webhook_id for row in rows})
        for row in rows:
            if not hooks[row.webhook_id].enabled:
                _end(uow, row.id, row.lease_owner, state="dead", reading="The webhook is switched off.")
        if letters := [letter(uow, hooks[row.webhook_id], row) for row in rows if hooks[row.webhook_id].enabled]:
            return letters
    return []


def letter(uow: UnitOfWork, hook: Webhook, row: WebhookMessage) -> Letter:
    """A message as it is sent now."""
    standard = hook.format == rules.CDEVENTS
    content = cdevents.envelope(row.body) if standard else _compact(row.body)
    content_type = cdevents.STRUCTURED if standard else "application/json"
    secrets = webhook_secrets.signing(uow, hook)
    return Letter(row.id, hook.id, row.lease_owner, row.tries + 1, hook.url, secrets, content_type, content)


def _compact(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _book(uow: UnitOfWork, sent: Letter, outcome: Outcome) -> None:
    known = outcome.columns(sent)
    if outcome.taken:
        _end(uow, sent.id, sent.owner, state="done", **known)
        return
    wait = None if outcome.exchange.status == GONE else rules.pause(sent.tries, outcome.retry_after_s)
    log.info("webhook_failed", webhook=sent.webhook_id, message=sent.id, tries=sent.tries, again=wait is not None)
    if wait is not None:
        if store.book(uow.session, sent.id, sent.owner, state="pending", next_at=uow.now + wait, **known):
            store.postpone(uow.session, sent.webhook_id, uow.now + min(wait, rules.PEACE))
    elif _end(uow, sent.id, sent.owner, state="dead", **known):
        _after_death(uow, sent, outcome)


def _end(uow: UnitOfWork, message_id: str, owner: str | None, **values: Any) -> bool:
    return store.book(uow.session, message_id, owner, finished_at=uow.now, **values)


def _after_death(uow: UnitOfWork, sent: Letter, outcome: Outcome) -> None:
    """A receiver that wants no more, or that took nothing all the time that this message was tried, is told nothing any more."""
    row = store.message(uow.session, sent.id, sent.webhook_id)
    hook = store.of_ids(uow.session, {sent.webhook_id}).get(sent.webhook_id)
    if row is None or hook is None or not hook.enabled:
        return
    if outcome.exchange.status == GONE:
        switch_off(uow, hook, outcome.reading)
    elif not store.was_reached(uow.session, hook.id, row.created_at):
        switch_off(uow, hook, f"Nothing was taken for three days. {outcome.reading}")


def switch_off(uow: UnitOfWork, hook: Webhook, because: str) -> None:
    """Tells a webhook nothing any more, and says why. What it was still to be told is given up."""
    hook.enabled, hook.disabled_because = False, because[:300]
    uow.session.flush()
    store.close_pending(uow.session, hook.id, uow.now, f"The webhook was switched off: {because}")
    about = About("webhook", hook.id, webhook_secrets.host(hook.url))
    before, after = {"enabled": True}, {"enabled": False, "disabled_because": hook.disabled_because}
    audit.note(uow, ARBITER, "webhook.disabled", about, before, after, projects=[hook.project_id])
    webhook_messages.forget(uow)


def trial(transactions: Transactions, caller: Caller, sent: Letter) -> Outcome:
    """Sends a message that somebody is waiting for, and books it as over whatever came of it."""
    outcome = post(caller, sent)
    transactions.write(_book_trial, sent, outcome)
    return outcome


def _book_trial(uow: UnitOfWork, sent: Letter, outcome: Outcome) -> None:
    _end(uow, sent.id, sent.owner, state="done" if outcome.taken else "dead", **outcome.columns(sent))
