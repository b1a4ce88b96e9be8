"""The graph of all projects that somebody may see, or of those around one of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dominoci.domain.graph import around
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal, viewer, visible_project
from dominoci.store import project_graph
from dominoci.store.statements import Columns

View = dict[str, Any]
MOST = 5000  # projects in one answer


def get(uow: UnitOfWork, who: Principal, focus: str | None, direction: str, depth: int | None, *, most: int = MOST) -> View:
    """The projects by name, the edges between them, and how many projects up and down of each may be seen, shown or not.

    With `focus` (id or name) only what lies `up`, `down` or `both` of it, at most `depth` edges away. Without one the first
    `most` projects are shown, and `total` says one more where there are more. Raises NotFound for a focus that cannot be seen.
    """
    middle = visible_project(uow, who, focus).id if focus else None
    rows = project_graph.projects(uow.session, viewer(who), None if middle else most + 1)
    seen = {row.id: row for row in rows}
    edges = [e for e in project_graph.edges(uow.session) if e.upstream_id in seen and e.downstream_id in seen]
    steps = around([(e.upstream_id, e.downstream_id) for e in edges], middle, direction, depth) if middle else None
    shown = rows[:most] if steps is None else [row for row in rows if row.id in steps]
    return {
        "total": len(rows),
        "focus": middle,
        "nodes": _nodes(shown, edges, steps or {}),
        "edges": _edges(edges, {row.id for row in shown}),
    }


def _nodes(rows: Sequence[Columns], edges: Sequence[Columns], steps: Mapping[str, int]) -> list[View]:
    up, down = dict.fromkeys((row.id for row in rows), 0), dict.fromkeys((row.id for row in rows), 0)
    for edge in edges:
        if edge.upstream_id in down:
            down[edge.upstream_id] += 1
        if edge.downstream_id in up:
            up[edge.downstream_id] += 1
    return [_node(row, up[row.id], down[row.id], steps.get(row.id)) for row in rows]


def _node(row: Columns, up: int, down: int, distance: int | None) -> View:
    last = row.last_result or {}
    return {
        "id": row.id,
        "name": row.name,
        "owner": row.owner,
        "ci": row.target["kind"],
        "enabled": row.enabled,
        "status": last.get("status"),
        "at": last.get("at"),
        "upstream_count": up,
        "downstream_count": down,
        "distance": distance,
    }


def _edges(edges: Sequence[Columns], shown: Collection[str]) -> list[View]:
    return [
        {"upstream": e.upstream_id, "downstream": e.downstream_id, "join": e.join_rule, "enabled": e.enabled}
        for e in edges
        if e.upstream_id in shown and e.downstream_id in shown
    ]
