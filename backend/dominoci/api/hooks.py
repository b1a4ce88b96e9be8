"""Pushes to hosted repositories, as their post-receive hooks tell them."""

from typing import Any

from dominoci.api.context import site, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.hooks import Push, Pushed
from dominoci.services import builds, graph_pushes

blp = Routes("hooks", "Where repositories tell of pushes.", url_prefix="/hooks")


@blp.post("/push/<project>")
@allow("hook", refuses=(404, 409))
@blp.arguments(Push)
@blp.response(201, Pushed, description="A build was made")
@blp.alt_response(200, schema=Pushed, description="The same push came before", success=True)
def push(body: dict[str, str], project: str) -> tuple[dict[str, Any], int]:
    """A ref was pushed: a root build, whose success is a root event. A `dominoci.yml` on the default branch is applied, too."""
    status, answer = write(builds.push, project, body["ref"], body["before"], body["after"])
    return {**answer, "graph": graph_pushes.follow(site().container.transactions, project, body["ref"])}, status
