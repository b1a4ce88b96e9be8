"""The outbox, its deliveries, and the timers: what makes sure that nothing accepted is lost."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, true
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import TABLE_ARGS, Base, Id, Long


class Leased:
    """Columns of what is sent under a lease: `state` is pending, leased, done or dead; it is due at `next_at`."""

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int]
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Outbox(Leased, Base):
    """Something that must happen outside, decided in the transaction that wrote the row.

    `event_id` and `attempt` say what it is about; of a `release`, a `supersede` or a `mirror` (of a whole tree) it is the tree's
    root. `params` are what the kind needs beside.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_next_at", "state", "next_at"), Index("ix_outbox_event_id", "event_id"), TABLE_ARGS)

    kind: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.id"))
    attempt: Mapped[int]
    ambiguous: Mapped[bool]
    error: Mapped[str | None] = mapped_column(Long)
    params: Mapped[dict[str, Any] | None]


class DeliveryRow(Base):
    """One send of an outbox row: the request with secrets masked, and the answer. `kind` is trigger or cancel."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_event_id_id", "event_id", "id"), TABLE_ARGS)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.id"))
    attempt: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10), server_default="trigger")
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    requested_at: Mapped[datetime]
    duration_ms: Mapped[int]
    request: Mapped[dict[str, Any]]
    response: Mapped[dict[str, Any] | None]
    reading: Mapped[str] = mapped_column(String(500))


class Webhook(Base):
    """An address that is told what happens in a project: which `events`, in which `format` (json or cdevents). `secret` is
    encrypted; one that answered 410, or failed for too long, is not `enabled` and says why."""

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"), index=True)
    url: Mapped[str] = mapped_column(Long)
    secret: Mapped[str] = mapped_column(Long)
    format: Mapped[str] = mapped_column(String(12))
    events: Mapped[list[Any]]
    enabled: Mapped[bool] = mapped_column(server_default=true())
    disabled_because: Mapped[str | None] = mapped_column(String(300))
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class WebhookMessage(Leased, Base):
    """One message to a webhook: what is to be sent, and what came of it. `id` is its `webhook-id`, the same over all tries."""

    __tablename__ = "webhook_messages"
    __table_args__ = (
        Index("ix_webhook_messages_state_next_at", "state", "next_at"),
        Index("ix_webhook_messages_webhook_id_id", "webhook_id", "id"),
        TABLE_ARGS,
    )

    webhook_id: Mapped[str] = mapped_column(Id, ForeignKey("webhooks.id"))
    type: Mapped[str] = mapped_column(String(100))
    body: Mapped[dict[str, Any]]
    status: Mapped[int | None]
    reading: Mapped[str | None] = mapped_column(String(500))
    duration_ms: Mapped[int | None]


class Timer(Base):
    """A repeated task that any scheduler may take; whoever moves `due_at` on owns this turn."""

    __tablename__ = "timers"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime]
