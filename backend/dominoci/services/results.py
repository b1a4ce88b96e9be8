"""Results of triggered events: exactly one final result for each attempt, whatever comes twice, late, early or at once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from dominoci.domain import credentials
from dominoci.domain.credentials import EventClaim
from dominoci.domain.errors import Conflict, Forbidden, Invalid, NotFound
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Report
from dominoci.domain.states import EventState, ResultStatus, state_of
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import answers, recording, settling, starting, used_tokens
from dominoci.services.access import Principal
from dominoci.services.tree_change import TreeChange
from dominoci.store import outbox, projects, trees

Answer = tuple[int, dict[str, Any]]
Address = Mapping[str, Any]  # tree_id, sub_id, attempt as the caller wrote them, or without them

_NO_EVENT = "There is no such event, or it is not this project's."
_GIVEN_UP = (EventState.TIMED_OUT.value, EventState.UNDELIVERABLE.value)
_NEVER_TRIGGERED = (EventState.WAITING.value, EventState.SKIPPED.value)


def record(uow: UnitOfWork, who: Principal, event_token: str | None, told: Report, address: Address) -> Answer:
    """`POST /results`: 201 when the result is new, 200 when the same one came before, Conflict when another one did."""
    change, event, attempt = _addressed(uow, who, event_token, address)
    status = finish(change, event, attempt, told, _reason_of(told))
    return status, answers.opened_view(uow, event)


def bind(uow: UnitOfWork, tree_id: str, event_id: str, told: Report) -> Answer:
    """A root report of a run that a tree started: counted as that event's result, unless it has one."""
    change = TreeChange.of(uow, tree_id)
    event = trees.events_by_id(uow.session, [event_id])[0]
    if trees.known_result(uow.session, event.id, event.attempt):
        return 200, answers.opened_view(uow, event)
    params = {"project": event.project_name, "sub_id": event.sub_id}
    change.remark(event, Reason("loop_bound", params))
    accept(change, event, event.attempt, told, _reason_of(told))
    return 201, answers.opened_view(uow, event)


def _addressed(
    uow: UnitOfWork, who: Principal, event_token: str | None, address: Address
) -> tuple[TreeChange, Event, int]:
    """The event that a result is about, under its tree's lock. The same NotFound for unknown and foreign ones."""
    claim = _claim(uow, who, event_token, address)
    known = trees.event(uow.session, claim.tree_id, claim.sub_id)
    if known is None or not _may_report(uow, who, known):
        raise NotFound(_NO_EVENT)
    used_tokens.use(uow, who, f"event {claim.tree_id} {claim.sub_id} {claim.attempt}")
    change = TreeChange.of(uow, claim.tree_id)
    event = trees.events_by_id(uow.session, [known.id])[0]
    if claim.attempt != event.attempt:
        raise Conflict(f"Attempt {claim.attempt} has been superseded by attempt {event.attempt}.")
    return change, event, claim.attempt


def _claim(uow: UnitOfWork, who: Principal, event_token: str | None, address: Address) -> EventClaim:
    claim = credentials.read_event(uow.keys, event_token) if event_token else who.claim
    if event_token and claim is None:
        raise Invalid("The event token is not valid.", {"event_token": ["is not one that this arbiter issued"]})
    if claim is None:
        if not (address.get("tree_id") and address.get("sub_id")):
            raise Invalid("The event is missing.", {"event_token": ["is required (or tree_id, sub_id and attempt)"]})
        return EventClaim(address["tree_id"], address["sub_id"], address.get("attempt") or 1)
    for name in ("tree_id", "sub_id", "attempt"):
        if address.get(name) not in (None, getattr(claim, name)):
            raise Invalid("The event's address contradicts its token.", {name: ["does not agree with event_token"]})
    return claim


def _may_report(uow: UnitOfWork, who: Principal, event: Event) -> bool:
    if who.kind == "project":
        return who.id == event.project_id
    project = projects.by_id(uow.session, event.project_id)
    if who.kind == "event" and project and not project.accept_event_token:
        raise Forbidden("This project asks for its own token beside the event token.")
    return who.kind == "event"


def finish(change: TreeChange, event: Event, attempt: int, told: Report, reason: Reason) -> int:
    """The result of one attempt: 201 when it is new, 200 when the same one came before, Conflict when another one did."""
    known = trees.known_result(change.uow.session, event.id, attempt)
    if known is None:
        accept(change, event, attempt, told, reason)
        return 201
    if known.digest != told.digest():
        raise Conflict(f"Event {event.sub_id} already has a result ({known.status}); the first one is kept.")
    return 200


def is_awaited(uow: UnitOfWork, event: Event, attempt: int, told: Report) -> bool:
    """Whether the end of an own agent's build is its event's result: not of an old attempt, nor of one that a rerun before it
    has ended (the event waits again, or was skipped since), not after another result (a root report may have been bound to the
    event), and not when it was only stopped because the event had been given up."""
    present = event.attempt == attempt and event.queued_at is not None
    stopped = told.status is ResultStatus.CANCELLED and EventState(event.state).final
    return present and not stopped and trees.known_result(uow.session, event.id, attempt) is None


def accept(change: TreeChange, event: Event, attempt: int, told: Report, reason: Reason) -> None:
    """Writes the result of an attempt that has none yet, and settles what follows. `event` must have been read under the
    tree's lock."""
    uow = change.uow
    if event.state in _NEVER_TRIGGERED:
        raise Conflict(f"Event {event.sub_id} was not triggered: it is {event.state}.")
    late = event.state in _GIVEN_UP
    recording.write_result(uow, event.id, attempt, told, late=late or event.state == EventState.CANCELLED.value)
    if event.target["kind"] != starting.AGENT:
        outbox.close_for(uow.session, [event.id], uow.now)
    if event.state == state_of(told.status).value:
        # a late TIMED_OUT says what was already assumed; a CANCELLED after a cancel is the confirmation
        change.remark(event, Reason("late", {"status": told.status.value}))
    elif event.state != EventState.CANCELLED.value:
        # a late SKIPPED keeps its own code: it passes nothing on and blocks nothing, as one in time does
        loud = late and told.status is not ResultStatus.SKIPPED
        _apply(change, event, told, Reason("late", {"status": told.status.value}) if loud else reason)
        reopened = Reason("reopened", {"project": event.project_name, "sub_id": event.sub_id})
        again = settling.take_back(change, [event], reopened) if late else []
        settling.settle(change, [event], told.metadata)
        settling.decide_anew(change, again)
    change.reported[event.id] = told
    change.finish()
    recording.note_last(uow, event.project_id, told, event.tree_id, event.sub_id)


def _apply(change: TreeChange, event: Event, told: Report, reason: Reason) -> None:
    target = state_of(told.status)
    values: dict[str, Any] = {"finished_at": change.uow.now, "deadline_at": None}
    if told.links.pipeline:
        values["run_url"] = told.links.pipeline
    if event.started_at is None:
        values["started_at"] = event.triggered_at or change.uow.now
    if not change.move(event, target, reason, **values):
        raise Conflict(f"Event {event.sub_id} is {event.state} and takes no result.")
    shown = {"state": target.value, "finished_at": change.uow.now, "run_url": event.run_url}
    trees.update_attempts(change.uow.session, [(event.id, event.attempt)], **shown)


def started(
    uow: UnitOfWork, who: Principal, event_token: str | None, run_url: str | None, address: Address
) -> dict[str, Any]:
    """`POST /results/started`: a sign of life. It re-arms the finish deadline; after the result it changes nothing."""
    change, event, _ = _addressed(uow, who, event_token, address)
    projects.note_starts(uow.session, event.project_id)
    sign_of_life(change, event, Reason("started", {}), run_url)
    change.finish()
    return answers.opened_view(uow, event)


def sign_of_life(change: TreeChange, event: Event, reason: Reason, run_url: str | None) -> None:
    """The event's pipeline runs: queued or triggered become running, and the finish deadline counts from now."""
    now = change.uow.now
    values: dict[str, Any] = {"deadline_at": now + timedelta(seconds=event.finish_deadline_s)}
    if run_url:
        values["run_url"] = run_url
    if event.state in (EventState.QUEUED.value, EventState.TRIGGERED.value):
        change.move(event, EventState.RUNNING, reason, started_at=now, **values)
        shown = {"state": EventState.RUNNING.value, "started_at": now, "run_url": event.run_url}
        trees.update_attempts(change.uow.session, [(event.id, event.attempt)], **shown)
    elif event.state == EventState.RUNNING.value:
        trees.move_event(change.uow.session, event, [EventState.RUNNING], values)


def _reason_of(told: Report) -> Reason:
    if told.status is ResultStatus.SKIPPED:
        return Reason("reported_skipped", {"because": told.metadata.message or "nothing to do"})
    return Reason("reported", {"status": told.status.value})
