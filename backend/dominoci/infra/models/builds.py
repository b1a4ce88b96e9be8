"""Builds of own agents, their steps and artifacts, and the agents."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import TABLE_ARGS, Base, Id, Long, Sha


class Build(Base):
    """One numbered execution. `token` is the fingerprint of the lease's token; `folder` is below the data folder's `jobs/`.

    A workflow with routes (`plan`: its jobs and routes, told by the agent that read it) runs as builds of its own, one a job:
    they have the run's number, its id in `parent_id`, and their name in `job`; of all other builds `job` is empty.
    `needs` are the labels and executors that its agent must have. `definition` is what to run instead of the repository's own
    file: {"format", "text"}. `trusted` is False for strangers' code (a fork): no secrets. `expired_at`: when its files went.
    A build of a job says which (`job_id`) and which version of its definition (`definition_id`, None: the repository's own).
    `approval` is needed or given where a maintainer must look at strangers' code first; None where nobody must.
    """

    __tablename__ = "builds"
    __table_args__ = (
        UniqueConstraint("project_id", "number", "job"),
        UniqueConstraint("event_id", "attempt"),
        Index("ix_builds_state_id", "state", "id"),
        Index("ix_builds_number_id", "number", "id"),
        Index("ix_builds_branch_id", "branch", "id"),
        Index("ix_builds_agent_id_id", "agent_id", "id"),
        Index("ix_builds_lease_until", "lease_until"),
        Index("ix_builds_token", "token"),
        Index("ix_builds_parent_id", "parent_id"),
        Index("ix_builds_job_id_id", "job_id", "id"),
        Index("ix_builds_folder", "folder"),
        Index("ix_builds_project_id_started_at", "project_id", "started_at"),
        Index("ix_builds_expired_at_finished_at", "expired_at", "finished_at"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    project_name: Mapped[str] = mapped_column(String(140))
    number: Mapped[int]
    job: Mapped[str] = mapped_column(String(100), server_default="")
    parent_id: Mapped[str | None] = mapped_column(Id)
    job_id: Mapped[str | None] = mapped_column(Id, ForeignKey("jobs.id"))
    definition_id: Mapped[str | None] = mapped_column(Id, ForeignKey("job_definitions.id"))
    approval: Mapped[str | None] = mapped_column(String(8))
    approved_by: Mapped[str | None] = mapped_column(String(100))
    plan: Mapped[dict[str, Any] | None]
    definition: Mapped[dict[str, Any] | None]
    needs: Mapped[list[Any] | None]
    priority: Mapped[int] = mapped_column(server_default="0")
    trusted: Mapped[bool] = mapped_column(server_default=true())
    rerun_of: Mapped[str | None] = mapped_column(Id)
    folder: Mapped[str] = mapped_column(String(700))
    state: Mapped[str] = mapped_column(String(16))
    reason_code: Mapped[str | None] = mapped_column(String(32))
    reason_params: Mapped[dict[str, Any] | None]
    cause: Mapped[str] = mapped_column(String(10))
    event_id: Mapped[str | None] = mapped_column(Id)
    tree_id: Mapped[str | None] = mapped_column(Id)
    sub_id: Mapped[str | None] = mapped_column(String(600))
    attempt: Mapped[int | None]
    ref: Mapped[str]
    branch: Mapped[str | None]
    tag: Mapped[str | None]
    commit: Mapped[str | None] = mapped_column(Sha)
    base_commit: Mapped[str | None] = mapped_column(Sha)
    message: Mapped[str | None] = mapped_column(String(500))
    parameters: Mapped[dict[str, Any]]
    pipelines: Mapped[list[Any]]
    agent_id: Mapped[str | None] = mapped_column(Id)
    agent_name: Mapped[str | None] = mapped_column(String(100))
    leases: Mapped[int]
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None] = mapped_column(Sha)
    cancel_requested: Mapped[bool]
    cancelled_by: Mapped[str | None] = mapped_column(String(100))
    result_digest: Mapped[str | None] = mapped_column(Sha)
    version: Mapped[int]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]


class Step(Base):
    """One step of a build. `n` counts from 1 over the whole build; `log_path` is below the build's folder. `hook` is a hook's
    point (`on_start`, `on_success`, `on_failure`), None for a step in order; `ignored`: its exit code does not count."""

    __tablename__ = "build_steps"

    build_id: Mapped[str] = mapped_column(Id, ForeignKey("builds.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    pipeline: Mapped[str]
    stage: Mapped[str]
    name: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    log_path: Mapped[str]
    hook: Mapped[str | None] = mapped_column(String(12))
    ignored: Mapped[bool] = mapped_column(server_default=false())
    exit_code: Mapped[int | None]
    signal: Mapped[str | None] = mapped_column(String(20))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class BuildArtifact(Base):
    """A file that a build uploaded; `size` in bytes."""

    __tablename__ = "build_artifacts"
    __table_args__ = (Index("ix_build_artifacts_name_build_id", "name", "build_id"), TABLE_ARGS)

    build_id: Mapped[str] = mapped_column(Id, ForeignKey("builds.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Sha)
    created_at: Mapped[datetime]


class BuildCache(Base):
    """Folders that a project's builds keep for the next one, as one archive under `key`. `size` in bytes."""

    __tablename__ = "build_caches"
    __table_args__ = (
        UniqueConstraint("project_id", "key"),
        Index("ix_build_caches_project_id_created_at", "project_id", "created_at"),
        Index("ix_build_caches_used_at", "used_at"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    key: Mapped[str] = mapped_column(String(300))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Sha)
    build_id: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]


class ProjectSecret(Base):
    """A value that the steps of a project's builds may ask for by `name`; encrypted, and never shown again."""

    __tablename__ = "project_secrets"
    __table_args__ = (UniqueConstraint("project_id", "name"), TABLE_ARGS)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(100))
    value: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Agent(Base):
    """A process that claims builds."""

    __tablename__ = "agents"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    labels: Mapped[list[Any]]
    executors: Mapped[list[Any]]
    version: Mapped[str] = mapped_column(String(40))
    slots: Mapped[int]
    draining: Mapped[bool]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    url: Mapped[str | None] = mapped_column(Long)
