"""Agents: registering, claiming builds under a lease, and what the agents page shows."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from dominoci.domain import credentials
from dominoci.domain.dispatch import variables
from dominoci.domain.errors import Forbidden, NotFound, Unauthorized
from dominoci.domain.ids import new_id
from dominoci.domain.reasons import Reason
from dominoci.domain.states import BuildState
from dominoci.domain.target import JOB_ID
from dominoci.infra.git import Hosting
from dominoci.infra.models.builds import Agent, Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import (
    audit,
    build_feed,
    build_waiting,
    claiming,
    flows,
    inputs,
    project_secrets,
    results,
    starting,
    tokens,
    views,
)
from dominoci.services.access import Principal, require_user, sight
from dominoci.services.liveness import condition
from dominoci.services.tree_change import TreeChange
from dominoci.store import accounts, build_history, build_queue, builds, projects, trees

View = dict[str, Any]
SEEN_EVERY = timedelta(seconds=5)


def register(uow: UnitOfWork, who: Principal, body: Mapping[str, Any]) -> View:
    """A new agent by a one-use enrolment token: its id, and its own lasting token, shown this once."""
    if who.kind != "enrolment" or not accounts.use_token_up(uow.session, who.id, uow.now):
        raise Unauthorized("An enrolment token is needed, and it works once: `dominoci agent enrol` prints one.")
    row = Agent(
        id=new_id(),
        name=body["name"],
        labels=list(body.get("labels") or []),
        executors=list(body.get("executors") or []),
        version=body.get("version") or "",
        slots=body.get("slots") or 1,
        draining=False,
        created_at=uow.now,
        last_seen_at=uow.now,
        url=None,
    )
    builds.add(uow.session, row)
    _, text = tokens.mint(uow, "dca", row.id, tokens.AGENT, row.name)
    kept = {"labels": row.labels, "executors": row.executors, "version": row.version, "slots": row.slots}
    audit.note(uow, who, "agent.registered", audit.About("agent", row.id, row.name), after=kept)
    uow.publish("agents", {"version": 0})
    return {"id": row.id, "token": text}


def introduce(uow: UnitOfWork, who: Principal, told: Mapping[str, Any]) -> None:
    """What an agent is able to do from now on: its process began anew, with other settings or another machine's engine."""
    row = _agent(uow, who)
    new = {name: told[name] for name in ("labels", "executors", "version", "slots") if name in told}
    before = {name: getattr(row, name) for name in new}
    if new == before:
        return
    for name, value in new.items():
        setattr(row, name, value)
    audit.note(uow, who, "agent.changed", audit.About("agent", row.id, row.name), before=before, after=new)
    uow.publish("agents", {"version": 0})


def has_work(uow: UnitOfWork) -> bool:
    """Whether a claim could find a build now."""
    return builds.any_queued(uow.session)


def seen(uow: UnitOfWork, who: Principal) -> None:
    """Notes that an agent asked for work, every few seconds at most."""
    row = _agent(uow, who)
    if uow.now - row.last_seen_at > SEEN_EVERY:
        builds.touch_agent(uow.session, row.id, uow.now)
        uow.publish("agents", {"version": 0, "agent": {"id": row.id, "name": row.name, "last_seen_at": uow.now}})


def _agent(uow: UnitOfWork, who: Principal) -> Agent:
    row = builds.agent(uow.session, who.id) if who.kind == "agent" else None
    if row is None:
        raise Forbidden("Only a registered agent may claim builds.")
    return row


def claim(uow: UnitOfWork, who: Principal) -> View | None:
    """The build whose turn it is (`domain.fair_queue`), under a lease of this agent; None when there is none that it can run.

    Compare-and-set: of all that try, one agent gets a build.
    """
    agent = _agent(uow, who)
    if agent.draining:
        return None
    # a candidate that is lost was taken by another agent meanwhile, so looking again comes to an end
    has = build_waiting.has(agent)
    while candidates := build_queue.next_for(uow.session, has):
        for candidate in candidates:
            change = TreeChange.of(uow, candidate.tree_id) if candidate.tree_id and candidate.event_id else None
            token = credentials.mint("dcb")
            if _take(uow, candidate, agent, token):
                return _claimed(uow, change, candidate, agent, token)
    return None


def _take(uow: UnitOfWork, build: Build, agent: Agent, token: str) -> bool:
    return builds.move(
        uow.session,
        build.id,
        BuildState.QUEUED,
        state=BuildState.RUNNING.value,
        agent_id=agent.id,
        agent_name=agent.name,
        leases=Build.leases + 1,
        lease_until=uow.now + timedelta(seconds=uow.settings.lease_s),
        token=credentials.fingerprint(token),
        started_at=uow.now,
    )


def _claimed(uow: UnitOfWork, change: TreeChange | None, build: Build, agent: Agent, token: str) -> View:
    row = builds.build(uow.session, build.id, fresh=True) or build
    agent.last_seen_at = uow.now
    project = projects.by_id(uow.session, row.project_id)
    if project is None:
        raise NotFound("The build's project is gone.")
    event = trees.events_by_id(uow.session, [row.event_id])[0] if change and row.event_id else None
    answer = _common(uow, row, project, token)
    if change and event:
        if event.attempt == row.attempt:
            _event_runs(change, event, row, agent, uow)
        answer |= _of_event(uow, row, event, project)
        change.finish()
    if row.job:
        answer |= flows.claimed(uow, row, token)
    answer["commit"] = row.commit or (_resolve(uow, project, row.ref) if answer["repository"] else None)
    build_feed.publish(uow, row)
    uow.session.flush()
    return answer


def _event_runs(change: TreeChange, event: Event, row: Build, agent: Agent, uow: UnitOfWork) -> None:
    reason = Reason("claimed", {"agent": agent.name, "number": row.number})
    results.sign_of_life(change, event, reason, views.build_url(uow.settings, row.id))


def _common(uow: UnitOfWork, row: Build, project: Project, token: str) -> View:
    return {
        "id": row.id,
        "number": row.number,
        "token": token,
        "lease_s": uow.settings.lease_s,
        "project": {"id": row.project_id, "name": row.project_name},
        **claiming.source(uow, row, project, token),
        "ref": row.ref,
        "ref_fallback": None,
        "branch": row.branch,
        "tag": row.tag,
        "base_commit": row.base_commit,
        "pipelines": [project.target["pipeline"]] if project.target.get("pipeline") and _of_target(row, project) else None,
        "variables": dict(row.parameters),
        "secrets": project_secrets.of_build(uow, project, trusted=row.trusted),
        "inputs": [],
        "job": None,
        "trusted": row.trusted,
        "timeout_s": uow.settings.max_build_s,
        "url": views.build_url(uow.settings, row.id),
    }


def _of_target(row: Build, project: Project) -> bool:
    """Whether a build runs what the project's target names, and not another job's definition."""
    return row.job_id is None or row.job_id == project.target.get(JOB_ID)


def _of_event(uow: UnitOfWork, row: Build, event: Event, project: Project) -> View:
    """What a build of a tree gets beyond the common part: variables, the parents' artifacts, and the ref by its rule."""
    fallback = _same_branch(uow, event, row, project)
    trigger = inputs.trigger_of(uow, event, row.attempt or 1)
    return {
        "variables": variables(trigger),
        "inputs": inputs.own_artifacts(uow, trigger),
        "ref": row.ref,
        "ref_fallback": fallback,
        "branch": row.branch,
        "tag": row.tag,
    }


def _same_branch(uow: UnitOfWork, event: Event, row: Build, project: Project) -> str | None:
    """The rule "same branch as the parent, if it exists": looked for once, and kept with the attempt.

    In a repository elsewhere the agent looks: it gets the branch as the ref and, answered here, what to run without it.
    """
    attempt = trees.attempt(uow.session, event.id, row.attempt or 1)
    if attempt is None or attempt.ref is not None:
        return None
    branch = inputs.start_of(uow, event.id, attempt.number).wanted_branch
    if branch and (not project.hosted or _hosting(uow).branch_exists(project.id, branch)):
        row.ref, (row.branch, row.tag) = branch, starting.split_ref(branch)
    if project.hosted or branch is None:
        inputs.keep_ref(uow, event, attempt.number, row.ref)
    return event.default_branch if branch and not project.hosted else None


def _hosting(uow: UnitOfWork) -> Hosting:
    return Hosting(uow.settings.data, uow.settings.public_url)


def _resolve(uow: UnitOfWork, project: Project, ref: str) -> str | None:
    """The commit of a ref of a hosted repository, so that a warm agent need not ask; None leaves it to the agent."""
    return _hosting(uow).resolve(project.id, ref) if project.hosted else None


def listing(uow: UnitOfWork, who: Principal) -> View:
    """All agents with what each is doing."""
    require_user(who)
    running = builds.running_by_agent(uow.session)
    progress = build_history.progress(uow.session, [build.id for several in running.values() for build in several])
    items = [view(uow, who, row, running.get(row.id, []), progress) for row in builds.agents(uow.session)]
    return {"items": items, "next_cursor": None}


def view(uow: UnitOfWork, who: Principal, row: Agent, running: Sequence[Build], progress: build_history.Progress) -> View:
    """An agent in the API; of builds that `who` may not see it only tells that there are any."""
    state = condition(row, uow.now)
    fields = ("id", "name", "labels", "version", "slots", "draining", "last_seen_at")
    seen = sight(uow, who, {build.project_id for build in running}) if running else ()
    shown = [_at_work(b, *progress.get(b.id, (0, 0))) if b.project_id in seen else _HIDDEN for b in running]
    return {
        **{field: getattr(row, field) for field in fields},
        "state": "busy" if state == "idle" and running else state,
        "builds": shown,
    }


def _at_work(row: Build, ended: int, steps: int) -> View:
    named = {"id": row.id, "number": row.number, "project": row.project_name, "job": row.job or None}
    return {**named, "started_at": row.started_at, "steps": steps, "steps_ended": ended}


_HIDDEN: View = dict.fromkeys(("id", "number", "project", "job", "started_at", "steps", "steps_ended"))
