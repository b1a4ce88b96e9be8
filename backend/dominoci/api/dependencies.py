"""Dependencies between projects."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.dependencies import (
    Dependencies,
    Dependency,
    DependencyChange,
    DependencyCheck,
    DependencyChecked,
    DependencyCreate,
)
from dominoci.services import dependencies, dependency_check

blp = Routes("dependencies", "Edges of the graph: who is rebuilt when whom succeeds.")


@blp.get("/projects/<project>/dependencies")
@allow("user", "project", refuses=(404,))
@blp.response(200, Dependencies)
def listing(project: str) -> dict[str, Any]:
    """What the project depends on, and what depends on it."""
    return read(dependencies.listing, project)


@blp.post("/projects/<project>/dependencies")
@allow("user", refuses=(404, 409))
@blp.arguments(DependencyCreate)
@blp.response(201, Dependency)
def add(body: dict[str, Any], project: str) -> dict[str, Any]:
    """Makes the project depend on `upstream`. 409 with `cycle`, the path by names, when that would close a cycle."""
    return write(dependencies.add, project, body)


@blp.post("/projects/<project>/dependencies/check")
@allow("user", refuses=(404,))
@blp.arguments(DependencyCheck)
@blp.response(200, DependencyChecked)
def check(body: dict[str, Any], project: str) -> dict[str, Any]:
    """Of the last 20 successes of `upstream`, how many such filters would have let pass. Nothing is changed."""
    return read(dependency_check.would_trigger, project, body["upstream"], body["filters"])


@blp.get("/projects/<project>/dependencies/<dependency>")
@allow("user", "project", refuses=(404,))
@blp.response(200, Dependency)
def get(project: str, dependency: str) -> dict[str, Any]:
    """One dependency from or to the project."""
    return read(dependencies.get, project, dependency)


@blp.patch("/projects/<project>/dependencies/<dependency>")
@allow("user", refuses=(404,))
@blp.arguments(DependencyChange)
@blp.response(200, Dependency)
def change(body: dict[str, Any], project: str, dependency: str) -> dict[str, Any]:
    """Changes what the body names; trees that are under way keep what was frozen."""
    return write(dependencies.change, project, dependency, body)


@blp.delete("/projects/<project>/dependencies/<dependency>")
@allow("user", refuses=(404,))
@blp.response(204)
def remove(project: str, dependency: str) -> None:
    """Removes a dependency."""
    write(dependencies.remove, project, dependency)
