"""What people and other systems are told: notification rules and their messages, documents for Elasticsearch, commit statuses of
builds; and the chat accounts that people have bound to themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import TABLE_ARGS, Base, Id, Sha
from dominoci.infra.models.plumbing import Leased


class NotificationRule(Base):
    """Who is told what, and where: of one project (`project_id`) by its maintainers, or one person's own (`user_id`); never both.

    `channel` is slack, discord, teams, irc, email or another kind that an admin has enabled; `destination` what may be shown
    of where it goes ({"host", "room", …}), `secret` the encrypted rest (a webhook's address). `events` are of first_failure,
    failure, recovery, success, tree_failed, tree_finished, undeliverable. `scope` narrows them: {"branches": […], "projects":
    "mine" | "starred" | "owned"}. `last` is what came of the last message.
    """

    __tablename__ = "notification_rules"
    __table_args__ = (
        Index("ix_notification_rules_project_id", "project_id"),
        Index("ix_notification_rules_user_id", "user_id"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str | None] = mapped_column(Id, ForeignKey("projects.id"))
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    channel: Mapped[str] = mapped_column(String(20))
    destination: Mapped[dict[str, Any]]
    secret: Mapped[str | None] = mapped_column(String(4000))
    events: Mapped[list[Any]]
    scope: Mapped[dict[str, Any]]
    enabled: Mapped[bool] = mapped_column(server_default=true())
    last: Mapped[dict[str, Any] | None]
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class Notification(Leased, Base):
    """One message of a rule: the facts (`body`), not yet written for its channel, and what came of it."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_state_next_at", "state", "next_at"),
        Index("ix_notifications_rule_id_id", "rule_id", "id"),
        TABLE_ARGS,
    )

    rule_id: Mapped[str] = mapped_column(Id, ForeignKey("notification_rules.id"))
    body: Mapped[dict[str, Any]]
    reading: Mapped[str | None] = mapped_column(String(500))
    duration_ms: Mapped[int | None]


class SearchDocument(Leased, Base):
    """A finished build or event that Elasticsearch is to be told: `kind` is build or event, `subject_id` its id there, so that
    a second telling replaces the first."""

    __tablename__ = "search_documents"
    __table_args__ = (Index("ix_search_documents_state_next_at", "state", "next_at"), TABLE_ARGS)

    kind: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[str] = mapped_column(String(100))
    body: Mapped[dict[str, Any]]
    reading: Mapped[str | None] = mapped_column(String(500))


class BuildStatus(Leased, Base):
    """How a build stands is to be shown on its commit: the row is read again when it is sent, so one that waits is enough."""

    __tablename__ = "build_statuses"
    __table_args__ = (
        Index("ix_build_statuses_state_next_at", "state", "next_at"),
        Index("ix_build_statuses_build_id", "build_id"),
        TABLE_ARGS,
    )

    build_id: Mapped[str] = mapped_column(Id, ForeignKey("builds.id"))
    reading: Mapped[str | None] = mapped_column(String(500))


class ChatAccount(Base):
    """An account of a chat (`network`: slack:<team id> or irc:<server>) that its owner has bound to a user by a one-time code."""

    __tablename__ = "chat_accounts"
    __table_args__ = (UniqueConstraint("network", "account"), Index("ix_chat_accounts_user_id", "user_id"), TABLE_ARGS)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    network: Mapped[str] = mapped_column(String(200))
    account: Mapped[str] = mapped_column(String(200))
    bound_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ChatCode(Base):
    """A one-time code with which a chat account is bound to a user; `id` is its fingerprint."""

    __tablename__ = "chat_codes"

    id: Mapped[str] = mapped_column(Sha, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class NamedLease(Base):
    """Something that only one process may do at a time (the IRC bot's connection), until `until`."""

    __tablename__ = "named_leases"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    owner: Mapped[str | None] = mapped_column(Id)
    until: Mapped[datetime]
