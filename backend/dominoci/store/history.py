"""SQL on what events took: past durations of projects, the times of one tree, and what is under way now."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import CTE, ColumnElement, FromClause, ScalarSelect, bindparam, literal_column, select
from sqlalchemy.orm import Session

from dominoci.domain.states import ACTIVE, EventState
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Edge, Event
from dominoci.store.statements import Columns, table_of

LAST = 20  # past durations that an estimate is made from, at most
# successes of each project that are looked at, and of all projects together: those as the root of a tree were never queued, and
# do not count
MOST_SOUGHT, FEWEST_SOUGHT, SOUGHT_IN_ALL = 40, 10, 2000

_EVENTS, _EDGES, _PROJECTS = table_of(Event), table_of(Edge), table_of(Project)


@dataclass(frozen=True)
class Past:
    """What one successful attempt took, in seconds: from queued to finished, and from started to finished."""

    total_s: float
    run_s: float


def _success(of: FromClause, project: ColumnElement[str], before: ColumnElement[str] | None = None) -> ScalarSelect[str]:
    """The newest success of `project` in each row of `of`; the newest before an id, when given. An index alone tells: where
    a condition on another column is not met, MariaDB would read every older row of the project."""
    event = _EVENTS.alias()
    wanted = select(event.c.id).where(event.c.project_id == project, event.c.state == EventState.SUCCESS.value)
    wanted = wanted if before is None else wanted.where(event.c.id < before)
    return wanted.order_by(event.c.id.desc()).limit(1).correlate(of).scalar_subquery()


def _last_successes() -> CTE:
    """The ids of the last successes of each project, found one behind the other.

    Measured with 1,000,000 events of 100 projects: each step is one seek in an index on (project_id, …), 8 to 40 ms in all, where
    row_number() over the same events reads them all (8 s) and a limited SELECT for each project takes MariaDB 350 ms.
    """
    newest = _success(_PROJECTS, _PROJECTS.c.id).label("id")
    first = select(_PROJECTS.c.id.label("project_id"), newest, literal_column("1").label("n"))
    last = first.where(_PROJECTS.c.id.in_(bindparam("ids", expanding=True))).cte("last_successes", recursive=True)
    step = select(last.c.project_id, _success(last, last.c.project_id, last.c.id), last.c.n + 1)
    return last.union_all(step.where(last.c.id.is_not(None), last.c.n < bindparam("sought")))


_LAST = _last_successes()
_DURATIONS = select(
    *(_EVENTS.c[name] for name in ("project_id", "queued_at", "started_at", "finished_at"))
).join_from(_LAST, _EVENTS, _EVENTS.c.id == _LAST.c.id).order_by(_LAST.c.n)
_TIMELINE = (
    select(
        *(
            _EVENTS.c[name]
            for name in (
                *("id", "sub_id", "project_id", "project_name", "state", "reason_code", "blocked"),
                *("queued_at", "triggered_at", "started_at", "finished_at", "deadline_at"),
                *("start_deadline_s", "finish_deadline_s"),
            )
        )
    )
    .where(_EVENTS.c.tree_id == bindparam("tree"))
    .order_by(_EVENTS.c.position)
)
_LINKS = select(_EDGES.c.parent_id, _EDGES.c.child_id, _EDGES.c.outcome).where(_EDGES.c.tree_id == bindparam("tree"))
_IN_FLIGHT = (
    select(
        *(
            _EVENTS.c[name]
            for name in (
                *("tree_id", "sub_id", "project_id", "project_name", "state", "queued_at", "triggered_at", "started_at"),
                *("deadline_at", "start_deadline_s", "finish_deadline_s"),
            )
        )
    )
    .where(_EVENTS.c.deadline_at.is_not(None), _EVENTS.c.state.in_([state.value for state in ACTIVE]))
    .order_by(_EVENTS.c.deadline_at)
    .limit(bindparam("limit"))
)


def durations(session: Session, project_ids: Collection[str]) -> dict[str, list[Past]]:
    """The last successful durations of each of these projects, newest first, in one query; projects without any are left out."""
    found: dict[str, list[Past]] = defaultdict(list)
    if not project_ids:
        return found
    sought = max(FEWEST_SOUGHT, min(MOST_SOUGHT, SOUGHT_IN_ALL // len(project_ids)))
    for project_id, queued, started, finished in session.execute(_DURATIONS, {"ids": list(project_ids), "sought": sought}):
        if queued and finished:
            total = (finished - queued).total_seconds()
            found[project_id].append(Past(total, (finished - started).total_seconds() if started else total))
    return {project_id: past[:LAST] for project_id, past in found.items()}


def timeline(session: Session, tree_id: str) -> Sequence[Columns]:
    """All events of a tree, parents first, with their times."""
    return session.execute(_TIMELINE, {"tree": tree_id}).all()


def links(session: Session, tree_id: str) -> Sequence[Columns]:
    """All edges of a tree (`parent_id`, `child_id`, `outcome`)."""
    return session.execute(_LINKS, {"tree": tree_id}).all()


def in_flight(session: Session, limit: int) -> Sequence[Columns]:
    """Events that are queued, triggered or running, of any tree: those whose deadlines come, or came, first."""
    return session.execute(_IN_FLIGHT, {"limit": limit}).all()
