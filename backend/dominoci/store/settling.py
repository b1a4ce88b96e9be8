"""The bulk SQL of settling: a fixed number of statements for each rank of a tree, however many edges it has.

Everything here runs under the tree's lock (`trees.lock`).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Case, bindparam, case, literal, select, tuple_, update
from sqlalchemy.orm import Session

from dominoci.domain.states import EdgeOutcome, EventState, sources_of
from dominoci.infra.models.trees import Edge, Event
from dominoci.store.statements import Columns, shown, table_of

T = TypeVar("T")
Settled = tuple[Columns, EdgeOutcome, dict[str, Any] | None]
CHUNK = 500  # ids in one IN list; SQLite takes 32,766 variables, MariaDB plans long lists badly


_EVENTS, _EDGES = table_of(Event), table_of(Edge)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_OUTGOING = select(_EDGES.c.parent_id, _EDGES.c.child_id, _EDGES.c.filters).where(
    _EDGES.c.parent_id.in_(_IDS), _EDGES.c.outcome.is_(None)
)
# edges are found by their primary key: MariaDB uses no index for pairs alone
_BOOK_OF_ONE = update(_EDGES).where(
    _EDGES.c.parent_id == bindparam("parent"), _EDGES.c.child_id.in_(_IDS), _EDGES.c.outcome.is_(None)
)
_BOOK = update(_EDGES).where(
    _EDGES.c.parent_id.in_(bindparam("parents", expanding=True)),
    tuple_(_EDGES.c.parent_id, _EDGES.c.child_id).in_(bindparam("pairs", expanding=True)),
    _EDGES.c.outcome.is_(None),
)
_COUNT = (
    update(_EVENTS)
    .where(_EVENTS.c.id.in_(_IDS))
    .values(
        pending=_EVENTS.c.pending - bindparam("settled"),
        passed=_EVENTS.c.passed + bindparam("let_through"),
        blocked=_EVENTS.c.blocked + bindparam("stopped"),
    )
)
_READY = (
    select(Event)
    .where(Event.id.in_(_IDS), Event.state == EventState.WAITING.value, Event.pending <= 0)
    .execution_options(populate_existing=True)
)
_DECIDE = update(_EVENTS).where(_EVENTS.c.id.in_(_IDS), _EVENTS.c.state.in_(bindparam("sources", expanding=True)))
_LEAVING = select(_EDGES.c.parent_id, _EDGES.c.child_id, _EDGES.c.outcome).where(_EDGES.c.parent_id.in_(_IDS))
_OPEN_AGAIN = update(_EDGES).where(
    _EDGES.c.parent_id.in_(bindparam("parents", expanding=True)), _EDGES.c.child_id.in_(_IDS), _EDGES.c.outcome.is_not(None)
)


def outgoing(session: Session, parent_ids: Sequence[str]) -> list[Columns]:
    """Edges (`parent_id`, `child_id`, `filters`) from `parent_ids` that are not settled yet."""
    return [edge for ids in chunks(parent_ids) for edge in session.execute(_OUTGOING, {"ids": ids})]


def book(session: Session, outcomes: Sequence[Settled]) -> None:
    """Writes how edges were settled, and counts them at their children."""
    _book_edges(session, outcomes)
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for edge, outcome, _ in outcomes:
        counts = tally[edge.child_id]
        counts[0] += 1
        counts[1] += outcome is EdgeOutcome.PASSED
        counts[2] += outcome is EdgeOutcome.BLOCKED
    _count(session, tally)


def _book_edges(session: Session, outcomes: Sequence[Settled]) -> None:
    """Edges of a rank mostly share their outcome, so that thousands are a few statements."""
    groups: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for edge, outcome, detail in outcomes:
        groups[outcome.value, json.dumps(detail, sort_keys=True)].append((edge.parent_id, edge.child_id))
    for (outcome_text, detail_text), pairs in groups.items():
        new = {"outcome": outcome_text, "detail": json.loads(detail_text)}
        for part in chunks(sorted(pairs)):
            parents = sorted({parent for parent, _ in part})
            if len(parents) == 1:
                session.execute(_BOOK_OF_ONE, {"parent": parents[0], "ids": [child for _, child in part], **new})
            else:
                session.execute(_BOOK, {"parents": parents, "pairs": part, **new})


def ready(session: Session, event_ids: Iterable[str]) -> list[Event]:
    """Which of these events have all their parents settled and still wait; read after this transaction counted its own edges."""
    return [
        event
        for ids in chunks(sorted(set(event_ids)))
        for event in session.scalars(_READY, {"ids": ids})
    ]


Decided = tuple[Event, dict[str, Any]]


def decide(session: Session, decisions: Sequence[Decided]) -> None:
    """Moves events on, each from a state that allows it: those that get the same columns share a statement, whatever the
    values."""
    groups: dict[tuple[str, ...], list[Decided]] = defaultdict(list)
    for event, values in decisions:
        groups[values["state"], *values].append((event, values))
    for (state, *columns), group in groups.items():
        sources = [source.value for source in sources_of(EventState(state))]
        for part in chunks(sorted(group, key=lambda decided: decided[0].id)):
            new = {column: _value(column, part) for column in columns}
            chosen = {column: value for column, value in new.items() if isinstance(value, Case)}
            same = {column: value for column, value in new.items() if column not in chosen}
            query = _DECIDE.values(**chosen) if chosen else _DECIDE
            session.execute(query, {"ids": [event.id for event, _ in part], "sources": sources, **same})
    for event, values in decisions:
        shown(event, values)


def _value(column: str, decisions: Sequence[Decided]) -> Any:
    """A column's new value: the one that all share, or a choice by the event's id."""
    values = [values[column] for _, values in decisions]
    if all(value == values[0] for value in values):
        return values[0]
    kind = _EVENTS.c[column].type
    choices = [(_EVENTS.c.id == event.id, literal(values[column], kind)) for event, values in decisions]
    return case(*choices)


def leaving(session: Session, parent_ids: Sequence[str]) -> list[Columns]:
    """Edges (`parent_id`, `child_id`, `outcome`) from `parent_ids`, settled or not."""
    return [edge for ids in chunks(parent_ids) for edge in session.execute(_LEAVING, {"ids": ids})]


def take_back(session: Session, edges: Sequence[Columns]) -> None:
    """Opens settled edges again, and counts them at their children as pending."""
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    children: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        children[edge.parent_id].append(edge.child_id)
        counts = tally[edge.child_id]
        counts[0] -= 1
        counts[1] -= edge.outcome == EdgeOutcome.PASSED.value
        counts[2] -= edge.outcome == EdgeOutcome.BLOCKED.value
    by_children: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for parent, found in children.items():
        by_children[tuple(sorted(found))].append(parent)
    for ids, parents in by_children.items():
        for part in chunks(ids):
            session.execute(_OPEN_AGAIN, {"parents": parents, "ids": part, "outcome": None, "detail": None})
    _count(session, tally)


def _count(session: Session, tally: Mapping[str, Sequence[int]]) -> None:
    """Counts settled edges at their children: how many more are settled, passed and blocked; atomic, so that none is lost."""
    groups: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for child, counts in tally.items():
        groups[tuple(counts)].append(child)
    for (settled_now, passed, blocked), children in groups.items():
        for ids in chunks(sorted(children)):
            session.execute(_COUNT, {"ids": ids, "settled": settled_now, "let_through": passed, "stopped": blocked})


def chunks(rows: Sequence[T]) -> Iterable[Sequence[T]]:
    """`rows` in parts that fit an IN list."""
    return (rows[i : i + CHUNK] for i in range(0, len(rows), CHUNK))
