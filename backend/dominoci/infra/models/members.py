"""Who may do what: owners (organisations, teams) with their members, members of projects, consents between projects, stars."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import TABLE_ARGS, Base, Id, Long


class Owner(Base):
    """An organisation or team that owns projects; its members have their role on all of them."""

    __tablename__ = "owners"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    contact: Mapped[str | None]
    url: Mapped[str | None] = mapped_column(Long)
    created_at: Mapped[datetime]


class OwnerMember(Base):
    """A person in a group; `role` is owner, maintainer or viewer."""

    __tablename__ = "owner_members"
    __table_args__ = (Index("ix_owner_members_user_id", "user_id"), TABLE_ARGS)

    owner_id: Mapped[str] = mapped_column(Id, ForeignKey("owners.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(12))
    added_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime]


class ProjectMember(Base):
    """A person's own role on one project; with one from its owner the higher counts."""

    __tablename__ = "project_members"
    __table_args__ = (Index("ix_project_members_user_id", "user_id"), TABLE_ARGS)

    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(12))
    added_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime]


class Consent(Base):
    """Whether a private project agrees to be the upstream of another one: `state` is asked, granted or refused."""

    __tablename__ = "consents"
    __table_args__ = (
        UniqueConstraint("upstream_id", "downstream_id"),
        Index("ix_consents_downstream_id", "downstream_id"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    upstream_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    downstream_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    state: Mapped[str] = mapped_column(String(8))
    asked_by: Mapped[str] = mapped_column(Id)
    asked_at: Mapped[datetime]
    answered_by: Mapped[str | None] = mapped_column(Id)
    answered_at: Mapped[datetime | None]


class Star(Base):
    """A project that somebody keeps on their home page."""

    __tablename__ = "stars"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"), primary_key=True)
    created_at: Mapped[datetime]
