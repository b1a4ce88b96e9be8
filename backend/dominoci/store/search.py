"""SQL behind the search box. Projects are few and are looked through; whatever grows with time is found by an index, as a
range of what begins so."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from dominoci.infra.models.builds import Build, BuildArtifact
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Event, ResultRow, Tree
from dominoci.store.permissions import seen_by
from dominoci.store.projects import holding
from dominoci.store.statements import Columns

MOST = 10  # of each kind
Span = tuple[str, str]  # from the first, to before the second
Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])

_EVENTS = select(
    *(Event.tree_id, Event.sub_id, Event.project_id, Event.project_name, Event.state, Event.run_url, Event.attempt)
)
_BUILDS = select(
    *(Build.id, Build.project_id, Build.project_name, Build.number, Build.state, Build.ref, Build.commit, Build.message)
).where(Build.job == "")


def projects(session: Session, needle: str, viewer: str | None) -> Sequence[Columns]:
    """Live projects whose name or repository URL holds `needle`: the one of this name first, then names that begin so. Those that
    the user `viewer` may see."""
    rank = case((Project.name == needle, 0), (Project.name.startswith(needle, autoescape=True), 1), else_=2)
    query = select(Project.id, Project.name, Project.repository_url).where(Project.deleted_at.is_(None), holding(needle))
    if viewer:
        query = query.where(seen_by(viewer))
    return session.execute(query.order_by(rank, Project.name).limit(MOST)).all()


def trees_by_id(session: Session, span: Span) -> Sequence[Tree]:
    """Trees with an id in this range, newest first."""
    return session.scalars(_newest(select(Tree).where(*_in(Tree.id, span)), Tree.id)).all()


def trees_by_commit(session: Session, span: Span) -> Sequence[Tree]:
    """Trees whose root has a commit in this range, newest first."""
    return session.scalars(_newest(select(Tree).where(*_in(Tree.root_commit, span)), Tree.id)).all()


def events_of_run(session: Session, addresses: Sequence[str]) -> Sequence[Columns]:
    """Events whose run has one of these addresses, newest first."""
    return session.execute(_newest(_EVENTS.where(Event.run_url.in_(addresses)), Event.id)).all()


def events_by_commit(session: Session, span: Span) -> Sequence[Columns]:
    """Events below a root that reported a commit in this range, newest first."""
    with_commit = select(ResultRow.event_id).where(*_in(ResultRow.commit, span))
    return session.execute(_newest(_EVENTS.where(Event.id.in_(with_commit), Event.position > 0), Event.id)).all()


def events_at(session: Session, span: Span, sub_id: str) -> Sequence[Columns]:
    """Events with this sub id in trees with an id in this range, newest first."""
    return session.execute(_newest(_EVENTS.where(*_in(Event.tree_id, span), Event.sub_id == sub_id), Event.tree_id)).all()


def builds_by_id(session: Session, span: Span) -> Sequence[Columns]:
    """Builds with an id in this range, newest first."""
    return session.execute(_newest(_BUILDS.where(*_in(Build.id, span)), Build.id)).all()


def builds_by_number(session: Session, number: int, project: str | None) -> Sequence[Columns]:
    """Builds of this number, newest first; of the live project of this name when asked."""
    query = _BUILDS.where(Build.number == number)
    if project:
        query = query.join(Project, Project.id == Build.project_id).where(Project.name == project)
    return session.execute(_newest(query, Build.id)).all()


def artifacts(session: Session, span: Span) -> Sequence[Columns]:
    """Artifact names in this range, each with the newest build that made one (`name`, `size`, and the build's columns)."""
    newest = select(BuildArtifact.name, func.max(BuildArtifact.build_id).label("build_id")).where(*_in(BuildArtifact.name, span))
    named = newest.group_by(BuildArtifact.name).order_by(BuildArtifact.name).limit(MOST).subquery()
    shown = (named.c.name, Build.id, Build.project_id, Build.project_name, Build.number)
    query = select(*shown).join(named, named.c.build_id == Build.id)
    return session.execute(query.order_by(named.c.name)).all()


def _in(column: Any, span: Span) -> tuple[Any, Any]:
    return column >= span[0], column < span[1]


def _newest(query: Query, column: Any) -> Query:
    return query.order_by(column.desc()).limit(MOST)


def project_names(session: Session, viewer: str | None, limit: int) -> list[str]:
    """The names of live projects that a user may see (None: all), in order."""
    query = select(Project.name).where(Project.deleted_at.is_(None))
    query = query if viewer is None else query.where(seen_by(viewer))
    return list(session.scalars(query.order_by(Project.name).limit(limit)))
