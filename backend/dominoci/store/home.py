"""SQL behind the home page: what went wrong last, what each of it blocks, and how much waits to be done."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from dominoci.domain.states import BuildState, EdgeOutcome, TreeState
from dominoci.infra.models.builds import Agent, Build
from dominoci.infra.models.plumbing import Outbox
from dominoci.infra.models.trees import Edge, Event, Tree
from dominoci.store.activity import BAD
from dominoci.store.statements import Columns, table_of

_EVENTS, _TREES, _EDGES = table_of(Event), table_of(Tree), table_of(Edge)
_BUILDS, _OUTBOX, _AGENTS = table_of(Build), table_of(Outbox), table_of(Agent)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def _newest(state: str) -> Select[tuple[str]]:
    """The newest trees in a state; one list for each, as no index has several states in the order of time."""
    newest = select(_TREES.c.id).where(_TREES.c.state == state).order_by(_TREES.c.id.desc()).limit(bindparam("trees"))
    return select(newest.subquery().c.id)


_TROUBLED = union_all(*(_newest(state) for state in (*BAD, TreeState.RUNNING.value))).subquery("troubled")
_PROJECTS_IN_TROUBLE = (
    select(_EVENTS.c.project_id)
    .join_from(_TROUBLED, _EVENTS, _EVENTS.c.tree_id == _TROUBLED.c.id)
    .where(_EVENTS.c.state.in_(BAD))
    .distinct()
    .limit(bindparam("limit"))
)
_SHOWN = ("id", "tree_id", "sub_id", "project_id", "project_name", "state", "attempt", "reason_code", "reason_params", "target")
_AT = (
    select(
        *(_EVENTS.c[name] for name in (*_SHOWN, "run_url", "queued_at", "started_at", "finished_at")),
        *(_TREES.c[name] for name in ("root_project_id", "root_project_name", "root_meta")),
    )
    .join_from(_EVENTS, _TREES, _TREES.c.id == _EVENTS.c.tree_id)
    .where(_EVENTS.c.id.in_(_IDS))
    .order_by(_EVENTS.c.id.desc())
)
_BLOCKING = _EDGES.c.outcome == EdgeOutcome.BLOCKED.value
_DIRECT = select(_EDGES.c.parent_id.label("root"), _EDGES.c.child_id).where(_EDGES.c.parent_id.in_(_IDS), _BLOCKING)
_BEHIND = _DIRECT.cte("behind", recursive=True)
_BEHIND = _BEHIND.union(
    select(_BEHIND.c.root, _EDGES.c.child_id)
    .join_from(_BEHIND, _EDGES, _EDGES.c.parent_id == _BEHIND.c.child_id)
    .where(_BLOCKING)
)
_BLOCKS = select(_BEHIND.c.root, func.count().label("blocks")).group_by(_BEHIND.c.root)
_QUEUE = select(func.count().label("builds"), func.min(_BUILDS.c.created_at).label("oldest_build_at")).where(
    _BUILDS.c.state == BuildState.QUEUED.value
)
_SENDING = select(func.count().label("deliveries"), func.min(_OUTBOX.c.created_at).label("oldest_delivery_at")).where(
    _OUTBOX.c.state == "pending"
)
_DEAD = select(func.count()).where(_OUTBOX.c.state == "dead", _OUTBOX.c.next_at >= bindparam("since"))
_SILENT = select(func.count()).where(_AGENTS.c.last_seen_at < bindparam("seen"))


def projects_in_trouble(session: Session, trees: int, limit: int) -> Sequence[str]:
    """Projects of which something went wrong in the newest `trees` trees of each kind: those that did, and those that run."""
    return session.scalars(_PROJECTS_IN_TROUBLE, {"trees": trees, "limit": limit}).all()


def events(session: Session, ids: Collection[str]) -> Sequence[Columns]:
    """These events, newest first, each with the root of its tree."""
    return session.execute(_AT, {"ids": list(ids)}).all() if ids else ()


def blocked_behind(session: Session, ids: Collection[str]) -> dict[str, int]:
    """How many events each of these keeps from running, however far behind; those that keep none are left out."""
    rows = session.execute(_BLOCKS, {"ids": list(ids)}) if ids else ()
    return {row.root: row.blocks for row in rows}


def queues(session: Session, since: datetime, seen: datetime) -> dict[str, object]:
    """What waits: builds for an agent, deliveries to be sent; how many deliveries were given up `since`, and how many agents were
    not `seen` after that moment."""
    queued = session.execute(_QUEUE).mappings().one()
    sending = session.execute(_SENDING).mappings().one()
    dead, silent = session.scalar(_DEAD, {"since": since}), session.scalar(_SILENT, {"seen": seen})
    return {**queued, **sending, "deliveries_given_up": dead, "agents_silent": silent}
