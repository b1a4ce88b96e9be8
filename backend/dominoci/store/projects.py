"""SQL on projects and their dependencies."""

from collections.abc import Iterable, Sequence

from sqlalchemy import CTE, Row, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from dominoci.domain.filters import filters_from_json
from dominoci.domain.tree import Dependency, RefRule
from dominoci.infra.models.graph import DependencyRow, Project
from dominoci.store.paging import Page, fetch
from dominoci.store.statements import Columns, table_of

_PROJECTS, _EDGES = table_of(Project), table_of(DependencyRow)
_TAKE = (
    update(_PROJECTS)
    .where(_PROJECTS.c.id.in_(bindparam("ids", expanding=True)))
    .values(next_build=_PROJECTS.c.next_build + bindparam("count"))
)
_TAKE_AND_TELL = _TAKE.returning(_PROJECTS.c.id, _PROJECTS.c.next_build)
_NEXT_BUILDS = select(_PROJECTS.c.id, _PROJECTS.c.next_build).where(_PROJECTS.c.id.in_(bindparam("ids", expanding=True)))
_FROZEN = select(
    *(_PROJECTS.c[name] for name in ("id", "name", "target", "default_branch", "start_deadline_s", "finish_deadline_s"))
).where(_PROJECTS.c.id.in_(bindparam("ids", expanding=True)))
_PAGES = select(_PROJECTS.c.repository_url, _PROJECTS.c.owners_url).where(_PROJECTS.c.id == bindparam("project"))


def _reach() -> CTE:
    """The ids of all projects that can be reached from the one bound as `root`."""
    first = select(_EDGES.c.downstream_id.label("id")).where(_EDGES.c.upstream_id == bindparam("root"), _EDGES.c.enabled)
    reach = first.cte("reach", recursive=True)
    return reach.union(select(_EDGES.c.downstream_id).join(reach, _EDGES.c.upstream_id == reach.c.id).where(_EDGES.c.enabled))


_REACHABLE = select(
    *(_EDGES.c[name] for name in ("id", "upstream_id", "downstream_id", "join_rule", "filters", "ref", "parameters"))
).where(_EDGES.c.enabled, or_(_EDGES.c.upstream_id == bindparam("root"), _EDGES.c.upstream_id.in_(select(_reach().c.id))))


def add(session: Session, row: Project) -> None:
    """Stores a new project."""
    session.add(row)
    session.flush()


def by_id_or_name(session: Session, key: str) -> Project | None:
    """The live project with this id or name."""
    query = select(Project).where(or_(Project.id == key, Project.name == key), Project.deleted_at.is_(None))
    return session.scalars(query).first()


def by_id(session: Session, project_id: str) -> Project | None:
    """The project with this id, also a deleted one."""
    return session.get(Project, project_id)


def lock(session: Session, project_id: str) -> None:
    """Whoever else locks this project waits until this transaction has ended."""
    session.execute(select(Project.id).where(Project.id == project_id).with_for_update())


def name_taken(session: Session, name: str, but: str | None = None) -> bool:
    """Whether a project other than `but` has this name."""
    query = select(Project.id).where(Project.name == name)
    return session.scalars(query.where(Project.id != but) if but else query).first() is not None


def search(session: Session, needle: str, page: Page) -> tuple[list[Project], str | None]:
    """Live projects whose name or repository URL holds `needle` (an empty one: all)."""
    query = select(Project).where(Project.deleted_at.is_(None))
    if needle:
        pattern = f"%{_escaped(needle)}%"
        query = query.where(
            or_(Project.name.ilike(pattern, escape="\\"), Project.repository_url.ilike(pattern, escape="\\"))
        )
    return fetch(session, query, Project.id, page)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def demo_projects(session: Session) -> Sequence[Project]:
    """The demo's live projects."""
    return session.scalars(select(Project).where(Project.demo, Project.deleted_at.is_(None))).all()


def names_of(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Project names by id."""
    rows = session.execute(select(Project.id, Project.name).where(Project.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


def of_ids(session: Session, ids: Iterable[str]) -> dict[str, Project]:
    """Projects by id."""
    return {p.id: p for p in session.scalars(select(Project).where(Project.id.in_(list(ids))))}


def pages(session: Session, project_id: str) -> Columns | None:
    """What a project's reports link to: `repository_url` and `owners_url`."""
    return session.execute(_PAGES, {"project": project_id}).first()


def edge_counts(session: Session, ids: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """How many upstream and how many downstream projects each of `ids` has."""
    up = select(DependencyRow.downstream_id, func.count()).where(DependencyRow.downstream_id.in_(ids))
    down = select(DependencyRow.upstream_id, func.count()).where(DependencyRow.upstream_id.in_(ids))
    return (
        dict(session.execute(up.group_by(DependencyRow.downstream_id)).all()),
        dict(session.execute(down.group_by(DependencyRow.upstream_id)).all()),
    )


def take_build_numbers(session: Session, wanted: dict[str, int]) -> dict[str, int]:
    """Reserves `wanted[project]` build numbers for each project at once; answers the first number of each."""
    tells = session.get_bind().dialect.update_returning
    after: list[Columns] = []
    for count in sorted(set(wanted.values())):
        ids = sorted(project for project, n in wanted.items() if n == count)
        taken = session.execute(_TAKE_AND_TELL if tells else _TAKE, {"ids": ids, "count": count})
        after.extend(taken if tells else session.execute(_NEXT_BUILDS, {"ids": ids}))
    return {row.id: row.next_build - wanted[row.id] for row in after}


def add_dependency(session: Session, row: DependencyRow) -> None:
    """Stores a new dependency."""
    session.add(row)
    session.flush()


def dependency(session: Session, dependency_id: str) -> DependencyRow | None:
    """One dependency."""
    return session.get(DependencyRow, dependency_id)


def remove_dependency(session: Session, row: DependencyRow) -> None:
    """Deletes one dependency."""
    session.delete(row)


def remove_dependencies_of(session: Session, project_id: str) -> None:
    """Deletes every dependency from or to a project."""
    touching = or_(DependencyRow.upstream_id == project_id, DependencyRow.downstream_id == project_id)
    session.execute(delete(DependencyRow).where(touching))


def dependencies_of(session: Session, project_id: str) -> Sequence[DependencyRow]:
    """Every dependency from or to a project."""
    touching = or_(DependencyRow.upstream_id == project_id, DependencyRow.downstream_id == project_id)
    return session.scalars(select(DependencyRow).where(touching).order_by(DependencyRow.id)).all()


def dependency_between(session: Session, upstream: str, downstream: str) -> DependencyRow | None:
    """The dependency between two projects."""
    query = select(DependencyRow).where(DependencyRow.upstream_id == upstream, DependencyRow.downstream_id == downstream)
    return session.scalars(query).first()


def lock_edges(session: Session) -> list[tuple[str, str]]:
    """All edges as (upstream, downstream), while nobody else adds any, so that two additions cannot close a cycle together.

    The oldest project's row is the lock (it stays, even when deleted): READ COMMITTED locks no gaps, so that locking the edges
    themselves would lock nothing in an empty table, and would miss a new edge that sorts before the one waited for.
    """
    session.execute(select(Project.id).order_by(Project.id).limit(1).with_for_update())
    rows = session.execute(select(DependencyRow.upstream_id, DependencyRow.downstream_id))
    return [(row.upstream_id, row.downstream_id) for row in rows]


def edges(session: Session) -> Sequence[Row[str, str, str, str, bool]]:
    """All edges with what the graph page draws."""
    row = DependencyRow
    return session.execute(select(row.id, row.upstream_id, row.downstream_id, row.join_rule, row.enabled)).all()


def reachable(session: Session, root: str) -> tuple[list[Dependency], dict[str, Columns]]:
    """Every enabled dependency that can be reached from `root`, and the projects they touch (with `root`) as far as a tree
    freezes them, in two queries."""
    rows = session.execute(_REACHABLE, {"root": root}).all()
    touched = {root} | {row.downstream_id for row in rows}
    return [to_domain(row) for row in rows], {row.id: row for row in session.execute(_FROZEN, {"ids": sorted(touched)})}


def to_domain(row: Columns) -> Dependency:
    """A stored dependency as the domain knows it."""
    return Dependency(
        row.id,
        row.upstream_id,
        row.downstream_id,
        row.join_rule,
        filters_from_json(row.filters),
        RefRule(**row.ref),
        row.parameters,
    )
