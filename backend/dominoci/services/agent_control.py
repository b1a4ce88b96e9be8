"""What admins do with one agent: look at it closely, let it take no more builds, send it away."""

from typing import Any

from dominoci.domain.errors import NotFound
from dominoci.infra.models.builds import Agent, Build
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import agents, audit, build_reports, job_builds
from dominoci.services.access import Principal, require_admin, viewer
from dominoci.store import accounts, build_history, builds

View = dict[str, Any]
LAST_BUILDS = 20


def get(uow: UnitOfWork, who: Principal, agent_id: str) -> View:
    """An agent with the builds that it holds, until when, and the last ones that the caller may see."""
    sees = viewer(who)
    row = _agent(uow, agent_id)
    held = builds.held_by(uow.session, row.id)
    last = builds.last_of_agent(uow.session, row.id, sees, LAST_BUILDS)
    shown = agents.view(uow, who, row, held, build_history.progress(uow.session, [build.id for build in held]))
    seen = {build["id"] for build in shown["builds"]}
    return {
        **shown,
        "executors": row.executors,
        "created_at": row.created_at,
        "leases": [{"build_id": b.id, "lease_until": b.lease_until} for b in held if b.id in seen],
        "last_builds": list(map(job_builds.viewing(uow, last), last)),
    }


def _agent(uow: UnitOfWork, agent_id: str) -> Agent:
    row = builds.agent(uow.session, agent_id)
    if row is None:
        raise NotFound("There is no such agent.")
    return row


def drain(uow: UnitOfWork, who: Principal, agent_id: str, draining: bool) -> View:
    """From now on the agent takes no new build, or takes them again; what it runs it brings to its end."""
    require_admin(who)
    row = _agent(uow, agent_id)
    audit.note(uow, who, "agent.drained", _about(row), {"draining": row.draining}, {"draining": draining})
    row.draining = draining
    uow.session.flush()
    if not draining:
        uow.wake_agents()
    uow.publish("agents", {"version": 0})
    return get(uow, who, agent_id)


def revoke(uow: UnitOfWork, who: Principal, agent_id: str) -> None:
    """Ends the agent's credential and removes it. What it runs waits for another agent: its lease is over at once, so that
    nothing it goes on to tell counts."""
    require_admin(who)
    row = _agent(uow, agent_id)
    held = builds.held_by(uow.session, row.id)
    kept = {"labels": row.labels, "version": row.version, "slots": row.slots, "builds": [_name(build) for build in held]}
    audit.note(uow, who, "agent.revoked", _about(row), before=kept, projects={build.project_id for build in held})
    accounts.revoke_tokens_of(uow.session, row.id, uow.now)
    for build in held:
        build_reports.put_back(uow, build.id, "agent_revoked", "an admin revoked it")
    builds.remove_agent(uow.session, row)
    uow.publish("agents", {"version": 0})


def _about(row: Agent) -> audit.About:
    return audit.About("agent", row.id, row.name)


def _name(build: Build) -> str:
    return f"{build.project_name} #{build.number}"
