"""SQL on what a project told with its last successes, as the root of a tree or within one."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from dominoci.domain.reports import Metadata
from dominoci.domain.states import EventState
from dominoci.infra.models.trees import Event, ResultRow
from dominoci.store.statements import table_of

_EVENTS, _RESULTS = table_of(Event), table_of(ResultRow)
# the events first: an index finds them, where a limited join would make MariaDB read the whole history of a project
_SUCCEEDED = (
    select(_EVENTS.c.id, _EVENTS.c.attempt)
    .where(_EVENTS.c.project_id == bindparam("project"), _EVENTS.c.state == EventState.SUCCESS.value)
    .order_by(_EVENTS.c.id.desc())
    .limit(bindparam("limit"))
    .subquery()
)
_TOLD = (
    select(_RESULTS.c.meta)
    .join_from(
        _SUCCEEDED, _RESULTS, (_RESULTS.c.event_id == _SUCCEEDED.c.id) & (_RESULTS.c.attempt == _SUCCEEDED.c.attempt)
    )
    .order_by(_SUCCEEDED.c.id.desc())
)


def newest(session: Session, project_id: str, limit: int) -> list[Metadata]:
    """What the newest successes of a project reported, the newest first."""
    return [Metadata(**meta) for meta in session.scalars(_TOLD, {"project": project_id, "limit": limit})]
