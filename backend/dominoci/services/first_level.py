"""A project's first level: what depends on it directly, how that fared of late, and what lets it run. The worst first."""

from collections.abc import Mapping, Sequence
from typing import Any

from dominoci.domain.states import EventState
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import activity as last
from dominoci.services.access import Principal, Sight, sight, visible_project
from dominoci.store import activity, builds, first_level
from dominoci.store.statements import Columns

View = dict[str, Any]
LOOKED_AT = 1000


def listing(uow: UnitOfWork, who: Principal, key: str, limit: int) -> View:
    """`GET /projects/<project>/first-level`: at most `limit` of the first LOOKED_AT direct dependents by name; `total` counts
    all that were looked at. Of a dependent that `who` may not see only its place and its state are told."""
    project = visible_project(uow, who, key)
    edges = first_level.dependents(uow.session, project.id, LOOKED_AT)
    events = activity.last_events(uow.session, {edge.project_id for edge in edges})
    worst = sorted(edges, key=lambda edge: (*_goodness(events.get(edge.project_id, [])), edge.project_name))[:limit]
    seen = sight(uow, who, {edge.project_id for edge in worst})
    shown = {id_: now for id_, rows in events.items() if (now := _now(rows))}
    made = builds.of_event(uow.session, [row.id for row in shown.values()])
    items = [_view(edge, events.get(edge.project_id, []), shown.get(edge.project_id), made, seen) for edge in worst]
    return {"items": items, "next_cursor": None, "total": len(edges), "cut": len(edges) == LOOKED_AT}


def _now(rows: Sequence[Columns]) -> Columns | None:
    """The event that says how a project fares: the newest that ran or is about to; what was only skipped says nothing."""
    return next((row for row in rows if row.state not in (EventState.SKIPPED, EventState.WAITING)), None)


def _goodness(rows: Sequence[Columns]) -> tuple[bool, float]:
    """The lower, the worse: whether the last run did not go wrong, and the share of the last ones that did not."""
    now = _now(rows)
    bad = sum(row.state in activity.BAD for row in rows)
    return now is None or now.state not in activity.BAD, 1 - bad / max(len(rows), 1)


def _view(edge: Columns, rows: Sequence[Columns], now: Columns | None, made: Mapping[tuple[str, int], str], seen: Sight) -> View:
    state = now.state if now else None
    if edge.project_id not in seen:
        return {**dict.fromkeys(_TOLD), "id": edge.id, "state": state, "last": []}
    return {
        "id": edge.id,
        "state": state,
        "project": {"id": edge.project_id, "name": edge.project_name},
        "target": edge.project_target.get("kind"),
        "join": edge.join_rule,
        "enabled": edge.enabled and edge.project_enabled,
        "filters": edge.filters,
        "at": last.moment(now) if now else None,
        "tree_id": now.tree_id if now else None,
        "sub_id": now.sub_id if now else None,
        "run_url": now.run_url if now else None,
        "build_id": made.get((now.id, now.attempt)) if now else None,
        "last": last.ticks(rows),
    }


_TOLD = ("project", "target", "join", "enabled", "filters", "at", "tree_id", "sub_id", "run_url", "build_id")
