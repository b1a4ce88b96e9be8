"""Cancelling events: what waits is cancelled, and what runs is cancelled in its own CI system as well."""

from collections.abc import Sequence

from dominoci.domain.reasons import Reason
from dominoci.domain.states import ACTIVE, EventState
from dominoci.infra.models.trees import Event
from dominoci.services import build_stopping, settling, starting
from dominoci.services.tree_change import TreeChange
from dominoci.store import builds, outbox, trees

RUNS_OVER_THERE = (EventState.TRIGGERED.value, EventState.RUNNING.value)


def cancel(change: TreeChange, events: Sequence[Event], reason: Reason) -> list[Event]:
    """Cancels those of `events` that are not final, and settles what depends on them. Answers what was cancelled."""
    unfinished = [event for event in events if not EventState(event.state).final]
    end(change, unfinished, reason)
    settling.settle(change, unfinished)
    if change.tree.held and change.unfinished <= 0:
        _settle_root(change)
    return unfinished


def _settle_root(change: TreeChange) -> None:
    """A held tree that is cancelled will not be let go: its root settles now, so that it can be run again."""
    root = trees.events(change.uow.session, change.tree.id)[0]
    settling.settle(change, [root], trees.metadata_of(change.uow.session, root))


def end(change: TreeChange, unfinished: Sequence[Event], reason: Reason) -> None:
    """The same without settling: the caller goes on with these events."""
    stop_runs(change, [event for event in unfinished if EventState(event.state) in ACTIVE], reason)
    ended = {"finished_at": change.uow.now, "deadline_at": None}
    change.move_many([(event, EventState.CANCELLED, reason, ended) for event in unfinished])


def stop_runs(change: TreeChange, active: Sequence[Event], reason: Reason) -> None:
    """Ends the present attempts of events that are queued, triggered or running: builds are withdrawn, deliveries called off,
    and a run that may have been started elsewhere is told to stop, by way of the outbox."""
    if not active:
        return
    uow = change.uow
    ended = {"state": EventState.CANCELLED.value, "finished_at": uow.now}
    trees.update_attempts(uow.session, [(event.id, event.attempt) for event in active], **ended)
    own = [event.id for event in active if event.target["kind"] == starting.AGENT]
    if own:
        build_stopping.withdraw(uow, builds.unfinished_of_events(uow.session, own), reason)
    _call_off(change, [event for event in active if event.target["kind"] != starting.AGENT])


def _call_off(change: TreeChange, events: Sequence[Event]) -> None:
    if not events:
        return
    session, ids = change.uow.session, [event.id for event in events]
    begun = outbox.perhaps_sent(session, ids) | {event.id for event in events if event.state in RUNS_OVER_THERE}
    outbox.close_for(session, ids, change.uow.now)
    tell(change, [(event.id, event.attempt) for event in events if event.id in begun])


def tell(change: TreeChange, attempts: Sequence[tuple[str, int]]) -> None:
    """The CI systems are to stop the runs of these attempts, as (event id, number)."""
    outbox.add(change.uow.session, outbox.CANCEL, attempts, change.uow.now)
    if attempts:
        change.uow.ring()
