"""Who changed what: one row for every change by a person or a token."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import TABLE_ARGS, Base, Id


class AuditRow(Base):
    """One change. `before` and `after` hold the changed fields only, and never a secret; None where there was, or is, nothing."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_object_id_id", "object_id", "id"),
        Index("ix_audit_actor_id_id", "actor_id", "id"),
        Index("ix_audit_action_id", "action", "id"),
        Index("ix_audit_at", "at"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[str] = mapped_column(Id)
    actor_name: Mapped[str] = mapped_column(String(140))
    action: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[str] = mapped_column(Id)
    object_name: Mapped[str] = mapped_column(String(300))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    address: Mapped[str | None] = mapped_column(String(45))


class AuditProject(Base):
    """A project that a change is about, besides its object: both ends of a dependency, the owner of a token. It outlives them."""

    __tablename__ = "audit_projects"

    project_id: Mapped[str] = mapped_column(Id, primary_key=True)
    audit_id: Mapped[str] = mapped_column(Id, ForeignKey("audit.id"), primary_key=True)
