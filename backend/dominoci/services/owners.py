"""Owners: organisations and teams that own projects. A member has their role on every project of the group."""

from collections.abc import Mapping
from typing import Any

from dominoci.domain.errors import Conflict, Invalid, NotFound
from dominoci.domain.ids import new_id
from dominoci.domain.names import name_problem
from dominoci.domain.permission import Role
from dominoci.infra.models.members import Owner
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit
from dominoci.services.access import Principal, require_role, require_user
from dominoci.store import members
from dominoci.store.statements import Columns

View = dict[str, Any]
NO_OWNER = "There is no such group, or you are not in it."
NO_PERSON = "There is no such user."


def listing(uow: UnitOfWork, who: Principal) -> View:
    """The groups that one is in, by name; admins see all."""
    require_user(who)
    roles = members.owner_roles(uow.session, who.id)
    rows = [row for row in members.owners(uow.session) if who.is_admin or row.id in roles]
    counts = members.owner_counts(uow.session, [row.id for row in rows])
    return {"items": [_view(row, _role(who, roles.get(row.id)), counts[row.id]) for row in rows], "next_cursor": None}


def create(uow: UnitOfWork, who: Principal, body: Mapping[str, Any]) -> View:
    """A new group, whose first owner is whoever made it. Raises Invalid, or Conflict when the name is taken."""
    require_user(who)
    _check_name(uow, body["name"])
    row = Owner(id=new_id(), name=body["name"], contact=body.get("contact"), url=body.get("url"), created_at=uow.now)
    members.add_owner(uow.session, row)
    if members.is_person(uow.session, who.id):
        members.put_owner_member(uow.session, row.id, who.id, Role.OWNER.value, who.id, uow.now)
    audit.note(uow, who, "owner.created", _about(row), after=_settings(row))
    return get(uow, who, row.id)


def get(uow: UnitOfWork, who: Principal, key: str) -> View:
    """One group."""
    row, role = seen(uow, who, key)
    return _view(row, role, members.owner_counts(uow.session, [row.id])[row.id])


def change(uow: UnitOfWork, who: Principal, key: str, body: Mapping[str, Any]) -> View:
    """Changes what `body` names."""
    row = owned(uow, who, key)
    before = _settings(row)
    if "name" in body and body["name"] != row.name:
        _check_name(uow, body["name"])
    for field in ("name", "contact", "url"):
        if field in body:
            setattr(row, field, body[field])
    uow.session.flush()
    audit.note(uow, who, "owner.changed", _about(row), before, _settings(row))
    return get(uow, who, row.id)


def remove(uow: UnitOfWork, who: Principal, key: str) -> None:
    """Deletes a group. Raises Conflict while it owns projects."""
    row = owned(uow, who, key)
    count = members.owner_counts(uow.session, [row.id])[row.id][0]
    if count:
        raise Conflict(f"{row.name} still owns {count} project{'s' * (count != 1)}: give them another owner first.")
    audit.note(uow, who, "owner.deleted", _about(row), before=_settings(row))
    members.remove_owner(uow.session, row)


def people(uow: UnitOfWork, who: Principal, key: str) -> View:
    """Who is in a group."""
    row, _ = seen(uow, who, key)
    return {"items": [person_view(found) for found in members.of_owner(uow.session, row.id)], "next_cursor": None}


def person_view(row: Columns) -> View:
    """A member: `user` (id, name, full_name), `role` and `added_at`."""
    user = {"id": row.id, "name": row.name, "full_name": row.full_name}
    return {"user": user, "role": row.role, "added_at": row.added_at}


def put_member(uow: UnitOfWork, who: Principal, key: str, user: str, role: str) -> View:
    """Takes somebody in, or gives them another role. Raises Conflict when the group would be left without an owner."""
    row, person = owned(uow, who, key), members.person(uow.session, user)
    if person is None:
        raise NotFound(NO_PERSON)
    if role != Role.OWNER:
        _keep_an_owner(uow, who, row, person.id)
    before = members.put_owner_member(uow.session, row.id, person.id, role, who.id, uow.now)
    after = {"user": person.name, "role": role}
    audit.note(uow, who, "owner.member", _about(row), {"user": person.name, "role": before} if before else None, after)
    return people(uow, who, row.id)


def remove_member(uow: UnitOfWork, who: Principal, key: str, user: str) -> None:
    """Takes somebody out; everybody may leave by themselves."""
    row, role = seen(uow, who, key)
    person = members.person(uow.session, user)
    if person is None or person.id != who.id:
        require_role(role, Role.OWNER, row.name)
    if person is None:
        raise NotFound(NO_PERSON)
    _keep_an_owner(uow, who, row, person.id)
    before = members.remove_owner_member(uow.session, row.id, person.id)
    if before is None:
        raise NotFound(f"{person.name} is not in {row.name}.")
    audit.note(uow, who, "owner.member", _about(row), before={"user": person.name, "role": before})


def _keep_an_owner(uow: UnitOfWork, who: Principal, row: Owner, but: str) -> None:
    """Admins may leave a group without an owner, for they can give it one again."""
    found = members.of_owner(uow.session, row.id)
    others = any(member.role == Role.OWNER and member.id != but for member in found)
    was_owner = any(member.role == Role.OWNER and member.id == but for member in found)
    if was_owner and not others and not who.is_admin:
        raise Conflict(f"{row.name} would be left without an owner: make somebody else one first.")


def giving(uow: UnitOfWork, who: Principal, key: str) -> Owner:
    """The group to which `who` may give a project: one needs to be at least a maintainer in it."""
    try:
        row, role = seen(uow, who, key)
    except NotFound as e:
        raise Invalid("The owner is not known.", {"owner": [e.detail]}) from e
    require_role(role, Role.MAINTAINER, row.name)
    return row


def seen(uow: UnitOfWork, who: Principal, key: str) -> tuple[Owner, Role]:
    """The group with this id or name, and what `who` is in it. Raises NotFound for those who are not in it."""
    require_user(who)
    row = members.owner(uow.session, key)
    role = _role(who, members.owner_roles(uow.session, who.id).get(row.id)) if row else None
    if row is None or role is None:
        raise NotFound(NO_OWNER)
    return row, role


def owned(uow: UnitOfWork, who: Principal, key: str) -> Owner:
    """The group, if `who` may decide about its people and its end."""
    row, role = seen(uow, who, key)
    require_role(role, Role.OWNER, row.name)
    return row


def _role(who: Principal, role: str | None) -> Role | None:
    return Role.OWNER if who.is_admin else Role(role) if role else None


def _check_name(uow: UnitOfWork, name: str) -> None:
    if problem := name_problem(name):
        raise Invalid("The group's name cannot be used.", {"name": [f"A name {problem}."]})
    if members.owner(uow.session, name):
        raise Conflict(f"There is already a group called {name}.", errors={"name": ["is taken"]})


def _about(row: Owner) -> audit.About:
    return audit.About("owner", row.id, row.name)


def _settings(row: Owner) -> View:
    return {"name": row.name, "contact": row.contact, "url": row.url}


def _view(row: Owner, role: Role | None, counts: tuple[int, int]) -> View:
    fields = {"id": row.id, "name": row.name, "contact": row.contact, "url": row.url}
    return {**fields, "role": role.value if role else None, "project_count": counts[0], "member_count": counts[1]}
