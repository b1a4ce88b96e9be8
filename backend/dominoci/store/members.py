"""SQL on owners (groups), members of groups and projects, and stars."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from dominoci.infra.models.accounts import User
from dominoci.infra.models.graph import Project
from dominoci.infra.models.members import Owner, OwnerMember, ProjectMember, Star
from dominoci.store.statements import Columns

Membership = ProjectMember | OwnerMember
MOST = 1000  # members that one list shows


def is_person(session: Session, user_id: str) -> bool:
    """Whether there is such a user: the arbiter itself and its command line are none."""
    return session.get(User, user_id) is not None


def person(session: Session, key: str) -> User | None:
    """The user with this id or name."""
    return session.scalars(select(User).where(or_(User.id == key, User.name == key))).first()


# ---- members of projects


def put_project_member(session: Session, project_id: str, user_id: str, role: str, by: str, now: datetime) -> str | None:
    """Gives a person a role on a project; answers the one they had."""
    new = ProjectMember(project_id=project_id, user_id=user_id, role=role, added_by=by, created_at=now)
    return _put(session, session.get(ProjectMember, (project_id, user_id)), new)


def remove_project_member(session: Session, project_id: str, user_id: str) -> str | None:
    """Takes a person's own role on a project away; answers which it was."""
    return _remove(session, session.get(ProjectMember, (project_id, user_id)))


def _put(session: Session, there: Membership | None, new: Membership) -> str | None:
    if there is None:
        session.add(new)
        session.flush()
        return None
    before, there.role = there.role, new.role
    session.flush()
    return before


def _remove(session: Session, there: Membership | None) -> str | None:
    if there is None:
        return None
    session.delete(there)
    session.flush()
    return there.role


def of_project(session: Session, project: Project) -> Sequence[Columns]:
    """The people of a project (`id`, `name`, `full_name`, `role`, `via`, `added_at`): its own, and those of its owner."""
    shown = (User.id, User.name, User.full_name)
    own = (
        select(*shown, ProjectMember.role, literal("project").label("via"), ProjectMember.created_at.label("added_at"))
        .join_from(ProjectMember, User, User.id == ProjectMember.user_id)
        .where(ProjectMember.project_id == project.id)
    )
    by_group = (
        select(*shown, OwnerMember.role, literal("owner").label("via"), OwnerMember.created_at.label("added_at"))
        .join_from(OwnerMember, User, User.id == OwnerMember.user_id)
        .where(OwnerMember.owner_id == (project.owner_id or ""))
    )
    return session.execute(union_all(own, by_group).order_by("name", "via").limit(MOST)).all()


# ---- owners


def add_owner(session: Session, row: Owner) -> None:
    """Stores a new group."""
    session.add(row)
    session.flush()


def owner(session: Session, key: str) -> Owner | None:
    """The group with this id or name."""
    return session.scalars(select(Owner).where(or_(Owner.id == key, Owner.name == key))).first()


def owner_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Groups' names by id."""
    if not ids:
        return {}
    return {row.id: row.name for row in session.execute(select(Owner.id, Owner.name).where(Owner.id.in_(ids)))}


def owners(session: Session) -> Sequence[Owner]:
    """All groups, by name."""
    return session.scalars(select(Owner).order_by(Owner.name).limit(MOST)).all()


def owner_roles(session: Session, user_id: str) -> dict[str, str]:
    """A person's role in each of their groups."""
    query = select(OwnerMember.owner_id, OwnerMember.role).where(OwnerMember.user_id == user_id)
    return {row.owner_id: row.role for row in session.execute(query)}


def owner_counts(session: Session, ids: Collection[str]) -> dict[str, tuple[int, int]]:
    """Live projects and members of groups."""
    projects = select(Project.owner_id, func.count()).where(Project.owner_id.in_(ids), Project.deleted_at.is_(None))
    people = select(OwnerMember.owner_id, func.count()).where(OwnerMember.owner_id.in_(ids))
    owned = {str(id_): count for id_, count in session.execute(projects.group_by(Project.owner_id))}
    joined = {str(id_): count for id_, count in session.execute(people.group_by(OwnerMember.owner_id))}
    return {id_: (owned.get(id_, 0), joined.get(id_, 0)) for id_ in ids}


def of_owner(session: Session, owner_id: str) -> Sequence[Columns]:
    """The people of a group (`id`, `name`, `full_name`, `role`, `added_at`)."""
    query = (
        select(User.id, User.name, User.full_name, OwnerMember.role, OwnerMember.created_at.label("added_at"))
        .join_from(OwnerMember, User, User.id == OwnerMember.user_id)
        .where(OwnerMember.owner_id == owner_id)
    )
    return session.execute(query.order_by(User.name).limit(MOST)).all()


def put_owner_member(session: Session, owner_id: str, user_id: str, role: str, by: str, now: datetime) -> str | None:
    """Gives a person a role in a group; answers the one they had."""
    new = OwnerMember(owner_id=owner_id, user_id=user_id, role=role, added_by=by, created_at=now)
    return _put(session, session.get(OwnerMember, (owner_id, user_id)), new)


def remove_owner_member(session: Session, owner_id: str, user_id: str) -> str | None:
    """Takes a person out of a group; answers the role they had."""
    return _remove(session, session.get(OwnerMember, (owner_id, user_id)))


def remove_owner(session: Session, row: Owner) -> None:
    """Deletes a group that owns nothing any more, with its memberships."""
    session.execute(delete(OwnerMember).where(OwnerMember.owner_id == row.id))
    session.delete(row)
    session.flush()


# ---- stars


def starred(session: Session, user_id: str, project_ids: Iterable[str]) -> set[str]:
    """Which of these projects somebody has starred."""
    query = select(Star.project_id).where(Star.user_id == user_id, Star.project_id.in_(list(project_ids)))
    return set(session.scalars(query))


def star(session: Session, user_id: str, project_id: str, now: datetime) -> None:
    """Stars a project; once is enough."""
    if session.get(Star, (user_id, project_id)) is None:
        session.add(Star(user_id=user_id, project_id=project_id, created_at=now))
        session.flush()


def unstar(session: Session, user_id: str, project_id: str) -> None:
    """Takes the star off."""
    session.execute(delete(Star).where(Star.user_id == user_id, Star.project_id == project_id))
