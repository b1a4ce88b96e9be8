"""Why a build has not been taken by an agent yet."""

from collections.abc import Collection, Sequence
from typing import Any

from dominoci.domain.approval import NEEDED
from dominoci.domain.reasons import Reason
from dominoci.infra.models.builds import Agent, Build
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.liveness import condition
from dominoci.store import build_queue, builds

MOST_NAMED = 5


def why(uow: UnitOfWork, row: Build) -> Reason:
    """What a queued build waits for: an approval, an agent with its labels and executors that takes builds, and then its turn."""
    if row.approval == NEEDED:
        return Reason("needs_approval", {"commit": (row.commit or "")[:12]})
    agents = builds.agents(uow.session)
    if not agents:
        return Reason("no_agent", {})
    needs = frozenset(row.needs or ())
    able = [agent for agent in agents if needs <= has(agent)]
    if not able:
        return Reason("no_agent_matches", _unmet(needs, agents))
    states = [condition(agent, uow.now) for agent in able]
    takes = [agent for agent, state in zip(able, states, strict=True) if state == "idle"]
    if not takes:
        counted = {word: states.count(word) for word in ("silent", "draining")}
        return Reason("no_agent_takes", {"agents": len(able), **counted})
    return _turn(uow, row, takes)


def has(agent: Agent) -> frozenset[str]:
    """What builds can ask of an agent: its labels and its executors."""
    return frozenset((*agent.labels, *agent.executors))


def _unmet(needs: Collection[str], agents: Sequence[Agent]) -> dict[str, Any]:
    """The needs that no agent meets; all of them where each is met, but not together."""
    met = frozenset[str]().union(*map(has, agents))
    lacking = sorted(set(needs) - met) or sorted(needs)
    return {"needs": lacking[:MOST_NAMED], "agents": len(agents)}


def _turn(uow: UnitOfWork, row: Build, takes: Sequence[Agent]) -> Reason:
    running = builds.running_by_agent(uow.session)
    slots, busy = sum(agent.slots for agent in takes), sum(len(running.get(agent.id, ())) for agent in takes)
    before = build_queue.count_before(uow.session, row, [has(agent) for agent in takes])
    if before < slots - busy:
        return Reason("next_up", {})
    return Reason("all_busy", {"agents": len(takes), "slots": slots, "busy": busy, "before": before})
