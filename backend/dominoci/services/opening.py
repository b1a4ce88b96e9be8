"""Opening a tree: the graph as it is now is frozen into events and edges, and the first of them are set off."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dominoci.domain.filters import filters_to_json
from dominoci.domain.ids import new_id
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Report, as_json
from dominoci.domain.states import EventState, TreeState
from dominoci.domain.target import HOOKED
from dominoci.domain.tree import MAX_DEPTH, FrozenTree, TreeTooDeep, TreeTooLarge, freeze
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Attempt, Edge, Event, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import answers, lanes, recording, settling, views
from dominoci.services.tree_change import TreeChange
from dominoci.store import projects, trees
from dominoci.store.statements import Columns


@dataclass(frozen=True)
class Cause:
    """The event of another tree in whose run the root report was made; `depth` counts the trees of the chain up to it."""

    tree_id: str
    sub_id: str
    depth: int


def open_tree(uow: UnitOfWork, project: Project, told: Report, tree_id: str, cause: Cause | None) -> dict[str, Any]:
    """Freezes the graph below `project` into a new tree, settles the first events, and answers what the reporter is told.

    Nothing is settled yet where the project's rule has the tree wait for an older one of its lane.
    """
    depth, limit = cause.depth + 1 if cause else 1, uow.settings.max_chain_depth
    if cause and depth > limit:
        chain = {"depth": depth, "limit": limit, "tree": cause.tree_id, "sub_id": cause.sub_id}
        return _open_cut(uow, project, told, tree_id, Reason("chain_too_deep", chain), cause)
    dependencies, touched = projects.reachable(uow.session, project.id)
    names = {id_: p.name for id_, p in touched.items()}
    try:
        frozen = freeze(project.id, dependencies, names, uow.settings.max_tree_events)
    except TreeTooLarge as e:
        reason = Reason("tree_too_large", {"events": e.events, "limit": e.limit})
        return _open_cut(uow, project, told, tree_id, reason, cause)
    except TreeTooDeep:
        return _open_cut(uow, project, told, tree_id, Reason("tree_too_deep", {"limit": MAX_DEPTH}), cause)
    held = lanes.enter(uow, project, told.metadata.lane, tree_id) if len(frozen.events) > 1 else None
    tree = _new_tree(uow, project, told, tree_id, len(frozen.events), held, cause)
    rows = _write(uow, tree, frozen, touched, told)
    root = Event(**rows[0])
    change = _opened(uow, tree, root, told)
    if len(rows) > 1 and not held:
        settling.settle(change, [root], told.metadata)
    _finish(change, root, told)
    return answers.told(uow, root, _children(change, frozen, rows))


def _open_cut(
    uow: UnitOfWork, project: Project, told: Report, tree_id: str, reason: Reason, cause: Cause | None
) -> dict[str, Any]:
    """The report counts, but the tree ends at its root, failed, saying why."""
    tree = _new_tree(uow, project, told, tree_id, 1, reason, cause)
    frozen = freeze(project.id, [], {project.id: project.name}, 1)
    root = Event(**_write(uow, tree, frozen, {project.id: project}, told)[0])
    _finish(_opened(uow, tree, root, told), root, told)
    return {**answers.told(uow, root, []), "reason": reason.text}


def _opened(uow: UnitOfWork, tree: Tree, root: Event, told: Report) -> TreeChange:
    """The change that opens a tree, once its rows are written."""
    _root_result(uow, root, told)
    change = TreeChange(uow, tree, reported={root.id: told})
    change.remark(root, Reason("opened", {}))
    return change


def _finish(change: TreeChange, root: Event, told: Report) -> None:
    """The project's row comes last, as it does with results: what locks rows in the same order does not deadlock."""
    change.finish()
    recording.note_last(change.uow, root.project_id, told, root.tree_id, root.sub_id)


def _children(change: TreeChange, frozen: FrozenTree, rows: Sequence[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """The events right after the root, as this change leaves them: nothing that was just written is read again."""
    after = [row for row, event in zip(rows, frozen.events, strict=True) if any(parent == 0 for parent, _ in event.parents)]
    moved = {id_: event.state for id_, event in change.moved.items()}
    return [(row["project_name"], row["sub_id"], moved.get(row["id"], row["state"])) for row in after]


def _new_tree(
    uow: UnitOfWork,
    project: Project,
    told: Report,
    tree_id: str,
    events: int,
    reason: Reason | None,
    cause: Cause | None,
) -> Tree:
    row = {
        "id": tree_id,
        "root_project_id": project.id,
        "root_project_name": project.name,
        "root_meta": as_json(told.metadata),
        "root_commit": told.metadata.commit,
        "lane": told.metadata.lane,
        "held": reason is not None and reason.code == "held",
        "depth": cause.depth + 1 if cause else 1,
        "cause_tree_id": cause.tree_id if cause else None,
        "cause_sub_id": cause.sub_id if cause else None,
        "state": TreeState.RUNNING.value,
        "reason_code": reason.code if reason else None,
        "reason_params": dict(reason.params) if reason else None,
        "mirrors": events > 1 and told.metadata.commit is not None and project.target["kind"] in HOOKED,
        "event_count": events,
        "unfinished": events - 1,
        "version": 0,
        "opened_at": uow.now,
        "finished_at": None,
    }
    trees.add_many(uow.session, Tree, [row])
    return Tree(**row)


def _write(
    uow: UnitOfWork, tree: Tree, frozen: FrozenTree, touched: Mapping[str, Project | Columns], told: Report
) -> list[dict[str, Any]]:
    """Writes the frozen events and edges; answers the events' rows, the root first."""
    ids = [new_id() for _ in frozen.events]
    rows = []
    for position, frozen_event in enumerate(frozen.events):
        base = _event_row(uow, tree, touched[frozen_event.project], ids[position], position)
        waiting = Reason("waiting", {"parents": len(frozen_event.parents)})
        join = {"sub_id": frozen_event.sub_id, "join_rule": frozen_event.join, "pending": len(frozen_event.parents)}
        rows.append({**base, **join, "reason_code": waiting.code, "reason_params": dict(waiting.params)})
    root = {"state": EventState.SUCCESS.value, "reason_code": "opened", "reason_params": {}, "attempt": 1}
    run = {"run_url": told.links.pipeline, "ref": told.metadata.branch or told.metadata.tag}
    rows[0] |= {**root, **run, "started_at": uow.now, "finished_at": uow.now}
    trees.add_many(uow.session, Event, rows)
    trees.add_many(uow.session, Edge, _edge_rows(tree, frozen, ids))
    return rows


def _event_row(uow: UnitOfWork, tree: Tree, project: Project | Columns, event_id: str, position: int) -> dict[str, Any]:
    return {
        "id": event_id,
        "tree_id": tree.id,
        "position": position,
        "project_id": project.id,
        "project_name": project.name,
        "state": EventState.WAITING.value,
        "passed": 0,
        "blocked": 0,
        "attempt": 0,
        "target": project.target,
        "repository_url": views.repository_url(uow.settings, project),
        "default_branch": project.default_branch,
        "start_deadline_s": project.start_deadline_s,
        "finish_deadline_s": project.finish_deadline_s,
        "run_url": None,
        "ref": None,
        "started_at": None,
        "finished_at": None,
    }


def _edge_rows(tree: Tree, frozen: FrozenTree, ids: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "parent_id": ids[parent],
            "child_id": ids[child],
            "tree_id": tree.id,
            "join_rule": dependency.join,
            "filters": filters_to_json(dependency.filters),
            "ref": asdict(dependency.ref),
            "parameters": dict(dependency.parameters),
        }
        for child, event in enumerate(frozen.events)
        for parent, dependency in event.parents
    ]


def _root_result(uow: UnitOfWork, root: Event, told: Report) -> None:
    attempt = {
        "event_id": root.id,
        "number": 1,
        "delivery_id": new_id(),
        "state": EventState.SUCCESS.value,
        "ref": root.ref,
        "run_url": root.run_url,
        "queued_at": uow.now,
        "started_at": uow.now,
        "finished_at": uow.now,
    }
    trees.add_many(uow.session, Attempt, [attempt])
    recording.write_result(uow, root.id, 1, told, late=False)
