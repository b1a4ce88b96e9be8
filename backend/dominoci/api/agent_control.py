"""One agent: looking at it, draining it, revoking it."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.agents import AgentChange, AgentDetail
from dominoci.services import agent_control

blp = Routes("agent-control", "What becomes of one agent.")


@blp.get("/agents/<agent>")
@allow("user", refuses=(404,))
@blp.response(200, AgentDetail)
def get(agent: str) -> dict[str, Any]:
    """An agent with the builds that it holds, and its last ones."""
    return read(agent_control.get, agent)


@blp.patch("/agents/<agent>")
@allow("admin", refuses=(404,))
@blp.arguments(AgentChange)
@blp.response(200, AgentDetail)
def change(body: dict[str, Any], agent: str) -> dict[str, Any]:
    """Lets an agent take no new builds (`draining`), or take them again. What it runs goes on."""
    return write(agent_control.drain, agent, body["draining"])


@blp.delete("/agents/<agent>")
@allow("admin", refuses=(404,))
@blp.response(204)
def revoke(agent: str) -> None:
    """Ends the agent's credential and removes it; what it runs waits for another agent."""
    write(agent_control.revoke, agent)
