"""The recursion: what a finished event means for the events after it, rank by rank, with a fixed number of statements a rank."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence

from dominoci.domain import reasons
from dominoci.domain.filters import filters_from_json
from dominoci.domain.joins import Decision, Parent, SettledEdge, decide, outcome_of
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Metadata
from dominoci.domain.states import ACTIVE, EdgeOutcome, EventState
from dominoci.domain.tree import sub_id_key
from dominoci.infra.models.trees import Event
from dominoci.services import inputs, starting
from dominoci.services.tree_change import Move, TreeChange
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
    _book(change, [(edge, known[edge.parent_id]) for edge in edges])
    return [edge.child_id for edge in edges]


def _book(change: TreeChange, edges: Sequence[tuple[Columns, Parent]]) -> None:
    """Writes how each parent settles its edge."""
    outcomes = [(edge, *outcome_of(parent, filters_from_json(edge.filters))) for edge, parent in edges]
    settling.book(change.uow.session, outcomes)
    for (edge, parent), (_, outcome, detail) in zip(edges, outcomes, strict=True):
        said = reasons.edge_sentence({**detail, "parent": parent.project}) if detail else None
        change.edges.append((edge.parent_id, edge.child_id, outcome.value, said))


def as_parent(event: Event | Columns, told: Metadata | None = None) -> Parent:
    """A settled event as the domain knows it."""
    state = EventState(event.state)
    return Parent(event.sub_id, event.project_name, state, event.reason_code, dict(event.reason_params), told)


def decide_anew(change: TreeChange, waiting: Sequence[Event]) -> None:
    """Settles the edges of events that wait from parents that are final, and decides those whose parents all are: they were taken
    back, and these parents were not."""
    if not waiting:
        return
    session, ids = change.uow.session, [event.id for event in waiting]
    final = [edge for edge in trees.incoming(session, ids) if edge.outcome is None and _counts(change, edge)]
    told = trees.results(session, [(edge.parent_id, edge.attempt) for edge in final if edge.state == EventState.SUCCESS.value])
    parents = []
    for edge in final:
        known = told.get((edge.parent_id, edge.attempt))
        parents.append((edge, as_parent(edge, Metadata(**known.meta) if known else None)))
    _book(change, parents)
    settle(change, _decide(change, settling.ready(session, ids)))


def _counts(change: TreeChange, edge: Columns) -> bool:
    """Whether the parent of an edge is final; the root of a held tree does not count yet."""
    return EventState(edge.state).final and not (change.tree.held and edge.position == 0)


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
    change.move_many([(e, d.state, d.reason, {"finished_at": now}) for e, d in skipped])
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
    moves: list[Move] = []
    given: dict[str, inputs.Frozen] = {}
    for event, decision in queued:
        passed = [edge for edge, settled in incoming[event.id] if settled.outcome is EdgeOutcome.PASSED]
        given[event.id] = [(edge.parent_id, edge.attempt) for edge in passed]
        moves.append((event, EventState.QUEUED, decision.reason, starting.queued(change.uow.now, event, _ref(event, passed[0]))))
    change.move_many(moves)
    starting.start(change, [event for event, _ in queued], given)


def _ref(event: Event, first: Columns) -> str | None:
    """The ref to run, by the rule of the first dependency, in the order of the parents' sub ids, that passed.

    None for the rule `same`: the parent's branch is looked for when the event is delivered, never in this transaction.
    """
    if first.ref.get("use") == inputs.BRANCH_OF_PARENT:
        return None
    return str(first.ref["value"]) if first.ref.get("use") == "fixed" and first.ref.get("value") else event.default_branch


def take_back(
    change: TreeChange,
    events: Sequence[Event],
    reason: Reason,
    anew: Container[str] = (),
    stop: Callable[[Sequence[Event]], None] | None = None,
) -> list[Event]:
    """Takes back what `events` settled, because they are to settle anew: children in `anew` (ids), and those that were skipped
    without having run, wait again, and so does what depends on them. Children that ran keep their edges and their state.

    Answers what waits again, all its edges open; once `events` have their new state the caller passes it to `decide_anew`.
    `stop` is called with those in `anew` that are queued or run; it must make them final.
    """
    frontier: Sequence[Event] = events
    again: list[Event] = []
    while frontier:
        edges = settling.leaving(change.uow.session, [event.id for event in frontier])
        children = {event.id: event for event in trees.events_by_id(change.uow.session, sorted({e.child_id for e in edges}))}
        settled = [edge for edge in edges if edge.outcome is not None]
        settling.take_back(change.uow.session, [e for e in settled if e.child_id in anew or not _has_run(children[e.child_id])])
        if stop:
            stop([child for child in children.values() if child.id in anew and EventState(child.state) in ACTIVE])
        frontier = [child for child in children.values() if EventState(child.state).final and _waits_again(child, anew)]
        change.move_many([(child, EventState.WAITING, reason, starting.NOT_YET) for child in frontier])
        # what it was given from elsewhere counts as its parents stand by now: they may have run again without it
        kept = trees.incoming(change.uow.session, [child.id for child in frontier]) if frontier else ()
        settling.take_back(change.uow.session, [edge for edge in kept if edge.outcome is not None])
        again.extend(frontier)
    return again


def _waits_again(child: Event, anew: Container[str]) -> bool:
    return child.id in anew or (child.state == EventState.SKIPPED.value and not _has_run(child))


def _has_run(event: Event) -> bool:
    """Whether the event's present state came of an attempt, which keeps what it was given (`NOT_YET` forgets older ones)."""
    return event.queued_at is not None
