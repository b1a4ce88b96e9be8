"""Opening a tree: the graph as it is now is frozen into events and edges, and the first of them are set off."""

from dataclasses import asdict
from typing import Any

from dominoci.domain.filters import filters_to_json
from dominoci.domain.ids import new_id
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Report, as_json
from dominoci.domain.states import EventState, TreeState
from dominoci.domain.tree import MAX_DEPTH, FrozenTree, TreeTooDeep, TreeTooLarge, freeze, sub_id_key
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Attempt, Edge, Event, ReportRow, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import recording, settling, views
from dominoci.services.tree_change import TreeChange
from dominoci.store import projects, trees


@dataclass(frozen=True)
class Opened:
    """A tree that was just opened: its root event, the rows of the others, and the answer for the reporter."""

    tree: Tree
    root: Event
    frozen: FrozenTree
    ids: Sequence[str]

    def answer(self, uow: UnitOfWork, change: TreeChange) -> dict[str, Any]:
        """What the reporter is told; nothing that was just written is read again."""


def opened_view(uow: UnitOfWork, event: Event) -> dict[str, Any]:
    """What a reporter is told: its place in the tree, and the events right after it."""
    children = [(c.project_name, c.sub_id, c.state) for c in trees.children(uow.session, event.id)]
    return _told(uow, event.tree_id, event.sub_id, children)


def _told(uow: UnitOfWork, tree_id: str, sub_id: str, children: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    listed = [{"project": project, "sub_id": child, "state": state} for project, child, state in children]
    listed.sort(key=lambda child: sub_id_key(child["sub_id"]))
    return {"tree_id": tree_id, "sub_id": sub_id, "url": views.tree_url(uow.settings, tree_id), "children": listed}


def open_tree(uow: UnitOfWork, project: Project, told: Report, row: ReportRow) -> dict[str, Any]:
    """Freezes the graph below `project` into a new tree, settles the first events, and answers what the reporter is told."""
    dependencies, touched = projects.reachable(uow.session, project.id)
    names = {id_: p.name for id_, p in touched.items()}
    try:
        frozen = freeze(project.id, dependencies, names, uow.settings.max_tree_events)
    except TreeTooLarge as e:
        return _open_cut(uow, project, told, row, Reason("tree_too_large", {"events": e.events, "limit": e.limit}))
    except TreeTooDeep:
        return _open_cut(uow, project, told, row, Reason("tree_too_deep", {"limit": MAX_DEPTH}))
    tree = _new_tree(uow, project, told, row, len(frozen.events))
    root = _write(uow, tree, frozen, touched)
    change = TreeChange(uow, tree)
    _root_result(uow, root, told)
    change.remark(root, Reason("opened", {}))
    settling.settle(change, [root])
    change.finish()
    recording.note_last(project, told, uow.now, tree.id, "1")
    return opened_view(uow, tree.id, "1")


def _open_cut(uow: UnitOfWork, project: Project, told: Report, row: ReportRow, reason: Reason) -> dict[str, Any]:
    """The report counts, but the tree ends at its root, failed, saying why."""
    tree = _new_tree(uow, project, told, row, 1)
    frozen = freeze(project.id, [], {project.id: project.name}, 1)
    root = _write(uow, tree, frozen, {project.id: project})
    _root_result(uow, root, told)
    tree.reason_code, tree.reason_params = reason.code, dict(reason.params)
    change = TreeChange(uow, tree)
    change.remark(root, Reason("opened", {}))
    change.finish()
    recording.note_last(project, told, uow.now, tree.id, "1")
    return {**opened_view(uow, tree.id, "1"), "reason": reason.text}


def _new_tree(uow: UnitOfWork, project: Project, told: Report, row: ReportRow, events: int) -> Tree:
    tree = Tree(
        id=new_id(),
        root_project_id=project.id,
        root_project_name=project.name,
        root_meta=as_json(told.metadata),
        state=TreeState.RUNNING.value,
        reason_code=None,
        reason_params=None,
        event_count=events,
        unfinished=events - 1,
        version=0,
        opened_at=uow.now,
        finished_at=None,
    )
    trees.add(uow.session, tree)
    row.tree_id, row.sub_id = tree.id, "1"
    return tree


def _write(uow: UnitOfWork, tree: Tree, frozen: FrozenTree, touched: dict[str, Project]) -> Event:
    """Writes the frozen events and edges; answers the root."""
    ids = [new_id() for _ in frozen.events]
    rows = []
    for position, frozen_event in enumerate(frozen.events):
        base = _event_row(tree, touched[frozen_event.project], ids[position], position)
        waiting = Reason("waiting", {"parents": len(frozen_event.parents)})
        join = {"sub_id": frozen_event.sub_id, "join_rule": frozen_event.join, "pending": len(frozen_event.parents)}
        rows.append({**base, **join, "reason_code": waiting.code, "reason_params": dict(waiting.params)})
    root = {"state": EventState.SUCCESS.value, "reason_code": "opened", "reason_params": {}, "attempt": 1}
    rows[0] |= {**root, "started_at": uow.now, "finished_at": uow.now}
    trees.add_many(uow.session, Event, rows)
    trees.add_many(uow.session, Edge, _edge_rows(tree, frozen, ids))
    return trees.just_written(uow.session, ids[0])


def _event_row(tree: Tree, project: Project, event_id: str, position: int) -> dict[str, Any]:
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
        "default_branch": project.default_branch,
        "start_deadline_s": project.start_deadline_s,
        "finish_deadline_s": project.finish_deadline_s,
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
    trees.add(
        uow.session,
        Attempt(
            event_id=root.id,
            number=1,
            delivery_id=new_id(),
            state=EventState.SUCCESS.value,
            ref=told.metadata.branch or told.metadata.tag,
            run_url=told.links.pipeline,
            queued_at=uow.now,
            started_at=uow.now,
            finished_at=uow.now,
        ),
        recording.result_row(root.id, 1, told, uow.now, late=False),
    )
    root.run_url, root.ref = told.links.pipeline, told.metadata.branch or told.metadata.tag
