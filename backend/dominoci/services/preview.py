"""A look ahead: which events a report would set off, and what every filter would drop."""

from collections.abc import Mapping
from typing import Any

from dominoci.domain.joins import Parent, SettledEdge, decide, outcome_of
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Metadata, Report
from dominoci.domain.states import EventState, ResultStatus
from dominoci.domain.tree import FrozenTree, TreeTooDeep, TreeTooLarge, freeze, sub_id_key
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.store import projects
from dominoci.store.statements import Columns


def preview(uow: UnitOfWork, project: Project, told: Report) -> dict[str, Any]:
    """What would fall if this report came now and everything after it succeeded on its default branch. Nothing is changed."""
    if told.status is not ResultStatus.SUCCESS:
        return {"tree_id": None, "reason": Reason("not_success", {"status": told.status.value}).text, "events": []}
    dependencies, touched = projects.reachable(uow.session, project.id)
    names = {id_: p.name for id_, p in touched.items()}
    try:
        frozen = freeze(project.id, dependencies, names, uow.settings.max_tree_events)
    except (TreeTooLarge, TreeTooDeep) as e:
        return {"tree_id": None, "reason": str(e), "events": []}
    return {"tree_id": None, "reason": None, "events": _simulate(frozen, touched, told.metadata)}


def _simulate(frozen: FrozenTree, touched: Mapping[str, Columns], metadata: Metadata) -> list[dict[str, Any]]:
    names = {id_: p.name for id_, p in touched.items()}
    parents = [Parent("1", names[frozen.events[0].project], EventState.SUCCESS, metadata=metadata)]
    shown = []
    for event in frozen.events[1:]:
        edges = []
        for index, dependency in event.parents:
            outcome, detail = outcome_of(parents[index], dependency.filters)
            edges.append(SettledEdge(outcome, parents[index], detail))
        decision = decide(sorted(edges, key=lambda e: sub_id_key(e.parent.sub_id)), event.join)
        runs = decision.state is EventState.QUEUED
        reached = EventState.SUCCESS if runs else decision.state
        branch = Metadata(branch=touched[event.project].default_branch)
        parent = Parent(event.sub_id, names[event.project], reached, decision.reason.code, dict(decision.reason.params), branch)
        parents.append(parent)
        reason = decision.reason.view()
        shown.append({"sub_id": event.sub_id, "project": parent.project, "would_run": runs, "join": event.join, "reason": reason})
    return shown
