"""Workflows with routes: a run whose jobs are builds of their own, on whatever agents take them.

The agent that reads the definition tells the plan and is done with the run; from then on whatever ends a job, under the lock of
the run, decides what comes next. The run ends with its last job, as any build does.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from dominoci.domain.dispatch import variables
from dominoci.domain.errors import Conflict, Invalid, NotFound
from dominoci.domain.names import slug
from dominoci.domain.reasons import Reason, sentence
from dominoci.domain.reports import Report
from dominoci.domain.states import BuildState, ResultStatus
from dominoci.infra.models.builds import Build
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import build_ending, build_feed, build_locks, build_stopping, inputs, starting
from dominoci.services.access import Principal
from dominoci.services.build_locks import Locked
from dominoci.store import builds, trees
from dominoci.store import flows as store
from dominoci_agent.pipeline.model import WORST_FIRST, Pipeline, Routes, Stage, State
from dominoci_agent.pipeline.routing import fired, following
from dominoci_agent.pipeline.validate import find_cycle

View = dict[str, Any]
CAUSE = "job"
TIMED_OUT = "run_timed_out"
_TAKEN_OVER = (
    *("ref", "branch", "tag", "commit", "message", "base_commit", "priority", "trusted"),
    *("definition", "job_id", "definition_id"),
)


def plan(uow: UnitOfWork, who: Principal, build_id: str, body: Mapping[str, Any]) -> tuple[int, View]:
    """Takes over a run whose definition has routes: 201, or 200 when the same plan came before. Its lease ends, and its first
    jobs wait for agents.

    Raises Invalid for a plan that cannot be followed, NotFound for another's build, Conflict for one that ended.
    """
    locked = build_locks.lock(uow, build_id) if who.kind == "build" and who.id == build_id else None
    if locked is None or locked.run:
        raise NotFound("There is no such build, or this token is not for it.")
    run, told = locked.row, _checked(body)
    if run.plan:
        if run.plan == told:
            return 200, jobs(uow, run)
        raise Conflict("Another plan of this build was told before.")
    if run.state != BuildState.RUNNING.value:
        raise Conflict("This build is not yours any more: its lease has lapsed, or it has ended.")
    run.plan, run.commit, run.message = told, body["commit"], body.get("message") or run.message
    # the token stays, so that the same plan can be told again; without a lease it opens nothing else
    run.agent_id = run.agent_name = run.lease_until = None
    uow.session.flush()
    advance(uow, locked)
    return 201, jobs(uow, run)


def _checked(body: Mapping[str, Any]) -> View:
    stages = [dict(stage) for stage in body["stages"]]
    names = [stage["name"] for stage in stages]
    routes = {stage["name"]: (*stage["success"], *stage["fail"]) for stage in stages}
    unknown = sorted({to for some in routes.values() for to in some} - set(names))
    problem = None
    if not names or len(set(names)) < len(names):
        problem = "must name at least one job, and each once"
    elif unknown:
        problem = f"has routes to jobs that it does not name: {', '.join(unknown)[:200]}"
    elif cycle := find_cycle(routes):
        problem = f"has routes that go round in a circle: {' -> '.join(cycle)[:500]}"
    if problem:
        raise Invalid("This plan cannot be followed.", {"stages": [problem]})
    return {"pipeline": body["pipeline"], "stages": stages}


def pipeline_of(run: Build) -> Pipeline:
    """The plan of a run, as `routing` follows it."""
    told: View = run.plan or {"pipeline": "", "stages": []}
    stages = [Stage(one["name"], (), routes=Routes(tuple(one["success"]), tuple(one["fail"]))) for one in told["stages"]]
    return Pipeline(told["pipeline"], tuple(stages), routed=True)


def _state(row: Build) -> State:
    return State.WAITING if row.state == BuildState.QUEUED.value else State(row.state)


def pass_on(uow: UnitOfWork, locked: Locked, told: Report, reason: Reason) -> View:
    """What follows from the end of a locked build: the end of a job is passed to its run, any other to its tree."""
    if locked.run is None:
        return build_ending.pass_on(uow, locked.change, locked.row, told, reason)
    advance(uow, Locked(locked.run, None, locked.change))
    return {"tree_id": None, "reason": "it is a job of a run, which goes on"}


def advance(uow: UnitOfWork, locked: Locked) -> None:
    """Queues the jobs whose routes have fired, or ends the run when nothing runs any more. `locked` is the run.

    Under the run's lock, and with the jobs read after it: of two jobs that end together, the second sees both ends.
    """
    run = locked.row
    if run.state != BuildState.RUNNING.value or not run.plan:
        return
    rows = store.jobs(uow.session, run.id)
    states = {row.job: _state(row) for row in rows}
    todo = () if run.cancel_requested else following(pipeline_of(run), states).start
    for stage in todo:
        builds.add(uow.session, _job(uow, run, stage.name))
    if todo:
        uow.wake_agents()
    if not todo and all(state.final for state in states.values()):
        _end(uow, locked, rows)
    else:
        build_feed.publish(uow, run)
        uow.session.flush()


def _job(uow: UnitOfWork, run: Build, name: str) -> Build:
    stages = (run.plan or {})["stages"]
    number, stage = next((n, one) for n, one in enumerate(stages, 1) if one["name"] == name)
    blank = starting.blank_build(run.project_id, run.project_name, run.number, uow.now)
    row = Build(**{**blank, "folder": f"{run.folder}/{number:02d}-{slug(name)}".rstrip("-")})
    row.cause, row.job, row.parent_id, row.parameters = CAUSE, name, run.id, dict(run.parameters)
    row.needs = sorted({*(run.needs or ()), *stage["labels"], *stage["needs"]}) or None
    for column in _TAKEN_OVER:
        setattr(row, column, getattr(run, column))
    return row


def _end(uow: UnitOfWork, locked: Locked, rows: Sequence[Build]) -> None:
    run = locked.row
    status, reason = _verdict(run, rows)
    given = {"pipeline": (run.plan or {})["pipeline"] or None}
    # of two jobs that made something of the same name, the later one's is the run's: whoever gets it asks for it by name
    made = {row.name: row for row in store.artifacts(uow.session, run.id)}
    told = build_ending.report(uow, run, status, given, list(made.values()))
    build_ending.close(uow, run, told, reason)
    build_feed.tell(uow, run, [])
    build_ending.pass_on(uow, locked.change, run, told, reason)


def _verdict(run: Build, rows: Sequence[Build]) -> tuple[ResultStatus, Reason]:
    """The worst of its jobs, with the first of those that ended so as the reason; a run that was stopped says who stopped it."""
    if run.reason_code == TIMED_OUT:
        return ResultStatus.TIMED_OUT, Reason(TIMED_OUT, run.reason_params or {})
    if run.cancel_requested:
        return ResultStatus.CANCELLED, Reason("cancelled_by", {"who": run.cancelled_by or "the arbiter"})
    worst = min((_state(row) for row in rows), key=WORST_FIRST.index, default=State.SUCCESS)
    status = ResultStatus(worst.value.upper())
    if status is ResultStatus.SUCCESS:
        return status, Reason("reported", {"status": status.value})
    first = min((row for row in rows if _state(row) is worst), key=lambda row: (row.finished_at or row.created_at, row.id))
    because = sentence(first.reason_code, first.reason_params or {}) if first.reason_code else worst.value
    return status, Reason("job_ended", {"job": first.job, "because": because[:500]})


def cancel_jobs(uow: UnitOfWork, locked: Locked) -> None:
    """What a cancellation of a running build means when it is a run: its jobs stop, and it ends once none of them runs."""
    if locked.row.plan:
        build_stopping.stop_jobs(uow, locked.row, Reason("cancelled_by", {"who": locked.row.cancelled_by or "the arbiter"}))
        advance(uow, locked)


def resume_run(uow: UnitOfWork, locked: Locked) -> None:
    """The run of a job that has ended without an agent goes on; for any other build there is nothing to do."""
    if locked.run:
        uow.session.flush()
        advance(uow, Locked(locked.run, None, locked.change))


def time_out(uow: UnitOfWork, run_id: str) -> None:
    """Ends a run that has taken too long: it has no lease of its own that could lapse."""
    locked = build_locks.lock(uow, run_id)
    limit = uow.settings.max_build_s
    if locked is None or locked.row.state != BuildState.RUNNING.value:
        return
    run = locked.row
    if not run.plan or run.started_at is None or run.started_at + timedelta(seconds=limit) >= uow.now:
        return
    if not run.cancel_requested:
        run.cancel_requested, run.reason_code, run.reason_params = True, TIMED_OUT, {"seconds": limit}
    build_stopping.stop_jobs(uow, run, Reason(TIMED_OUT, {"seconds": limit}))
    advance(uow, locked)


def resume(uow: UnitOfWork, run_id: str) -> None:
    """A run whose jobs have all ended without its knowing goes on, or ends."""
    if locked := build_locks.lock(uow, run_id):
        advance(uow, locked)


def jobs(uow: UnitOfWork, run: Build) -> View:
    """`jobs` of a run: those of its plan in their order, also those that have not started. Of any other build there are none."""
    if not run.plan:
        return {"jobs": []}
    rows = {row.job: row for row in store.jobs(uow.session, run.id)}
    told, states = pipeline_of(run), {name: _state(row) for name, row in rows.items()}
    unborn = State.SKIPPED if BuildState(run.state).final else State.WAITING
    items = []
    for stage in told.stages:
        row = rows.get(stage.name)
        view: View = {"name": stage.name, "fired_by": list(fired(told, stage.name, states))}
        view["build_id"], view["state"] = (row.id, row.state) if row else (None, unborn.value)
        view["agent"] = {"id": row.agent_id, "name": row.agent_name} if row and row.agent_id else None
        items.append(view | {name: getattr(row, name, None) for name in ("started_at", "finished_at")})
    return {"jobs": items}


def claimed(uow: UnitOfWork, row: Build, token: str) -> View:
    """What the claim of a job has beyond that of a build: which job it is, where the run's workspace lies, and what the run was
    started with."""
    run = builds.build(uow.session, row.parent_id) if row.parent_id else None
    if run is None:
        raise NotFound("The job's run is gone.")
    states = {one.job: _state(one) for one in store.jobs(uow.session, run.id)}
    build_feed.tell(uow, run, [], feed=False)  # not written to: its lock comes before the job's
    place = {"url": f"/git/{run.id}.git", "password": token}
    job = {"name": row.job, "run": run.id, "fired_by": list(fired(pipeline_of(run), row.job, states)), "workspace": place}
    spent = (uow.now - run.started_at).total_seconds() if run.started_at else 0
    left = max(1, int(uow.settings.max_build_s - spent))
    return {"job": job, "timeout_s": left, **_inputs(uow, run)}


def _inputs(uow: UnitOfWork, run: Build) -> View:
    """The variables and inputs of the event that the run was started by."""
    if run.cause != "event" or not (run.event_id and run.attempt):
        return {}
    event = trees.events_by_id(uow.session, [run.event_id])[0]
    trigger = inputs.trigger_of(uow, event, run.attempt)
    return {"variables": variables(trigger), "inputs": inputs.own_artifacts(uow, trigger)}
