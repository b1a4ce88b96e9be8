"""The demo: seven small projects that show how a tree falls."""

from typing import Any

from dominoci.api.context import site
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.hooks import Demo, DemoLoaded

blp = Routes("demo", "Seven small projects that show how a tree falls.")


@blp.get("/demo")
@allow("user")
@blp.response(200, Demo)
def state() -> dict[str, Any]:
    """Whether the demo is loaded, and where its working clone is."""
    return site().demo.state()


@blp.post("/demo")
@allow("admin")
@blp.response(202, DemoLoaded)
def load() -> dict[str, Any]:
    """Loads the demo and pushes its first commit; loading it again changes nothing."""
    return site().demo.load()


@blp.delete("/demo")
@allow("admin")
@blp.response(204)
def remove() -> None:
    """Removes the demo's projects, repositories and files; its trees stay as history."""
    site().demo.remove()
