"""Why a build has not been taken by an agent yet."""

from dominoci.domain.reasons import Reason
from dominoci.infra.models.builds import Build
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.liveness import condition
from dominoci.store import builds


def why(uow: UnitOfWork, row: Build) -> Reason:
    """What a queued build waits for. Any agent takes any build: there is nothing by which one asks for a kind of agent."""
    agents = builds.agents(uow.session)
    if not agents:
        return Reason("no_agent", {})
    states = [condition(agent, uow.now) for agent in agents]
    takes = [agent for agent, state in zip(agents, states, strict=True) if state == "idle"]
    if not takes:
        counted = {word: states.count(word) for word in ("silent", "draining")}
        return Reason("no_agent_takes", {"agents": len(agents), **counted})
    running = builds.running_by_agent(uow.session)
    slots, busy = sum(agent.slots for agent in takes), sum(len(running.get(agent.id, ())) for agent in takes)
    before = builds.count_queued_before(uow.session, row.id)
    if before < slots - busy:
        return Reason("next_up", {})
    return Reason("all_busy", {"agents": len(takes), "slots": slots, "busy": busy, "before": before})
