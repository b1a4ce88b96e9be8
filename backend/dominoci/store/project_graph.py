"""SQL on the graph of all projects: every project that somebody may see, and every edge, with one statement each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from dominoci.infra.models.graph import DependencyRow, Project
from dominoci.infra.models.members import Owner
from dominoci.store import permissions
from dominoci.store.statements import Columns, table_of

_PROJECTS, _EDGES, _OWNERS = table_of(Project), table_of(DependencyRow), table_of(Owner)
_SHOWN: Select[Any] = (
    select(
        *(_PROJECTS.c[name] for name in ("id", "name", "target", "enabled", "last_result")),
        _OWNERS.c.name.label("owner"),
    )
    .join_from(_PROJECTS, _OWNERS, _OWNERS.c.id == _PROJECTS.c.owner_id, isouter=True)
    .where(_PROJECTS.c.deleted_at.is_(None))
    .order_by(_PROJECTS.c.name)
)
_ALL_EDGES = select(_EDGES.c.upstream_id, _EDGES.c.downstream_id, _EDGES.c.join_rule, _EDGES.c.enabled)


def projects(session: Session, viewer: str | None, limit: int | None) -> Sequence[Columns]:
    """At most `limit` (None: all) live projects by name, those that the user `viewer` may see, or all of them for None: `id`,
    `name`, `target`, `enabled`, `last_result`, `owner`."""
    query = _SHOWN if viewer is None else _SHOWN.where(permissions.seen_by(viewer))
    return session.execute(query.limit(limit)).all()


def edges(session: Session) -> Sequence[Columns]:
    """Every dependency: `upstream_id`, `downstream_id`, `join_rule`, `enabled`."""
    return session.execute(_ALL_EDGES).all()
