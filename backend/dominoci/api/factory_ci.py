"""The FactoryCI API: `/project?id=`, with projects and owners as its document has them (docs/factory-ci.md)."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.factory_ci import FactoryProject, FactoryProjectChange, FactoryProjectCreate, ProjectId
from dominoci.domain.errors import BadRequest
from dominoci.services import factory_ci

blp = Routes("factory-ci", "FactoryCI: projects and their owners.", url_prefix="")


@blp.get("/project")
@allow("user", refuses=(404,))
@blp.arguments(ProjectId, location="query")
@blp.response(200, FactoryProject)
def get(query: dict[str, Any]) -> dict[str, Any]:
    """One project."""
    return read(factory_ci.get, _id(query))


@blp.post("/project")
@allow("user", refuses=(409,))
@blp.arguments(FactoryProjectCreate)
@blp.response(201, FactoryProject)
def create(body: dict[str, Any]) -> dict[str, Any]:
    """A new project that own agents build. 409 where its name, or the owner's, is somebody else's."""
    return write(factory_ci.create, body)


@blp.put("/project")
@allow("user", refuses=(404, 409))
@blp.arguments(ProjectId, location="query")
@blp.arguments(FactoryProjectChange, example={"url": "https://github.com/octo-org/app.git"})
@blp.response(200, FactoryProject)
def change(query: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Changes what the body names."""
    return write(factory_ci.change, _id(query), body)


@blp.delete("/project")
@allow("user", refuses=(404,))
@blp.arguments(ProjectId, location="query")
@blp.response(204)
def remove(query: dict[str, Any]) -> None:
    """Deletes the project; its history stays."""
    write(factory_ci.remove, _id(query))


def _id(query: dict[str, Any]) -> str:
    if not query["id"]:
        raise BadRequest("Say which project: /project?id=…")
    return str(query["id"])
