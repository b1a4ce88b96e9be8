"""The home page."""

from typing import Any

from dominoci.api.context import read
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.home import EXAMPLE, Home, HomeQuery
from dominoci.services import home

blp = Routes("home", "What needs somebody, and how much waits.")


@blp.get("/home")
@allow("user")
@blp.arguments(HomeQuery, location="query")
@blp.response(200, Home, example=EXAMPLE)
def get(query: dict[str, str]) -> dict[str, Any]:
    """What went wrong and has not succeeded since, of one's own projects or of all that one may see."""
    return read(home.get, query["scope"])
