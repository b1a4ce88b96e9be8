"""Trees: frozen events and edges, attempts, results, and the history of every change."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import TABLE_ARGS, Base, Id, Long, Sha


class ReportRow(Base):
    """A root report as it came in. `dedup` makes a repeat findable; None where nothing identifies the run."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("project_id", "dedup"),
        Index("ix_reports_project_id_id", "project_id", "id"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    dedup: Mapped[str | None] = mapped_column(Sha)
    digest: Mapped[str] = mapped_column(Sha)
    status: Mapped[str] = mapped_column(String(12))
    meta: Mapped[dict[str, Any]]
    links: Mapped[dict[str, Any]]
    artifacts: Mapped[list[Any]]
    tree_id: Mapped[str | None] = mapped_column(Id)
    sub_id: Mapped[str | None]
    received_at: Mapped[datetime]


class Tree(Base):
    """Everything that one root success set off. `unfinished` counts events that are not final; `version` counts changes. One that
    `mirrors` shows its state on the root's commit; `mirrored` is what was last shown there.

    Trees of one project and branch share a `lane`; one that is `held` has not set anything off yet. A tree that another tree's
    event caused names it, and its `depth` counts the links of that chain, from 1.
    """

    __tablename__ = "trees"
    __table_args__ = (
        Index("ix_trees_root_project_id_id", "root_project_id", "id"),
        Index("ix_trees_state_id", "state", "id"),
        Index("ix_trees_root_project_id_lane_state", "root_project_id", "lane", "state"),
        Index("ix_trees_lane_id", "lane", "id"),
        Index("ix_trees_root_commit", "root_commit"),
        Index("ix_trees_cause_tree_id", "cause_tree_id"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    root_project_id: Mapped[str] = mapped_column(Id)
    root_project_name: Mapped[str] = mapped_column(String(140))
    root_meta: Mapped[dict[str, Any]]
    root_commit: Mapped[str | None] = mapped_column(Sha)
    lane: Mapped[str] = mapped_column(String(300), server_default="")
    held: Mapped[bool] = mapped_column(server_default=false())
    depth: Mapped[int] = mapped_column(server_default="1")
    cause_tree_id: Mapped[str | None] = mapped_column(Id)
    cause_sub_id: Mapped[str | None] = mapped_column(String(600))
    state: Mapped[str] = mapped_column(String(16))
    reason_code: Mapped[str | None] = mapped_column(String(32))
    reason_params: Mapped[dict[str, Any] | None]
    mirrors: Mapped[bool] = mapped_column(server_default=false())
    mirrored: Mapped[dict[str, Any] | None]
    event_count: Mapped[int]
    unfinished: Mapped[int]
    version: Mapped[int]
    opened_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Event(Base):
    """One project in one tree. The counters speak of its incoming edges; `position` is the order of freezing, parents first."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("tree_id", "position"),
        Index("ix_events_tree_id_sub_id", "tree_id", "sub_id"),
        Index("ix_events_tree_id_state", "tree_id", "state"),
        Index("ix_events_project_id_id", "project_id", "id"),
        Index("ix_events_project_id_state_id", "project_id", "state", "id"),
        Index("ix_events_deadline_at", "deadline_at"),
        Index("ix_events_run_url", "run_url", mysql_length={"run_url": 191}),
        Index("ix_events_project_id_run_url", "project_id", "run_url", mysql_length={"run_url": 191}),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tree_id: Mapped[str] = mapped_column(Id, ForeignKey("trees.id"))
    position: Mapped[int]
    # up to 100 levels of up to five digits; the index covers a prefix of it where the database limits key sizes
    sub_id: Mapped[str] = mapped_column(String(600))
    project_id: Mapped[str] = mapped_column(Id)
    project_name: Mapped[str] = mapped_column(String(140))
    join_rule: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    reason_code: Mapped[str] = mapped_column(String(32))
    reason_params: Mapped[dict[str, Any]]
    pending: Mapped[int]
    passed: Mapped[int]
    blocked: Mapped[int]
    attempt: Mapped[int]
    target: Mapped[dict[str, Any]]
    repository_url: Mapped[str | None] = mapped_column(Long)
    default_branch: Mapped[str]
    start_deadline_s: Mapped[int]
    finish_deadline_s: Mapped[int]
    deadline_at: Mapped[datetime | None]
    ref: Mapped[str | None]
    run_url: Mapped[str | None] = mapped_column(Long)
    queued_at: Mapped[datetime | None]
    triggered_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Edge(Base):
    """A frozen dependency between two events of a tree. `outcome` is None until the parent settles it."""

    __tablename__ = "event_edges"
    __table_args__ = (Index("ix_event_edges_child_id", "child_id"), TABLE_ARGS)

    parent_id: Mapped[str] = mapped_column(Id, ForeignKey("events.id"), primary_key=True)
    child_id: Mapped[str] = mapped_column(Id, ForeignKey("events.id"), primary_key=True)
    tree_id: Mapped[str] = mapped_column(Id, index=True)
    join_rule: Mapped[str] = mapped_column(String(8))
    filters: Mapped[dict[str, Any]]
    ref: Mapped[dict[str, Any]]
    parameters: Mapped[dict[str, Any]]
    outcome: Mapped[str | None] = mapped_column(String(10))
    detail: Mapped[dict[str, Any] | None]


class Attempt(Base):
    """One try to run an event's pipeline. `delivery_id` goes along with every send of it.

    `inputs` are the (event id, attempt) pairs of the parents whose results it was given, by the parents' sub ids: a rerun of the
    same inputs copies them, and what was reported for an attempt never changes. `asked_by` is who wanted it, None for the tree.
    """

    __tablename__ = "attempts"

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[str] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(16))
    ref: Mapped[str | None]
    inputs: Mapped[list[Any] | None]
    # what the CI system calls the run (a queue item, a pipeline, …); when it is next asked for it, and how often it was
    run_ref: Mapped[str | None] = mapped_column(String(200), index=True)
    poll_at: Mapped[datetime | None] = mapped_column(index=True)
    polls: Mapped[int] = mapped_column(server_default="0")
    asked_by: Mapped[str | None] = mapped_column(String(100))
    run_url: Mapped[str | None] = mapped_column(Long)
    queued_at: Mapped[datetime]
    triggered_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ResultRow(Base):
    """What was reported at the end of one attempt: the first report, and only that (guarantee G5)."""

    __tablename__ = "results"
    __table_args__ = (Index("ix_results_commit", "commit"), TABLE_ARGS)

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.id"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(Sha)
    status: Mapped[str] = mapped_column(String(12))
    commit: Mapped[str | None] = mapped_column(Sha)
    meta: Mapped[dict[str, Any]]
    links: Mapped[dict[str, Any]]
    artifacts: Mapped[list[Any]]
    late: Mapped[bool]
    received_at: Mapped[datetime]


class Change(Base):
    """One change of an event's state, with its reason: the stored facts behind every "why"."""

    __tablename__ = "event_changes"
    __table_args__ = (Index("ix_event_changes_event_id_id", "event_id", "id"), TABLE_ARGS)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.id"))
    at: Mapped[datetime]
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(32))
    params: Mapped[dict[str, Any]]
