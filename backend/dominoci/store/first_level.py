"""SQL on a project's first level: what depends on it directly."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from dominoci.infra.models.graph import DependencyRow, Project
from dominoci.store.statements import Columns, table_of

_PROJECTS, _EDGES = table_of(Project), table_of(DependencyRow)
_DEPENDENTS = (
    select(
        *(_EDGES.c[name] for name in ("id", "join_rule", "enabled", "filters")),
        *(_PROJECTS.c[name].label(f"project_{name}") for name in ("id", "name", "target", "enabled")),
    )
    .join_from(_EDGES, _PROJECTS, _PROJECTS.c.id == _EDGES.c.downstream_id)
    .where(_EDGES.c.upstream_id == bindparam("project"))
    .order_by(_PROJECTS.c.name)
    .limit(bindparam("limit"))
)


def dependents(session: Session, project_id: str, limit: int) -> Sequence[Columns]:
    """The dependencies on a project, each with what is below it (`project_id`, `project_name`, `project_target`), by name."""
    return session.execute(_DEPENDENTS, {"project": project_id, "limit": limit}).all()
