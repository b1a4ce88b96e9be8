"""Forecasts, numbers of trees and projects, and what is overdue."""

from typing import Any

from dominoci.api.context import read
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas import numbers as shapes
from dominoci.services import forecast, numbers, overdue

blp = Routes("numbers", "How long things take, how often they fail, and what is overdue.")


@blp.get("/trees/<tree>/forecast")
@allow("user", "project", refuses=(404,))
@blp.arguments(shapes.ForecastQuery, location="query")
@blp.response(200, shapes.Forecast, example=shapes.FORECAST_EXAMPLE)
def tree_forecast(query: dict[str, Any], tree: str) -> dict[str, Any]:
    """When a tree will be done, and its critical path; of a finished tree, what really took longest."""
    return read(forecast.of_tree, tree, events=query["events"])


@blp.get("/trees/<tree>/numbers")
@allow("user", "project", refuses=(404,))
@blp.response(200, shapes.TreeNumbers, example=shapes.TREE_EXAMPLE)
def tree_numbers(tree: str) -> dict[str, Any]:
    """How many of a tree's children failed, how long it took, and what blocks most."""
    return read(numbers.of_tree, tree)


@blp.get("/projects/<project>/numbers")
@allow("user", "project", refuses=(404,))
@blp.arguments(shapes.NumbersQuery, location="query")
@blp.response(200, shapes.ProjectNumbers, example=shapes.PROJECT_EXAMPLE)
def project_numbers(query: dict[str, Any], project: str) -> dict[str, Any]:
    """A project's last days: how many children of its trees failed, its own runs, what is flaky, and what blocks most."""
    return read(numbers.of_project, project, query["days"])


@blp.get("/overdue")
@allow("user")
@blp.arguments(shapes.OverdueQuery, location="query")
@blp.response(200, shapes.OverduePage, example=shapes.OVERDUE_EXAMPLE)
def overdue_events(query: dict[str, Any]) -> dict[str, Any]:
    """Events that take longer than they used to, or whose deadline has passed or comes soon; the most urgent first."""
    return read(overdue.listing, query["limit"])
