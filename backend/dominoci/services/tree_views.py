"""Trees as people read them: lists, the graph, one event with everything behind it, and why."""

from typing import Any

from dominoci.domain.reasons import sentence
from dominoci.domain.tree import sub_id_key
from dominoci.infra.models.plumbing import DeliveryRow
from dominoci.infra.models.trees import Change, Edge, Event, ResultRow
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import views
from dominoci.services.access import Principal, require_user, visible_event, visible_project, visible_tree
from dominoci.store import builds, trees
from dominoci.store.paging import Page
from dominoci.store.paging import listing as page_view

View = dict[str, Any]


def listing(uow: UnitOfWork, who: Principal, project: str | None, state: str | None, page: Page) -> View:
    """Trees, newest first; of one project (its roots) or in one state when asked."""
    if who.kind == "project":
        project = project or who.id
    else:
        require_user(who)
    project_id = visible_project(uow, who, project).id if project else None
    rows, cursor = trees.trees(uow.session, project_id, state, page)
    counts = trees.state_counts(uow.session, [row.id for row in rows])
    return page_view(rows, cursor, lambda row: views.tree_summary(uow.settings, row, counts[row.id]))


def get(uow: UnitOfWork, who: Principal, tree_id: str) -> View:
    """A tree with its events."""
    tree = visible_tree(uow, who, tree_id)
    rows = trees.events(uow.session, tree_id)
    parents = _parents(rows, trees.edges(uow.session, tree_id))
    made = builds.of_event(uow.session, [row.id for row in rows])
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.state] = counts.get(row.state, 0) + 1
    events = [views.event(row, parents.get(row.id, []), made.get((row.id, row.attempt))) for row in rows]
    events.sort(key=lambda event: sub_id_key(event["sub_id"]))
    return {**views.tree_summary(uow.settings, tree, counts), "events": events}


def _parents(rows: Any, edges: Any) -> dict[str, list[str]]:
    sub_ids = {row.id: row.sub_id for row in rows}
    found: dict[str, list[str]] = {}
    for edge in edges:
        found.setdefault(edge.child_id, []).append(sub_ids[edge.parent_id])
    return {child: sorted(ids, key=sub_id_key) for child, ids in found.items()}


def graph(uow: UnitOfWork, who: Principal, tree_id: str) -> View:
    """A tree as the graph draws it: compact, with the version that live changes continue from."""
    tree = visible_tree(uow, who, tree_id)
    rows = trees.events(uow.session, tree_id)
    sub_ids = {row.id: row.sub_id for row in rows}
    return {
        "id": tree.id,
        "version": tree.version,
        "state": tree.state,
        "opened_at": tree.opened_at,
        "finished_at": tree.finished_at,
        "nodes": sorted(map(views.node, rows), key=lambda node: sub_id_key(node["sub_id"])),
        "edges": [_edge(edge, sub_ids) for edge in trees.edges(uow.session, tree_id)],
    }


def _edge(edge: Edge, sub_ids: dict[str, str]) -> View:
    ends = {"from": sub_ids[edge.parent_id], "to": sub_ids[edge.child_id]}
    return {**ends, "outcome": edge.outcome, "join": edge.join_rule}


def event(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str) -> View:
    """One event: attempts, inputs, result and history."""
    row = visible_event(uow, who, tree_id, sub_id)
    attempts = trees.attempts(uow.session, row.id)
    made = builds.of_event(uow.session, [row.id])
    incoming = sorted(trees.parents(uow.session, [row.id]), key=lambda pair: sub_id_key(pair[1].sub_id))
    result = trees.result(uow.session, row.id, row.attempt) if row.attempt else None
    shown = []
    for attempt in attempts:
        fields = ("number", "state", "delivery_id", "ref", "queued_at", "triggered_at", "started_at", "finished_at", "run_url")
        shown.append({**{f: getattr(attempt, f) for f in fields}, "build_id": made.get((row.id, attempt.number))})
    return {
        **views.event(row, [parent.sub_id for _, parent in incoming], made.get((row.id, row.attempt))),
        "attempts": shown,
        "inputs": _inputs(uow, incoming, row.ref),
        "result": _result(result) if result else None,
        "history": [_change(change) for change in trees.history(uow.session, row.id)],
    }


def _inputs(uow: UnitOfWork, incoming: list[tuple[Edge, Event]], ref: str | None) -> View:
    results = trees.results(uow.session, [(parent.id, parent.attempt) for _, parent in incoming])
    parents = []
    parameters: dict[str, str] = {}
    for edge, parent in incoming:
        parameters = {**edge.parameters, **parameters}
        told = results.get(parent.id)
        shown = {"metadata": told.meta if told else {}, "links": told.links if told else {}}
        artifacts = told.artifacts if told else []
        parents.append({"project": parent.project_name, "sub_id": parent.sub_id, **shown, "artifacts": artifacts})
    return {"ref": ref, "parameters": parameters, "parents": parents}


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


def why(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str) -> View:
    """Why an event ran, waits, was skipped or failed: the present reason in one sentence, and every fact that led to it."""
    row = visible_event(uow, who, tree_id, sub_id)
    facts = [
        {"at": c.at, "code": c.code, "params": c.params, "text": sentence(c.code, c.params)}
        for c in trees.history(uow.session, row.id)
    ]
    return {
        "sub_id": row.sub_id,
        "state": row.state,
        "sentence": sentence(row.reason_code, row.reason_params),
        "facts": facts,
    }


def deliveries(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str) -> View:
    """Every send for an event, oldest first, and when the next one is due."""
    row = visible_event(uow, who, tree_id, sub_id)
    waiting = trees.open_outbox(uow.session, row.id)
    items = [_delivery(delivery) for delivery in trees.deliveries(uow.session, row.id)]
    if items and waiting:
        items[-1]["next_try_at"] = waiting.next_at
    return {"items": items}


def _delivery(row: DeliveryRow) -> View:
    fields = ("id", "attempt", "number", "state", "requested_at", "duration_ms", "request", "response", "reading")
    return {**{field: getattr(row, field) for field in fields}, "next_try_at": None}
