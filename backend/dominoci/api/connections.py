"""Previews and connection tests: looking ahead from a project without starting anything."""

from typing import Any

from dominoci.api.context import read, site, who
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.connections import (
    AHEAD_EXAMPLE,
    TEST_EXAMPLE,
    ConnectionsBody,
    ConnectionTest,
    LookAhead,
    PreviewBody,
    metadata_of,
)
from dominoci.services import connections, touched

blp = Routes("connections", "What a success would set off, and whether the CI systems can be used. Nothing is started.")


@blp.post("/projects/<project>/preview")
@allow("user", refuses=(404,))
@blp.arguments(PreviewBody, example={"branch": "main"}, required=False)
@blp.response(200, LookAhead, example=AHEAD_EXAMPLE)
def look_ahead(body: dict[str, Any], project: str) -> dict[str, Any]:
    """What a success would set off, in which order, what filters would drop, how long it would take, and whom it touches."""
    return read(touched.look_ahead, project, metadata_of(body), frozenset(site().container.adapters))


@blp.post("/projects/<project>/test-connections")
@allow("user", refuses=(404, 429))
@blp.arguments(ConnectionsBody, example={"branch": "main"}, required=False)
@blp.response(200, ConnectionTest, example=TEST_EXAMPLE)
def test_connections(body: dict[str, Any], project: str) -> dict[str, Any]:
    """The same with a test of every CI system that would be used, side by side and within 20 seconds. 429 while others test."""
    container, alone = site().container, body.pop("alone")
    return connections.probe(container.transactions, container.adapters, who(), project, metadata_of(body), alone=alone)
