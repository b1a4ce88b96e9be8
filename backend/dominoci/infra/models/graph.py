"""Projects and the dependencies between them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import TABLE_ARGS, Base, Id, Long


class Project(Base):
    """A repository with one triggerable pipeline. `target` names its CI system; its secrets are kept apart in `target_secrets`,
    by name, each as {"value": encrypted, "at": when it was set}. `target_key` is what the CI system's own webhooks name it by.
    `repository_access` is how own agents read a private repository ({"kind", …}), `repository_secrets` what they show there, kept
    like `target_secrets`. `repository_key` is what webhooks of GitHub and GitLab name that repository by. `badge_version` is part
    of the key in the address of a private project's badge.

    One that is not `enabled` is left out of new trees. A deleted project keeps its row (history keeps its name) under a name that
    cannot be typed.
    """

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(140), unique=True)
    repository_url: Mapped[str] = mapped_column(Long)
    hosted: Mapped[bool]
    demo: Mapped[bool]
    default_branch: Mapped[str]
    visibility: Mapped[str] = mapped_column(String(10))
    owners_url: Mapped[str | None] = mapped_column(Long)
    contact: Mapped[str | None]
    target: Mapped[dict[str, Any]]
    target_secrets: Mapped[dict[str, Any] | None]
    target_key: Mapped[str | None] = mapped_column(String(300), index=True)
    repository_access: Mapped[dict[str, Any] | None]
    repository_secrets: Mapped[dict[str, Any] | None]
    repository_key: Mapped[str | None] = mapped_column(String(300), index=True)
    badge_version: Mapped[int] = mapped_column(server_default="1")
    on_new_event: Mapped[str] = mapped_column(String(12))
    start_deadline_s: Mapped[int]
    finish_deadline_s: Mapped[int]
    accept_event_token: Mapped[bool]
    enabled: Mapped[bool] = mapped_column(server_default=true())
    # whether a `started` callback was ever used: only then does the start deadline count after a delivery
    shows_starts: Mapped[bool] = mapped_column(server_default=false())
    next_build: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(index=True)
    deleted_at: Mapped[datetime | None]
    owner_id: Mapped[str | None] = mapped_column(Id, ForeignKey("owners.id"), index=True)
    last_result: Mapped[dict[str, Any] | None]


class DependencyRow(Base):
    """An edge upstream -> downstream. `changed_at` is when it was last switched on or off, None if never."""

    __tablename__ = "dependencies"
    __table_args__ = (
        UniqueConstraint("upstream_id", "downstream_id"),
        Index("ix_dependencies_downstream_id", "downstream_id"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    upstream_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    downstream_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    join_rule: Mapped[str] = mapped_column(String(8))
    enabled: Mapped[bool]
    filters: Mapped[dict[str, Any]]
    ref: Mapped[dict[str, Any]]
    parameters: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]


class Refusal(Base):
    """A report that a project's own token sent and that was refused: which `route`, the answer's `status`, and what was wrong.
    Nothing of the body is kept."""

    __tablename__ = "refusals"
    __table_args__ = (Index("ix_refusals_project_id_id", "project_id", "id"), TABLE_ARGS)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    at: Mapped[datetime]
    route: Mapped[str] = mapped_column(String(30))
    status: Mapped[int]
    detail: Mapped[str] = mapped_column(String(500))
