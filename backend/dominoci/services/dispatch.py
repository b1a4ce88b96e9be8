"""The drain: takes due rows of the outbox under a lease and works on them side by side, each outcome booked on its own.

No transaction is open while a request is on its way.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import structlog

from dominoci.adapters.base import Adapter, Target
from dominoci.domain.states import EventState
from dominoci.infra import crypto
from dominoci.infra.failpoints import failpoint
from dominoci.infra.models.graph import Project
from dominoci.infra.models.plumbing import Outbox
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import inputs, lanes
from dominoci.services.sending import Branches, Job, Sender
from dominoci.store import outbox, projects, trees

log = structlog.get_logger()
SENDERS = 32
BATCH = SENDERS  # no row waits for a sender while its lease runs


Turn = tuple[str, str | None, str, str, str]  # a row and its lease's owner, the kind, the tree, the tree that takes its place


def drain(transactions: Transactions, adapters: Mapping[str, Adapter], branches: Branches | None = None) -> int:
    """Does everything that is due now; answers how many rows that were. `branches` looks into repositories elsewhere."""
    sender, done = Sender(transactions, adapters, branches), 0

    def work(claimed: Job | Turn) -> None:
        if isinstance(claimed, tuple):
            transactions.write(_take_turn, *claimed)
        else:
            sender.send(claimed)

    with ThreadPoolExecutor(SENDERS, thread_name_prefix="sender") as pool:
        while rows := transactions.write(_claim):
            failpoint("after_claim")
            list(pool.map(work, rows))
            done += len(rows)
    return done


def _claim(uow: UnitOfWork) -> list[Job | Turn]:
    while rows := outbox.claim(uow.session, uow.now, BATCH):
        if claimed := [work for row in rows if (work := _claimed(uow, row))]:
            return claimed
    return []


def _claimed(uow: UnitOfWork, row: Outbox) -> Job | Turn | None:
    event = trees.event_by_id(uow.session, row.event_id)
    if event is not None and row.kind in (outbox.RELEASE, outbox.SUPERSEDE):
        return row.id, row.lease_owner, row.kind, event.tree_id, str((row.params or {}).get("by"))
    if event is None or (row.kind == outbox.TRIGGER and _is_over(event, row)):
        outbox.book(uow.session, row.id, row.lease_owner, state="done", finished_at=uow.now)
        return None
    return _job(uow, row, event)


def _is_over(event: Event, row: Outbox) -> bool:
    return event.attempt != row.attempt or EventState(event.state).final


def _job(uow: UnitOfWork, row: Outbox, event: Event) -> Job:
    project = projects.by_id(uow.session, event.project_id)
    attempt = trees.attempt(uow.session, event.id, row.attempt)
    return Job(
        row_id=row.id,
        owner=row.lease_owner,
        kind=row.kind,
        event_id=event.id,
        tree_id=event.tree_id,
        attempt=row.attempt,
        tries=row.tries + 1,
        ambiguous=row.ambiguous,
        target=_target(uow, event, project),
        trigger=inputs.trigger_of(uow, event, row.attempt),
        run_url=attempt.run_url if attempt else None,
        branch=inputs.wanted_branch(uow, event, attempt) if attempt and row.kind == outbox.TRIGGER else None,
        hosted=project is not None and project.hosted,
        shows_starts=project is not None and project.shows_starts,
    )


def _target(uow: UnitOfWork, event: Event, project: Project | None) -> Target:
    """The target as frozen; its secret is the project's present one, so that a rotated secret works at once."""
    stored = project.target_secret if project else None
    return Target(event.target["kind"], event.target, crypto.decrypt(uow.keys, stored) if stored else None)


def _take_turn(uow: UnitOfWork, row_id: str, owner: str | None, kind: str, tree_id: str, by: str) -> None:
    """What is done to a whole tree, here: the row is booked in the same transaction."""
    if kind == outbox.RELEASE:
        lanes.release(uow, tree_id)
    else:
        lanes.supersede(uow, tree_id, by)
    outbox.book(uow.session, row_id, owner, state="done", finished_at=uow.now)
