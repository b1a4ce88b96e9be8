"""The drain: takes due rows of the outbox under a lease and works on them side by side.

No transaction is open while a request is on its way.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from dominoci.adapters.base import Adapter, Started
from dominoci.domain.states import EventState
from dominoci.infra.failpoints import failpoint
from dominoci.infra.models.graph import Project
from dominoci.infra.models.plumbing import Outbox
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.reporting.statuses import CommitStatuses
from dominoci.services import inputs, lanes, mirroring, repository_access, targets
from dominoci.services.booking import Booking
from dominoci.services.mirroring import Mirror
from dominoci.services.sending import Branches, Job, Sender
from dominoci.store import outbox, projects, trees

log = structlog.get_logger()
SENDERS = 32
WHOLE_TREES = (outbox.RELEASE, outbox.SUPERSEDE)
FOR_EVENTS = (outbox.TRIGGER, outbox.CANCEL)
BATCH = SENDERS  # no row waits for a sender while its lease runs


Turn = tuple[str, str | None, str, str, str]  # a row and its lease's owner, the kind, the tree, the tree that takes its place


def drain(
    transactions: Transactions,
    adapters: Mapping[str, Adapter],
    branches: Branches | None = None,
    statuses: CommitStatuses | None = None,
) -> int:
    """Does everything that is due now; answers how many rows that were. `branches` looks into repositories elsewhere, `statuses`
    writes on commits."""
    sender, done = Sender(transactions, adapters, branches, Booking(transactions)), 0

    def work(claimed: Job | Turn | Mirror) -> None:
        if isinstance(claimed, tuple):
            transactions.write(_take_turn, *claimed)
        elif isinstance(claimed, Mirror):
            mirroring.send(transactions, statuses, claimed)
        else:
            sender.send(claimed)

    with ThreadPoolExecutor(SENDERS, thread_name_prefix="sender") as pool:
        while rows := transactions.write(_claim, adapters):
            failpoint("after_claim")
            list(pool.map(work, rows))
            done += len(rows)
    return done


def _claim(uow: UnitOfWork, adapters: Mapping[str, Adapter]) -> list[Job | Turn | Mirror]:
    """Rows under a lease, with all that is needed to work on them, read with a fixed number of queries."""
    while rows := outbox.claim(uow.session, uow.now, BATCH):
        events = {event.id: event for event in trees.known_events(uow.session, sorted({row.event_id for row in rows}))}
        turns = [_turn(row, events[row.event_id]) for row in rows if row.kind in WHOLE_TREES]
        mirrors = mirroring.claimed(uow, [row for row in rows if row.kind == outbox.MIRROR])
        sends = [row for row in rows if row.kind in FOR_EVENTS]
        over = [row for row in sends if row.kind == outbox.TRIGGER and _is_over(events[row.event_id], row)]
        for row in over:
            outbox.book(uow.session, row.id, row.lease_owner, state="done", finished_at=uow.now)
        claimed: list[Job | Turn | Mirror] = [*turns, *mirrors, *_jobs(uow, adapters, [row for row in sends if row not in over])]
        if claimed:
            return claimed
    return []


def _turn(row: Outbox, root: Event) -> Turn:
    return row.id, row.lease_owner, row.kind, root.tree_id, str((row.params or {}).get("by"))


def _is_over(event: Event, row: Outbox) -> bool:
    return event.attempt != row.attempt or EventState(event.state).final


def _jobs(uow: UnitOfWork, adapters: Mapping[str, Adapter], rows: Sequence[Outbox]) -> list[Job]:
    starts = inputs.starts_of(uow, [(row.event_id, row.attempt) for row in rows])
    known = projects.of_ids(uow.session, {start.event.project_id for start in starts.values()})
    found = [(row, start) for row in rows if (start := starts.get(_key(row)))]
    for row in rows:
        if _key(row) not in starts:  # its attempt is gone: nobody could ever send it
            outbox.book(uow.session, row.id, row.lease_owner, state="dead", finished_at=uow.now)
    return [_job(uow, adapters, row, start, known[start.event.project_id]) for row, start in found]


def _key(row: Outbox) -> tuple[str, int]:
    return row.event_id, row.attempt


def _job(uow: UnitOfWork, adapters: Mapping[str, Adapter], row: Outbox, start: inputs.Start, project: Project) -> Job:
    event = start.event
    target = targets.opened(uow, event.target, project)
    adapter = adapters.get(target.kind)
    branch = start.wanted_branch if row.kind == outbox.TRIGGER else None
    return Job(
        row_id=row.id,
        owner=row.lease_owner,
        kind=row.kind,
        event_id=event.id,
        tree_id=event.tree_id,
        attempt=row.attempt,
        tries=row.tries + 1,
        ambiguous=row.ambiguous,
        target=target,
        trigger=start.trigger(uow),
        started=Started(start.attempt.run_url, start.attempt.run_ref),
        branch=branch,
        hosted=project.hosted,
        access=repository_access.opened(uow, project) if branch else None,
        watched=adapter is not None and adapter.watches(target) is not None,
        shows_starts=project.shows_starts,
    )


def _take_turn(uow: UnitOfWork, row_id: str, owner: str | None, kind: str, tree_id: str, by: str) -> None:
    """What is done to a whole tree, here: the row is booked in the same transaction."""
    if kind == outbox.RELEASE:
        lanes.release(uow, tree_id)
    else:
        lanes.supersede(uow, tree_id, by)
    outbox.book(uow.session, row_id, owner, state="done", finished_at=uow.now)
