"""Sends notifications: under a lease, until they are taken or too old to help, and not more of one rule than its hour allows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import structlog

from dominoci.domain import notice as rules
from dominoci.domain.times import rfc3339
from dominoci.infra import crypto
from dominoci.infra.failpoints import failpoint
from dominoci.infra.models.notices import Notification, NotificationRule
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.notify.base import Address, Sent
from dominoci.notify.channels import Channels
from dominoci.notify.wording import notice
from dominoci.services.leased_sending import LeasedSender
from dominoci.store import notifications as store

log = structlog.get_logger()
SENDERS: Final = 8  # side by side: an IRC server takes seconds for one line
UNUSABLE: Final = "What this rule keeps secret cannot be read any more: give its destination anew."
UNWRITTEN: Final = "This message could not be written: that is a fault of DominoCI, and its log says more."
SWITCHED_OFF: Final = "The rule is switched off."
HELD_BACK: Final = "Not sent: this rule had sent {rate} messages within an hour."
LAPSED: Final = "Given up: every try took too long, or its process ended."
LAST_ONE: Final = "This is the last message of this rule for now: it had {rate} within an hour."


@dataclass(frozen=True)
class Letter:
    """One message on its way: its facts, not yet in words. `address` is None when its secret cannot be read any more."""

    id: str
    rule_id: str
    owner: str | None
    tries: int
    channel: str
    facts: Mapping[str, Any]
    footer: str
    address: Address | None


@dataclass
class NotificationSender(LeasedSender[Letter]):
    """Any number of processes may have one; any thread may call."""

    channels: Channels
    name: ClassVar[str] = "notification"
    senders: ClassVar[int] = SENDERS

    def due(self, uow: UnitOfWork) -> tuple[int, int]:
        """See the base."""
        return store.due(uow.session, uow.now)

    def put_back(self, uow: UnitOfWork) -> None:
        """See the base."""
        store.return_lapsed(uow.session, uow.now, rules.MOST_TRIES, LAPSED)

    def claim(self) -> list[Letter]:
        """The next messages, under a lease."""
        due = True
        while due:  # each in a transaction of its own: what is given up holds nobody else up
            letters, due = self.transactions.write(_claim)
            if letters:
                return letters
        return []

    def send(self, item: Letter) -> None:
        """One message, and what came of it."""
        sent = hand_over(self.channels, item)
        failpoint("notification_sent")
        self.transactions.write(_book, item, sent)


def hand_over(channels: Channels, letter: Letter) -> Sent:
    """Sends one message once. One that cannot even be written must not come back for ever, and keep others from being sent."""
    channel = channels.usable.get(letter.channel)
    if channel is None:
        return Sent(taken=False, reading=channels.why_not(letter.channel))
    if letter.address is None:
        return Sent(taken=False, reading=UNUSABLE)
    try:
        return channel.send(notice(letter.id, letter.facts, letter.footer), letter.address)
    except Exception:  # the traceback goes to the log
        log.exception("notification_not_written", rule=letter.rule_id, message=letter.id)
        return Sent(taken=False, reading=UNWRITTEN)


def _claim(uow: UnitOfWork) -> tuple[list[Letter], bool]:
    """Messages under a lease, of each rule one at a time; and whether any were due. Those of a rule that is switched off, or has
    sent too many within the hour, are given up, with all that it was to tell now."""
    rows = store.claim(uow.session, uow.now, SENDERS)
    known = store.of_ids(uow.session, {row.rule_id for row in rows})
    names = store.project_names(uow.session, {rule.project_id for rule in known.values() if rule.project_id})
    allowed = _allowed(uow, [row for row in rows if known[row.rule_id].enabled])
    _give_up(uow, [row for row in rows if not known[row.rule_id].enabled], SWITCHED_OFF, rules.MOST_TRIES)
    over = [row for row in rows if known[row.rule_id].enabled and row.id not in allowed]
    _give_up(uow, over, HELD_BACK.format(rate=uow.settings.notify_rate), 0)  # what was tried before has been counted then
    letters = []
    for row in rows:
        if row.id in allowed:
            rule = known[row.rule_id]
            letters.append(letter(uow, rule, row, names.get(rule.project_id or ""), last=allowed[row.id] == 0))
    return letters, bool(rows)


def _give_up(uow: UnitOfWork, rows: Sequence[Notification], because: str, most_tries: int) -> None:
    """These leased messages, and what else their rules were to tell now."""
    for row in rows:
        store.book(uow.session, row.id, row.lease_owner, state="dead", finished_at=uow.now, reading=because)
    if rows:
        store.close_due(uow.session, {row.rule_id for row in rows}, uow.now, because, most_tries=most_tries)


def _allowed(uow: UnitOfWork, rows: Sequence[Notification]) -> dict[str, int]:
    """Which of these leased messages, one of each rule, may be sent: by id, with how many more of their rule may be within the
    hour."""
    sent = store.sent_since(uow.session, {row.rule_id for row in rows}, uow.now - rules.WINDOW)  # these among them
    left = {row.id: uow.settings.notify_rate - sent.get(row.rule_id, 0) for row in rows}
    return {row_id: number for row_id, number in left.items() if number >= 0}


def letter(uow: UnitOfWork, rule: NotificationRule, row: Notification, project: str | None, *, last: bool = False) -> Letter:
    """A message as it is sent now; the `last` one of an hour says so."""
    footer = _footer(uow, rule, project, last=last)
    return Letter(row.id, rule.id, row.lease_owner, row.tries + 1, rule.channel, row.body, footer, _to(uow, rule, row))


def _to(uow: UnitOfWork, rule: NotificationRule, row: Notification) -> Address | None:
    to = address(uow, rule)
    return replace(to, progress=row.body.get("progress", {})) if to else None


def address(uow: UnitOfWork, rule: NotificationRule) -> Address | None:
    """Where a rule's messages go; None when no key opens its secret any more."""
    text = crypto.decrypt(uow.keys, rule.secret) if rule.secret else "{}"
    return Address(rule.destination, json.loads(text)) if text else None


def _footer(uow: UnitOfWork, rule: NotificationRule, project: str | None, *, last: bool) -> str:
    where = f"/projects/{project}/settings/notifications" if project else "/me/notifications"
    why = f"a notification rule of {project}, made by {rule.created_by}" if project else "a notification rule of your own"
    note = f" {LAST_ONE.format(rate=uow.settings.notify_rate)}" if last else ""
    return f"Sent by DominoCI because of {why}: {uow.settings.public_url}{where}{note}"


def _book(uow: UnitOfWork, letter: Letter, sent: Sent) -> None:
    known: dict[str, Any] = {"tries": letter.tries, "reading": sent.reading[:500], "duration_ms": sent.duration_ms}
    wait = rules.pause(letter.tries, sent.retry_after_s) if sent.again else None
    if sent.taken or wait is None:
        state = "done" if sent.taken else "dead"
        mine = store.book(uow.session, letter.id, letter.owner, state=state, finished_at=uow.now, **known)
    else:
        if sent.progress:
            known["body"] = {**letter.facts, "progress": dict(sent.progress)}
        mine = store.book(uow.session, letter.id, letter.owner, state="pending", next_at=uow.now + wait, **known)
    if not sent.taken:
        log.info("notification_failed", rule=letter.rule_id, message=letter.id, tries=letter.tries, again=wait is not None)
    if mine:
        last: dict[str, Any] = {"at": rfc3339(uow.now), "ok": sent.taken, "event": letter.facts["kind"]}
        store.note_last(uow.session, letter.rule_id, {**last, "text": sent.reading[:300]})


def trial(transactions: Transactions, channels: Channels, mine: Letter) -> Sent:
    """Sends a message that somebody is waiting for, and books it as over whatever came of it."""
    sent = hand_over(channels, mine)
    transactions.write(_book, mine, Sent(sent.taken, sent.reading, duration_ms=sent.duration_ms))
    return sent
