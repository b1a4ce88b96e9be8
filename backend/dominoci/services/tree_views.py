"""Trees as people read them: lists, the graph, one event with everything behind it, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from dominoci.domain.reasons import edge_sentence
from dominoci.domain.states import EventState
from dominoci.domain.tree import sub_id_key
from dominoci.infra.models.plumbing import DeliveryRow
from dominoci.infra.models.trees import Attempt, Change, Edge, Event, ResultRow, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import inputs, veil, views, why
from dominoci.services.access import Principal, may_act, visible_event, visible_tree
from dominoci.services.veil import Veil
from dominoci.store import builds, trees

View = dict[str, Any]
NO_OTHERS: View = {"sends": 0, "tries": []}
NOTHING_TOLD: View = {"metadata": {}, "links": {}, "artifacts": []}


def get(uow: UnitOfWork, who: Principal, tree_id: str) -> View:
    """A tree with its events, and whether `who` may cancel and rerun it."""
    tree = visible_tree(uow, who, tree_id)
    rows = trees.events(uow.session, tree_id)
    edges = trees.edges(uow.session, tree_id)
    hidden = veil.of(uow, who, rows)
    parents, waiting = _parents(rows, edges), _waiting(tree, rows, edges, hidden)
    made = builds.of_event(uow.session, [row.id for row in rows])
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.state] = counts.get(row.state, 0) + 1
    events = []
    for row in rows:
        params = hidden.params(row.reason_params)
        shown = views.event(row, parents.get(row.id, []), made.get((row.id, row.attempt)), params)
        events.append(hidden.box(row.project_id, {**shown, **waiting.get(row.id, {})}))
    events.sort(key=lambda event: sub_id_key(event["sub_id"]))
    summary = views.tree_summary(uow.settings, tree, counts, hidden=hidden.hides(tree.root_project_id))
    return {**summary, "may_act": may_act(uow, who, [tree.root_project_id]), "events": events}


def _parents(rows: Any, edges: Any) -> dict[str, list[str]]:
    sub_ids = {row.id: row.sub_id for row in rows}
    found: dict[str, list[str]] = {}
    for edge in edges:
        found.setdefault(edge.child_id, []).append(sub_ids[edge.parent_id])
    return {child: sorted(ids, key=sub_id_key) for child, ids in found.items()}


def _waiting(tree: Tree, rows: Sequence[Event], edges: Sequence[Edge], hidden: Veil) -> dict[str, View]:
    """What events wait for by now, in place of what they were stored with when they began to: their `reason`, by event id."""
    by_id = {row.id: row for row in rows}
    unsettled: dict[str, list[Event]] = {row.id: [] for row in rows if row.state == EventState.WAITING.value}
    for edge in edges:
        if edge.outcome is None and edge.child_id in unsettled:
            unsettled[edge.child_id].append(by_id[edge.parent_id])
    told = {child: why.waits(tree, parents) for child, parents in unsettled.items()}
    return {child: {"reason": hidden.reason(reason.code, reason.params)} for child, reason in told.items()}


def graph(uow: UnitOfWork, who: Principal, tree_id: str) -> View:
    """A tree as the graph draws it: compact, with the version that live changes continue from."""
    tree = visible_tree(uow, who, tree_id)
    rows, edges = trees.events(uow.session, tree_id), trees.edges(uow.session, tree_id)
    by_id, hidden = {row.id: row for row in rows}, veil.of(uow, who, rows)
    so_far, owners = _so_far(uow, rows), trees.owner_names(uow.session, tree.id)
    waiting = {child: {"reason": told["reason"]["text"]} for child, told in _waiting(tree, rows, edges, hidden).items()}
    nodes = []
    for row in rows:
        own = {**views.node(row, hidden.params(row.reason_params)), "owner": owners.get(row.project_id)}
        shown = {**own, **so_far.get(row.id, NO_OTHERS), **waiting.get(row.id, {})}
        nodes.append(hidden.box(row.project_id, shown))
    return {
        "id": tree.id,
        "version": tree.version,
        "state": tree.state,
        "opened_at": tree.opened_at,
        "finished_at": tree.finished_at,
        "nodes": sorted(nodes, key=lambda node: sub_id_key(node["sub_id"])),
        "edges": [_edge(edge, by_id[edge.parent_id], by_id[edge.child_id], hidden) for edge in edges],
    }


def _so_far(uow: UnitOfWork, rows: Sequence[Event]) -> dict[str, View]:
    """What came before the present state of events: earlier attempts, and sends that failed; by event id, where there was any."""
    found: dict[str, View] = {}
    if any(row.attempt > 1 for row in rows):
        for attempt in trees.replaced_attempts(uow.session, rows[0].tree_id):
            found.setdefault(attempt.event_id, {"sends": 0, "tries": []})["tries"].append(views.replaced(attempt))
    if any(row.state == EventState.QUEUED.value for row in rows):
        for event_id, count in trees.failed_sends(uow.session, rows[0].tree_id).items():
            found[event_id] = {**found.get(event_id, NO_OTHERS), "sends": count}
    return found


def _edge(edge: Edge, parent: Event, child: Event, hidden: Veil) -> View:
    told = {**edge.detail, "parent": parent.project_name} if edge.detail and not hidden.hides(child.project_id) else None
    reason = edge_sentence(hidden.params(told)) if told else None
    ends = {"from": parent.sub_id, "to": child.sub_id}
    return {**ends, "outcome": edge.outcome, "reason": reason, "join": edge.join_rule}


def event(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str) -> View:
    """One event: attempts, inputs, result and history, and whether `who` may cancel, rerun and redeliver it."""
    row, tree = visible_event(uow, who, tree_id, sub_id), visible_tree(uow, who, tree_id)
    attempts = trees.attempts(uow.session, row.id)
    made = builds.of_event(uow.session, [row.id])
    incoming = sorted(trees.parents(uow.session, [row.id]), key=lambda pair: sub_id_key(pair[1].sub_id))
    results = {result.attempt: result for result in trees.results_of(uow.session, row.id)}
    present, hidden = results.get(row.attempt), veil.of_tree(uow, who, tree_id)
    parents, params = [parent.sub_id for _, parent in incoming], hidden.params(row.reason_params)
    return {
        **views.event(row, parents, made.get((row.id, row.attempt)), params),
        "may_act": may_act(uow, who, [row.project_id, tree.root_project_id]),
        "attempts": [_attempt(attempt, results.get(attempt.number), made) for attempt in attempts],
        "inputs": _inputs(uow, row, attempts[-1] if attempts else None, hidden),
        "result": _result(present) if present else None,
        "history": [_change(change, hidden) for change in trees.history(uow.session, row.id, why.FACTS)],
    }


def _attempt(row: Attempt, result: ResultRow | None, made: Mapping[tuple[str, int], str]) -> View:
    times = ("queued_at", "triggered_at", "started_at", "finished_at")
    fields = ("number", "state", "delivery_id", "ref", "asked_by", "run_url", *times)
    told = {"status": result.status if result else None, "late": result.late if result else False}
    return {**{f: getattr(row, f) for f in fields}, **told, "build_id": made.get((row.event_id, row.number))}


def _inputs(uow: UnitOfWork, event: Event, attempt: Attempt | None, hidden: Veil) -> View | None:
    """What the present attempt was given; None as long as there is none. Of hidden parents only that they gave something."""
    if attempt is None:
        return None
    start = inputs.start_of(uow, event.id, attempt.number)
    parents = []
    for passed in start.given:
        seen = not hidden.hides(passed.edge.project_id)
        told = {"metadata": passed.told.meta, "links": passed.told.links, "artifacts": passed.told.artifacts}
        given = {"project": passed.edge.project_name if seen else None, "sub_id": passed.edge.sub_id, "attempt": passed.attempt}
        parents.append({**given, **(told if seen else NOTHING_TOLD)})
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


def _change(row: Change, hidden: Veil) -> View:
    text = hidden.sentence(row.code, row.params)
    return {"at": row.at, "from": row.from_state, "to": row.to_state, "code": row.code, "text": text}


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
