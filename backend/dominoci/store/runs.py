"""SQL on runs in CI systems: which are to be asked for, and whose they are."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, tuple_, update
from sqlalchemy.orm import Session

from dominoci.domain.states import EventState
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Attempt, Event
from dominoci.store.statements import Columns, table_of

_ATTEMPTS, _EVENTS = table_of(Attempt), table_of(Event)
_DUE = (
    select(_ATTEMPTS.c.event_id, _ATTEMPTS.c.number)
    .where(_ATTEMPTS.c.poll_at <= bindparam("now"))
    .order_by(_ATTEMPTS.c.poll_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_LIVE = (
    select(_ATTEMPTS.c.event_id, _ATTEMPTS.c.number, _ATTEMPTS.c.polls, _EVENTS.c.tree_id)
    .join_from(_ATTEMPTS, _EVENTS, (_EVENTS.c.id == _ATTEMPTS.c.event_id) & (_EVENTS.c.attempt == _ATTEMPTS.c.number))
    .where(tuple_(_ATTEMPTS.c.event_id, _ATTEMPTS.c.number).in_(bindparam("keys", expanding=True)))
    .where(_EVENTS.c.state.in_((EventState.TRIGGERED.value, EventState.RUNNING.value)))
)


def claim_due(session: Session, now: datetime, lease: timedelta, limit: int) -> Sequence[Columns]:
    """Attempts (`event_id`, `number`, `polls`, `tree_id`) whose runs are to be asked for now: nobody else is given them before
    the lease is over. Those that have ended meanwhile are not asked for any more."""
    due = [(row.event_id, row.number) for row in session.execute(_DUE, {"now": now, "limit": limit})]
    rows = session.execute(_LIVE, {"keys": due}).all() if due else []
    live = [(row.event_id, row.number) for row in rows]
    _set(session, live, poll_at=now + lease)
    _set(session, [key for key in due if key not in live], poll_at=None)
    return rows


def _set(session: Session, keys: Sequence[tuple[str, int]], **values: object) -> None:
    these = tuple_(_ATTEMPTS.c.event_id, _ATTEMPTS.c.number).in_(keys)
    if keys:
        session.execute(update(_ATTEMPTS).where(these).values(**values))


def ask_again(session: Session, event_id: str, number: int, polls: int, at: datetime) -> None:
    """The run of this attempt was asked for `polls` times, and is next asked for at this moment."""
    _set(session, [(event_id, number)], poll_at=at, polls=polls)


def postpone(session: Session, keys: Sequence[tuple[str, int]], at: datetime) -> None:
    """The runs of these attempts are not asked for before this moment."""
    _set(session, keys, poll_at=at)


def called(session: Session, project_ids: Collection[str], run_ref: str) -> Columns | None:
    """The newest attempt (`tree_id`, `event_id`, `number`) of these projects whose run has this name."""
    query = (
        select(_EVENTS.c.tree_id, _ATTEMPTS.c.event_id, _ATTEMPTS.c.number)
        .join_from(_ATTEMPTS, _EVENTS, _EVENTS.c.id == _ATTEMPTS.c.event_id)
        .where(_EVENTS.c.project_id.in_(project_ids), _ATTEMPTS.c.run_ref == run_ref)
        .order_by(_ATTEMPTS.c.event_id.desc(), _ATTEMPTS.c.number.desc())
        .limit(1)
    )
    return session.execute(query).first()


def known_by(session: Session, keys: Collection[str]) -> Sequence[Project]:
    """Projects whose targets have one of these names, the oldest first; at most a hundred."""
    query = select(Project).where(Project.target_key.in_(keys), Project.deleted_at.is_(None))
    return session.scalars(query.order_by(Project.id).limit(100)).all()
