"""Lanes: what a project wants when it reports again for a branch while a tree of that branch is under way.

`parallel` trees know nothing of each other. `supersede` cancels the older ones. Under `queue` and `coalesce` the new tree is held
until the older one has ended; of several that are held, `coalesce` lets only the newest go and cancels the others.

Whoever opens a tree holds the project's row, so that two reports at once see each other. A tree that ends rings by the outbox for
the next one, and a timer looks for what was missed.
"""

from dominoci.domain.reasons import Reason
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import cancelling, settling
from dominoci.services.tree_change import TreeChange
from dominoci.store import outbox, projects, statements, trees
from dominoci.store.statements import Columns

PARALLEL, SUPERSEDE, QUEUE, COALESCE = "parallel", "supersede", "queue", "coalesce"
RULES = (PARALLEL, SUPERSEDE, QUEUE, COALESCE)


def enter(uow: UnitOfWork, project: Project, lane: str, tree_id: str) -> Reason | None:
    """Applies the project's rule to a tree that is about to be opened. Answers why it is to be held, None when it may go."""
    if project.on_new_event == PARALLEL:
        return None
    projects.lock(uow.session, project.id)
    older = trees.in_lane(uow.session, project.id, lane)
    if not older:
        return None
    if project.on_new_event == SUPERSEDE:
        _supersede(uow, older, tree_id)
        return None
    if project.on_new_event == COALESCE:
        _supersede(uow, [tree for tree in older if tree.held], tree_id)
    waits_for = next((tree.id for tree in older if not tree.held), older[-1].id)
    return Reason("held", {"tree": waits_for, "rule": project.on_new_event})


def _supersede(uow: UnitOfWork, older: list[Columns], by: str) -> None:
    roots = [(tree.root_event_id, 1) for tree in older]
    outbox.add(uow.session, outbox.SUPERSEDE, roots, uow.now, by=by)
    if roots:
        uow.ring()


def supersede(uow: UnitOfWork, tree_id: str, by: str) -> None:
    """Cancels what is unfinished of a tree, because a newer one has taken its place."""
    change = TreeChange.of(uow, tree_id)
    if cancelling.cancel(change, trees.events(uow.session, tree_id), Reason("superseded", {"tree": by})):
        change.finish()


def release(uow: UnitOfWork, tree_id: str) -> None:
    """Lets the tree of this lane go whose turn it is, if any; `tree_id` is one that is, or was, held in it."""
    seen = trees.tree(uow.session, tree_id)
    next_id = _next(uow, seen) if seen else None
    if next_id is None:
        return
    change = TreeChange.of(uow, next_id)
    projects.lock(uow.session, change.tree.root_project_id)
    if change.tree.held and _next(uow, change.tree) == next_id:
        _let_go(change)


def _next(uow: UnitOfWork, tree: Tree) -> str | None:
    """Whose turn it is in the lane of `tree`: nobody's while one of it runs."""
    lane = trees.in_lane(uow.session, tree.root_project_id, tree.lane)
    if not lane or not all(other.held for other in lane):
        return None
    project = projects.by_id(uow.session, tree.root_project_id)
    return str(lane[-1 if project and project.on_new_event == COALESCE else 0].id)


def _let_go(change: TreeChange) -> None:
    session = change.uow.session
    statements.change(session, change.tree, held=False, reason_code=None, reason_params=None)
    root = trees.events(session, change.tree.id)[0]
    change.remark(root, Reason("let_go", {}))
    settling.settle(change, [root], trees.metadata_of(session, root))
    change.finish()
