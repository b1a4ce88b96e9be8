"""Notification rules: of projects, kept by their maintainers, and of people, kept by themselves; tested, and what they sent."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from dominoci.domain import notice as rules
from dominoci.domain.errors import Conflict, NotFound, TooMany
from dominoci.domain.ids import new_id
from dominoci.infra import crypto
from dominoci.infra.models.graph import Project
from dominoci.infra.models.notices import Notification, NotificationRule
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.notify.base import Address
from dominoci.notify.channels import Channels, known_kinds
from dominoci.services import audit, notification_destination, notification_sending, notifications
from dominoci.services.access import Principal, require_user, writable_project
from dominoci.services.audit import About
from dominoci.store import accounts
from dominoci.store import notifications as store
from dominoci.store.leases import LEASE
from dominoci.store.paging import Page, listing

View = dict[str, Any]
MOST: Final = 20  # rules of one project, or of one person
AT_ONCE: Final = 2  # tests in one process: each holds a web thread
KEPT_FOR: Final = timedelta(days=14)  # messages that are over
BY_HAND: Final = "Switched off by {who}."
NO_RULE: Final = "There is no such notification rule here."

_testing = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Holder:
    """Whose rules: a project's, or a person's own."""

    project: Project | None
    user_id: str | None

    @property
    def project_id(self) -> str | None:
        """The project's id, None of a person."""
        return self.project.id if self.project else None

    @property
    def name(self) -> str:
        """As tests and the audit log call it."""
        return self.project.name if self.project else "your own projects"


def _holder(uow: UnitOfWork, who: Principal, key: str | None) -> Holder:
    if key is not None:
        return Holder(writable_project(uow, who, key), None)
    require_user(who)
    return Holder(None, who.id)


def channels(uow: UnitOfWork, who: Principal, known: Channels) -> View:
    """What can be sent to here, and what can be told."""
    require_user(who)
    usable = [_channel(kind, known) for kind in known_kinds() if kind in known.usable or kind in rules.BUILT_IN]
    events = [{"kind": kind, "meaning": meaning} for kind, meaning in rules.KINDS.items()]
    return {"channels": usable, "events": events, "rate": uow.settings.notify_rate}


def _channel(kind: str, known: Channels) -> View:
    one = known.usable.get(kind)
    title, fields = (one.title, list(one.fields)) if one else (rules.BUILT_IN[kind], [])
    because = None if one else known.why_not(kind)
    return {"kind": kind, "title": title, "fields": fields, "available": one is not None, "because": because}


def destination(uow: UnitOfWork, who: Principal, key: str | None, rule_id: str | None) -> tuple[str | None, str | None]:
    """What must be known to read a destination: the channel of the rule, if there is one yet, and whether one may change it; and
    the caller's own mail address, where the rule is a person's."""
    holder = _holder(uow, who, key)
    row = _its(uow, holder, rule_id) if rule_id else None
    user = accounts.user(uow.session, who.id) if holder.user_id else None
    return row.channel if row else None, user.email if user else None


def of_holder(uow: UnitOfWork, who: Principal, key: str | None) -> View:
    """The rules of a project (`key`), or one's own (None), newest first; there are never more than one page."""
    holder = _holder(uow, who, key)
    return listing(store.of_holder(uow.session, holder.project_id, holder.user_id), None, _view)


def get(uow: UnitOfWork, who: Principal, key: str | None, rule_id: str) -> View:
    """One rule."""
    return _view(_its(uow, _holder(uow, who, key), rule_id))


def create(uow: UnitOfWork, who: Principal, key: str | None, body: Mapping[str, Any], to: Address) -> View:
    """A new rule, to the destination that `notification_destination` has read."""
    holder = _holder(uow, who, key)
    if store.count(uow.session, holder.project_id, holder.user_id) >= MOST:
        raise Conflict(f"A project or a person has at most {MOST} notification rules. Remove one that is not needed any more.")
    row = NotificationRule(
        id=new_id(),
        project_id=holder.project_id,
        user_id=holder.user_id,
        channel=body["channel"],
        events=_sorted(body["events"]),
        scope=body["scope"],
        enabled=body["enabled"],
        last=None,
        created_by=who.name[:100],
        created_at=uow.now,
        **_columns(uow, to),
    )
    store.add(uow.session, row)
    _note(uow, who, "notification.created", holder, row, None, _for_audit(row))
    return _view(row)


def update(uow: UnitOfWork, who: Principal, key: str | None, rule_id: str, body: Mapping[str, Any], to: Address | None) -> View:
    """Changes what is named. One that is switched off tells nothing, and what it was still to tell is given up."""
    holder = _holder(uow, who, key)
    row = _its(uow, holder, rule_id)
    before = _for_audit(row)
    if to is not None:
        for name, value in _columns(uow, notification_destination.kept(notification_sending.address(uow, row), to)).items():
            setattr(row, name, value)
    if "events" in body:
        row.events = _sorted(body["events"])
    if "scope" in body:
        row.scope = {**row.scope, **body["scope"]}
    if "enabled" in body:
        row.enabled = body["enabled"]
        if not row.enabled:
            store.close_pending(uow.session, row.id, uow.now, BY_HAND.format(who=who.name))
    uow.session.flush()
    _note(uow, who, "notification.changed", holder, row, before, _for_audit(row))
    return _view(row)


def remove(uow: UnitOfWork, who: Principal, key: str | None, rule_id: str) -> None:
    """Deletes a rule with all that it sent, or was to send."""
    holder = _holder(uow, who, key)
    row = _its(uow, holder, rule_id)
    before = _for_audit(row)
    store.remove(uow.session, row)
    _note(uow, who, "notification.removed", holder, row, before, None)


def send_test(transactions: Transactions, known: Channels, who: Principal, key: str | None, rule_id: str) -> View:
    """Sends a marked message now, also by a rule that is switched off, and tells what came of it. It is not tried again, and
    counts among the messages of the hour."""
    if not _testing.acquire(blocking=False):
        raise TooMany("Other notifications are being tested right now. Try again in a few seconds.", 5)
    try:
        mine = transactions.write(_trial, who, key, rule_id)
        sent = notification_sending.trial(transactions, known, mine)
    finally:
        _testing.release()
    return {"id": mine.id, "ok": sent.taken, "reading": sent.reading, "duration_ms": sent.duration_ms}


def messages(uow: UnitOfWork, who: Principal, key: str | None, rule_id: str, page: Page) -> View:
    """What a rule has told, or is to tell, newest first."""
    row = _its(uow, _holder(uow, who, key), rule_id)
    rows, cursor = store.messages(uow.session, row.id, page)
    return listing(rows, cursor, _message)


def sweep(uow: UnitOfWork) -> None:
    """Removes messages that have been over for long."""
    store.sweep(uow.session, uow.now - KEPT_FOR)


def _its(uow: UnitOfWork, holder: Holder, rule_id: str) -> NotificationRule:
    row = store.rule(uow.session, rule_id, holder.project_id, holder.user_id)
    if row is None:
        raise NotFound(NO_RULE)
    return row


def _trial(uow: UnitOfWork, who: Principal, key: str | None, rule_id: str) -> notification_sending.Letter:
    """The marked message, leased to whoever tests."""
    holder = _holder(uow, who, key)
    row = _its(uow, holder, rule_id)
    taken = store.sent_since(uow.session, [row.id], uow.now - rules.WINDOW).get(row.id, 0)
    if taken >= uow.settings.notify_rate:
        raise TooMany(f"This rule has sent {taken} messages within an hour, and may send no more.", 600)
    path = f"/projects/{holder.project.name}" if holder.project else "/"
    body = {"kind": rules.TEST, "by": who.name, "about": holder.name, "url": f"{uow.settings.public_url}{path}"}
    mine = {"state": "leased", "lease_owner": new_id(), "lease_until": uow.now + LEASE}
    values = {**notifications.row(uow, row.id, body), **mine}
    store.add_messages(uow.session, [values])
    return notification_sending.letter(uow, row, Notification(**values), holder.project.name if holder.project else None)


def _columns(uow: UnitOfWork, to: Address) -> View:
    secret = crypto.encrypt(uow.keys, json.dumps(dict(to.secret), ensure_ascii=False)) if to.secret else None
    return {"destination": dict(to.shown), "secret": secret}


def _sorted(kinds: Sequence[str]) -> list[str]:
    return [kind for kind in rules.KINDS if kind in kinds]


def _note(
    uow: UnitOfWork,
    who: Principal,
    action: str,
    holder: Holder,
    row: NotificationRule,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    about = About("notification", row.id, f"{row.channel} {rules.label(row.channel, row.destination)} of {holder.name}")
    audit.note(uow, who, action, about, before, after, projects=[holder.project_id] if holder.project_id else [])
    notifications.forget(uow)


def _for_audit(row: NotificationRule) -> View:
    shown = {"channel": row.channel, "destination": dict(row.destination), "events": list(row.events), "enabled": row.enabled}
    return {**shown, "scope": dict(row.scope), "secret": row.secret}


def _view(row: NotificationRule) -> View:
    fields = ("id", "channel", "enabled", "last", "created_by", "created_at")
    shown = dict.fromkeys(("host", "port", "tls", "room", "nick", "to")) | dict(row.destination)
    scope = {"branches": row.scope.get("branches", []), "projects": row.scope.get("projects")}
    told = {**{name: getattr(row, name) for name in fields}, "events": list(row.events), "scope": scope}
    return {**told, "destination": shown, "label": rules.label(row.channel, row.destination)}


def _message(row: Notification) -> View:
    fields = ("id", "state", "tries", "reading", "duration_ms", "created_at", "finished_at")
    over = row.state in store.OVER
    about = row.body.get("about") or row.body.get("project")
    named = {"event": row.body["kind"], "about": about, "url": row.body.get("url")}
    return {**{name: getattr(row, name) for name in fields}, **named, "next_try_at": None if over else row.next_at}
