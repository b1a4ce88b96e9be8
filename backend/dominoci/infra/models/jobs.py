"""Folders, jobs, the versions of their definitions, and what starts them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, true
from sqlalchemy.dialects.mysql import MEDIUMTEXT
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import TABLE_ARGS, Base, Id, Sha

Path = String(500)
Document = Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")  # a MySQL TEXT ends at 64 kB


class Folder(Base):
    """Holds jobs and other folders. `path` is its names from the top, with slashes between."""

    __tablename__ = "folders"
    __table_args__ = (Index("ix_folders_parent_id", "parent_id"), TABLE_ARGS)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(Id, ForeignKey("folders.id"))
    name: Mapped[str] = mapped_column(String(100))
    path: Mapped[str] = mapped_column(Path, unique=True)
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class Job(Base):
    """A runnable definition for own agents, in a folder; its project gives it repository, secrets and permissions.

    `definition_id` is the present version of a definition that is kept here; None: the repository's own, of which `file` may
    name one. `ref` is what is built unless a start says otherwise; None: the project's default branch. Without `checkout` the
    builds begin in an empty folder.

    A copy for a branch or a pull request (`kind`: job, branch or pull_request) says in `copied_from` whose, in `ref` the exact
    ref, in `pull` what the host told of the pull request ({"number", "title", "author", "url", "head", "fork", …}), and ends at
    `closed_at`. `path` is its names from the top; a deleted job keeps its row under a path that cannot be typed.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_project_id", "project_id"),
        Index("ix_jobs_folder_id", "folder_id"),
        Index("ix_jobs_copied_from", "copied_from"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    folder_id: Mapped[str | None] = mapped_column(Id, ForeignKey("folders.id"))
    name: Mapped[str] = mapped_column(String(140))
    path: Mapped[str] = mapped_column(Path, unique=True)
    title: Mapped[str] = mapped_column(String(200), server_default="")
    kind: Mapped[str] = mapped_column(String(12))
    definition_id: Mapped[str | None] = mapped_column(Id)
    file: Mapped[str | None] = mapped_column(String(300))
    ref: Mapped[str | None] = mapped_column(String(255))
    checkout: Mapped[bool] = mapped_column(server_default=true())
    enabled: Mapped[bool] = mapped_column(server_default=true())
    copied_from: Mapped[str | None] = mapped_column(Id, ForeignKey("jobs.id"))
    pull: Mapped[dict[str, Any] | None]
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class JobDefinition(Base):
    """One version of a job's definition, numbered from 1; never changed. `format` is job, flow, factory or builder."""

    __tablename__ = "job_definitions"
    __table_args__ = (UniqueConstraint("job_id", "number"), TABLE_ARGS)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    job_id: Mapped[str] = mapped_column(Id, ForeignKey("jobs.id"))
    number: Mapped[int]
    format: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Document)
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class Trigger(Base):
    """What starts a job beside people: `kind` is webhook, schedule or poll, `config` what the kind needs ({"cron", "zone"}, …).

    `secret` is encrypted (webhook). `next_at` is when a schedule or a poll is due; whoever moves it on owns that turn. `seen` is
    what a poll saw last (branch → commit), `last` what came of the last turn ({"at", "outcome", "build_id", "text"}).
    """

    __tablename__ = "triggers"
    __table_args__ = (Index("ix_triggers_job_id", "job_id"), Index("ix_triggers_next_at", "next_at"), TABLE_ARGS)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    job_id: Mapped[str] = mapped_column(Id, ForeignKey("jobs.id"))
    kind: Mapped[str] = mapped_column(String(10))
    config: Mapped[dict[str, Any]]
    parameters: Mapped[dict[str, Any]]
    enabled: Mapped[bool] = mapped_column(server_default=true())
    secret: Mapped[str | None] = mapped_column(String(500))
    seen: Mapped[dict[str, Any] | None]
    last: Mapped[dict[str, Any] | None]
    next_at: Mapped[datetime | None]
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class RepositoryLink(Base):
    """Which job is copied for each branch (`kind` branch) or pull request (pull_request) of a repository at GitHub or GitLab.
    `repository` is host and path in lower case, as in `Project.repository_key`: `github.com/owner/name`."""

    __tablename__ = "repository_links"
    __table_args__ = (
        UniqueConstraint("repository", "kind"),
        Index("ix_repository_links_job_id", "job_id"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    repository: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(12))
    job_id: Mapped[str] = mapped_column(Id, ForeignKey("jobs.id"))
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class HookDelivery(Base):
    """A webhook of GitHub or GitLab that was taken: `id` is the digest of host, delivery id, event and project: each takes it
    once. `outcome` is what came of it ({"text", "builds": […]})."""

    __tablename__ = "hook_deliveries"
    __table_args__ = (
        Index("ix_hook_deliveries_repository_received_at", "repository", "received_at"),
        Index("ix_hook_deliveries_received_at", "received_at"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Sha, primary_key=True)
    repository: Mapped[str] = mapped_column(String(300))
    event: Mapped[str] = mapped_column(String(40))
    delivery: Mapped[str] = mapped_column(String(100))
    outcome: Mapped[dict[str, Any]]
    replayed: Mapped[bool] = mapped_column(server_default=false())
    received_at: Mapped[datetime]


class Deployment(Base):
    """A build that the koalaCI API was asked for: `deployment_id` is the caller's own name for it, and only the same `user_id`
    sees it."""

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("user_id", "deployment_id"), TABLE_ARGS)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(String(200))
    deployment_id: Mapped[str] = mapped_column(String(200))
    build_id: Mapped[str] = mapped_column(Id, ForeignKey("builds.id"))
    created_at: Mapped[datetime]
