"""SQL on the outbox: claiming with a lease, booking, and finding what was missed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from dominoci.domain.ids import new_id
from dominoci.infra.db import changed
from dominoci.infra.models.plumbing import Outbox, Timer
from dominoci.store.statements import insert_rows, table_of

# longer than one send may take (15 s), and short enough that work goes on within 30 s of a sender's death
LEASE = timedelta(seconds=20)

TRIGGER, CANCEL = "trigger", "cancel"  # for the event's CI system
RELEASE, SUPERSEDE = "release", "supersede"  # for a whole tree, done here

_OUTBOX = table_of(Outbox)
_DUE = (
    select(_OUTBOX.c.id)
    .where(_OUTBOX.c.state == "pending", _OUTBOX.c.next_at <= bindparam("now"))
    .order_by(_OUTBOX.c.next_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_TAKE = update(_OUTBOX).where(_OUTBOX.c.id.in_(bindparam("ids", expanding=True)), _OUTBOX.c.state == "pending")
_TAKEN = select(Outbox).where(Outbox.lease_owner == bindparam("owner"), Outbox.state == "leased")
_BOOK = update(_OUTBOX).where(
    _OUTBOX.c.id == bindparam("row"), _OUTBOX.c.state == "leased", _OUTBOX.c.lease_owner == bindparam("owner")
)
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


def claim(session: Session, now: datetime, limit: int) -> Sequence[Outbox]:
    """Takes up to `limit` due rows under a lease: nobody else sends them until it lapses."""
    ids = list(session.scalars(_DUE, {"now": now, "limit": limit}))
    if not ids:
        return []
    owner = new_id()
    session.execute(_TAKE, {"ids": ids, "state": "leased", "lease_owner": owner, "lease_until": now + LEASE})
    return session.scalars(_TAKEN, {"owner": owner}).all()


def book(session: Session, row_id: str, owner: str | None, **values: object) -> bool:
    """Ends this lease with new values; False when it had lapsed and somebody else took the row."""
    told = {"row": row_id, "owner": owner, "lease_owner": None, "lease_until": None, **values}
    return changed(session.execute(_BOOK, told)) == 1


def add(session: Session, kind: str, keys: Sequence[tuple[str, int]], now: datetime, **params: Any) -> None:
    """Something to do for each of these attempts, as (event id, number)."""
    common = {"kind": kind, "state": "pending", "tries": 0, "ambiguous": False, "next_at": now, "created_at": now}
    rows = [{"id": new_id(), "event_id": event, "attempt": number, **common, "params": params or None} for event, number in keys]
    insert_rows(session, Outbox, rows)


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
    query = update(Outbox).where(Outbox.state == "leased", Outbox.lease_until < now)
    values = {"state": "pending", "lease_owner": None, "lease_until": None, "ambiguous": True, "next_at": now}
    return changed(session.execute(query.values(**values)))


def due(session: Session, now: datetime) -> tuple[int, int]:
    """How many rows are due to be sent, and how many leases have lapsed."""
    pending = select(func.count()).where(Outbox.state == "pending", Outbox.next_at <= now)
    lapsed = select(func.count()).where(Outbox.state == "leased", Outbox.lease_until < now)
    return session.execute(pending).scalar_one(), session.execute(lapsed).scalar_one()


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
