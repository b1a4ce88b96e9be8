"""SQL on combos: successful attempts, and what their inputs came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from dominoci.domain.combo import commit_range
from dominoci.domain.states import EdgeOutcome, EventState
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Attempt, Edge, Event, ResultRow, Tree
from dominoci.store.statements import Columns

Where = Any  # a condition of SQLAlchemy
Ids = Select[str]

SUCCESS, SKIPPED = EventState.SUCCESS.value, EventState.SKIPPED.value


@dataclass(frozen=True)
class After:
    """Where a page of combos begins: right behind this one; behind the whole tree where the event is empty."""

    tree_id: str
    event_id: str
    attempt: int


# asked of one event after the other, newest first: of EXISTS MariaDB makes a join, and reads all attempts for one page
_SUCCEEDED = (
    select(func.max(Attempt.number)).where(Attempt.event_id == Event.id, Attempt.state == SUCCESS).scalar_subquery().is_not(None)
)
_COMBOS = (
    select(
        Event.id.label("event_id"),
        *(Event.tree_id, Event.sub_id, Event.project_id, Event.project_name),
        Attempt.number.label("attempt"),
        *(ResultRow.commit, ResultRow.received_at),
    )
    .join(Attempt, Attempt.event_id == Event.id)
    .join(ResultRow, and_(ResultRow.event_id == Attempt.event_id, ResultRow.attempt == Attempt.number))
    .where(Attempt.state == SUCCESS)
)


def of_commit(text: str) -> Where:
    """Results of this commit, or of commits that begin so."""
    found = commit_range(text)
    return and_(ResultRow.commit >= found[0], ResultRow.commit < found[1]) if found else ResultRow.commit == text


def newest(session: Session, project_id: str | None, limit: int, after: After | None = None) -> Sequence[Columns]:
    """Successful attempts, newest event first; at most `limit`. The events are cut first, so that their own index finds them."""
    events = select(Event.id).where(_SUCCEEDED)
    if project_id:
        events = events.where(Event.project_id == project_id)
    if after:
        events = events.where(Event.id <= after.event_id)
    picked = events.order_by(Event.id.desc()).limit(limit + 1).subquery()
    query = _COMBOS.join(picked, picked.c.id == Event.id)
    if after:
        older = and_(Event.id == after.event_id, Attempt.number < after.attempt)
        query = query.where(or_(Event.id < after.event_id, older))
    return session.execute(query.order_by(Event.id.desc(), Attempt.number.desc()).limit(limit)).all()


def last(session: Session, project_id: str, lane: str | None) -> Columns | None:
    """A project's last success, of trees in one lane when asked."""
    event = select(Event.id).where(Event.project_id == project_id)
    if lane is not None:
        oldest = select(func.min(Tree.id)).where(Tree.lane == lane).scalar_subquery()
        # ids sort by time: no event is older than its tree, so that nothing is looked for before the lane was there
        event = event.where(Event.id > oldest, select(Tree.lane).where(Tree.id == Event.tree_id).scalar_subquery() == lane)
    picked = event.where(_SUCCEEDED).order_by(Event.id.desc()).limit(1).subquery()
    return session.execute(_COMBOS.join(picked, picked.c.id == Event.id).order_by(Attempt.number.desc()).limit(1)).first()


def one(session: Session, tree_id: str, sub_id: str, attempt: int) -> Columns | None:
    """One successful attempt by its address."""
    address = (Event.tree_id == tree_id, Event.sub_id == sub_id, Attempt.number == attempt)
    return session.execute(_COMBOS.where(*address)).first()


def trees_with(
    session: Session, commit: str, project_id: str | None, after: After | None, *, limit: int, most_events: int
) -> tuple[list[str], bool]:
    """The newest trees, at most `limit`, in which a success has this commit (and the project takes part), and whether there
    are more. Of large ones as many as have `most_events` together, but one at least."""
    query = (
        select(Tree.id, Tree.event_count)
        .join(Event, Event.tree_id == Tree.id)
        .join(Attempt, Attempt.event_id == Event.id)
        .join(ResultRow, and_(ResultRow.event_id == Attempt.event_id, ResultRow.attempt == Attempt.number))
        .where(of_commit(commit), Attempt.state == SUCCESS)
    )
    if project_id:
        beside = aliased(Event)
        # counted in the few trees that have the commit: asked for both, SQLite would go through all events of the project
        own = func.count(case((beside.project_id == project_id, 1)))
        query = query.where(select(own).where(beside.tree_id == Tree.id).scalar_subquery() > 0)
    if after:
        query = query.where(Tree.id <= after.tree_id if after.event_id else Tree.id < after.tree_id)
    rows = session.execute(query.distinct().order_by(Tree.id.desc()).limit(limit + 1)).all()
    fitting = max(1, sum(events <= most_events for events in accumulate(row.event_count for row in rows)))
    found = [row.id for row in rows[: min(limit, fitting)]]
    return found, len(found) < len(rows)


def in_trees(session: Session, tree_ids: Sequence[str]) -> Sequence[Columns]:
    """All successful attempts in these trees, newest tree first."""
    query = _COMBOS.where(Event.tree_id.in_(tree_ids))
    return session.execute(query.order_by(Event.tree_id.desc(), Event.id.desc(), Attempt.number.desc())).all()


def with_commit(session: Session, tree_ids: Sequence[str], commit: str) -> Sequence[Columns]:
    """The attempts in these trees (`tree_id`, `event_id`, `attempt`) that reported this commit."""
    query = select(Event.tree_id, ResultRow.event_id, ResultRow.attempt).join(Event, Event.id == ResultRow.event_id)
    return session.execute(query.where(of_commit(commit), Event.tree_id.in_(tree_ids))).all()


def events_in(tree_ids: Sequence[str]) -> Ids:
    """The events of these trees."""
    return select(Event.id).where(Event.tree_id.in_(tree_ids))


def ancestry(event_ids: Sequence[str]) -> Ids:
    """These events and everything above them."""
    up = select(Event.id).where(Event.id.in_(event_ids)).cte("up", recursive=True)
    up = up.union(select(Edge.parent_id).join(up, Edge.child_id == up.c.id))
    return select(up.c.id)


def tries(session: Session, events: Ids) -> Sequence[Columns]:
    """Every attempt of these events with its inputs, parents before children."""
    query = select(Event.tree_id, Event.position, Attempt.event_id, Attempt.number, Attempt.inputs)
    query = query.join(Event, Event.id == Attempt.event_id).where(Attempt.event_id.in_(events))
    return session.execute(query.order_by(Event.tree_id, Event.position, Attempt.number)).all()


def passed(session: Session, events: Ids) -> Sequence[Columns]:
    """The edges to these events that passed: `child_id`, `parent_id`, and the parent's present `attempt`."""
    query = select(Edge.child_id, Edge.parent_id, Event.attempt).join(Event, Event.id == Edge.parent_id)
    return session.execute(query.where(Edge.child_id.in_(events), Edge.outcome == EdgeOutcome.PASSED.value)).all()


def reported(session: Session, events: Ids) -> Sequence[Columns]:
    """What every attempt of these events reported, with what a combo shows of its event."""
    fields = (Event.sub_id, Event.project_id, Event.project_name, Event.repository_url)
    result = (ResultRow.commit, ResultRow.meta, ResultRow.links, ResultRow.artifacts)
    query = select(Attempt.event_id, Attempt.number, Attempt.run_url, *fields, *result)
    query = query.join(Event, Event.id == Attempt.event_id)
    query = query.join(ResultRow, and_(ResultRow.event_id == Attempt.event_id, ResultRow.attempt == Attempt.number))
    return session.execute(query.where(Attempt.event_id.in_(events))).all()


def projects(session: Session, keys: Sequence[str]) -> Sequence[Columns]:
    """The live projects (`id`, `name`) with these ids or names."""
    query = select(Project.id, Project.name).where(or_(Project.id.in_(keys), Project.name.in_(keys)))
    return session.execute(query.where(Project.deleted_at.is_(None))).all()


def last_of_all(session: Session, project_ids: Sequence[str]) -> Sequence[Columns]:
    """The present attempts of these projects in the newest tree in which each succeeded (and was nowhere else in it anything
    worse than skipped); empty when there is none.

    The trees of one of the projects are looked through, newest first; in each, its own events are counted.
    """
    beside = aliased(Event)
    succeeded = func.count(case((beside.state == SUCCESS, beside.project_id)).distinct())
    good = func.sum(case((beside.state.in_((SUCCESS, SKIPPED)), 1), else_=0))
    complete = (
        select(beside.tree_id)
        .where(beside.tree_id == Event.tree_id, beside.project_id.in_(project_ids))
        .group_by(beside.tree_id)
        .having(succeeded == len(project_ids), good == func.count())
    )
    tree = select(Event.tree_id).where(Event.project_id == project_ids[0], Event.state == SUCCESS, complete.exists())
    picked = tree.order_by(Event.id.desc()).limit(1).subquery()
    query = _COMBOS.join(picked, picked.c.tree_id == Event.tree_id)
    return session.execute(query.where(Event.project_id.in_(project_ids), Attempt.number == Event.attempt)).all()
