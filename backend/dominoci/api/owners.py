"""Owners: the organisations and teams that projects belong to."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.members import Member, Owner, OwnerChange, OwnerCreate, RoleBody
from dominoci.services import owners

blp = Routes("owners", "Groups that own projects; a member has their role on all of them. `{owner}`, `{user}`: ids or names.")
PEOPLE = list_of(Member)


@blp.get("/owners")
@allow("user")
@blp.response(200, list_of(Owner))
def listing() -> dict[str, Any]:
    """The groups that one is in, by name; admins see all."""
    return read(owners.listing)


@blp.post("/owners")
@allow("user", refuses=(409,))
@blp.arguments(OwnerCreate)
@blp.response(201, Owner)
def create(body: dict[str, Any]) -> dict[str, Any]:
    """A new group; whoever makes it is its first owner."""
    return write(owners.create, body)


@blp.get("/owners/<owner>")
@allow("user", refuses=(404,))
@blp.response(200, Owner)
def get(owner: str) -> dict[str, Any]:
    """One group."""
    return read(owners.get, owner)


@blp.patch("/owners/<owner>")
@allow("user", refuses=(404, 409))
@blp.arguments(OwnerChange)
@blp.response(200, Owner)
def change(body: dict[str, Any], owner: str) -> dict[str, Any]:
    """Changes what the body names."""
    return write(owners.change, owner, body)


@blp.delete("/owners/<owner>")
@allow("user", refuses=(404, 409))
@blp.response(204)
def remove(owner: str) -> None:
    """Deletes a group; 409 while it owns projects."""
    write(owners.remove, owner)


@blp.get("/owners/<owner>/members")
@allow("user", refuses=(404,))
@blp.response(200, PEOPLE)
def people(owner: str) -> dict[str, Any]:
    """Who is in a group."""
    return read(owners.people, owner)


@blp.put("/owners/<owner>/members/<user>")
@allow("user", refuses=(404, 409))
@blp.arguments(RoleBody)
@blp.response(200, PEOPLE)
def put_member(body: dict[str, Any], owner: str, user: str) -> dict[str, Any]:
    """Takes somebody in, or gives them another role."""
    return write(owners.put_member, owner, user, body["role"])


@blp.delete("/owners/<owner>/members/<user>")
@allow("user", refuses=(404, 409))
@blp.response(204)
def remove_member(owner: str, user: str) -> None:
    """Takes somebody out; everybody may leave by themselves."""
    write(owners.remove_member, owner, user)
