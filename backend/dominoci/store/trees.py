"""SQL on trees: reports, freezing, attempts, results, and what the pages read."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from dominoci.domain.states import EventState
from dominoci.infra.db import changed
from dominoci.infra.models.builds import Build
from dominoci.infra.models.plumbing import DeliveryRow, Outbox
from dominoci.infra.models.trees import Attempt, Change, Edge, Event, ReportRow, ResultRow, Tree
from dominoci.store.paging import Page, fetch

Rows = Sequence[dict[str, Any]]


def find_report(session: Session, project_id: str, dedup: str) -> ReportRow | None:
    """The report that this project sent before with the same identity."""
    return session.scalars(select(ReportRow).where(ReportRow.project_id == project_id, ReportRow.dedup == dedup)).first()


def add(session: Session, *rows: Any) -> None:
    """Stores new rows one by one; for many rows there is `add_many`."""
    session.add_all(rows)
    session.flush()


def add_many(session: Session, table: type[Any], rows: Rows) -> None:
    """Stores many rows of one table with one statement."""
    if rows:
        session.execute(insert(table), rows)


def lock(session: Session, tree_id: str) -> Tree | None:
    """The tree, locked: everything that changes a tree does this first, so changes of one tree follow each other."""
    return session.scalars(
        select(Tree).where(Tree.id == tree_id).with_for_update().execution_options(populate_existing=True)
    ).first()


def tree(session: Session, tree_id: str) -> Tree | None:
    """One tree."""
    return session.get(Tree, tree_id)


def trees(session: Session, project_id: str | None, state: str | None, page: Page) -> tuple[list[Tree], str | None]:
    """Trees, newest first; of a project: those that it is the root of."""
    query = select(Tree)
    if project_id:
        query = query.where(Tree.root_project_id == project_id)
    if state:
        query = query.where(Tree.state == state)
    return fetch(session, query, Tree.id, page)


def state_counts(session: Session, tree_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many events of each tree stand in which state, in one query."""
    query = select(Event.tree_id, Event.state, func.count()).where(Event.tree_id.in_(tree_ids))
    counts: dict[str, dict[str, int]] = {tree_id: {} for tree_id in tree_ids}
    for tree_id, state, count in session.execute(query.group_by(Event.tree_id, Event.state)):
        counts[tree_id][state] = count
    return counts


def events(session: Session, tree_id: str) -> Sequence[Event]:
    """All events of a tree, parents first."""
    return session.scalars(select(Event).where(Event.tree_id == tree_id).order_by(Event.position)).all()


def event(session: Session, tree_id: str, sub_id: str) -> Event | None:
    """One event by its address."""
    return session.scalars(select(Event).where(Event.tree_id == tree_id, Event.sub_id == sub_id)).first()


def sub_ids(session: Session, event_ids: Iterable[str]) -> dict[str, str]:
    """Sub ids by event id."""
    ids = list(event_ids)
    return dict(session.execute(select(Event.id, Event.sub_id).where(Event.id.in_(ids))).all()) if ids else {}


def just_written(session: Session, event_id: str) -> Event:
    """An event that this transaction has written in bulk, as an object."""
    return session.get_one(Event, event_id)


def events_by_id(session: Session, ids: Sequence[str]) -> Sequence[Event]:
    """Events, read anew."""
    query = select(Event).where(Event.id.in_(ids)).order_by(Event.position)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def has_project(session: Session, tree_id: str, project_id: str) -> bool:
    """Whether a project takes part in a tree."""
    query = select(Event.id).where(Event.tree_id == tree_id, Event.project_id == project_id).limit(1)
    return session.scalars(query).first() is not None


def event_by_id(session: Session, event_id: str, *, fresh: bool = False) -> Event | None:
    """One event; `fresh` reads it again under the tree's lock."""
    return session.get(Event, event_id, populate_existing=fresh)


def edges(session: Session, tree_id: str) -> Sequence[Edge]:
    """All edges of a tree."""
    return session.scalars(select(Edge).where(Edge.tree_id == tree_id)).all()


def parents(session: Session, event_ids: Iterable[str]) -> list[tuple[Edge, Event]]:
    """Incoming edges of events with the parent of each."""
    query = select(Edge, Event).join(Event, Event.id == Edge.parent_id).where(Edge.child_id.in_(list(event_ids)))
    return [(edge, parent) for edge, parent in session.execute(query)]


def ref_rule(session: Session, event_id: str) -> dict[str, Any]:
    """The ref rule of the first dependency, by the parents' positions, that passed."""
    query = (
        select(Edge.ref)
        .join(Event, Event.id == Edge.parent_id)
        .where(Edge.child_id == event_id, Edge.outcome == "passed")
        .order_by(Event.position)
    )
    return session.scalars(query.limit(1)).first() or {}


def attempts(session: Session, event_id: str) -> Sequence[Attempt]:
    """All attempts of an event, first to last."""
    return session.scalars(select(Attempt).where(Attempt.event_id == event_id).order_by(Attempt.number)).all()


def attempt(session: Session, event_id: str, number: int) -> Attempt | None:
    """One attempt."""
    return session.get(Attempt, (event_id, number))


def update_attempts(session: Session, keys: Sequence[tuple[str, int]], **values: Any) -> None:
    """Changes attempts that share their number, by (event id, number)."""
    by_number: dict[int, list[str]] = {}
    for event_id, number in keys:
        by_number.setdefault(number, []).append(event_id)
    for number, ids in by_number.items():
        session.execute(update(Attempt).where(Attempt.event_id.in_(ids), Attempt.number == number).values(**values))


def result(session: Session, event_id: str, number: int) -> ResultRow | None:
    """What was reported for one attempt."""
    return session.get(ResultRow, (event_id, number))


def results(session: Session, keys: Iterable[tuple[str, int]]) -> dict[str, ResultRow]:
    """What was reported, by event id, for (event id, attempt) pairs."""
    wanted = dict(keys)
    rows = session.scalars(select(ResultRow).where(ResultRow.event_id.in_(list(wanted))))
    return {row.event_id: row for row in rows if row.attempt == wanted[row.event_id]}


def history(session: Session, event_id: str) -> Sequence[Change]:
    """Every change of an event's state, oldest first."""
    return session.scalars(select(Change).where(Change.event_id == event_id).order_by(Change.id)).all()


def deliveries(session: Session, event_id: str) -> Sequence[DeliveryRow]:
    """Every send for an event, oldest first."""
    return session.scalars(select(DeliveryRow).where(DeliveryRow.event_id == event_id).order_by(DeliveryRow.id)).all()


def open_outbox(session: Session, event_id: str) -> Outbox | None:
    """The outbox row of an event that is still to be sent."""
    query = select(Outbox).where(Outbox.event_id == event_id, Outbox.state.in_(("pending", "leased")))
    return session.scalars(query).first()


def move_event(session: Session, event: Event, sources: Sequence[EventState], values: dict[str, Any]) -> bool:
    """Compare-and-set: changes the event if its row stands in one of `sources`; True when this transaction owns the change."""
    query = update(Event).where(Event.id == event.id, Event.state.in_([s.value for s in sources])).values(**values)
    if changed(session.execute(query.execution_options(synchronize_session=False))) != 1:
        return False
    for key, value in values.items():
        set_committed_value(event, key, value)
    return True


def event_of_run(session: Session, project_id: str, run_url: str) -> Event | None:
    """The newest event below a tree's root that was run by this pipeline run."""
    query = select(Event).where(Event.project_id == project_id, Event.run_url == run_url, Event.position > 0)
    return session.scalars(query.order_by(Event.id.desc()).limit(1)).first()


def running_with_commit(session: Session, project_id: str) -> list[tuple[Event, str | None]]:
    """Events of a project that are being run now, each with the commit that its own-agent build checked out."""
    states = [EventState.QUEUED.value, EventState.TRIGGERED.value, EventState.RUNNING.value]
    query = (
        select(Event, Build.commit)
        .outerjoin(Build, (Build.event_id == Event.id) & (Build.attempt == Event.attempt))
        .where(Event.project_id == project_id, Event.state.in_(states))
        .order_by(Event.id.desc())
        .limit(50)
    )
    return [(event, commit) for event, commit in session.execute(query)]


def children(session: Session, event_id: str) -> Sequence[Event]:
    """The events right after one."""
    query = select(Event).join(Edge, Edge.child_id == Event.id).where(Edge.parent_id == event_id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def overdue(session: Session, now: Any, limit: int) -> Sequence[Event]:
    """Events past their deadline."""
    states = [EventState.QUEUED.value, EventState.TRIGGERED.value, EventState.RUNNING.value]
    return session.scalars(select(Event).where(Event.deadline_at < now, Event.state.in_(states)).limit(limit)).all()


def unfinished_trees_of(session: Session, project_id: str) -> Sequence[str]:
    """Trees in which events of a project are not final, oldest first. Ids only: events are to be read under the tree's lock."""
    states = [s.value for s in EventState if not s.final]
    query = select(Event.tree_id).where(Event.project_id == project_id, Event.state.in_(states)).distinct()
    return session.scalars(query.order_by(Event.tree_id)).all()
