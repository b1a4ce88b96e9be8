"""Builds of own agents, their steps and artifacts, and the agents."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import TABLE_ARGS, Base, Id, Long, Sha


class Build(Base):
    """One numbered execution. `token` is the fingerprint of the lease's token; `folder` is below the data folder's `jobs/`."""

    __tablename__ = "builds"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("event_id", "attempt"),
        Index("ix_builds_state_id", "state", "id"),
        Index("ix_builds_number_id", "number", "id"),
        Index("ix_builds_branch_id", "branch", "id"),
        Index("ix_builds_agent_id_id", "agent_id", "id"),
        Index("ix_builds_lease_until", "lease_until"),
        Index("ix_builds_token", "token"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    project_name: Mapped[str] = mapped_column(String(140))
    number: Mapped[int]
    folder: Mapped[str]
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


class Step(Base):
    """One step of a build. `n` counts from 1 over the whole build; `log_path` is below the build's folder."""

    __tablename__ = "build_steps"

    build_id: Mapped[str] = mapped_column(Id, ForeignKey("builds.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    pipeline: Mapped[str]
    stage: Mapped[str]
    name: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    log_path: Mapped[str]
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
