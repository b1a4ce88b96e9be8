"""SQL on projects and their dependencies."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    Text,
    bindparam,
    delete,
    func,
    null,
    or_,
    select,
    type_coerce,
    union,
    update,
)
from sqlalchemy.orm import Session

from dominoci.domain.filters import filters_from_json
from dominoci.domain.pasted import repository
from dominoci.domain.tree import Dependency, RefRule
from dominoci.infra.models.builds import ProjectSecret
from dominoci.infra.models.graph import DependencyRow, Project
from dominoci.infra.models.members import Owner, Star
from dominoci.infra.models.trees import Event
from dominoci.store.paging import Page, fetch
from dominoci.store.permissions import seen_by
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
    *(
        _PROJECTS.c[name]
        for name in (
            *("id", "name", "target", "hosted", "repository_url", "default_branch"),
            *("start_deadline_s", "finish_deadline_s", "enabled"),
        )
    )
).where(_PROJECTS.c.id.in_(bindparam("ids", expanding=True)))
_SHOWS_STARTS = (
    update(_PROJECTS).where(_PROJECTS.c.id == bindparam("project"), ~_PROJECTS.c.shows_starts).values(shows_starts=True)
)
_PAGES = select(_PROJECTS.c.repository_url, _PROJECTS.c.owners_url).where(_PROJECTS.c.id == bindparam("project"))


def _reach(*edges: ColumnElement[bool], up: bool = False) -> CTE:
    """The ids of the project bound as `root` and of all that can be reached from it over such edges, over all edges without a
    condition; `up` follows them backwards."""
    here, there = (_EDGES.c.downstream_id, _EDGES.c.upstream_id) if up else (_EDGES.c.upstream_id, _EDGES.c.downstream_id)
    root = select(_PROJECTS.c.id).where(_PROJECTS.c.id == bindparam("root"))
    reach = root.cte("above" if up else "below", recursive=True)
    return reach.union(select(there).join(reach, here == reach.c.id).where(*edges))


def _edges_from(projects: FromClause, *columns: ColumnElement[Any]) -> Select[Any]:
    """Columns of the edges that begin at these projects. Joined: for `IN (SELECT …)` MariaDB reads every dependency there is."""
    return select(*columns).join_from(projects, _EDGES, _EDGES.c.upstream_id == projects.c.id)


_ENABLED_BELOW, _BELOW, _ABOVE = _reach(_EDGES.c.enabled), _reach(), _reach(up=True)
# the JSON as it is stored: most of thousands of edges have the same
_REACHABLE = _edges_from(
    _ENABLED_BELOW,
    *(_EDGES.c[name] for name in ("id", "upstream_id", "downstream_id", "join_rule")),
    *(type_coerce(_EDGES.c[name], Text).label(name) for name in ("filters", "ref", "parameters")),
).where(_EDGES.c.enabled)
_LEADS = select(_BELOW.c.id).where(_BELOW.c.id == bindparam("goal")).limit(1)
_EDGES_BELOW = _edges_from(_BELOW, _EDGES.c.upstream_id, _EDGES.c.downstream_id)
_DRAWN = [_EDGES.c[name] for name in ("id", "upstream_id", "downstream_id", "join_rule", "enabled")]
_AROUND = {
    "down": _edges_from(_BELOW, *_DRAWN),
    "up": _edges_from(_ABOVE, *_DRAWN),
    "both": _edges_from(union(select(_BELOW.c.id), select(_ABOVE.c.id)).subquery("around"), *_DRAWN),
}


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


@dataclass(frozen=True)
class ProjectFilter:
    """Which projects: all that is set must hold. `needle` is part of a name or a repository's address, `viewer` a user who must
    be allowed to see them, `starred_by` a user who starred them, `owner` an owner's id or name, `ci` a kind of target, `state`
    what the last result was (lower case)."""

    needle: str = ""
    viewer: str | None = None
    starred_by: str | None = None
    owner: str | None = None
    ci: str | None = None
    state: str | None = None


def search(session: Session, wanted: ProjectFilter, page: Page) -> tuple[list[Project], str | None]:
    """Live projects, newest first."""
    query = select(Project).where(Project.deleted_at.is_(None))
    if wanted.needle:
        query = query.where(holding(wanted.needle))
    if wanted.viewer:
        query = query.where(seen_by(wanted.viewer))
    if wanted.starred_by:
        query = query.where(Project.id.in_(select(Star.project_id).where(Star.user_id == wanted.starred_by)))
    if wanted.owner:
        named = select(Owner.id).where(or_(Owner.id == wanted.owner, Owner.name == wanted.owner))
        query = query.where(Project.owner_id.in_(named))
    if wanted.ci:
        query = query.where(Project.target["kind"].as_string() == wanted.ci)
    if wanted.state:
        query = query.where(Project.last_result["status"].as_string() == wanted.state.upper())
    return fetch(session, query, Project.id, page)


def holding(needle: str) -> ColumnElement[bool]:
    """Projects whose name or repository URL holds `needle`. An address is found however either of them is spelled: with another
    scheme, a user, a port, `.git`, or the rest of a page's address."""
    host, slash, path = map(_escaped, (repository(needle) or "").partition("/"))
    if slash:
        # no name holds a slash; one character stands between host and path, or a port beside it
        patterns = [(Project.repository_url, f"{host}_{path}"), (Project.repository_url, f"{host}:%/{path}")]
    else:
        patterns = [(Project.name, _escaped(needle)), (Project.repository_url, host or _escaped(needle))]
    return or_(*(column.ilike(f"%{pattern}%", escape="\\") for column, pattern in patterns))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def demo_projects(session: Session) -> Sequence[Project]:
    """The demo's live projects."""
    return session.scalars(select(Project).where(Project.demo, Project.deleted_at.is_(None))).all()


def names_of(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Project names by id."""
    rows = session.execute(select(Project.id, Project.name).where(Project.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


def ids_named(session: Session, names: Sequence[str]) -> dict[str, str]:
    """Project ids by name."""
    return {row.name: row.id for row in session.execute(select(Project.id, Project.name).where(Project.name.in_(names)))}


def of_ids(session: Session, ids: Iterable[str]) -> dict[str, Project]:
    """Projects by id."""
    return {p.id: p for p in session.scalars(select(Project).where(Project.id.in_(list(ids))))}


def pages(session: Session, project_id: str) -> Columns | None:
    """What a project's reports link to: `repository_url` and `owners_url`."""
    return session.execute(_PAGES, {"project": project_id}).first()


def deleted_in_tree(session: Session, tree_id: str) -> set[str]:
    """The projects of a tree's events that have been deleted since."""
    query = select(Project.id).join(Event, Event.project_id == Project.id)
    return set(session.scalars(query.where(Event.tree_id == tree_id, Project.deleted_at.is_not(None))))


def note_starts(session: Session, project_id: str) -> None:
    """A project's pipeline told that it started: from now on its start deadline can be enforced."""
    session.execute(_SHOWS_STARTS, {"project": project_id})


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


def lock_graph(session: Session) -> None:
    """Nobody else adds a dependency until this transaction has ended, so that two additions cannot close a cycle together.

    The oldest project's row is the lock (it stays, even when deleted): READ COMMITTED locks no gaps, so that locking the edges
    themselves would lock nothing in an empty table, and would miss a new edge that sorts before the one waited for.
    """
    session.execute(select(Project.id).order_by(Project.id).limit(1).with_for_update())


def leads_to(session: Session, start: str, goal: str) -> bool:
    """Whether dependencies, enabled or not, lead from project `start` to another one, `goal`."""
    return session.execute(_LEADS, {"root": start, "goal": goal}).first() is not None


def edges_below(session: Session, start: str) -> list[tuple[str, str]]:
    """The edges, enabled or not, that can be reached from project `start`, as (upstream, downstream)."""
    return [(row.upstream_id, row.downstream_id) for row in session.execute(_EDGES_BELOW, {"root": start})]


def edges_around(session: Session, project_id: str, direction: str) -> Sequence[Columns]:
    """What the graph page draws: the edges from a project and everything below it (`down`), above it (`up`), or `both`; of the
    latter two also those that lead elsewhere."""
    return session.execute(_AROUND[direction], {"root": project_id}).all()


def reachable(session: Session, root: str) -> tuple[list[Dependency], dict[str, Columns]]:
    """Every enabled dependency that can be reached from `root`, and the projects they touch (with `root`) as far as a tree
    freezes them, in two queries. Projects that are switched off take no part: nothing leads to them or on from them."""
    dependencies = to_domain(session.execute(_REACHABLE, {"root": root}).all())
    touched = {root} | {each.downstream for each in dependencies}
    found = {row.id: row for row in session.execute(_FROZEN, {"ids": sorted(touched)}).all()}
    off = {id_ for id_, row in found.items() if not row.enabled} - {root}
    return [each for each in dependencies if each.upstream not in off and each.downstream not in off], found


def to_domain(rows: Sequence[Columns]) -> list[Dependency]:
    """Stored dependencies as the domain knows them. What is spelled alike is read once: reading it for each of 14,000 edges was
    most of a preview."""
    filters = cache(lambda text: filters_from_json(json.loads(text)))
    refs = cache(lambda text: RefRule(**json.loads(text)))
    parameters = cache(json.loads)
    return [
        Dependency(id_, upstream, downstream, join, filters(passes), refs(ref), parameters(told))
        for id_, upstream, downstream, join, passes, ref, told in rows
    ]


def forget_secrets(session: Session, before: datetime) -> None:
    """Removes what projects that were deleted before then had kept secret; until then their runs may have to be cancelled."""
    gone = select(Project.id).where(Project.deleted_at < before)
    session.execute(delete(ProjectSecret).where(ProjectSecret.project_id.in_(gone)))
    kept = or_(Project.target_secrets.is_not(null()), Project.repository_secrets.is_not(null()))
    query = update(Project).where(Project.deleted_at < before, kept)
    session.execute(query.values(target_secrets=null(), repository_secrets=null()))
