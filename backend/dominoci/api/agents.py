"""Agents: registering, claiming builds, and what the agents page shows."""

from typing import Any

from flask import Response

from dominoci.api.context import caller_is_gone, read, site, who, write
from dominoci.api.gate import allow
from dominoci.api.pace import Pace
from dominoci.api.parsing import Routes
from dominoci.api.schemas.agents import Agent, Claim, ClaimQuery, Enrolment, Introduction, Registered, Registration
from dominoci.api.schemas.base import page_of as list_of
from dominoci.domain.errors import TooMany
from dominoci.services import agents, claiming, tokens

blp = Routes("agents", "Processes that run builds.")
NO_STORE = {"Cache-Control": "no-store"}
RETRY_AFTER = {"Retry-After": {"description": "seconds; when too many agents wait already", "schema": {"type": "integer"}}}
_SEEN = Pace(every_s=5.0)
Answer = tuple[dict[str, Any], int, dict[str, str]]


@blp.get("/agents")
@allow("user")
@blp.response(200, list_of(Agent))
def listing() -> dict[str, Any]:
    """All agents, with what each is doing."""
    return read(agents.listing)


@blp.post("/agents/enrolments")
@allow("admin")
@blp.response(201, Enrolment)
def enrol() -> Answer:
    """A token with which one agent may register, once."""
    return write(tokens.enrol_agent), 201, NO_STORE


@blp.post("/agents/register")
@allow("enrolment")
@blp.arguments(Registration)
@blp.response(201, Registered)
def register(body: dict[str, Any]) -> Answer:
    """Uses an enrolment token up: the agent's id and its own lasting token, shown this once."""
    return write(agents.register, body), 201, NO_STORE


@blp.post("/agents/claim")
@allow("agent")
@blp.arguments(ClaimQuery, location="query")
@blp.arguments(Introduction)
@blp.response(200, Claim)
@blp.alt_response(204, description="No work within `wait` seconds", headers=RETRY_AFTER, success=True)
def claim(query: dict[str, int], body: dict[str, Any]) -> dict[str, Any] | Response:
    """The build whose turn it is, under a lease; waits up to `wait` seconds for one."""
    container, me = site().container, who()
    if body:
        container.write(agents.introduce, me, body)
    if _SEEN.due(me.id):
        container.write(agents.seen, me)

    def look() -> dict[str, Any] | None:
        if not container.read(agents.has_work):
            return None
        return claiming.complete(container.transactions, container.repositories.caller, lambda: container.write(agents.claim, me))

    try:
        found = site().polls.take(look, query["wait"], caller_is_gone)
    except TooMany as e:
        return Response(status=204, headers={"Retry-After": str(e.retry_after)})
    return found if found is not None else Response(status=204)
