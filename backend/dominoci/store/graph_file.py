"""SQL on the whole graph, as graph files are compared with it: a fixed number of statements, however large it is."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dominoci.domain.states import EventState
from dominoci.infra.models.graph import DependencyRow, Project
from dominoci.infra.models.trees import Event
from dominoci.store.statements import Columns, table_of

_PROJECTS, _EDGES = table_of(Project), table_of(DependencyRow)
_LIVE = select(_PROJECTS).where(_PROJECTS.c.deleted_at.is_(None)).order_by(_PROJECTS.c.name)
_ALL_EDGES = select(_EDGES)
_UNFINISHED = [state.value for state in EventState if not state.final]


def projects(session: Session) -> Sequence[Columns]:
    """Every live project, by name."""
    return session.execute(_LIVE).all()


def dependencies(session: Session) -> Sequence[Columns]:
    """Every dependency."""
    return session.execute(_ALL_EDGES).all()


def unfinished(session: Session, ids: Iterable[str]) -> dict[str, int]:
    """How many events of each of these projects are not final yet; projects without any are left out."""
    of_these = Event.project_id.in_(list(ids)), Event.state.in_(_UNFINISHED)
    rows = session.execute(select(Event.project_id, func.count().label("events")).where(*of_these).group_by(Event.project_id))
    return {row.project_id: row.events for row in rows}
