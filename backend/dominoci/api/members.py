"""Who is on a project, and the stars that one gives to projects."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.members import ProjectMember, RoleBody
from dominoci.services import members

blp = Routes("members", "Who may do what with a project. `{user}` is an id or a name.")
PEOPLE = list_of(ProjectMember)


@blp.get("/projects/<project>/members")
@allow("user", refuses=(404,))
@blp.response(200, PEOPLE)
def listing(project: str) -> dict[str, Any]:
    """Everybody with a role on the project, their own or by its owner."""
    return read(members.listing, project)


@blp.put("/projects/<project>/members/<user>")
@allow("user", refuses=(404, 409))
@blp.arguments(RoleBody)
@blp.response(200, PEOPLE)
def put(body: dict[str, Any], project: str, user: str) -> dict[str, Any]:
    """Gives somebody a role; 409 when the project would be left without an owner."""
    return write(members.put, project, user, body["role"])


@blp.delete("/projects/<project>/members/<user>")
@allow("user", refuses=(404, 409))
@blp.response(204)
def remove(project: str, user: str) -> None:
    """Takes somebody's own role away; everybody may leave by themselves."""
    write(members.remove, project, user)


@blp.put("/me/stars/<project>")
@allow("user", refuses=(404,))
@blp.response(204)
def star(project: str) -> None:
    """Keeps a project on one's home page."""
    write(members.star, project)


@blp.delete("/me/stars/<project>")
@allow("user", refuses=(404,))
@blp.response(204)
def unstar(project: str) -> None:
    """Takes it off again."""
    write(members.unstar, project)
