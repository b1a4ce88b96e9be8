"""The graph of all projects."""

from typing import Any

from dominoci.api.context import read
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.project_graph import WholeGraph, WholeGraphQuery
from dominoci.services import project_graph

blp = Routes("project-graph", "How all projects hang together.")


@blp.get("/graph")
@allow("user", refuses=(404,))
@blp.arguments(WholeGraphQuery, location="query")
@blp.response(200, WholeGraph)
def get(query: dict[str, Any]) -> dict[str, Any]:
    """All projects that the caller may see with the dependencies between them, or those around one of them."""
    return read(project_graph.get, query["focus"], query["dir"], query["depth"])
