"""The bulk SQL of settling: a fixed number of statements for each rank of a tree, however many edges it has.

Everything here runs under the tree's lock (`trees.lock`).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from dominoci.domain.states import EdgeOutcome, EventState
from dominoci.infra.models.trees import Edge, Event

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
    """Edges of one parent mostly share their outcome, so that a fan-out of thousands is a few statements."""
    groups: dict[tuple[str, str, str], list[Edge]] = defaultdict(list)
    for edge, outcome, detail in outcomes:
        groups[edge.parent_id, outcome.value, json.dumps(detail, sort_keys=True)].append(edge)
    for (parent, outcome_text, detail_text), edges in groups.items():
        for ids in chunks(sorted(edge.child_id for edge in edges)):
            session.execute(
                update(Edge)
                .where(Edge.parent_id == parent, Edge.child_id.in_(ids), Edge.outcome.is_(None))
                .values(outcome=outcome_text, detail=json.loads(detail_text))
                .execution_options(synchronize_session=False)
            )
        for edge in edges:
            set_committed_value(edge, "outcome", outcome_text)
            set_committed_value(edge, "detail", json.loads(detail_text))


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


def decide(session: Session, decisions: Sequence[tuple[Event, dict[str, Any]]]) -> None:
    """Moves waiting events on: events that share their new values share a statement."""
    groups: dict[str, tuple[dict[str, Any], list[Event]]] = {}
    for event, values in decisions:
        groups.setdefault(repr(sorted(values.items())), (values, []))[1].append(event)
    for values, events in groups.values():
        for ids in chunks(sorted(event.id for event in events)):
            session.execute(
                update(Event)
                .where(Event.id.in_(ids), Event.state == EventState.WAITING.value)
                .values(**values)
                .execution_options(synchronize_session=False)
            )
        for event in events:
            for key, value in values.items():
                set_committed_value(event, key, value)


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


def chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    """`ids` in parts that fit an IN list."""
    return (ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK))
