"""The outbox, its deliveries, and the timers: what makes sure that nothing accepted is lost."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import TABLE_ARGS, Base, Id, Long


class Outbox(Base):
    """Something that must happen outside, decided in the transaction that wrote the row.

    `state` is pending, leased, done or dead. `event_id` and `attempt` say what it is about; of a `release` or a `supersede`
    (of a whole tree) it is the tree's root. `params` are what the kind needs beside.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_next_at", "state", "next_at"), Index("ix_outbox_event_id", "event_id"), TABLE_ARGS)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.id"))
    attempt: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int]
    ambiguous: Mapped[bool]
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
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


class Timer(Base):
    """A repeated task that any scheduler may take; whoever moves `due_at` on owns this turn."""

    __tablename__ = "timers"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime]
