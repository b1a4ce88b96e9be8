"""What must be true of every tree after every committed step, whatever happened: read straight from the tables."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dominoci.domain.reasons import CUT
from dominoci.domain.states import TRANSITIONS, EventState, TreeState, fold
from dominoci.infra.models.builds import Build
from dominoci.infra.models.plumbing import Outbox
from dominoci.infra.models.trees import Attempt, Change, Edge, Event, ResultRow, Tree
from dominoci.infra.unit_of_work import UnitOfWork


def check(uow: UnitOfWork, tree_id: str) -> None:
    """AssertionError when the rows of a tree contradict each other."""
    session = uow.session
    tree = session.get_one(Tree, tree_id)
    events = session.scalars(select(Event).where(Event.tree_id == tree_id)).all()
    edges = session.scalars(select(Edge).where(Edge.tree_id == tree_id)).all()
    _tree_folds_its_events(tree, events)
    _counters_count_edges(events, edges)
    _states_follow_from_edges(tree, events, edges, _successes(session, events))
    ids = [event.id for event in events]
    history = _by_event(session, Change, ids, Change.id)
    attempts = _by_event(session, Attempt, ids, Attempt.number)
    sent, built = _by_event(session, Outbox, ids, Outbox.id), _by_event(session, Build, ids, Build.id)
    triggers = {id_: [row for row in rows if row.kind == "trigger"] for id_, rows in sent.items()}
    for event in events:
        _history_leads_to_the_state(history[event.id], event)
        if event.join_rule != "root":
            begun = [*triggers.get(event.id, []), *built[event.id]]
            _started_once_an_attempt([row.number for row in attempts[event.id]], begun, event)
        _deadline_where_something_is_expected(event)


def _by_event(session: Session, table: type[Any], ids: Sequence[str], order: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in session.scalars(select(table).where(table.event_id.in_(ids)).order_by(order)):
        found[row.event_id].append(row)
    return found


def _tree_folds_its_events(tree: Tree, events: Sequence[Event]) -> None:
    states = [EventState(event.state) for event in events]
    assert tree.event_count == len(events)
    assert tree.unfinished == sum(not state.final for state in states), "the count of open events is wrong"
    assert tree.state == (TreeState.FAILED if tree.reason_code in CUT else fold(states)).value
    assert tree.held == (tree.reason_code == "held"), "held without a reason, or the other way round"
    assert not tree.held or tree.state == "running"
    assert (tree.finished_at is None) == (tree.state == "running")


def _counters_count_edges(events: Sequence[Event], edges: Sequence[Edge]) -> None:
    tally: Counter[tuple[str, str | None]] = Counter((edge.child_id, edge.outcome) for edge in edges)
    for event in events:
        counted = (event.pending, event.passed, event.blocked)
        assert counted == tuple(tally[event.id, outcome] for outcome in (None, "passed", "blocked")), event.sub_id


def _successes(session: Session, events: Sequence[Event]) -> set[str]:
    """The events of which any attempt reported SUCCESS."""
    ids = [event.id for event in events]
    query = select(ResultRow.event_id).where(ResultRow.event_id.in_(ids), ResultRow.status == "SUCCESS")
    return set(session.scalars(query))


def _states_follow_from_edges(tree: Tree, events: Sequence[Event], edges: Sequence[Edge], succeeded: set[str]) -> None:
    by_id = {event.id: event for event in events}
    for edge in edges:
        parent = EventState(by_id[edge.parent_id].state)
        if parent.final and not tree.held:
            assert edge.outcome is not None, f"{by_id[edge.parent_id].sub_id} is {parent} and its edge is open"
        if edge.outcome == "passed":
            # an event that ran keeps what an earlier attempt of its parent gave it
            assert edge.parent_id in succeeded
            assert parent is EventState.SUCCESS or by_id[edge.child_id].queued_at is not None
    for event in events:
        assert (event.state == "waiting") <= (event.pending > 0), f"{event.sub_id} waits for nothing"
        assert event.pending == 0 or event.state in ("waiting", "cancelled"), f"{event.sub_id} did not wait"


def _history_leads_to_the_state(changes: Sequence[Change], event: Event) -> None:
    state = EventState.SUCCESS if event.join_rule == "root" else EventState.WAITING
    for change in changes:
        assert change.from_state == state.value, f"{event.sub_id}: {change.from_state} after {state}"
        target = EventState(change.to_state)
        assert target is state or target in TRANSITIONS[state], f"{event.sub_id}: {state} to {target}"
        state = target
    assert state.value == event.state, f"{event.sub_id}: the history ends at {state}"


def _started_once_an_attempt(attempts: Sequence[int], started: Sequence[Outbox | Build], event: Event) -> None:
    assert list(attempts) == list(range(1, event.attempt + 1))
    assert sorted(row.attempt or 0 for row in started) == list(attempts), f"{event.sub_id}: not started once for each attempt"
    assert event.attempt > 0 or event.state in ("waiting", "skipped", "cancelled")


def _deadline_where_something_is_expected(event: Event) -> None:
    expected = event.state in ("queued", "triggered", "running")
    assert (event.deadline_at is not None) == expected, f"{event.sub_id} is {event.state} with deadline {event.deadline_at}"
