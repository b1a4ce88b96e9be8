"""Dependencies between projects; one that would close a cycle is refused with the path."""

from collections.abc import Mapping
from typing import Any

from dominoci.domain.errors import Conflict, Invalid, NotFound
from dominoci.domain.filters import filters_from_json, filters_to_json
from dominoci.domain.graph import cycle_closed_by
from dominoci.domain.ids import new_id
from dominoci.infra.models.graph import DependencyRow, Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal, visible_project, writable_project
from dominoci.store import projects


def listing(uow: UnitOfWork, who: Principal, key: str) -> dict[str, Any]:
    """What a project depends on, and what depends on it."""
    project = visible_project(uow, who, key)
    rows = projects.dependencies_of(uow.session, project.id)
    names = projects.names_of(uow.session, {id_ for row in rows for id_ in (row.upstream_id, row.downstream_id)})
    views = [_view(row, names) for row in rows]
    return {
        "upstream": [view for view in views if view["downstream"]["id"] == project.id],
        "downstream": [view for view in views if view["upstream"]["id"] == project.id],
    }


def add(uow: UnitOfWork, who: Principal, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Makes the project depend on `body["upstream"]` (id or name). Raises Conflict with `cycle`, names from start to start."""
    downstream = writable_project(uow, who, key)
    upstream = _upstream(uow, who, str(body["upstream"]))
    edges = projects.lock_edges(uow.session)
    _refuse_cycle(uow, edges, upstream, downstream)
    if projects.dependency_between(uow.session, upstream.id, downstream.id):
        raise Conflict(f"{downstream.name} already depends on {upstream.name}.")
    row = DependencyRow(
        id=new_id(),
        upstream_id=upstream.id,
        downstream_id=downstream.id,
        join_rule=body.get("join", "all"),
        enabled=body.get("enabled", True),
        filters=_filters(body),
        ref=_ref(body),
        parameters=dict(body.get("parameters") or {}),
        created_at=uow.now,
    )
    projects.add_dependency(uow.session, row)
    return _view(row, {upstream.id: upstream.name, downstream.id: downstream.name})


def _upstream(uow: UnitOfWork, who: Principal, key: str) -> Project:
    try:
        return visible_project(uow, who, key)
    except NotFound as e:
        raise Invalid("The upstream project is not known.", {"upstream": [e.detail]}) from e


def _refuse_cycle(uow: UnitOfWork, edges: list[tuple[str, str]], upstream: Project, downstream: Project) -> None:
    cycle = cycle_closed_by(edges, upstream.id, downstream.id)
    if cycle is None:
        return
    names = projects.names_of(uow.session, cycle)
    path = [names[id_] for id_ in cycle]
    raise Conflict(f"This dependency would close a cycle: {' → '.join(path)}.", cycle=path)


def _filters(body: Mapping[str, Any]) -> dict[str, Any]:
    return filters_to_json(filters_from_json(body.get("filters")))


def _ref(body: Mapping[str, Any]) -> dict[str, Any]:
    ref = body.get("ref") or {}
    if ref.get("use") == "fixed" and not ref.get("value"):
        raise Invalid("A fixed ref needs a value.", {"ref": ["value is required when use is fixed"]})
    return {"use": ref.get("use", "default"), "value": ref.get("value")}


def get(uow: UnitOfWork, who: Principal, key: str, dependency_id: str) -> dict[str, Any]:
    """One dependency of a project, in either direction."""
    return _named(uow, _of(uow, visible_project(uow, who, key), dependency_id))


def change(uow: UnitOfWork, who: Principal, key: str, dependency_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Changes what `body` names; trees that are under way keep what was frozen."""
    row = _of(uow, writable_project(uow, who, key), dependency_id)
    if "join" in body:
        row.join_rule = body["join"]
    if "enabled" in body:
        row.enabled = body["enabled"]
    if "filters" in body:
        row.filters = _filters(body)
    if "ref" in body:
        row.ref = _ref(body)
    if "parameters" in body:
        row.parameters = dict(body["parameters"])
    uow.session.flush()
    return _named(uow, row)


def remove(uow: UnitOfWork, who: Principal, key: str, dependency_id: str) -> None:
    """Removes a dependency; trees that are under way keep what was frozen."""
    projects.remove_dependency(uow.session, _of(uow, writable_project(uow, who, key), dependency_id))


def _of(uow: UnitOfWork, project: Project, dependency_id: str) -> DependencyRow:
    row = projects.dependency(uow.session, dependency_id)
    if row is None or project.id not in (row.upstream_id, row.downstream_id):
        raise NotFound("This project has no such dependency.")
    return row


def _named(uow: UnitOfWork, row: DependencyRow) -> dict[str, Any]:
    return _view(row, projects.names_of(uow.session, [row.upstream_id, row.downstream_id]))


def _view(row: DependencyRow, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "upstream": {"id": row.upstream_id, "name": names[row.upstream_id]},
        "downstream": {"id": row.downstream_id, "name": names[row.downstream_id]},
        "join": row.join_rule,
        "enabled": row.enabled,
        "filters": row.filters,
        "ref": row.ref,
        "parameters": row.parameters,
        "created_at": row.created_at,
    }
