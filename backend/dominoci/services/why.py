"""The answer to "why did this (not) run?": of every event from its stored facts, and of projects that have no event in a tree."""

from collections.abc import Iterable, Mapping
from typing import Any

from dominoci.domain.reasons import MOST_NAMED, Reason, sentence
from dominoci.domain.states import EventState
from dominoci.domain.tree import sub_id_key
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Change, Event, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import veil
from dominoci.services.access import Principal, sight, visible_event, visible_project, visible_tree
from dominoci.services.veil import Veil
from dominoci.store import projects, trees

View = dict[str, Any]
FACTS = 500  # newest facts of one event that are told


def of_event(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str) -> View:
    """Why an event ran, waits, was skipped or failed: the present reason in one sentence, every fact that led to it, and the
    event at the root of it where that is another one."""
    event, hidden = visible_event(uow, who, tree_id, sub_id), veil.of_tree(uow, who, tree_id)
    return _of_event(uow, visible_tree(uow, who, tree_id), event, trees.history(uow.session, event.id, FACTS), hidden)


def _of_event(uow: UnitOfWork, tree: Tree, event: Event, history: list[Change], hidden: Veil) -> View:
    facts = []
    for change in history:
        params = hidden.params(change.params)
        facts.append({"at": change.at, "code": change.code, "params": params, "text": sentence(change.code, params)})
    return {
        "sub_id": event.sub_id,
        "state": event.state,
        "sentence": _present(uow, tree, event, hidden),
        "facts": facts,
        "root": _root(event, hidden),
    }


def _present(uow: UnitOfWork, tree: Tree, event: Event, hidden: Veil) -> str:
    """The stored reason; of an event that waits, what it waits for."""
    if event.state != EventState.WAITING.value:
        return hidden.sentence(event.reason_code, event.reason_params)
    reason = waits(tree, [parent for edge, parent in trees.parents(uow.session, [event.id]) if edge.outcome is None])
    return hidden.sentence(reason.code, reason.params)


def waits(tree: Tree, unsettled: Iterable[Event]) -> Reason:
    """Why an event waits: for which parents, as they stand now, or because its whole tree is held."""
    if tree.held:
        return Reason("held", tree.reason_params or {})
    parents = sorted(unsettled, key=lambda parent: sub_id_key(parent.sub_id))
    named = [{"project": p.project_name, "sub_id": p.sub_id, "state": p.state} for p in parents[:MOST_NAMED]]
    return Reason("waiting", {"parents": len(parents), "names": named})


def _root(event: Event, hidden: Veil) -> View | None:
    """The event whose misfortune kept this one from running."""
    blamed = (hidden.params(event.reason_params).get("parents") or [{}])[0] if event.reason_code == "upstream_failed" else {}
    root: Mapping[str, Any] | None = blamed.get("root")
    return {"sub_id": root["sub_id"], "project": root["project"]} if root else None


def of_project(uow: UnitOfWork, who: Principal, tree_id: str, key: str) -> View:
    """Why a project did, or did not, run in a tree: its events there, or what kept it out of the tree altogether."""
    tree, project = visible_tree(uow, who, tree_id), visible_project(uow, who, key)
    every, hidden = trees.events(uow.session, tree.id), veil.of_tree(uow, who, tree.id)
    if events := [event for event in every if event.project_id == project.id]:
        histories = trees.histories(uow.session, [event.id for event in events], FACTS)
        shown = [_of_event(uow, tree, event, histories[event.id], hidden) for event in events]
        told = "; ".join(f"{why['sub_id']}: {why['sentence']}" for why in shown)
        return _about(project, shown, shown[0]["sentence"] if len(shown) == 1 else told, [])
    reasons = _kept_out(uow, who, tree, project)
    return _about(project, [], "; ".join(reason.text for reason in reasons), reasons)


def _about(project: Project, events: list[View], told: str, reasons: list[Reason]) -> View:
    ref = {"id": project.id, "name": project.name}
    shown = [reason.view() for reason in reasons]
    return {"project": ref, "in_tree": bool(events), "sentence": told, "reasons": shown, "events": events}


def _kept_out(uow: UnitOfWork, who: Principal, tree: Tree, project: Project) -> list[Reason]:
    """What kept a project out of a frozen tree, as far as the graph of today and the times of its changes tell."""
    if tree.reason_code and not tree.held:
        return [Reason(tree.reason_code, tree.reason_params or {})]
    if project.created_at > tree.opened_at:
        return [Reason("project_newer", {"project": project.name})]
    if not project.enabled:
        return [Reason("project_off", {"project": project.name})]
    part = trees.names_in_tree(uow.session, tree.id)
    rows = [row for row in projects.dependencies_of(uow.session, project.id) if row.downstream_id == project.id]
    names = projects.names_of(uow.session, [tree.root_project_id, *(row.upstream_id for row in rows)])
    seen, reasons = sight(uow, who, names), []
    shown = {id_: name if id_ in seen else veil.PRIVATE for id_, name in names.items()}
    for row in rows:
        params = {"project": project.name, "upstream": shown[row.upstream_id]}
        if row.upstream_id not in part:
            reasons.append(Reason("upstream_not_in_tree", params))
        elif not row.enabled:
            reasons.append(Reason("dependency_off", params))
        else:
            reasons.append(Reason("dependency_newer", params))
    return reasons or [Reason("no_dependency", {"project": project.name, "root": shown[tree.root_project_id]})]
