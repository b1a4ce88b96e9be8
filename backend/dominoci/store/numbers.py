"""SQL for the numbers of a project: its trees, what became of their children, and its own runs. Everything is bounded by rows,
newest first, and reads through indexes."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, bindparam, case, func, select
from sqlalchemy.orm import Session

from dominoci.domain.states import EventState
from dominoci.infra.models.trees import Attempt, Event, ReportRow, ResultRow, Tree
from dominoci.store.statements import Columns, table_of

_TREES, _EVENTS, _ATTEMPTS = table_of(Tree), table_of(Event), table_of(Attempt)
_RESULTS, _REPORTS = table_of(ResultRow), table_of(ReportRow)

_NEWEST_TREES = (
    select(*(_TREES.c[name] for name in ("id", "state", "event_count", "opened_at", "finished_at")))
    .where(_TREES.c.root_project_id == bindparam("project"))
    .order_by(_TREES.c.id.desc())
    .limit(bindparam("limit"))
)
_OF_TREES = _EVENTS.c.tree_id.in_(bindparam("trees", expanding=True))
_FIRST_LEVEL = case((_EVENTS.c.sub_id.like("%.%.%"), 0), else_=1)


def _cause(params: ColumnElement[object]) -> ColumnElement[str | None]:
    """The project at the root of a skip, from its stored reason (domain.joins)."""
    return params[("parents", 0, "root", "project")].as_string()  # type: ignore[no-any-return]


_SKIPPED = (_EVENTS.c.state == EventState.SKIPPED.value) & (_EVENTS.c.reason_code == "upstream_failed")
_CHILDREN = (
    select(
        *(_EVENTS.c.project_id, _EVENTS.c.project_name, _EVENTS.c.state),
        _FIRST_LEVEL.label("first_level"),
        case((_SKIPPED, _cause(_EVENTS.c.reason_params))).label("cause"),
        func.count().label("events"),
    )
    .where(_OF_TREES, _EVENTS.c.position > 0)
    .group_by(_EVENTS.c.project_id, _EVENTS.c.project_name, _EVENTS.c.state, "first_level", "cause")
)
_NEWEST_EVENTS = (
    select(
        *(_EVENTS.c[name] for name in ("id", "tree_id", "sub_id", "position", "state", "finished_at")),
        case((_SKIPPED, _cause(_EVENTS.c.reason_params))).label("cause"),
    )
    .where(_EVENTS.c.project_id == bindparam("project"))
    .order_by(_EVENTS.c.id.desc())
    .limit(bindparam("limit"))
    .subquery()
)
_RUNS = (
    select(
        _NEWEST_EVENTS,
        *(_ATTEMPTS.c[name].label(f"attempt_{name}") for name in ("number", "state", "inputs")),
        *(_ATTEMPTS.c[name].label(f"attempt_{name}") for name in ("queued_at", "started_at", "finished_at")),
        _RESULTS.c.commit,
    )
    .join_from(_NEWEST_EVENTS, _ATTEMPTS, _ATTEMPTS.c.event_id == _NEWEST_EVENTS.c.id, isouter=True)
    .join(
        _RESULTS,
        (_RESULTS.c.event_id == _ATTEMPTS.c.event_id) & (_RESULTS.c.attempt == _ATTEMPTS.c.number),
        isouter=True,
    )
    .order_by(_NEWEST_EVENTS.c.id.desc(), _ATTEMPTS.c.number.desc())
    .limit(bindparam("rows"))
)
_NEWEST_REPORTS = (
    select(*(_REPORTS.c[name] for name in ("status", "tree_id", "sub_id", "received_at")))
    .where(_REPORTS.c.project_id == bindparam("project"))
    .order_by(_REPORTS.c.id.desc())
    .limit(bindparam("limit"))
)
_COMMITS = select(_RESULTS.c.event_id, _RESULTS.c.attempt, _RESULTS.c.commit).where(
    _RESULTS.c.event_id.in_(bindparam("events", expanding=True))
)


def newest_trees(session: Session, project_id: str, limit: int) -> Sequence[Columns]:
    """The newest trees that a project is the root of: `id`, `state`, `event_count`, `opened_at`, `finished_at`."""
    return session.execute(_NEWEST_TREES, {"project": project_id, "limit": limit}).all()


def children(session: Session, tree_ids: Collection[str]) -> Sequence[Columns]:
    """How many children (`events`) these trees have, by `project_id`, `project_name`, `state`, whether they stand on the
    `first_level`, and by the project that is the `cause` of their being skipped for an upstream failure."""
    return session.execute(_CHILDREN, {"trees": list(tree_ids)}).all() if tree_ids else []


def runs(session: Session, project_id: str, events: int, rows: int) -> Sequence[Columns]:
    """The newest `events` events that a project was part of, as a root too, one row for each attempt (at most `rows`), with the
    commit that it reported; one row without an attempt where there was none."""
    return session.execute(_RUNS, {"project": project_id, "limit": events, "rows": rows}).all()


def reports(session: Session, project_id: str, limit: int) -> Sequence[Columns]:
    """The newest reports that a project made on its own: `status`, `tree_id`, `sub_id` of what it was bound to, `received_at`."""
    return session.execute(_NEWEST_REPORTS, {"project": project_id, "limit": limit}).all()


def commits(session: Session, event_ids: Iterable[str]) -> dict[tuple[str, int], str | None]:
    """The commit that each attempt of these events reported, by event id and attempt."""
    ids = list(event_ids)
    rows = session.execute(_COMMITS, {"events": ids}) if ids else ()
    return {(row.event_id, row.attempt): row.commit for row in rows}
