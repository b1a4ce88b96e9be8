"""Dependencies between projects; one that would close a cycle is refused with the path."""

from collections.abc import Mapping
from typing import Any

from dominoci.domain.errors import Conflict, Invalid, NotFound
from dominoci.domain.filters import filters_from_json, filters_to_json
from dominoci.domain.graph import cycle_closed_by
from dominoci.domain.ids import new_id
from dominoci.domain.parameters import problems
from dominoci.domain.permission import Role
from dominoci.infra.models.graph import DependencyRow, Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, consents
from dominoci.services.access import ALL, Principal, role_of, sight, visible_project, writable_project
from dominoci.services.veil import PRIVATE
from dominoci.store import projects

NO_DEPENDENCY = "This project has no such dependency."


def listing(uow: UnitOfWork, who: Principal, key: str) -> dict[str, Any]:
    """What a project depends on, and what depends on it. Its own maintainers, and its CI, are told of all; others of those that
    they may see."""
    project = visible_project(uow, who, key)
    rows = projects.dependencies_of(uow.session, project.id)
    names = projects.names_of(uow.session, {id_ for row in rows for id_ in (row.upstream_id, row.downstream_id)})
    role = role_of(uow, who, project)
    seen = ALL if who.kind == "project" or (role and role.includes(Role.MAINTAINER)) else sight(uow, who, names)
    views = [_view(row, names) for row in rows if row.upstream_id in seen and row.downstream_id in seen]
    return {
        "upstream": [view for view in views if view["downstream"]["id"] == project.id],
        "downstream": [view for view in views if view["upstream"]["id"] == project.id],
    }


def add(uow: UnitOfWork, who: Principal, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Makes the project depend on `body["upstream"]` (id or name). Raises Conflict with `cycle`, names from start to start."""
    downstream = writable_project(uow, who, key)
    upstream = _upstream(uow, who, str(body["upstream"]))
    consents.require(uow, who, upstream, downstream)
    projects.lock_graph(uow.session)
    _refuse_cycle(uow, who, upstream, downstream)
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
        parameters=_parameters(body),
        created_at=uow.now,
    )
    projects.add_dependency(uow.session, row)
    view = _view(row, {upstream.id: upstream.name, downstream.id: downstream.name})
    _note(uow, who, "dependency.added", view, after=_rules(row))
    return view


def _rules(row: DependencyRow) -> dict[str, Any]:
    """What the audit log compares."""
    rules = {field: getattr(row, field) for field in ("enabled", "filters", "ref", "parameters")}
    return {"join": row.join_rule, **rules}


def _note(uow: UnitOfWork, who: Principal, action: str, view: Mapping[str, Any], **what: Any) -> None:
    ends = view["downstream"], view["upstream"]
    about = audit.About("dependency", view["id"], " on ".join(end["name"] for end in ends))
    audit.note(uow, who, action, about, projects=[end["id"] for end in ends], **what)


def _upstream(uow: UnitOfWork, who: Principal, key: str) -> Project:
    try:
        return visible_project(uow, who, key)
    except NotFound as e:
        raise Invalid("The upstream project is not known.", {"upstream": [e.detail]}) from e


def _refuse_cycle(uow: UnitOfWork, who: Principal, upstream: Project, downstream: Project) -> None:
    if upstream.id != downstream.id and not projects.leads_to(uow.session, downstream.id, upstream.id):
        return
    # edges only for the path: with all 50,000 of a large graph, every addition took a sixth of a second
    cycle = cycle_closed_by(projects.edges_below(uow.session, downstream.id), upstream.id, downstream.id)
    if cycle is None:
        return
    names, seen = projects.names_of(uow.session, cycle), sight(uow, who, cycle)
    path = [names[id_] if id_ in seen else PRIVATE for id_ in cycle]
    raise Conflict(f"This dependency would close a cycle: {' → '.join(path)}.", cycle=path)


def _filters(body: Mapping[str, Any]) -> dict[str, Any]:
    return filters_to_json(filters_from_json(body.get("filters")))


def _ref(body: Mapping[str, Any]) -> dict[str, Any]:
    ref = body.get("ref") or {}
    if ref.get("use") == "fixed" and not ref.get("value"):
        raise Invalid("A fixed ref needs a value.", {"ref": ["value is required when use is fixed"]})
    return {"use": ref.get("use", "default"), "value": ref.get("value")}


def _parameters(body: Mapping[str, Any]) -> dict[str, str]:
    given = dict(body.get("parameters") or {})
    if found := problems(given):
        raise Invalid("Some parameters cannot be filled in.", {"parameters": found})
    return given


def get(uow: UnitOfWork, who: Principal, key: str, dependency_id: str) -> dict[str, Any]:
    """One dependency of a project, in either direction."""
    row = _of(uow, visible_project(uow, who, key), dependency_id)
    seen = sight(uow, who, [row.upstream_id, row.downstream_id])
    if row.upstream_id not in seen or row.downstream_id not in seen:
        raise NotFound(NO_DEPENDENCY)
    return _named(uow, row)


def change(uow: UnitOfWork, who: Principal, key: str, dependency_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Changes what `body` names; trees that are under way keep what was frozen."""
    row = _of(uow, visible_project(uow, who, key), dependency_id)
    # its rules are the downstream project's; the upstream's maintainers may only end it
    writable_project(uow, who, row.downstream_id)
    before = _rules(row)
    if "join" in body:
        row.join_rule = body["join"]
    if "enabled" in body and body["enabled"] != row.enabled:
        row.enabled, row.changed_at = body["enabled"], uow.now
    if "filters" in body:
        row.filters = _filters(body)
    if "ref" in body:
        row.ref = _ref(body)
    if "parameters" in body:
        row.parameters = _parameters(body)
    uow.session.flush()
    view = _named(uow, row)
    _note(uow, who, "dependency.changed", view, before=before, after=_rules(row))
    return view


def remove(uow: UnitOfWork, who: Principal, key: str, dependency_id: str) -> None:
    """Removes a dependency; trees that are under way keep what was frozen."""
    row = _of(uow, writable_project(uow, who, key), dependency_id)
    _note(uow, who, "dependency.removed", _named(uow, row), before=_rules(row))
    projects.remove_dependency(uow.session, row)


def _of(uow: UnitOfWork, project: Project, dependency_id: str) -> DependencyRow:
    row = projects.dependency(uow.session, dependency_id)
    if row is None or project.id not in (row.upstream_id, row.downstream_id):
        raise NotFound(NO_DEPENDENCY)
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
