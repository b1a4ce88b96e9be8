"""From the query of a list to the page that services understand."""

from collections.abc import Mapping
from typing import Any

from dominoci.services.views import Page


def page_of(query: Mapping[str, Any]) -> Page:
    """The asked-for part of a list."""
    return Page(limit=query["limit"], cursor=query["cursor"])
