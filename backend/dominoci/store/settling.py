"""The bulk SQL of settling: a fixed number of statements for each rank of a tree, however many edges it has.

Everything here runs under the tree's lock (`trees.lock`).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, case, literal, select, tuple_, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from dominoci.domain.states import EdgeOutcome, EventState
from dominoci.infra.models.trees import Edge, Event

T = TypeVar("T")
CHUNK = 500  # ids in one IN list; SQLite takes 32,766 variables, MariaDB plans long lists badly


def outgoing(session: Session, parent_ids: Sequence[str]) -> list[Edge]:
    """Edges from `parent_ids` that are not settled yet."""
    return [
        edge
        for ids in chunks(parent_ids)
        for edge in session.scalars(select(Edge).where(Edge.parent_id.in_(ids), Edge.outcome.is_(None)))
    ]


def book(session: Session, outcomes: Sequence[tuple[Edge, EdgeOutcome, dict[str, Any] | None]]) -> None:
    """Writes how edges were settled, and counts them at their children; atomic counters, so that no update is lost."""
    _book_edges(session, outcomes)
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for edge, outcome, _ in outcomes:
        counts = tally[edge.child_id]
        counts[0] += 1
        counts[1] += outcome is EdgeOutcome.PASSED
        counts[2] += outcome is EdgeOutcome.BLOCKED
    groups: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for child, counts in tally.items():
        groups[tuple(counts)].append(child)
    for (settled, passed, blocked), children in groups.items():
        for ids in chunks(sorted(children)):
            session.execute(
                update(Event)
                .where(Event.id.in_(ids))
                .values(pending=Event.pending - settled, passed=Event.passed + passed, blocked=Event.blocked + blocked)
                .execution_options(synchronize_session=False)
            )


def _book_edges(session: Session, outcomes: Sequence[tuple[Edge, EdgeOutcome, dict[str, Any] | None]]) -> None:
    """Edges of a rank mostly share their outcome, so that thousands are a few statements."""
    groups: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge, outcome, detail in outcomes:
        groups[outcome.value, json.dumps(detail, sort_keys=True)].append(edge)
    for (outcome_text, detail_text), edges in groups.items():
        new = {"outcome": outcome_text, "detail": json.loads(detail_text)}
        for part in chunks(sorted(edges, key=lambda edge: (edge.parent_id, edge.child_id))):
            query = update(Edge).where(*_these(part), Edge.outcome.is_(None)).values(**new)
            session.execute(query.execution_options(synchronize_session=False))
        for edge in edges:
            for key, value in new.items():
                set_committed_value(edge, key, value)


def _these(edges: Sequence[Edge]) -> tuple[ColumnElement[bool], ...]:
    """Exactly these edges, found by their primary key (MariaDB uses no index for pairs alone)."""
    parents, children = {edge.parent_id for edge in edges}, {edge.child_id for edge in edges}
    if len(parents) == 1:
        return Edge.parent_id == edges[0].parent_id, Edge.child_id.in_(sorted(children))
    pairs = [(edge.parent_id, edge.child_id) for edge in edges]
    return Edge.parent_id.in_(sorted(parents)), tuple_(Edge.parent_id, Edge.child_id).in_(pairs)


def ready(session: Session, event_ids: Iterable[str]) -> list[Event]:
    """Which of these events have all their parents settled and still wait; read after this transaction counted its own edges."""
    return [
        event
        for ids in chunks(sorted(set(event_ids)))
        for event in session.scalars(
            select(Event)
            .where(Event.id.in_(ids), Event.state == EventState.WAITING.value, Event.pending <= 0)
            .execution_options(populate_existing=True)
        )
    ]


Decided = tuple[Event, dict[str, Any]]


def decide(session: Session, decisions: Sequence[Decided]) -> None:
    """Moves waiting events on: those that get the same columns share a statement, whatever the values."""
    groups: dict[tuple[str, ...], list[Decided]] = defaultdict(list)
    for event, values in decisions:
        groups[values["state"], *values].append((event, values))
    for (_, *columns), group in groups.items():
        for part in chunks(sorted(group, key=lambda decided: decided[0].id)):
            new = {column: _value(column, part) for column in columns}
            query = update(Event).where(Event.id.in_([event.id for event, _ in part]), Event.state == EventState.WAITING.value)
            session.execute(query.values(**new).execution_options(synchronize_session=False))
    for event, values in decisions:
        for key, value in values.items():
            set_committed_value(event, key, value)


def _value(column: str, decisions: Sequence[Decided]) -> Any:
    """A column's new value: the one that all share, or a choice by the event's id."""
    values = [values[column] for _, values in decisions]
    if all(value == values[0] for value in values):
        return values[0]
    kind = Event.__table__.c[column].type
    choices = [(Event.id == event.id, literal(values[column], kind)) for event, values in decisions]
    return case(*choices)


def reopen(session: Session, parent_id: str) -> list[str]:
    """Takes back what a parent settled: its edges are open again and its children count it as pending. Answers the children."""
    rows = session.scalars(select(Edge).where(Edge.parent_id == parent_id, Edge.outcome.is_not(None))).all()
    for outcome in EdgeOutcome:
        children = sorted(edge.child_id for edge in rows if edge.outcome == outcome.value)
        for ids in chunks(children):
            session.execute(
                update(Event)
                .where(Event.id.in_(ids))
                .values(
                    pending=Event.pending + 1,
                    passed=Event.passed - (outcome is EdgeOutcome.PASSED),
                    blocked=Event.blocked - (outcome is EdgeOutcome.BLOCKED),
                )
                .execution_options(synchronize_session=False)
            )
    session.execute(update(Edge).where(Edge.parent_id == parent_id).values(outcome=None, detail=None))
    return [edge.child_id for edge in rows]


def chunks(rows: Sequence[T]) -> Iterable[Sequence[T]]:
    """`rows` in parts that fit an IN list."""
    return (rows[i : i + CHUNK] for i in range(0, len(rows), CHUNK))
