"""The recursion: what a finished event means for the events after it, rank by rank, with a fixed number of statements a rank."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from dominoci.domain.filters import filters_from_json
from dominoci.domain.joins import Decision, Parent, SettledEdge, decide, outcome_of
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Metadata
from dominoci.domain.states import EdgeOutcome, EventState
from dominoci.domain.tree import sub_id_key
from dominoci.infra.models.trees import Event
from dominoci.services import starting
from dominoci.services.tree_change import TreeChange
from dominoci.store import settling, trees
from dominoci.store.statements import Columns


def settle(change: TreeChange, finished: Sequence[Event], told: Metadata | None = None) -> None:
    """Settles the outgoing edges of events that have just become final, and everything that follows from it.

    Children whose parents have all settled are queued (their builds and triggers are written in this transaction) or skipped;
    what is skipped settles its own children in the next round. `told` is what the one among `finished` that succeeded reported.
    """
    frontier = list(finished)
    while frontier:
        touched = _settle_edges(change, frontier, told)
        frontier = _decide(change, settling.ready(change.uow.session, touched))


def _settle_edges(change: TreeChange, events: Sequence[Event], told: Metadata | None) -> list[str]:
    session = change.uow.session
    edges = settling.outgoing(session, [event.id for event in events])
    known = {event.id: as_parent(event, told if event.state == EventState.SUCCESS.value else None) for event in events}
    outcomes = []
    for edge in edges:
        outcome, detail = outcome_of(known[edge.parent_id], filters_from_json(edge.filters))
        outcomes.append((edge, outcome, detail))
    settling.book(session, outcomes)
    change.edges.extend((edge.parent_id, edge.child_id, outcome.value) for edge, outcome, _ in outcomes)
    return [edge.child_id for edge in edges]


def as_parent(event: Event | Columns, told: Metadata | None = None) -> Parent:
    """A settled event as the domain knows it."""
    state = EventState(event.state)
    return Parent(event.sub_id, event.project_name, state, event.reason_code, dict(event.reason_params), told)


def _decide(change: TreeChange, ready: Sequence[Event]) -> list[Event]:
    """Queues or skips events whose parents have all settled; answers the skipped ones."""
    if not ready:
        return []
    incoming = incoming_edges(change, ready)
    decisions = [(event, decide([edge for _, edge in incoming[event.id]], event.join_rule)) for event in ready]
    queued = [(event, decision) for event, decision in decisions if decision.state is EventState.QUEUED]
    skipped = [(event, decision) for event, decision in decisions if decision.state is EventState.SKIPPED]
    _queue(change, queued, incoming)
    now = change.uow.now
    change.move_waiting([(e, d.state, d.reason, {"finished_at": now}) for e, d in skipped])
    return [event for event, _ in skipped]


Incoming = dict[str, list[tuple[Columns, SettledEdge]]]


def incoming_edges(change: TreeChange, events: Iterable[Event]) -> Incoming:
    """The settled incoming edges of each event, in the order of the parents' sub ids."""
    found: Incoming = defaultdict(list)
    for edge in trees.incoming(change.uow.session, [event.id for event in events]):
        outcome = EdgeOutcome(str(edge.outcome))
        found[edge.child_id].append((edge, SettledEdge(outcome, as_parent(edge), edge.detail)))
    for edges in found.values():
        edges.sort(key=lambda pair: sub_id_key(pair[1].parent.sub_id))
    return found


def _queue(change: TreeChange, queued: Sequence[tuple[Event, Decision]], incoming: Incoming) -> None:
    now = change.uow.now
    moves: list[tuple[Event, EventState, Reason, dict[str, Any]]] = []
    for event, decision in queued:
        deadline = now + timedelta(seconds=event.start_deadline_s)
        ref = _ref(event, incoming[event.id])
        values = {"queued_at": now, "deadline_at": deadline, "attempt": event.attempt + 1, "ref": ref}
        moves.append((event, EventState.QUEUED, decision.reason, values))
    change.move_waiting(moves)
    starting.start(change, [event for event, _ in queued])


def _ref(event: Event, incoming: Sequence[tuple[Columns, SettledEdge]]) -> str:
    """The ref to run, by the rule of the first dependency, in the order of the parents' sub ids, that passed.

    For the rule `same` this is what to fall back on; the parent's branch is looked up when the build is claimed.
    """
    rule = next(edge.ref for edge, settled in incoming if settled.outcome is EdgeOutcome.PASSED)
    return str(rule["value"]) if rule.get("use") == "fixed" and rule.get("value") else event.default_branch


def reopen(change: TreeChange, event: Event) -> None:
    """Takes back what an event settled, because its result has changed: what was skipped for it alone waits again.

    The caller settles the event anew afterwards; children that another parent still blocks are then skipped again.
    """
    children = settling.reopen(change.uow.session, event.id)
    for child in trees.events_by_id(change.uow.session, children):
        reason = Reason("reopened", {"project": event.project_name, "sub_id": event.sub_id})
        if child.state == EventState.SKIPPED.value and change.move(child, EventState.WAITING, reason, finished_at=None):
            reopen(change, child)
