"""Event trees."""

from typing import Any

from dominoci.api.context import read
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.trees import (
    Deliveries,
    EventDetail,
    ProjectWhy,
    Tree,
    TreeGraph,
    TreeQuery,
    TreeSummary,
    Why,
    WhyQuery,
)
from dominoci.services import feed, tree_views
from dominoci.services import why as why_service

blp = Routes("trees", "Everything that one root success set off. `{sub}` is an event's sub id: 1, 1.2, 1.2.1.")


@blp.get("/trees")
@allow("user", "project", refuses=(404,))
@blp.arguments(TreeQuery, location="query")
@blp.response(200, list_of(TreeSummary))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Trees, newest first."""
    wanted = {key: query[key] for key in ("project", "state", "branch", "commit", "since", "mine")}
    return read(feed.recent_trees, page_of(query), **wanted)


@blp.get("/trees/<tree>")
@allow("user", "project", refuses=(404,))
@blp.response(200, Tree)
def get(tree: str) -> dict[str, Any]:
    """A tree with its events."""
    return read(tree_views.get, tree)


@blp.get("/trees/<tree>/graph")
@allow("user", "project", refuses=(404,))
@blp.response(200, TreeGraph)
def graph(tree: str) -> dict[str, Any]:
    """A tree as the graph draws it: compact; the live topic `tree:<id>` counts on from its version."""
    return read(tree_views.graph, tree)


@blp.get("/trees/<tree>/why")
@allow("user", refuses=(404,))
@blp.arguments(WhyQuery, location="query")
@blp.response(200, ProjectWhy)
def project_why(query: dict[str, Any], tree: str) -> dict[str, Any]:
    """Why a project did, or did not, run in a tree, also when the tree has no event of it."""
    return read(why_service.of_project, tree, query["project"])


@blp.get("/trees/<tree>/events/<sub>")
@allow("user", "project", refuses=(404,))
@blp.response(200, EventDetail)
def event(tree: str, sub: str) -> dict[str, Any]:
    """One event with its attempts, inputs, result and history."""
    return read(tree_views.event, tree, sub)


@blp.get("/trees/<tree>/events/<sub>/why")
@allow("user", "project", refuses=(404,))
@blp.response(200, Why)
def why(tree: str, sub: str) -> dict[str, Any]:
    """Why an event did, or did not, run: one sentence, and every stored fact behind it."""
    return read(why_service.of_event, tree, sub)


@blp.get("/trees/<tree>/events/<sub>/deliveries")
@allow("user", "project", refuses=(404,))
@blp.response(200, Deliveries)
def deliveries(tree: str, sub: str) -> dict[str, Any]:
    """Every try to tell the CI system, with request, answer and our reading of it."""
    return read(tree_views.deliveries, tree, sub)
