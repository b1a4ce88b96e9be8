"""The people of this site."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.members import Person
from dominoci.api.schemas.users import LoginLink, PeopleQuery, User, UserChange, UsersQuery
from dominoci.services import user_admin

blp = Routes("users", "The people of this site: for admins their rights and ways in, for everybody their names.")


@blp.get("/users")
@allow("admin")
@blp.arguments(UsersQuery, location="query")
@blp.response(200, list_of(User))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Everybody, newest first; admins only."""
    return read(user_admin.listing, query["q"], page_of(query))


@blp.patch("/users/<user>")
@allow("admin", refuses=(404, 409))
@blp.arguments(UserChange, example={"disabled": True})
@blp.response(200, User)
def change(body: dict[str, bool], user: str) -> dict[str, Any]:
    """Gives or takes admin rights, switches an account off or on. 409 for the last admin."""
    return write(user_admin.change, user, body)


@blp.post("/users/<user>/login-link")
@allow("admin", refuses=(404, 409))
@blp.response(201, LoginLink, headers={"Cache-Control": {"schema": {"type": "string"}}})
def login_link(user: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """A one-time link for somebody who cannot get in, good for an hour."""
    return write(user_admin.login_link, user), 201, {"Cache-Control": "no-store"}


@blp.get("/people")
@allow("user")
@blp.arguments(PeopleQuery, location="query")
@blp.response(200, list_of(Person))
def people(query: dict[str, Any]) -> dict[str, Any]:
    """Up to 20 people by name, for choosing members."""
    return read(user_admin.suggestions, query["q"])
