"""Finding things: the search box, and what came of a project's reports."""

from typing import Any

from dominoci.api.context import read
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import PageQuery
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.search import (
    NAMES_EXAMPLE,
    REPORTS_EXAMPLE,
    SEARCH_EXAMPLE,
    ProjectNames,
    RootReport,
    SearchQuery,
    SearchResult,
)
from dominoci.services import feed, project_names
from dominoci.services import search as finding

blp = Routes("search", "One box for everything, and what came of what was reported.")


@blp.get("/search")
@allow("user")
@blp.arguments(SearchQuery, location="query")
@blp.response(200, SearchResult, example=SEARCH_EXAMPLE)
def search(query: dict[str, str]) -> dict[str, Any]:
    """Projects, trees, events, builds and artifacts that `q` may mean: at most ten of each."""
    return read(finding.search, query["q"])


@blp.get("/search/names")
@allow("user")
@blp.response(200, ProjectNames, example=NAMES_EXAMPLE)
def names() -> dict[str, Any]:
    """The names of the projects that one may see, in order, at most 5,000: what is looked through without asking again."""
    return read(project_names.listing)


@blp.get("/projects/<project>/reports")
@allow("user", "project", refuses=(404,))
@blp.arguments(PageQuery, location="query")
@blp.response(200, list_of(RootReport), example=REPORTS_EXAMPLE)
def reports(query: dict[str, Any], project: str) -> dict[str, Any]:
    """A project's root reports, newest first, each with what came of it: also those that opened no tree."""
    return read(feed.reports, project, page_of(query))
