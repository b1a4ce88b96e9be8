"""SQL on who may see what: the projects that a person, or another project, may see, and the roles that a person has."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, or_, select, union_all
from sqlalchemy.orm import Session

from dominoci.domain.permission import PUBLIC
from dominoci.infra.models.graph import DependencyRow, Project
from dominoci.infra.models.members import Consent, OwnerMember, ProjectMember, Star
from dominoci.infra.models.trees import Event
from dominoci.store.settling import chunks
from dominoci.store.statements import table_of

_PROJECTS, _EDGES, _EVENTS = table_of(Project), table_of(DependencyRow), table_of(Event)
_MEMBERS, _GROUPS, _STARS, _CONSENTS = (table_of(model) for model in (ProjectMember, OwnerMember, Star, Consent))
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ME: BindParameter[Any] = bindparam("me")


def seen_by(viewer: str | BindParameter[Any]) -> ColumnElement[bool]:
    """Condition on projects: those that this user may see."""
    groups = select(_GROUPS.c.owner_id).where(_GROUPS.c.user_id == viewer)
    own = select(_MEMBERS.c.project_id).where(_MEMBERS.c.user_id == viewer)
    return or_(_PROJECTS.c.visibility == PUBLIC, _PROJECTS.c.id.in_(own), _PROJECTS.c.owner_id.in_(groups))


_SEEN_BY_USER = seen_by(_ME)
_NEIGHBOURS = (
    select(_EDGES.c.upstream_id).where(_EDGES.c.downstream_id == _ME),
    select(_EDGES.c.downstream_id).where(_EDGES.c.upstream_id == _ME),
)
_AGREED = select(_CONSENTS.c.upstream_id).where(_CONSENTS.c.downstream_id == _ME, _CONSENTS.c.state == "granted")
_SEEN_BY_PROJECT = or_(
    *(_PROJECTS.c.visibility == PUBLIC, _PROJECTS.c.id == _ME),
    *(_PROJECTS.c.id.in_(query) for query in (*_NEIGHBOURS, _AGREED)),
)
_OF_USER = select(_PROJECTS.c.id).where(_PROJECTS.c.id.in_(_IDS), _SEEN_BY_USER)
_OF_PROJECT = select(_PROJECTS.c.id).where(_PROJECTS.c.id.in_(_IDS), _SEEN_BY_PROJECT)
_TREES_OF_USER = (
    select(_EVENTS.c.tree_id)
    .join_from(_EVENTS, _PROJECTS, _PROJECTS.c.id == _EVENTS.c.project_id)
    .where(_EVENTS.c.tree_id.in_(_IDS), _SEEN_BY_USER)
    .distinct()
)
_ROLES = union_all(
    select(_MEMBERS.c.project_id, _MEMBERS.c.role).where(_MEMBERS.c.user_id == _ME, _MEMBERS.c.project_id.in_(_IDS)),
    select(_PROJECTS.c.id.label("project_id"), _GROUPS.c.role)
    .join_from(_PROJECTS, _GROUPS, _GROUPS.c.owner_id == _PROJECTS.c.owner_id)
    .where(_GROUPS.c.user_id == _ME, _PROJECTS.c.id.in_(_IDS)),
)
_MINE = union_all(
    select(_MEMBERS.c.project_id).where(_MEMBERS.c.user_id == _ME),
    select(_STARS.c.project_id).where(_STARS.c.user_id == _ME),
    select(_PROJECTS.c.id).where(_PROJECTS.c.owner_id.in_(select(_GROUPS.c.owner_id).where(_GROUPS.c.user_id == _ME))),
)


def projects_seen(session: Session, viewer: str, ids: Iterable[str]) -> set[str]:
    """Which of these projects a user may see."""
    return _which(session, _OF_USER, viewer, ids)


def projects_seen_by_project(session: Session, project_id: str, ids: Iterable[str]) -> set[str]:
    """Which of these a project may see: itself, public ones, those next to it in the graph, and those that agreed to be."""
    return _which(session, _OF_PROJECT, project_id, ids)


def trees_seen(session: Session, viewer: str, ids: Iterable[str]) -> set[str]:
    """In which of these trees a user may see some event."""
    return _which(session, _TREES_OF_USER, viewer, ids)


def trees_with(session: Session, project_ids: Sequence[str], ids: Sequence[str]) -> set[str]:
    """Which of these trees (not many) some of these projects take part in."""
    found: set[str] = set()
    for part in chunks(project_ids):
        query = select(_EVENTS.c.tree_id).where(_EVENTS.c.tree_id.in_(ids), _EVENTS.c.project_id.in_(part)).distinct()
        found.update(session.scalars(query))
    return found


def _which(session: Session, query: Select[Any], me: str, ids: Iterable[str]) -> set[str]:
    wanted: Sequence[str] = sorted(set(ids))
    return {id_ for part in chunks(wanted) for id_ in session.scalars(query, {"me": me, "ids": part})}


def roles(session: Session, user_id: str, project_ids: Iterable[str]) -> dict[str, list[str]]:
    """The roles that a user has on these projects, their own and those of their groups; projects without one are left out."""
    found: dict[str, list[str]] = {}
    for part in chunks(sorted(set(project_ids))):
        for project_id, role in session.execute(_ROLES, {"me": user_id, "ids": part}):
            found.setdefault(project_id, []).append(role)
    return found


def mine(session: Session, user_id: str) -> list[str]:
    """The projects that somebody is a member of, themselves or by a group, and those that they starred."""
    return sorted(set(session.scalars(_MINE, {"me": user_id})))
