"""The people of a project, and the stars that people give to projects."""

from typing import Any

from dominoci.domain.errors import Conflict, NotFound
from dominoci.domain.permission import Role
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit
from dominoci.services.access import Principal, owned_project, visible_project
from dominoci.services.owners import NO_PERSON, person_view
from dominoci.store import members

View = dict[str, Any]


def listing(uow: UnitOfWork, who: Principal, key: str) -> View:
    """Everybody with a role on a project, and whether it is their own (`via` project) or their group's (`via` owner)."""
    project = visible_project(uow, who, key)
    items = [{**person_view(row), "via": row.via} for row in members.of_project(uow.session, project)]
    return {"items": items, "next_cursor": None}


def put(uow: UnitOfWork, who: Principal, key: str, user: str, role: str) -> View:
    """Gives somebody a role on the project. Raises Conflict when it would be left without an owner."""
    project, person = owned_project(uow, who, key), members.person(uow.session, user)
    if person is None:
        raise NotFound(NO_PERSON)
    if role != Role.OWNER:
        _keep_an_owner(uow, who, project, person.id)
    before = members.put_project_member(uow.session, project.id, person.id, role, who.id, uow.now)
    after = {"user": person.name, "role": role}
    _note(uow, who, project, {"user": person.name, "role": before} if before else None, after)
    return listing(uow, who, project.id)


def remove(uow: UnitOfWork, who: Principal, key: str, user: str) -> None:
    """Takes somebody's own role away; everybody may leave by themselves. What a group gives stays."""
    person = members.person(uow.session, user)
    own = person is not None and person.id == who.id
    project = (visible_project if own else owned_project)(uow, who, key)
    if person is None:
        raise NotFound(NO_PERSON)
    _keep_an_owner(uow, who, project, person.id)
    before = members.remove_project_member(uow.session, project.id, person.id)
    if before is None:
        raise NotFound(f"{person.name} has no role of their own on {project.name}.")
    _note(uow, who, project, {"user": person.name, "role": before}, None)


def _keep_an_owner(uow: UnitOfWork, who: Principal, project: Project, but: str) -> None:
    """Admins may leave a project without an owner, for they can give it one again."""
    owners = [row for row in members.of_project(uow.session, project) if row.role == Role.OWNER]
    leaves = any(row.id == but and row.via == "project" for row in owners)
    if leaves and not who.is_admin and not any(row.id != but or row.via != "project" for row in owners):
        raise Conflict(f"{project.name} would be left without an owner: make somebody else one first.")


def _note(uow: UnitOfWork, who: Principal, project: Project, before: View | None, after: View | None) -> None:
    about = audit.About("project", project.id, project.name)
    audit.note(uow, who, "project.member", about, before, after, projects=[project.id])


def star(uow: UnitOfWork, who: Principal, key: str) -> None:
    """Keeps a project on one's home page."""
    members.star(uow.session, who.id, visible_project(uow, who, key).id, uow.now)


def unstar(uow: UnitOfWork, who: Principal, key: str) -> None:
    """Takes it off again."""
    members.unstar(uow.session, who.id, visible_project(uow, who, key).id)
