"""SQL behind badges. Anybody may ask for one, as often as they like: what a badge needs is one statement."""

from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, Select, Subquery, bindparam, or_, select
from sqlalchemy.orm import Session

from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Event, ReportRow, ResultRow, Tree
from dominoci.store.statements import Columns, table_of

LOOKED_AT: Final = 200  # newest events, and newest reports, among which a branch's last result is looked for

_PROJECTS, _TREES, _EVENTS = table_of(Project), table_of(Tree), table_of(Event)
_RESULTS, _REPORTS = table_of(ResultRow), table_of(ReportRow)
_KEY: BindParameter[Any] = bindparam("key")
_SHOWN = [_PROJECTS.c[name] for name in ("id", "name", "visibility", "badge_version", "last_result")]
_THIS = (or_(_PROJECTS.c.id == _KEY, _PROJECTS.c.name == _KEY), _PROJECTS.c.deleted_at.is_(None))


def _newest_tree(*lane: ColumnElement[bool]) -> Select[Any]:
    newest = select(_TREES.c.state).where(_TREES.c.root_project_id == _PROJECTS.c.id, *lane).order_by(_TREES.c.id.desc())
    return select(*_SHOWN, newest.limit(1).correlate(_PROJECTS).scalar_subquery().label("tree_state")).where(*_THIS)


_PROJECT = select(*_SHOWN).where(*_THIS)
_TREE, _TREE_OF_LANE = _newest_tree(), _newest_tree(_TREES.c.lane == bindparam("lane"))


def project(session: Session, key: str) -> Columns | None:
    """What badges show of the live project with this id or name: `id`, `name`, `visibility`, `badge_version`, `last_result`."""
    return session.execute(_PROJECT, {"key": key}).first()


def project_with_tree(session: Session, key: str, lane: str | None) -> Columns | None:
    """The same with `tree_state`: of the newest tree that the project is the root of, in this lane where one is given."""
    if lane is None:
        return session.execute(_TREE, {"key": key}).first()
    return session.execute(_TREE_OF_LANE, {"key": key, "lane": lane}).first()


def _newest(columns: Select[Any]) -> Subquery:
    return columns.limit(LOOKED_AT).subquery()


_LAST_EVENTS = _newest(
    select(_EVENTS.c.id, _EVENTS.c.attempt).where(_EVENTS.c.project_id == bindparam("project")).order_by(_EVENTS.c.id.desc())
)
_LAST_REPORTS = _newest(
    select(_REPORTS.c.id).where(_REPORTS.c.project_id == bindparam("project")).order_by(_REPORTS.c.id.desc())
)
_RESULT_OF_BRANCH = (
    select(_RESULTS.c.status, _RESULTS.c.received_at)
    .join_from(
        _LAST_EVENTS, _RESULTS, (_RESULTS.c.event_id == _LAST_EVENTS.c.id) & (_RESULTS.c.attempt == _LAST_EVENTS.c.attempt)
    )
    .where(_RESULTS.c.meta["branch"].as_string() == bindparam("branch"))
    .order_by(_RESULTS.c.received_at.desc())
    .limit(1)
)
_REPORT_OF_BRANCH = (
    select(_REPORTS.c.status, _REPORTS.c.received_at)
    .join_from(_LAST_REPORTS, _REPORTS, _REPORTS.c.id == _LAST_REPORTS.c.id)
    .where(_REPORTS.c.tree_id.is_(None), _REPORTS.c.meta["branch"].as_string() == bindparam("branch"))
    .order_by(_REPORTS.c.received_at.desc())
    .limit(1)
)


def last_of_branch(session: Session, project_id: str, branch: str) -> str | None:
    """The status of a project's last result on a branch, among its newest ones: of what a tree ran, and of what it reported
    without opening one (a failure). None where there is none."""
    given = {"project": project_id, "branch": branch}
    found = [row for query in (_RESULT_OF_BRANCH, _REPORT_OF_BRANCH) if (row := session.execute(query, given).first())]
    newest = max(found, key=lambda row: row.received_at, default=None)
    return newest.status if newest else None
