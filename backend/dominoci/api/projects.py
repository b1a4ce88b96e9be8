"""Projects and their place in the graph."""

from typing import Any

from dominoci.api.context import read, site, write
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.projects import GraphQuery, Project, ProjectChange, ProjectCreate, ProjectGraph, ProjectQuery
from dominoci.services import projects, targets

blp = Routes("projects", "Repositories with one triggerable pipeline each. `{project}` is an id or a name.")


@blp.get("/projects")
@allow("user")
@blp.arguments(ProjectQuery, location="query")
@blp.response(200, list_of(Project))
def search(query: dict[str, Any]) -> dict[str, Any]:
    """Projects that one may see, newest first; `q` finds part of a name or address."""
    chosen = {name: query[name] for name in ("starred", "owner", "ci", "state")}
    return read(projects.search, query["q"] or "", page_of(query), **chosen)


@blp.post("/projects")
@allow("user", refuses=(409,))
@blp.arguments(ProjectCreate)
@blp.response(201, Project)
def create(body: dict[str, Any]) -> dict[str, Any]:
    """A new project; without `repository_url` the arbiter hosts its repository."""
    targets.check(site().container.outbound, body.get("target"))
    return write(projects.create, body)


@blp.get("/projects/<project>")
@allow("user", "project", refuses=(404,))
@blp.response(200, Project)
def get(project: str) -> dict[str, Any]:
    """One project."""
    return read(projects.get, project)


@blp.patch("/projects/<project>")
@allow("user", refuses=(404, 409))
@blp.arguments(ProjectChange)
@blp.response(200, Project)
def change(body: dict[str, Any], project: str) -> dict[str, Any]:
    """Changes what the body names; trees that are under way keep what was frozen."""
    targets.check(site().container.outbound, body.get("target"))
    return write(projects.change, project, body)


@blp.delete("/projects/<project>")
@allow("user", refuses=(404,))
@blp.response(204)
def remove(project: str) -> None:
    """Deletes a project with its tokens and dependencies; its unfinished events are cancelled, history keeps its name."""
    write(projects.remove, project)


@blp.get("/projects/<project>/graph")
@allow("user", "project", refuses=(404,))
@blp.arguments(GraphQuery, location="query")
@blp.response(200, ProjectGraph)
def graph(query: dict[str, Any], project: str) -> dict[str, Any]:
    """What a project depends on, and what depends on it, however far away."""
    return read(projects.graph, project, query["direction"])
