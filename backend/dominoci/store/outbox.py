"""SQL on the outbox: what is to happen outside, and what of it is not wanted any more; and on the timers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from dominoci.domain.ids import new_id
from dominoci.infra.db import changed
from dominoci.infra.models.plumbing import Outbox, Timer
from dominoci.store.leases import Leases
from dominoci.store.statements import insert_rows, table_of

TRIGGER, CANCEL = "trigger", "cancel"  # for the event's CI system
RELEASE, SUPERSEDE = "release", "supersede"  # for a whole tree, done here
MIRROR = "mirror"  # for a whole tree, on its root's commit

_OUTBOX = table_of(Outbox)
_TO_SEND = (_OUTBOX.c.state.in_(("pending", "leased")), _OUTBOX.c.kind == TRIGGER)
_CLOSE = update(_OUTBOX).where(_OUTBOX.c.event_id.in_(bindparam("events", expanding=True)), *_TO_SEND)
_OPEN = select(_OUTBOX.c.event_id, _OUTBOX.c.state, _OUTBOX.c.ambiguous).where(
    _OUTBOX.c.event_id.in_(bindparam("events", expanding=True)), *_TO_SEND
)
_SEND_AGAIN = update(_OUTBOX).where(
    _OUTBOX.c.event_id == bindparam("event"),
    _OUTBOX.c.attempt == bindparam("number"),
    _OUTBOX.c.kind == TRIGGER,
    _OUTBOX.c.state.in_(("done", "dead")),
)
_ROWS = Leases(Outbox)
claim, book, due = _ROWS.claim, _ROWS.book, _ROWS.due


def add(session: Session, kind: str, keys: Sequence[tuple[str, int]], now: datetime, **params: Any) -> None:
    """Something to do for each of these attempts, as (event id, number)."""
    common = {"kind": kind, "state": "pending", "tries": 0, "ambiguous": False, "next_at": now, "created_at": now}
    rows = [{"id": new_id(), "event_id": event, "attempt": number, **common, "params": params or None} for event, number in keys]
    insert_rows(session, Outbox, rows)


def add_once(session: Session, kind: str, event_id: str, now: datetime, at: datetime) -> None:
    """Something to do for this event by `at`, at the latest: the row that waits to be sent already will do. It is locked:
    claimed before this transaction ends, it would show what was so before."""
    waiting = (Outbox.event_id == event_id, Outbox.kind == kind, Outbox.state == "pending")
    known = session.execute(select(Outbox.id, Outbox.next_at).where(*waiting).limit(1).with_for_update()).first()
    if known is None:
        row = {"id": new_id(), "event_id": event_id, "attempt": 1, "kind": kind, "state": "pending", "tries": 0}
        insert_rows(session, Outbox, [{**row, "ambiguous": False, "next_at": at, "created_at": now, "params": None}])
    elif known.next_at > at:
        session.execute(update(Outbox).where(Outbox.id == known.id, Outbox.state == "pending").values(next_at=at))


def close_for(session: Session, event_ids: Sequence[str], now: datetime) -> None:
    """Nothing more needs to be sent for these events (a result came first, or they were cancelled)."""
    closed = {"state": "done", "finished_at": now, "lease_owner": None, "lease_until": None}
    session.execute(_CLOSE, {"events": list(event_ids), **closed})


def perhaps_sent(session: Session, event_ids: Sequence[str]) -> set[str]:
    """Which of these events are just being sent, or were sent without an answer: their runs may have been started."""
    rows = session.execute(_OPEN, {"events": list(event_ids)})
    return {row.event_id for row in rows if row.ambiguous or row.state == "leased"}


def send_again(session: Session, event_id: str, number: int, now: datetime) -> None:
    """The delivery of an attempt that was given up is due again, with all its tries."""
    fresh = {"state": "pending", "tries": 0, "next_at": now, "finished_at": None, "error": None}
    session.execute(_SEND_AGAIN, {"event": event_id, "number": number, **fresh})


def return_lapsed(session: Session, now: datetime) -> int:
    """Puts rows of dead senders back; they may have been sent, so the next sender looks first. Answers how many."""
    return _ROWS.return_lapsed(session, now, ambiguous=True)


def depth(session: Session) -> dict[str, int]:
    """Unfinished and dead rows by state."""
    query = select(Outbox.state, func.count()).where(Outbox.state.in_(("pending", "leased", "dead"))).group_by(Outbox.state)
    return dict(session.execute(query).all())


def due_timers(session: Session, now: datetime) -> Sequence[str]:
    """Names of timers whose turn has come."""
    return session.scalars(select(Timer.name).where(Timer.due_at <= now)).all()


def take_timer(session: Session, name: str, now: datetime, every: timedelta) -> bool:
    """Moves a due timer on; True for exactly one of all schedulers that try."""
    query = update(Timer).where(Timer.name == name, Timer.due_at <= now).values(due_at=now + every)
    return changed(session.execute(query)) == 1


def make_timers(session: Session, names: Sequence[str], now: datetime) -> None:
    """Adds the timers that do not exist yet, due at once."""
    known = set(session.scalars(select(Timer.name)))
    session.add_all(Timer(name=name, due_at=now) for name in names if name not in known)
    session.flush()
