"""What it takes to start queued events: an attempt each, and then a build for own agents or an outbox row for other systems."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dominoci.domain import target as rules
from dominoci.domain.ids import new_id
from dominoci.domain.refs import BRANCH_PREFIX, TAG_PREFIX, split_ref
from dominoci.domain.states import BuildState, EventState
from dominoci.infra.models.builds import Build
from dominoci.infra.models.jobs import Job
from dominoci.infra.models.trees import Attempt, Event
from dominoci.services.inputs import Frozen
from dominoci.services.tree_change import TreeChange
from dominoci.store import jobs, outbox, projects, trees

__all__ = ["split_ref"]  # other services take it from here

AGENT = "agent"


# what an event that has not been started, or is to be started anew, does not have
NOT_YET: Mapping[str, Any] = dict.fromkeys(("queued_at", "triggered_at", "started_at", "finished_at", "deadline_at", "run_url"))


def queued(now: datetime, event: Event, ref: str | None) -> dict[str, Any]:
    """The columns of an event that is about to be started: its next attempt, with the start deadline running."""
    return {"queued_at": now, "deadline_at": start_deadline(now, event), "attempt": event.attempt + 1, "ref": ref}


def start_deadline(now: datetime, event: Event) -> datetime:
    """Until when an event that is queued now must have been taken."""
    return now + timedelta(seconds=event.start_deadline_s)


def start(change: TreeChange, events: Sequence[Event], given: Mapping[str, Frozen | None], asked_by: str | None = None) -> None:
    """Writes what starts these events (in state queued, `attempt` and `ref` already set) with the inputs that `given` holds by
    event id, and rings after the commit."""
    if not events:
        return
    session, now = change.uow.session, change.uow.now
    trees.add_many(session, Attempt, [_attempt(event, now, given[event.id], asked_by) for event in events])
    own = [event for event in events if event.target["kind"] == AGENT]
    trees.add_many(session, Build, _builds(change, own))
    others = [(event.id, event.attempt) for event in events if event.target["kind"] != AGENT]
    outbox.add(session, outbox.TRIGGER, others, now)
    if own:
        change.uow.wake_agents()
    if others:
        change.uow.ring()


def _attempt(event: Event, now: Any, given: Frozen | None, asked_by: str | None) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "number": event.attempt,
        "delivery_id": new_id(),
        "state": EventState.QUEUED.value,
        "ref": event.ref,
        "inputs": None if given is None else [[parent, number] for parent, number in given],
        "asked_by": asked_by,
        "queued_at": now,
    }


def _builds(change: TreeChange, own: Sequence[Event]) -> list[dict[str, Any]]:
    wanted = Counter(event.project_id for event in own)
    numbers = projects.take_build_numbers(change.uow.session, dict(wanted)) if wanted else {}
    named = {job_id for event in own if (job_id := event.target.get(rules.JOB_ID))}
    known = jobs.of_ids(change.uow.session, named) if named else {}
    rows = []
    for event in own:
        number = numbers[event.project_id]
        numbers[event.project_id] += 1
        rows.append(_build(change, event, number, known.get(event.target.get(rules.JOB_ID) or "")))
    return rows


def _build(change: TreeChange, event: Event, number: int, job: Job | None) -> dict[str, Any]:
    ref = event.ref or event.default_branch
    branch, tag = split_ref(ref)
    return {
        **blank_build(event.project_id, event.project_name, number, change.uow.now, event.target),
        **of_job(job, number, event.project_name),
        "cause": "event",
        "event_id": event.id,
        "tree_id": event.tree_id,
        "sub_id": event.sub_id,
        "attempt": event.attempt,
        "ref": ref,
        "branch": branch,
        "tag": tag,
        "trusted": is_own(ref),
        "parameters": {},
    }


def of_job(job: Job | None, number: int, project_name: str) -> dict[str, Any]:
    """The columns that say of which job a build is (None: of its project's own definition), and where its files lie."""
    if job is None:
        return {"job_id": None, "definition_id": None, "folder": f"{project_name}/{number}"}
    return {"job_id": job.id, "definition_id": job.definition_id, "folder": f"{job.path}/{number}"}


def is_own(ref: str) -> bool:
    """Whether a ref is the repository's own: a branch, a tag or a commit. Any other (`refs/pull/7/head`, `refs/merge-requests/…`)
    may hold a stranger's code, which is built without secrets and in a container."""
    return not ref.startswith("refs/") or ref.startswith((BRANCH_PREFIX, TAG_PREFIX))


def asked_of_agents(target: Mapping[str, Any]) -> dict[str, Any]:
    """What of a target decides which agent gets its builds, and when: frozen with the build."""
    return {"needs": rules.needs(target), "priority": target.get("priority") or 0}


def blank_build(
    project_id: str, project_name: str, number: int, now: Any, target: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The columns that every new build starts with, of a project with this target."""
    return {
        "id": new_id(),
        "project_id": project_id,
        "project_name": project_name,
        "number": number,
        "folder": f"{project_name}/{number}",
        "state": BuildState.QUEUED.value,
        "pipelines": [],
        **asked_of_agents(target or {}),
        "leases": 0,
        "cancel_requested": False,
        "version": 0,
        "created_at": now,
    }
