"""The state of a tree on the commit that set it off, at GitHub or GitLab: one outbox row a tree, which shows what is so when it
is sent, so that a tree of a thousand events costs a handful of requests."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

import structlog

from dominoci.adapters.base import Target
from dominoci.domain import backoff
from dominoci.domain.mirror import CommitStatus, status_of
from dominoci.domain.reasons import Reason
from dominoci.domain.states import TreeState
from dominoci.infra.models.graph import Project
from dominoci.infra.models.plumbing import Outbox
from dominoci.infra.models.trees import Tree
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.exchange import ExchangeFailed
from dominoci.reporting.statuses import CommitStatuses
from dominoci.services import targets, views
from dominoci.services.tree_change import TreeChange
from dominoci.store import outbox, projects, trees

log = structlog.get_logger()


@dataclass(frozen=True)
class Mirror:
    """One leased row: the tree's state as it is now, on its way to the root's commit. `status` is None when it stands there."""

    row_id: str
    owner: str | None
    tries: int
    tree_id: str
    root_id: str
    target: Target
    commit: str
    status: CommitStatus | None
    link: str


def claimed(uow: UnitOfWork, rows: Sequence[Outbox]) -> list[Mirror]:
    """What is to be shown now for these rows, read with a fixed number of queries."""
    if not rows:
        return []
    roots = {event.id: event for event in trees.known_events(uow.session, [row.event_id for row in rows])}
    forest = trees.of_ids(uow.session, [root.tree_id for root in roots.values()])
    counts = trees.state_counts(uow.session, list(forest))
    known = projects.of_ids(uow.session, {tree.root_project_id for tree in forest.values()})
    found = []
    for row in rows:
        tree = forest[roots[row.event_id].tree_id]
        found.append(_mirror(uow, row, tree, known[tree.root_project_id], counts[tree.id]))
    return found


def _mirror(uow: UnitOfWork, row: Outbox, tree: Tree, project: Project, counts: Mapping[str, int]) -> Mirror:
    status = status_of(TreeState(tree.state), counts)
    return Mirror(
        row.id,
        row.lease_owner,
        row.tries + 1,
        tree.id,
        row.event_id,
        targets.opened(uow, project.target, project),
        str(tree.root_commit),
        None if tree.mirrored == asdict(status) else status,
        views.tree_url(uow.settings, tree.id),
    )


def send(transactions: Transactions, statuses: CommitStatuses | None, mirror: Mirror) -> None:
    """Shows it, and books what came of that."""
    try:
        fields, secrets = mirror.target.fields, mirror.target.secrets
        if mirror.status and statuses and statuses.can_write(fields, secrets):
            statuses.write(fields, secrets, mirror.commit, mirror.status, mirror.link)
            transactions.write(_book, mirror)
        else:
            # nothing to say, or no right to say it: a token that is given later finds the tree as it then is
            transactions.write(_book, replace(mirror, status=None))
    except ExchangeFailed as error:
        transactions.write(_book_failed, mirror, error)


def _book(uow: UnitOfWork, mirror: Mirror) -> None:
    if mirror.status:
        trees.set_mirrored(uow.session, mirror.tree_id, asdict(mirror.status))
    outbox.book(uow.session, mirror.row_id, mirror.owner, state="done", tries=mirror.tries, finished_at=uow.now)
    if mirror.status and mirror.status.state != _state_now(uow, mirror.tree_id):
        # it ended, or was reopened, meanwhile: another sender may have shown that before this one's answer came
        outbox.add_once(uow.session, outbox.MIRROR, mirror.root_id, uow.now, uow.now)
        uow.ring()


def _state_now(uow: UnitOfWork, tree_id: str) -> str:
    tree = trees.of_ids(uow.session, [tree_id])[tree_id]
    return status_of(TreeState(tree.state), {}).state


def _book_failed(uow: UnitOfWork, mirror: Mirror, error: ExchangeFailed) -> None:
    again = error.retry and mirror.tries < backoff.MAX_TRIES
    log.info("status_not_shown", tree=mirror.tree_id, tries=mirror.tries, again=again, because=error.reading)
    if again:
        wait: timedelta = backoff.delay(mirror.tries, error.retry_after_s)
        outbox.book(uow.session, mirror.row_id, mirror.owner, state="pending", tries=mirror.tries, next_at=uow.now + wait)
        return
    change = TreeChange.of(uow, mirror.tree_id)
    outbox.book(uow.session, mirror.row_id, mirror.owner, state="dead", tries=mirror.tries, finished_at=uow.now)
    (root,) = trees.events_by_id(uow.session, [mirror.root_id])
    change.remark(root, Reason("status_failed", {"reading": error.reading[:500]}))
    change.finish(mirror=False)
