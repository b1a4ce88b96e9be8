"""Trees as people read them: lists, the graph, one event with everything behind it, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from dominoci.domain.reasons import edge_sentence, sentence
from dominoci.domain.states import EventState
from dominoci.domain.tree import sub_id_key
from dominoci.infra.models.plumbing import DeliveryRow
from dominoci.infra.models.trees import Attempt, Change, Edge, Event, ResultRow, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import inputs, views, why
from dominoci.services.access import Principal, visible_event, visible_tree
from dominoci.store import builds, trees

View = dict[str, Any]


def get(uow: UnitOfWork, who: Principal, tree_id: str) -> View:
    """A tree with its events."""
    tree = visible_tree(uow, who, tree_id)
    rows = trees.events(uow.session, tree_id)
    edges = trees.edges(uow.session, tree_id)
    parents, waiting = _parents(rows, edges), _waiting(tree, rows, edges)
    made = builds.of_event(uow.session, [row.id for row in rows])
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.state] = counts.get(row.state, 0) + 1
    events = [
        {**views.event(row, parents.get(row.id, []), made.get((row.id, row.attempt))), **waiting.get(row.id, {})} for row in rows
    ]
    events.sort(key=lambda event: sub_id_key(event["sub_id"]))
    return {**views.tree_summary(uow.settings, tree, counts), "events": events}


def _parents(rows: Any, edges: Any) -> dict[str, list[str]]:
    sub_ids = {row.id: row.sub_id for row in rows}
    found: dict[str, list[str]] = {}
    for edge in edges:
        found.setdefault(edge.child_id, []).append(sub_ids[edge.parent_id])
    return {child: sorted(ids, key=sub_id_key) for child, ids in found.items()}


def _waiting(tree: Tree, rows: Sequence[Event], edges: Sequence[Edge]) -> dict[str, View]:
    """What events wait for by now, in place of what they were stored with when they began to: their `reason`, by event id."""
    by_id = {row.id: row for row in rows}
    unsettled: dict[str, list[Event]] = {row.id: [] for row in rows if row.state == EventState.WAITING.value}
    for edge in edges:
        if edge.outcome is None and edge.child_id in unsettled:
            unsettled[edge.child_id].append(by_id[edge.parent_id])
    return {child: {"reason": why.waits(tree, parents).view()} for child, parents in unsettled.items()}


def graph(uow: UnitOfWork, who: Principal, tree_id: str) -> View:
    """A tree as the graph draws it: compact, with the version that live changes continue from."""
    tree = visible_tree(uow, who, tree_id)
    rows, edges = trees.events(uow.session, tree_id), trees.edges(uow.session, tree_id)
    by_id = {row.id: row for row in rows}
    waiting = {child: {"reason": told["reason"]["text"]} for child, told in _waiting(tree, rows, edges).items()}
    nodes = [{**views.node(row), **waiting.get(row.id, {})} for row in rows]
    return {
        "id": tree.id,
        "version": tree.version,
        "state": tree.state,
        "opened_at": tree.opened_at,
        "finished_at": tree.finished_at,
        "nodes": sorted(nodes, key=lambda node: sub_id_key(node["sub_id"])),
        "edges": [_edge(edge, by_id[edge.parent_id], by_id[edge.child_id]) for edge in edges],
    }


def _edge(edge: Edge, parent: Event, child: Event) -> View:
    reason = edge_sentence(parent.project_name, edge.detail)
    ends = {"from": parent.sub_id, "to": child.sub_id}
    return {**ends, "outcome": edge.outcome, "reason": reason, "join": edge.join_rule}


def event(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str) -> View:
    """One event: attempts, inputs, result and history."""
    row = visible_event(uow, who, tree_id, sub_id)
    attempts = trees.attempts(uow.session, row.id)
    made = builds.of_event(uow.session, [row.id])
    incoming = sorted(trees.parents(uow.session, [row.id]), key=lambda pair: sub_id_key(pair[1].sub_id))
    results = {result.attempt: result for result in trees.results_of(uow.session, row.id)}
    present = results.get(row.attempt)
    return {
        **views.event(row, [parent.sub_id for _, parent in incoming], made.get((row.id, row.attempt))),
        "attempts": [_attempt(attempt, results.get(attempt.number), made) for attempt in attempts],
        "inputs": _inputs(uow, row, attempts[-1] if attempts else None),
        "result": _result(present) if present else None,
        "history": [_change(change) for change in trees.history(uow.session, row.id, why.FACTS)],
    }


def _attempt(row: Attempt, result: ResultRow | None, made: Mapping[tuple[str, int], str]) -> View:
    times = ("queued_at", "triggered_at", "started_at", "finished_at")
    fields = ("number", "state", "delivery_id", "ref", "asked_by", "run_url", *times)
    told = {"status": result.status if result else None, "late": result.late if result else False}
    return {**{f: getattr(row, f) for f in fields}, **told, "build_id": made.get((row.event_id, row.number))}


def _inputs(uow: UnitOfWork, event: Event, attempt: Attempt | None) -> View | None:
    """What the present attempt was given; None as long as there is none."""
    if attempt is None:
        return None
    start = inputs.start_of(uow, event.id, attempt.number)
    parents = [
        {
            "project": passed.edge.project_name,
            "sub_id": passed.edge.sub_id,
            "attempt": passed.attempt,
            "metadata": passed.told.meta,
            "links": passed.told.links,
            "artifacts": passed.told.artifacts,
        }
        for passed in start.given
    ]
    return {"ref": attempt.ref, "parameters": start.parameters, "parents": parents}


def _result(row: ResultRow) -> View:
    return {
        "status": row.status,
        "metadata": row.meta,
        "links": row.links,
        "artifacts": row.artifacts,
        "received_at": row.received_at,
        "late": row.late,
    }


def _change(row: Change) -> View:
    return {"at": row.at, "from": row.from_state, "to": row.to_state, "code": row.code, "text": sentence(row.code, row.params)}


def deliveries(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str) -> View:
    """Every send for an event, oldest first, and when the next one is due."""
    row = visible_event(uow, who, tree_id, sub_id)
    waiting = trees.open_outbox(uow.session, row.id)
    items = [_delivery(delivery) for delivery in trees.deliveries(uow.session, row.id)]
    if items and waiting:
        items[-1]["next_try_at"] = waiting.next_at
    return {"items": items}


def _delivery(row: DeliveryRow) -> View:
    fields = ("id", "kind", "attempt", "number", "state", "requested_at", "duration_ms", "request", "response", "reading")
    return {**{field: getattr(row, field) for field in fields}, "next_try_at": None}
