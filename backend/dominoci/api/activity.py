"""What happened last to projects, and to those that depend on one directly."""

from typing import Any

from dominoci.api.context import read
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas import activity as shapes
from dominoci.services import activity, first_level

blp = Routes("activity", "What happened last to projects, and to those that depend on one directly.")


@blp.get("/activity")
@allow("user")
@blp.arguments(shapes.ActivityQuery, location="query")
@blp.response(200, shapes.ActivityList, example=shapes.ACTIVITY_EXAMPLE)
def last(query: dict[str, list[str]]) -> dict[str, Any]:
    """The last events of each of these projects, how long it takes, and the tree that it was in last."""
    return read(activity.listing, list(dict.fromkeys(query["project"])))


@blp.get("/projects/<project>/first-level")
@allow("user", "project", refuses=(404,))
@blp.arguments(shapes.FirstLevelQuery, location="query")
@blp.response(200, shapes.FirstLevel, example=shapes.FIRST_LEVEL_EXAMPLE)
def dependents(query: dict[str, Any], project: str) -> dict[str, Any]:
    """The projects that depend on this one directly, each with its last events and what lets it run; the worst first."""
    return read(first_level.listing, project, query["limit"])
