"""What an agent tells about the one build that it holds a lease of."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from dominoci.domain.errors import Conflict, Invalid, NotFound
from dominoci.domain.names import slug
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Metadata, Report
from dominoci.domain.states import BuildState, EventState, ResultStatus
from dominoci.infra.files import BuildFiles, Place, Upload
from dominoci.infra.git import Hosting
from dominoci.infra.models.builds import Build, BuildArtifact, Step
from dominoci.infra.runs import Runs
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import build_ending, build_feed, build_locks, flows, inputs, starting
from dominoci.services import builds as build_service
from dominoci.services.access import Principal
from dominoci.services.build_locks import Locked
from dominoci.store import builds, statements, trees

View = dict[str, Any]
MAX_LEASES = 5
LOST = "This build is not yours any more: its lease has lapsed, or it has ended."


def held(uow: UnitOfWork, who: Principal, build_id: str) -> Build:
    """The running build that `who` (a build's token) stands for. Raises NotFound for another's, Conflict for one that ended."""
    row = builds.build(uow.session, build_id) if who.kind == "build" and who.id == build_id else None
    if row is None:
        raise NotFound("There is no such build, or this token is not for it.")
    if row.state != BuildState.RUNNING.value or row.plan:
        raise Conflict(LOST)
    return row


def heartbeat(uow: UnitOfWork, who: Principal, build_id: str) -> View:
    """Prolongs the lease, and says whether somebody wants the build cancelled."""
    row = held(uow, who, build_id)
    until = uow.now + timedelta(seconds=uow.settings.lease_s)
    if not builds.renew_lease(uow.session, str(row.token), until):
        raise Conflict(LOST)
    if row.agent_id:
        builds.touch_agent(uow.session, row.agent_id, uow.now)
    uow.publish("agents", {"version": 0, "agent": {"id": row.agent_id, "name": row.agent_name, "last_seen_at": uow.now}})
    return {"cancel": row.cancel_requested, "lease_s": uow.settings.lease_s}


def state(uow: UnitOfWork, who: Principal, build_id: str, body: Mapping[str, Any]) -> View:
    """Takes what has become known: commit, which pipelines run, and steps (those named are added or changed)."""
    row = held(uow, who, build_id)
    new: dict[str, Any] = {
        "commit": body.get("commit") or row.commit,
        "message": (body.get("message") or row.message or "")[:500] or None,
        "lease_until": uow.now + timedelta(seconds=uow.settings.lease_s),
        "version": row.version + 1,
    }
    if body.get("pipelines") is not None:
        new["pipelines"] = list(body["pipelines"])
    if body.get("ref"):
        new |= _keep_ref(uow, row, body["ref"])
    statements.change(uow.session, row, **new)
    build_feed.tell(uow, row, _write_steps(uow, row, body.get("steps") or []), feed=False)
    return {"cancel": row.cancel_requested}


def _keep_ref(uow: UnitOfWork, row: Build, ref: str) -> View:
    """Which ref the agent found to run, where it was left to the agent: kept with the attempt, for its reruns."""
    attempt = trees.attempt(uow.session, row.event_id, row.attempt) if row.event_id and row.attempt else None
    if row.event_id is None or attempt is None or attempt.ref is not None:
        return {}
    event = trees.events_by_id(uow.session, [row.event_id])[0]
    if ref not in (row.ref, event.default_branch):
        raise Invalid("This is not a ref that the build was given.", {"ref": ["is neither the claim's ref nor its ref_fallback"]})
    inputs.keep_ref(uow, event, attempt.number, ref)
    branch, tag = starting.split_ref(ref)
    return {"ref": ref, "branch": branch, "tag": tag}


def _write_steps(uow: UnitOfWork, row: Build, told: Sequence[Mapping[str, Any]]) -> list[View]:
    if not told:
        return []
    known = {step.n: step for step in builds.steps(uow.session, row.id)}
    stages: dict[tuple[str, str], int] = {}
    for step in known.values():
        stages.setdefault((step.pipeline, step.stage), len(stages) + 1)
    new = [_new_step(row, step, stages) for step in told if step["n"] not in known]
    changes = [(known[step["n"]], _values(step)) for step in told if step["n"] in known]
    builds.write_steps(uow.session, new, [(step, values) for step, values in changes if _differs(step, values)])
    rows = sorted([*(step for step, _ in changes), *(Step(**values) for values in new)], key=lambda step: step.n)
    sizes = BuildFiles.of(uow.settings).sizes(Place.of(row), [step.log_path for step in rows])
    return [build_service.step_view(step, size) for step, size in zip(rows, sizes, strict=True)]


def _differs(step: Step, values: Mapping[str, Any]) -> bool:
    return any(getattr(step, key) != value for key, value in values.items())


def _values(step: Mapping[str, Any]) -> dict[str, Any]:
    return {key: step.get(key) for key in ("state", "exit_code", "signal", "started_at", "finished_at")}


def _new_step(row: Build, step: Mapping[str, Any], stages: dict[tuple[str, str], int]) -> dict[str, Any]:
    """A step's log lies under `<nn>-<stage>/<nn>-<step>.log`: numbered, so that folders list in the order of running."""
    number = stages.setdefault((step["pipeline"], step["stage"]), len(stages) + 1)
    log_path = f"{_part(number, step['stage'])}/{_part(step['n'], step['name'])}.log"
    names = {key: step[key][:255] for key in ("pipeline", "stage", "name")}
    kind = {"hook": step.get("hook"), "ignored": bool(step.get("ignored"))}
    return {"build_id": row.id, "n": step["n"], "log_path": log_path, **names, **kind, **_values(step)}


def _part(number: int, title: str) -> str:
    return f"{number:02d}-{slug(title)}".rstrip("-")


def finish(uow: UnitOfWork, who: Principal, build_id: str, body: Mapping[str, Any]) -> tuple[int, View]:
    """The end of a build, once: 201 when it is new, 200 when the same came before.

    A build of a tree gives its event's result; a success of any other build opens a tree.
    """
    locked = build_locks.lock(uow, build_id) if who.kind == "build" and who.id == build_id else None
    if locked is None:
        raise NotFound("There is no such build, or this token is not for it.")
    row, status = locked.row, ResultStatus(body["status"])
    told = build_ending.report(uow, row, status, body.get("metadata") or {}, builds.artifacts(uow.session, row.id))
    if row.state != BuildState.RUNNING.value:
        if row.result_digest == told.digest():
            return 200, {"tree_id": row.tree_id, "sub_id": row.sub_id}
        raise Conflict(LOST)
    reason = _reason(row, told, body.get("reason") or {})
    steps = _write_steps(uow, row, body.get("steps") or [])
    build_ending.close(uow, row, told, reason)
    build_feed.tell(uow, row, steps)
    return 201, flows.pass_on(uow, locked, told, reason)


def _reason(row: Build, told: Report, given: Mapping[str, Any]) -> Reason:
    because = str(given.get("text") or "")[:500]
    if told.status is ResultStatus.SKIPPED:
        return Reason("reported_skipped", {"because": because or "no pipeline was to run"})
    if told.status is ResultStatus.CANCELLED and row.cancelled_by:
        return Reason("cancelled_by", {"who": row.cancelled_by})
    if told.status is ResultStatus.SUCCESS or not because:
        return Reason("reported", {"status": told.status.value})
    return Reason("infrastructure" if given.get("code") == "infrastructure" else "build_failed", {"because": because})


def release(uow: UnitOfWork, who: Principal, build_id: str, because: str, needs: Sequence[str] = ()) -> None:
    """An agent that shuts down, or lacks what the build `needs`, hands it back: it waits for the next one.

    Told of needs it waits for an agent that has them; that lease does not count as one that was lost, unless the agent said that
    it has them all: the same agent would take the build again and again.
    """
    seen = held(uow, who, build_id)
    agent = builds.agent(uow.session, seen.agent_id) if seen.agent_id else None
    lacking = set(needs) - {*agent.labels, *agent.executors} if agent else set(needs)
    put_back(uow, seen.id, "released", because, lacking)


def put_back(uow: UnitOfWork, build_id: str, code: str, because: str, lacking: Collection[str] = ()) -> None:
    """Takes a running build from its agent: queued again, or failed when that has happened too often. `lacking`: what the build
    needs and this agent has not."""
    locked = build_locks.lock(uow, build_id)
    if locked is None or locked.row.state != BuildState.RUNNING.value or locked.row.plan:
        return
    row, change = locked.row, locked.change
    if lacking:
        row.needs, row.leases = sorted({*(row.needs or ()), *lacking}), row.leases - 1
    params = {"agent": row.agent_name, "number": row.number, "because": because}
    if row.cancel_requested or row.leases >= MAX_LEASES:
        _give_up(uow, locked)
        return
    _queue_again(uow, row, Reason(code, params))
    if change and row.event_id:
        event = trees.events_by_id(uow.session, [row.event_id])[0]
        if event.state == EventState.RUNNING.value and event.attempt == row.attempt:
            deadline = uow.now + timedelta(seconds=event.start_deadline_s)
            change.move(event, EventState.QUEUED, Reason(code, params), started_at=None, deadline_at=deadline)
        change.finish()


def _queue_again(uow: UnitOfWork, row: Build, reason: Reason) -> None:
    place, lease, files = Place.of(row), row.leases, BuildFiles.of(uow.settings)
    row.state, row.reason_code, row.reason_params = BuildState.QUEUED.value, reason.code, dict(reason.params)
    row.agent_id = row.agent_name = row.lease_until = row.token = row.started_at = None
    if row.cause == "event":
        row.commit = None
    # the next agent only tells the end of a job whose state is kept already: its logs and artifacts are the ones that count
    kept = row.parent_id is not None and Runs(_hosting(uow)).commit(row.parent_id, row.id) is not None
    if not kept:
        builds.forget_steps(uow.session, row.id)
        uow.after_commit(lambda: files.set_aside(place, lease))
    build_feed.publish(uow, row)
    uow.session.flush()
    uow.wake_agents()


def _hosting(uow: UnitOfWork) -> Hosting:
    return Hosting(uow.settings.data, uow.settings.public_url)


def time_out(uow: UnitOfWork, build_id: str) -> None:
    """Ends a running build whose agent should have ended it long ago; the agent's next report is refused."""
    locked = build_locks.lock(uow, build_id)
    if locked is None or locked.row.state != BuildState.RUNNING.value or locked.row.lease_until is None:
        return
    row, limit = locked.row, uow.settings.max_build_s
    told = Report(ResultStatus.TIMED_OUT, Metadata(branch=row.branch, tag=row.tag, commit=row.commit))
    reason = Reason(flows.TIMED_OUT, {"seconds": limit})
    build_ending.close(uow, row, told, reason)
    build_feed.tell(uow, row, [])
    flows.pass_on(uow, locked, told, reason)


def _give_up(uow: UnitOfWork, locked: Locked) -> None:
    """The end of a build without its agent: it was to stop anyway, or has been tried often enough."""
    row = locked.row
    status = ResultStatus.CANCELLED if row.cancel_requested else ResultStatus.FAILED
    told = Report(status, Metadata(branch=row.branch, tag=row.tag, commit=row.commit))
    reason = Reason("infrastructure", {"because": f"its agent fell silent {row.leases} times"})
    if row.cancel_requested:
        reason = Reason("cancelled_by", {"who": row.cancelled_by or "the arbiter"})
    build_ending.close(uow, row, told, reason)
    build_feed.tell(uow, row, [])
    flows.pass_on(uow, locked, told, reason)


def log_place(uow: UnitOfWork, who: Principal, build_id: str, n: int) -> tuple[Place, str]:
    """Where the held build's step writes its log: place and path."""
    row = held(uow, who, build_id)
    step: Step | None = builds.step(uow.session, build_id, n)
    if step is None:
        raise NotFound("This build has no such step; tell its state first.")
    return Place.of(row), step.log_path


def artifact_name_problem(name: str) -> str | None:
    """Why an artifact cannot have this name; None when it can."""
    plain = name.isascii() and all(c.isalnum() or c in "._+-" for c in name)
    if not plain or not 1 <= len(name) <= 200 or name.startswith("."):
        return "must have 1 to 200 letters, digits, '.', '_', '+' or '-', and not begin with '.'"
    return None


def artifact_place(uow: UnitOfWork, who: Principal, build_id: str, name: str) -> Place:
    """Where the held build's artifacts go. Raises Invalid for a name that cannot be used."""
    if problem := artifact_name_problem(name):
        raise Invalid("The artifact's name cannot be used.", {"name": [problem]})
    return Place.of(held(uow, who, build_id))


def book_artifact(uow: UnitOfWork, who: Principal, build_id: str, name: str, upload: Upload, stated: str) -> int:
    """Books an upload whose stated SHA-256 (hex) must be its own, before it is moved to its place: 201, or 200 if it was booked.

    Raises Conflict when the build has an artifact of that name with other content. Booked first, so that of two uploads of one
    name the bytes in the place are always those of the row; moved after the transaction, because a store may take long.
    """
    held(uow, who, build_id)
    check_digest(upload, stated)
    known = builds.artifact(uow.session, build_id, name)
    if known is not None:
        if known.sha256 != upload.sha256:
            raise Conflict(f"This build already has another artifact called {name}.")
        return 200
    entry = BuildArtifact(build_id=build_id, name=name, size=upload.size, sha256=upload.sha256, created_at=uow.now)
    builds.add(uow.session, entry)
    return 201


def check_digest(upload: Upload, stated: str) -> None:
    """Raises Invalid when an upload is not what its digest (SHA-256, hex) says."""
    if stated != upload.sha256:
        raise Invalid("The upload is damaged.", {"Digest": [f"does not match: received {upload.sha256}"]})


def forget_artifact(uow: UnitOfWork, who: Principal, build_id: str, name: str) -> None:
    """Takes a booking back whose bytes could not be stored: the agent tries again."""
    row = builds.artifact(uow.session, held(uow, who, build_id).id, name)
    if row is not None:
        builds.remove_artifact(uow.session, row)


