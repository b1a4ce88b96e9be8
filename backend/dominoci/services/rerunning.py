"""Running events of a tree again: new attempts on frozen inputs, what depends on them decided anew, deliveries tried again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dominoci.domain.reasons import Reason
from dominoci.domain.states import EventState
from dominoci.domain.tree import descendants
from dominoci.infra.models.trees import Event
from dominoci.services import build_stopping, cancelling, settling, starting
from dominoci.services.tree_change import TreeChange
from dominoci.store import builds, outbox, trees

BAD = (EventState.FAILED.value, EventState.TIMED_OUT.value, EventState.UNDELIVERABLE.value, EventState.CANCELLED.value)


@dataclass(frozen=True)
class Selection:
    """What is to run again: `starts` have all they need; of what is behind them, `anew` (ids) is decided anew even if it ran."""

    starts: Sequence[Event]
    anew: Collection[str]


def one(change: TreeChange, event: Event, *, downstream: bool) -> Selection:
    """One event, with everything behind it or only with what was skipped behind it."""
    return Selection([event], _behind(change, [event]) if downstream else ())


def failed(change: TreeChange, but: Collection[str]) -> Selection:
    """Every event that did not pass, but those of the projects in `but` (ids); one that never ran is decided by its parents."""
    bad = [e for e in trees.events(change.uow.session, change.tree.id) if e.state in BAD and e.project_id not in but]
    behind = _behind(change, bad)
    starts = [event for event in bad if event.queued_at is not None or event.id not in behind]
    return Selection(starts, {event.id for event in bad} - {event.id for event in starts})


def everything(change: TreeChange, but: Collection[str]) -> Selection:
    """Every event behind the root. Those start that have nothing before them to wait for, unless they were kept from running:
    the root stands, and so does what there is of the projects in `but` (ids)."""
    events = trees.events(change.uow.session, change.tree.id)
    parents: dict[str, set[str]] = {event.id: set() for event in events}
    for edge in trees.edges(change.uow.session, change.tree.id):
        parents[edge.child_id].add(edge.parent_id)
    starts: list[Event] = []
    anew: set[str] = set()
    for event in events[1:]:
        if event.project_id in but:
            continue
        if parents[event.id] & (anew | {start.id for start in starts}):
            anew.add(event.id)
        elif event.state != EventState.SKIPPED.value or event.queued_at is not None:
            starts.append(event)
    return Selection(starts, anew)


def _behind(change: TreeChange, events: Sequence[Event]) -> set[str]:
    pairs = [(edge.parent_id, edge.child_id) for edge in trees.edges(change.uow.session, change.tree.id)]
    return descendants(pairs, [event.id for event in events])


def rerun(change: TreeChange, chosen: Selection, who: str) -> None:
    """Starts new attempts. Events that ran get the very inputs and ref of their last attempt; those that were cancelled before
    they ran are decided by what their parents passed on. What runs behind them on inputs that are built anew is stopped."""
    first = chosen.starts[0]
    named = {"who": who, "project": first.project_name, "sub_id": first.sub_id}

    def stop(active: Sequence[Event]) -> None:
        cancelling.end(change, active, Reason("inputs_change", named))

    again = settling.take_back(change, chosen.starts, Reason("rerun_before", named), chosen.anew, stop)
    ran = [event for event in chosen.starts if event.queued_at is not None]
    _replay(change, ran, who)
    never_ran = [event for event in chosen.starts if event.queued_at is None]
    asked = Reason("rerun", {"who": who, "attempt": 1})
    change.move_many([(event, EventState.WAITING, asked, starting.NOT_YET) for event in never_ran])
    settling.decide_anew(change, [*again, *never_ran])


def _replay(change: TreeChange, events: Sequence[Event], who: str) -> None:
    session, now = change.uow.session, change.uow.now
    last = trees.last_attempts(session, events)
    moves = []
    for event in events:
        asked = Reason("rerun", {"who": who, "attempt": event.attempt + 1})
        fresh = {**starting.NOT_YET, **starting.queued(now, event, last[event.id].ref)}
        moves.append((event, EventState.QUEUED, asked, fresh))
    change.move_many(moves)
    starting.start(change, events, {id_: attempt.inputs for id_, attempt in last.items()}, asked_by=who)


def redeliver(change: TreeChange, event: Event, who: str) -> None:
    """The same attempt of an undeliverable event is sent again, under the same delivery id."""
    session, now = change.uow.session, change.uow.now
    before = {"who": who, "project": event.project_name, "sub_id": event.sub_id}
    again = settling.take_back(change, [event], Reason("rerun_before", before))
    deadline = starting.start_deadline(now, event)
    change.move(event, EventState.QUEUED, Reason("redelivered", {"who": who}), finished_at=None, deadline_at=deadline)
    trees.update_attempts(session, [(event.id, event.attempt)], state=EventState.QUEUED.value, finished_at=None)
    if event.target["kind"] != starting.AGENT:
        outbox.send_again(session, event.id, event.attempt, now)
        change.uow.ring()
    elif build := builds.of_attempt(session, event.id, event.attempt):
        build_stopping.queue_again(change.uow, build)
    settling.decide_anew(change, again)
