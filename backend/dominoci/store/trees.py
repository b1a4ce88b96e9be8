"""SQL on trees: reports, freezing, attempts, results, and what the pages read."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from dominoci.domain.reports import Metadata
from dominoci.domain.states import EventState, TreeState
from dominoci.infra.db import changed
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.members import Owner
from dominoci.infra.models.plumbing import DeliveryRow, Outbox
from dominoci.infra.models.trees import Attempt, Change, Edge, Event, ReportRow, ResultRow, Tree
from dominoci.store.statements import Columns, change, insert_rows, shown, table_of

Rows = Sequence[dict[str, Any]]

_EVENTS, _EDGES, _ATTEMPTS, _RESULTS = table_of(Event), table_of(Edge), table_of(Attempt), table_of(ResultRow)
_BUILDS, _REPORTS, _TREES = table_of(Build), table_of(ReportRow), table_of(Tree)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_LOCK = select(Tree).where(Tree.id == bindparam("tree")).with_for_update().execution_options(populate_existing=True)
_REPORT = select(
    _REPORTS.c.tree_id, _REPORTS.c.sub_id, _REPORTS.c.status, _REPORTS.c.digest
).where(_REPORTS.c.project_id == bindparam("project"), _REPORTS.c.dedup == bindparam("dedup"))
_FRESH = select(Event).where(Event.id == bindparam("event")).execution_options(populate_existing=True)
_FRESH_MANY = select(Event).where(Event.id.in_(_IDS)).order_by(Event.position).execution_options(populate_existing=True)
_KNOWN = select(Event).where(Event.id.in_(_IDS))
_OF_IDS = select(Tree).where(Tree.id.in_(_IDS))
_ATTEMPTS_OF = select(Attempt).where(Attempt.event_id.in_(_IDS))
_AT = select(Event).where(Event.tree_id == bindparam("tree"), Event.sub_id == bindparam("sub_id"))
_SUB_IDS = select(_EVENTS.c.id, _EVENTS.c.sub_id).where(_EVENTS.c.id.in_(_IDS))
_MOVE = update(_EVENTS).where(_EVENTS.c.id == bindparam("event"), _EVENTS.c.state.in_(bindparam("sources", expanding=True)))
_TRY = update(_ATTEMPTS).where(_ATTEMPTS.c.event_id.in_(_IDS), _ATTEMPTS.c.number == bindparam("attempt"))
_RESULT = select(_RESULTS.c.status, _RESULTS.c.digest).where(
    _RESULTS.c.event_id == bindparam("event"), _RESULTS.c.attempt == bindparam("number")
)
_RESULTS_OF = select(
    *(_RESULTS.c[name] for name in ("event_id", "attempt", "meta", "links", "artifacts"))
).where(_RESULTS.c.event_id.in_(_IDS))
_PARENTS = select(Edge, Event).join(Event, Event.id == Edge.parent_id).where(Edge.child_id.in_(_IDS))
_INCOMING = (
    select(
        *(_EDGES.c[name] for name in ("child_id", "outcome", "detail", "filters", "ref", "parameters")),
        _EVENTS.c.id.label("parent_id"),
        *(
            _EVENTS.c[name]
            for name in ("position", "sub_id", "project_id", "project_name", "attempt", "state", "reason_code", "reason_params")
        ),
    )
    .join_from(_EDGES, _EVENTS, _EVENTS.c.id == _EDGES.c.parent_id)
    .where(_EDGES.c.child_id.in_(_IDS))
)
_CHILDREN = (
    select(_EVENTS.c.project_name, _EVENTS.c.sub_id, _EVENTS.c.state)
    .join_from(_EDGES, _EVENTS, _EVENTS.c.id == _EDGES.c.child_id)
    .where(_EDGES.c.parent_id == bindparam("event"))
)
_OF_RUN = (
    select(_EVENTS.c.id, _EVENTS.c.tree_id, _EVENTS.c.sub_id)
    .where(_EVENTS.c.project_id == bindparam("project"), _EVENTS.c.run_url == bindparam("run_url"), _EVENTS.c.position > 0)
    .order_by(_EVENTS.c.id.desc())
    .limit(1)
)
_HELD = (
    select(_EVENTS.c.id)
    .join_from(_TREES, _EVENTS, (_EVENTS.c.tree_id == _TREES.c.id) & (_EVENTS.c.position == 0))
    .where(
        _TREES.c.root_project_id == bindparam("project"),
        _TREES.c.lane == bindparam("lane"),
        _TREES.c.state == TreeState.RUNNING.value,
        _TREES.c.held,
        _TREES.c.id != bindparam("tree"),
    )
    .limit(1)
)
_RUNNING = [EventState.QUEUED.value, EventState.TRIGGERED.value, EventState.RUNNING.value]
_RUNNING_OF = (
    select(_EVENTS.c.id, _EVENTS.c.tree_id, _EVENTS.c.sub_id, _BUILDS.c.commit)
    .join_from(_EVENTS, _BUILDS, (_BUILDS.c.event_id == _EVENTS.c.id) & (_BUILDS.c.attempt == _EVENTS.c.attempt), isouter=True)
    .where(_EVENTS.c.project_id == bindparam("project"), _EVENTS.c.state.in_(_RUNNING))
    .order_by(_EVENTS.c.id.desc())
    .limit(50)
)


def find_report(session: Session, project_id: str, dedup: str) -> Columns | None:
    """The report (`tree_id`, `sub_id`, `status`, `digest`) that this project sent before with the same identity."""
    return session.execute(_REPORT, {"project": project_id, "dedup": dedup}).first()


def add(session: Session, *rows: Any) -> None:
    """Stores new rows one by one; for many rows there is `add_many`."""
    session.add_all(rows)
    session.flush()


def add_many(session: Session, table: type[Any], rows: Rows) -> None:
    """Stores many rows of one table, all with the same columns, with one statement."""
    insert_rows(session, table, rows)


def lock(session: Session, tree_id: str) -> Tree | None:
    """The tree, locked: everything that changes a tree does this first, so changes of one tree follow each other."""
    return session.scalars(_LOCK, {"tree": tree_id}).first()


def tree(session: Session, tree_id: str) -> Tree | None:
    """One tree."""
    return session.get(Tree, tree_id)


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
    return session.scalars(_AT, {"tree": tree_id, "sub_id": sub_id}).first()


def sub_ids(session: Session, event_ids: Iterable[str]) -> dict[str, str]:
    """Sub ids by event id."""
    ids = list(event_ids)
    return {row.id: row.sub_id for row in session.execute(_SUB_IDS, {"ids": ids})} if ids else {}


def events_by_id(session: Session, ids: Sequence[str]) -> Sequence[Event]:
    """Events, read anew."""
    if len(ids) == 1:
        return session.scalars(_FRESH, {"event": ids[0]}).all()
    return session.scalars(_FRESH_MANY, {"ids": ids}).all()


def has_project(session: Session, tree_id: str, project_id: str) -> bool:
    """Whether a project takes part in a tree."""
    query = select(Event.id).where(Event.tree_id == tree_id, Event.project_id == project_id).limit(1)
    return session.scalars(query).first() is not None


def edges(session: Session, tree_id: str) -> Sequence[Edge]:
    """All edges of a tree."""
    return session.scalars(select(Edge).where(Edge.tree_id == tree_id)).all()


def parents(session: Session, event_ids: Iterable[str]) -> list[tuple[Edge, Event]]:
    """Incoming edges of events with the parent of each."""
    return [(edge, parent) for edge, parent in session.execute(_PARENTS, {"ids": list(event_ids)})]


def incoming(session: Session, event_ids: Iterable[str]) -> Sequence[Columns]:
    """Incoming edges of events, each with what its settling and the child's inputs ask of the parent."""
    return session.execute(_INCOMING, {"ids": list(event_ids)}).all()


def attempts(session: Session, event_id: str) -> Sequence[Attempt]:
    """All attempts of an event, first to last."""
    return session.scalars(select(Attempt).where(Attempt.event_id == event_id).order_by(Attempt.number)).all()


def replaced_attempts(session: Session, tree_id: str) -> Sequence[Attempt]:
    """The attempts of a tree's events that a later attempt has replaced, first to last."""
    query = select(Attempt).join(Event, Event.id == Attempt.event_id).where(Event.tree_id == tree_id)
    return session.scalars(query.where(Attempt.number < Event.attempt).order_by(Attempt.number)).all()


def attempt(session: Session, event_id: str, number: int) -> Attempt | None:
    """One attempt."""
    return session.get(Attempt, (event_id, number))


def known_events(session: Session, ids: Sequence[str]) -> Sequence[Event]:
    """Events, as this transaction knows them already where it does."""
    return session.scalars(_KNOWN, {"ids": ids}).all() if ids else ()


def of_ids(session: Session, ids: Sequence[str]) -> dict[str, Tree]:
    """Trees by id."""
    return {tree.id: tree for tree in session.scalars(_OF_IDS, {"ids": ids})} if ids else {}


def attempts_at(session: Session, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], Attempt]:
    """Attempts by (event id, number)."""
    rows = session.scalars(_ATTEMPTS_OF, {"ids": sorted({event_id for event_id, _ in keys})}) if keys else ()
    return {key: row for row in rows if (key := (row.event_id, row.number)) in keys}


def last_attempts(session: Session, events: Sequence[Event]) -> dict[str, Attempt]:
    """The present attempt of each of these events, by event id."""
    wanted = {event.id: event.attempt for event in events}
    rows = session.scalars(select(Attempt).where(Attempt.event_id.in_(wanted))) if wanted else ()
    return {row.event_id: row for row in rows if row.number == wanted[row.event_id]}


def update_attempts(session: Session, keys: Sequence[tuple[str, int]], **values: Any) -> None:
    """Changes attempts that share their number, by (event id, number)."""
    by_number: dict[int, list[str]] = {}
    for event_id, number in keys:
        by_number.setdefault(number, []).append(event_id)
    for number, ids in by_number.items():
        session.execute(_TRY, {"ids": ids, "attempt": number, **values})


def result(session: Session, event_id: str, number: int) -> ResultRow | None:
    """What was reported for one attempt."""
    return session.get(ResultRow, (event_id, number))


def results_of(session: Session, event_id: str) -> Sequence[ResultRow]:
    """What was reported for each attempt of an event."""
    return session.scalars(select(ResultRow).where(ResultRow.event_id == event_id)).all()


def known_result(session: Session, event_id: str, number: int) -> Columns | None:
    """The `status` and `digest` of what was reported for one attempt."""
    return session.execute(_RESULT, {"event": event_id, "number": number}).first()


def results(session: Session, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], Columns]:
    """What was reported (`meta`, `links`, `artifacts`) for attempts, by (event id, attempt)."""
    rows = session.execute(_RESULTS_OF, {"ids": sorted({event_id for event_id, _ in keys})}) if keys else ()
    return {key: row for row in rows if (key := (row.event_id, row.attempt)) in keys}


def history(session: Session, event_id: str, limit: int) -> list[Change]:
    """The newest changes of an event's state, oldest first."""
    query = select(Change).where(Change.event_id == event_id).order_by(Change.id.desc()).limit(limit)
    return list(session.scalars(query))[::-1]


def histories(session: Session, event_ids: Sequence[str], limit: int) -> dict[str, list[Change]]:
    """The same of several events, by event id; `limit` counts for all of them together."""
    query = select(Change).where(Change.event_id.in_(event_ids)).order_by(Change.id.desc()).limit(limit)
    found: dict[str, list[Change]] = {id_: [] for id_ in event_ids}
    for row in list(session.scalars(query))[::-1]:
        found[row.event_id].append(row)
    return found


def project_names(session: Session, tree_id: str) -> list[tuple[str, str]]:
    """The projects of a tree, each with the names under which it was frozen there."""
    query = select(Event.project_id, Event.project_name).where(Event.tree_id == tree_id).distinct()
    return [(row.project_id, row.project_name) for row in session.execute(query)]


def names_in_tree(session: Session, tree_id: str) -> dict[str, str]:
    """The projects of a tree: names, as frozen, by id."""
    rows = session.execute(select(Event.project_id, Event.project_name).where(Event.tree_id == tree_id))
    return {row.project_id: row.project_name for row in rows}


def deliveries(session: Session, event_id: str) -> Sequence[DeliveryRow]:
    """Every send for an event, oldest first."""
    return session.scalars(select(DeliveryRow).where(DeliveryRow.event_id == event_id).order_by(DeliveryRow.id)).all()


def open_outbox(session: Session, event_id: str) -> Outbox | None:
    """The outbox row of an event that is still to be sent."""
    query = select(Outbox).where(Outbox.event_id == event_id, Outbox.state.in_(("pending", "leased")))
    return session.scalars(query).first()


def owner_names(session: Session, tree_id: str) -> dict[str, str]:
    """The names of the groups that own the projects of a tree, by project id; those that nobody owns are left out."""
    owned = select(Project.id, Owner.name).join(Owner, Owner.id == Project.owner_id)
    rows = session.execute(owned.where(Project.id.in_(select(Event.project_id).where(Event.tree_id == tree_id))))
    return {row.id: row.name for row in rows}


def failed_sends(session: Session, tree_id: str) -> dict[str, int]:
    """How many sends of a trigger have failed so far, by the ids of the tree's events of which it is sent again."""
    query = select(Outbox.event_id, Outbox.tries).join(Event, Event.id == Outbox.event_id).where(Event.tree_id == tree_id)
    waiting = query.where(Outbox.kind == "trigger", Outbox.state.in_(("pending", "leased")), Outbox.tries > 0)
    return {row.event_id: row.tries for row in session.execute(waiting)}


def move_event(session: Session, event: Event, sources: Sequence[EventState], values: dict[str, Any]) -> bool:
    """Compare-and-set: changes the event if its row stands in one of `sources`; True when this transaction owns the change."""
    found = session.execute(_MOVE, {"event": event.id, "sources": [s.value for s in sources], **values})
    if changed(found) != 1:
        return False
    shown(event, values)
    return True


def set_ref(session: Session, event: Event, ref: str) -> None:
    """Shows at the event which ref its attempt runs."""
    change(session, event, ref=ref)


def event_of_run(session: Session, project_id: str, run_url: str) -> Columns | None:
    """The newest event (`id`, `tree_id`, `sub_id`) below a tree's root that was run by this pipeline run."""
    return session.execute(_OF_RUN, {"project": project_id, "run_url": run_url}).first()


def running_with_commit(session: Session, project_id: str) -> Sequence[Columns]:
    """Events of a project that are being run now (`id`, `tree_id`, `sub_id`), each with its own-agent build's `commit`."""
    return session.execute(_RUNNING_OF, {"project": project_id}).all()


def children(session: Session, event_id: str) -> Sequence[Columns]:
    """The events right after one: `project_name`, `sub_id` and `state`."""
    return session.execute(_CHILDREN, {"event": event_id}).all()


def overdue(session: Session, now: Any, limit: int) -> Sequence[Event]:
    """Events past their deadline."""
    return session.scalars(select(Event).where(Event.deadline_at < now, Event.state.in_(_RUNNING)).limit(limit)).all()


def in_lane(session: Session, project_id: str, lane: str) -> list[Columns]:
    """Unfinished trees of a project's lane (`id`, `held`, `root_event_id`), oldest first."""
    query = (
        select(_TREES.c.id, _TREES.c.held, _EVENTS.c.id.label("root_event_id"))
        .join_from(_TREES, _EVENTS, (_EVENTS.c.tree_id == _TREES.c.id) & (_EVENTS.c.position == 0))
        .where(_TREES.c.root_project_id == project_id, _TREES.c.lane == lane, _TREES.c.state == TreeState.RUNNING.value)
    )
    return list(session.execute(query.order_by(_TREES.c.id)))


def root_id(session: Session, tree_id: str) -> str:
    """The id of the tree's root event."""
    query = select(_EVENTS.c.id).where(_EVENTS.c.tree_id == tree_id, _EVENTS.c.position == 0)
    found: str = session.execute(query).scalar_one()
    return found


def set_mirrored(session: Session, tree_id: str, shown: dict[str, Any]) -> None:
    """What stands on the root's commit now."""
    session.execute(update(_TREES).where(_TREES.c.id == tree_id).values(mirrored=shown))


def held_in_lane(session: Session, tree: Tree) -> str | None:
    """The root event of a tree that is held in the lane of this one."""
    return session.scalars(_HELD, {"project": tree.root_project_id, "lane": tree.lane, "tree": tree.id}).first()


def held_without_need(session: Session, limit: int) -> Sequence[str]:
    """Held trees in lanes where nothing runs any more: the ring for them was missed."""
    other = _TREES.alias()
    running = (other.c.root_project_id == _TREES.c.root_project_id) & (other.c.lane == _TREES.c.lane)
    goes_on = exists().where(running, other.c.state == TreeState.RUNNING.value, ~other.c.held)
    query = select(_TREES.c.id).where(_TREES.c.state == TreeState.RUNNING.value, _TREES.c.held, ~goes_on)
    return session.scalars(query.order_by(_TREES.c.id).limit(limit)).all()


def metadata_of(session: Session, event: Event) -> Metadata:
    """What the present attempt of an event reported of itself."""
    row = session.get(ResultRow, (event.id, event.attempt))
    return Metadata(**row.meta) if row else Metadata()


def unfinished_trees_of(session: Session, project_id: str) -> Sequence[str]:
    """Trees in which events of a project are not final, oldest first. Ids only: events are to be read under the tree's lock."""
    states = [s.value for s in EventState if not s.final]
    query = select(Event.tree_id).where(Event.project_id == project_id, Event.state.in_(states)).distinct()
    return session.scalars(query.order_by(Event.tree_id)).all()
