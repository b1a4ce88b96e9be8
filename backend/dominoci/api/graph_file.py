"""The graph as a file: plan, apply, export."""

from typing import Any

from flask import Response

from dominoci.api.context import read, site, who
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.problems import MIMETYPE
from dominoci.api.schemas.graph_file import (
    ANSWER_EXAMPLE,
    APPLY_EXAMPLE,
    FILE_EXAMPLE,
    PLAN_EXAMPLE,
    GraphApplyBody,
    GraphExportQuery,
    GraphPlan,
    GraphPlanBody,
    GraphProblem,
)
from dominoci.services import graph_file
from dominoci.services.graph_file import Asked

blp = Routes("graph", "Projects and dependencies as a reviewed file: `dominoci.yml`.")
YAML = "text/yaml"
TEXT = {
    "type": "object",
    "required": ["version", "projects"],
    "properties": {"version": {"const": 1}, "projects": {"type": "object"}},
    "description": "a graph file (docs/graph-as-code.md), as YAML",
}
FAULTY = {"schema": GraphProblem, "content_type": MIMETYPE, "description": "The file has errors; `errors` lists all of them"}


@blp.post("/graph/plan")
@allow("user", refuses=(404,))
@blp.arguments(GraphPlanBody, example=PLAN_EXAMPLE)
@blp.response(200, GraphPlan, example=ANSWER_EXAMPLE)
@blp.alt_response(422, **FAULTY)
def plan(body: dict[str, Any]) -> dict[str, Any]:
    """What applying a graph file would do; nothing is changed."""
    container = site().container
    return graph_file.planned(container.transactions, container.outbound, who(), _asked(body))


@blp.post("/graph/apply")
@allow("user", refuses=(404, 409))
@blp.arguments(GraphApplyBody, example=APPLY_EXAMPLE)
@blp.response(200, GraphPlan, example=ANSWER_EXAMPLE)
@blp.alt_response(422, **FAULTY)
def apply(body: dict[str, Any]) -> dict[str, Any]:
    """Makes the graph what a file says, all of it or nothing; answers what was done. Doing it again does nothing."""
    container = site().container
    return graph_file.apply(container.transactions, container.outbound, who(), _asked(body))


def _asked(body: dict[str, Any]) -> Asked:
    return Asked(body["file"], body["prune"], body["project"], body["secrets"], body.get("digest"))


@blp.get("/graph/export")
@allow("user", refuses=(404,))
@blp.arguments(GraphExportQuery, location="query")
@blp.response(200, TEXT, content_type=YAML, example=FILE_EXAMPLE)
def export(query: dict[str, Any]) -> Response:
    """The graph as a file, or of it some projects. Applying it again changes nothing; secrets are not in it."""
    text = read(graph_file.export, query["project"])
    return Response(text, content_type=f"{YAML}; charset=utf-8", headers={"Content-Disposition": "inline; filename=dominoci.yml"})
