"""SQL on what happened last to projects: their newest events, and the newest of each state that matters."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import CTE, BindParameter, ColumnElement, FromClause, ScalarSelect, bindparam, literal_column, select
from sqlalchemy.orm import Session

from dominoci.domain.states import WORST_FIRST, EventState
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Event
from dominoci.store.statements import Columns, table_of

LAST, FEWEST, IN_ALL = 20, 5, 5000  # events of a project that are read, and of all projects together
BAD = tuple(state.value for state in WORST_FIRST if state is not EventState.CANCELLED)  # somebody must look at these

_EVENTS, _PROJECTS = table_of(Event), table_of(Project)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def _newest(
    of: FromClause, project: ColumnElement[str], state: str = "", before: ColumnElement[str] | None = None
) -> ScalarSelect[str]:
    """The newest event of `project` in each row of `of`, in a state or older than `before` when given: one seek in an index."""
    event = _EVENTS.alias()
    query = select(event.c.id).where(event.c.project_id == project)
    query = query.where(event.c.state == state) if state else query
    query = query if before is None else query.where(event.c.id < before)
    return query.order_by(event.c.id.desc()).limit(1).correlate(of).scalar_subquery()


def _newest_events() -> CTE:
    """The ids of the newest events of each project, found one behind the other (measured in store.history, which does the same
    for successes)."""
    newest = _newest(_PROJECTS, _PROJECTS.c.id).label("id")
    first = select(_PROJECTS.c.id.label("project_id"), newest, literal_column("1").label("n")).where(_PROJECTS.c.id.in_(_IDS))
    last = first.cte("newest_events", recursive=True)
    older = _newest(last, last.c.project_id, before=last.c.id)
    step = select(last.c.project_id, older, last.c.n + 1)
    return last.union_all(step.where(last.c.id.is_not(None), last.c.n < bindparam("sought")))


_SHOWN = ("id", "tree_id", "sub_id", "project_id", "state", "attempt", "run_url")
_TIMES = ("queued_at", "started_at", "finished_at")
_NEWEST = _newest_events()
_LAST_EVENTS = (
    select(*(_EVENTS.c[name] for name in (*_SHOWN, *_TIMES)))
    .join_from(_NEWEST, _EVENTS, _EVENTS.c.id == _NEWEST.c.id)
    .order_by(_NEWEST.c.n)
)
_BY_STATE = select(
    _PROJECTS.c.id, *(_newest(_PROJECTS, _PROJECTS.c.id, state).label(state) for state in (*BAD, EventState.SUCCESS.value))
).where(_PROJECTS.c.id.in_(_IDS), _PROJECTS.c.deleted_at.is_(None))


def last_events(session: Session, project_ids: Collection[str]) -> dict[str, list[Columns]]:
    """The newest events of each of these projects, newest first, in one query; projects without any are left
    out. Of very many projects fewer each."""
    found: dict[str, list[Columns]] = defaultdict(list)
    if not project_ids:
        return found
    sought = max(FEWEST, min(LAST, IN_ALL // len(project_ids)))
    for row in session.execute(_LAST_EVENTS, {"ids": sorted(project_ids), "sought": sought}):
        found[row.project_id].append(row)
    return found


def gone_wrong(session: Session, project_ids: Sequence[str]) -> list[str]:
    """The event of each of these projects that went wrong after its last success, by id; of several the newest."""
    if not project_ids:
        return []
    found = []
    for row in session.execute(_BY_STATE, {"ids": sorted(project_ids)}).mappings():
        newest = max((row[state] for state in BAD if row[state]), default=None)
        if newest and newest > (row[EventState.SUCCESS.value] or ""):
            found.append(newest)
    return sorted(found, reverse=True)
