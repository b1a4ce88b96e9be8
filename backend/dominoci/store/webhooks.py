"""SQL on outgoing webhooks and their messages."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from dominoci.domain.permission import PUBLIC
from dominoci.infra.models.graph import DependencyRow, Project
from dominoci.infra.models.plumbing import Webhook, WebhookMessage
from dominoci.store.leases import Leases
from dominoci.store.paging import Page, fetch
from dominoci.store.statements import insert_rows

_MESSAGES = Leases(WebhookMessage)
claim, book, due, return_lapsed = _MESSAGES.claim, _MESSAGES.book, _MESSAGES.due, _MESSAGES.return_lapsed
OVER = ("done", "dead")
AT_ONCE = 10_000  # rows that one sweep removes


def listening(session: Session) -> frozenset[str]:
    """The projects that have a webhook which is told anything."""
    query = select(Webhook.project_id).join(Project, Project.id == Webhook.project_id)
    return frozenset(session.scalars(query.where(Webhook.enabled, Project.deleted_at.is_(None)).distinct()))


def told(session: Session, project_ids: Collection[str]) -> Sequence[Webhook]:
    """The webhooks of these projects that are told anything, kept from being removed until this transaction has ended: their
    messages must not lose them."""
    query = select(Webhook).where(Webhook.project_id.in_(project_ids), Webhook.enabled).order_by(Webhook.id)
    return session.scalars(query.with_for_update(read=True)).all()


def names_told(session: Session, names: Collection[str], project_ids: Collection[str]) -> set[tuple[str, str | None]]:
    """Which of these names of projects may be told: (name, None) to everybody, (name, project id) to one that depends on it (with
    every trigger it is told of its parents)."""
    near = and_(DependencyRow.upstream_id == Project.id, DependencyRow.downstream_id.in_(project_ids))
    query = select(Project.name, Project.visibility, DependencyRow.downstream_id).join(DependencyRow, near, isouter=True)
    known = or_(Project.visibility == PUBLIC, DependencyRow.downstream_id.is_not(None))
    rows = session.execute(query.where(Project.name.in_(names), known))
    return {(row.name, None if row.visibility == PUBLIC else row.downstream_id) for row in rows}


def of_project(session: Session, project_id: str) -> Sequence[Webhook]:
    """The webhooks of one project, newest first."""
    return session.scalars(select(Webhook).where(Webhook.project_id == project_id).order_by(Webhook.id.desc())).all()


def count(session: Session, project_id: str) -> int:
    """How many webhooks a project has."""
    return session.execute(select(func.count()).where(Webhook.project_id == project_id)).scalar_one()


def webhook(session: Session, webhook_id: str, project_id: str) -> Webhook | None:
    """One webhook of this project."""
    return session.scalars(select(Webhook).where(Webhook.id == webhook_id, Webhook.project_id == project_id)).first()


def of_ids(session: Session, ids: Collection[str]) -> dict[str, Webhook]:
    """Webhooks by id."""
    return {row.id: row for row in session.scalars(select(Webhook).where(Webhook.id.in_(ids)))} if ids else {}


def add(session: Session, row: Webhook) -> None:
    """Stores a new webhook."""
    session.add(row)
    session.flush()


def remove(session: Session, row: Webhook) -> None:
    """Deletes a webhook with its messages."""
    session.execute(delete(WebhookMessage).where(WebhookMessage.webhook_id == row.id))
    session.delete(row)
    session.flush()


def add_messages(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Stores messages, all with the same columns, with one statement."""
    insert_rows(session, WebhookMessage, rows)


def messages(session: Session, webhook_id: str, page: Page) -> tuple[list[WebhookMessage], str | None]:
    """The messages of one webhook, newest first."""
    query = select(WebhookMessage).where(WebhookMessage.webhook_id == webhook_id)
    return fetch(session, query, WebhookMessage.id, page)


def message(session: Session, message_id: str, webhook_id: str) -> WebhookMessage | None:
    """One message of this webhook, locked."""
    query = select(WebhookMessage).where(WebhookMessage.id == message_id, WebhookMessage.webhook_id == webhook_id)
    return session.scalars(query.with_for_update()).first()


def close_pending(session: Session, webhook_id: str, now: datetime, because: str) -> None:
    """What this webhook was still to be sent is given up."""
    waiting = (WebhookMessage.webhook_id == webhook_id, WebhookMessage.state == "pending")
    session.execute(update(WebhookMessage).where(*waiting).values(state="dead", finished_at=now, reading=because[:500]))


def postpone(session: Session, webhook_id: str, until: datetime) -> None:
    """What this webhook is to be sent before `until` waits until then."""
    waiting = (WebhookMessage.webhook_id == webhook_id, WebhookMessage.state == "pending", WebhookMessage.next_at < until)
    session.execute(update(WebhookMessage).where(*waiting).values(next_at=until))


def was_reached(session: Session, webhook_id: str, since: datetime) -> bool:
    """Whether any message to this webhook was taken since then."""
    taken = (WebhookMessage.webhook_id == webhook_id, WebhookMessage.state == "done", WebhookMessage.finished_at >= since)
    return session.scalars(select(WebhookMessage.id).where(*taken).limit(1)).first() is not None


def sweep(session: Session, before: datetime) -> None:
    """Removes messages that were over before then, at most AT_ONCE: the next sweep goes on."""
    old = (WebhookMessage.state.in_(OVER), WebhookMessage.finished_at < before)
    ids = session.scalars(select(WebhookMessage.id).where(*old).limit(AT_ONCE)).all()
    for start in range(0, len(ids), 1000):
        session.execute(delete(WebhookMessage).where(WebhookMessage.id.in_(ids[start : start + 1000])))
