"""Feeds: the trees of late, and what came of each report of a project."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypedDict, Unpack

from dominoci.domain.reasons import CUT, Reason
from dominoci.domain.reports import Metadata
from dominoci.domain.states import EventState, ResultStatus
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import ReportRow, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import views
from dominoci.services.access import Principal, require_user, sight, visible_project
from dominoci.store import feed, permissions, trees
from dominoci.store.paging import Page
from dominoci.store.paging import listing as page_view

View = dict[str, Any]
ROOT = "1"


class TreeFilters(TypedDict, total=False):
    """By what a list of trees may be filtered, beside whose they are."""

    state: str | None
    branch: str | None
    commit: str | None
    since: datetime | None


def recent_trees(
    uow: UnitOfWork,
    who: Principal,
    page: Page,
    *,
    project: str | None = None,
    mine: bool = False,
    **filters: Unpack[TreeFilters],
) -> View:
    """Trees, newest first: of one project and branch (of their roots), in one state, with one commit, opened since then; only
    `mine`: those in which a project of the caller, or one that they starred, takes part."""
    if who.kind == "project":
        project = project or who.id
    else:
        require_user(who)
    project_id = visible_project(uow, who, project).id if project else None
    branch = filters.get("branch")
    lane = Metadata(branch=branch).lane if branch else None
    wanted = feed.TreeFilter(project_id, filters.get("state"), lane, filters.get("commit"), filters.get("since"))
    keep = None if who.kind == "project" or (who.is_admin and not mine) else partial(_kept, uow, who, mine)
    rows, cursor = feed.trees(uow.session, wanted, page, keep)
    counts = trees.state_counts(uow.session, [row.id for row in rows])
    seen = sight(uow, who, {row.root_project_id for row in rows})

    def view(row: Tree) -> View:
        return views.tree_summary(uow.settings, row, counts[row.id], hidden=row.root_project_id not in seen)

    return page_view(rows, cursor, view)


def _kept(uow: UnitOfWork, who: Principal, mine: bool, rows: Sequence[Tree]) -> list[Tree]:
    ids = [row.id for row in rows]
    if mine:
        kept = permissions.trees_with(uow.session, permissions.mine(uow.session, who.id), ids)
    else:
        kept = permissions.trees_seen(uow.session, who.id, ids)
    return [row for row in rows if row.id in kept]


def reports(uow: UnitOfWork, who: Principal, key: str, page: Page) -> View:
    """A project's root reports, newest first, each with what came of it."""
    project = visible_project(uow, who, key)
    rows, cursor = feed.reports(uow.session, project.id, page)
    ids = [row.tree_id for row in rows if row.tree_id]
    opened, counts = feed.trees_of(uow.session, ids), trees.state_counts(uow.session, ids)

    def view(row: ReportRow) -> View:
        tree = opened.get(row.tree_id or "")
        return _report(row, _became(project, row, tree, counts.get(row.tree_id or "", {})))

    return page_view(rows, cursor, view)


def _report(row: ReportRow, text: str) -> View:
    fields = ("id", "received_at", "status", "links", "tree_id", "sub_id")
    return {**{field: getattr(row, field) for field in fields}, "metadata": row.meta, "text": text}


def _became(project: Project, row: ReportRow, tree: Tree | None, counts: Mapping[str, int]) -> str:
    """What came of a report, in one sentence without a full stop."""
    if row.tree_id is None:
        if row.status != ResultStatus.SUCCESS:
            return Reason("not_success", {"status": row.status}).text
        return f"{project.name} was switched off: it opened no tree"
    if row.sub_id != ROOT:
        return f"counted as the result of {row.sub_id} in tree {row.tree_id}"
    return f"opened tree {row.tree_id}" + (_fallen(tree, counts) if tree else "")


def _fallen(tree: Tree, counts: Mapping[str, int]) -> str:
    """How far a tree has come; why nothing fell in it where nothing did."""
    if tree.reason_code in CUT or tree.held:
        why = Reason(str(tree.reason_code), tree.reason_params or {}).text
        return f", which ends at its root: {why}" if tree.reason_code in CUT else f", which {why}"
    if tree.event_count == 1:
        return ": nothing that is switched on depends on this project"
    below = {**counts, EventState.SUCCESS.value: counts.get(EventState.SUCCESS.value, 0) - 1}  # the root itself
    parts = ", ".join(f"{below[state.value]} {state.value}" for state in EventState if below.get(state.value))
    return f": {tree.event_count - 1} below it, {parts}"
