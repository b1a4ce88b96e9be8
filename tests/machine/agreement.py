"""Where model and service are held against each other."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from dominoci.infra.models.builds import Build as BuildRow
from dominoci.infra.models.graph import DependencyRow
from dominoci.infra.models.plumbing import Outbox
from dominoci.infra.models.trees import Edge as EdgeRow
from dominoci.infra.models.trees import Event as EventRow
from dominoci.infra.models.trees import ResultRow
from dominoci.infra.models.trees import Tree as TreeRow
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import inputs
from dominoci.store import trees
from dominoci.store.statements import table_of
from tests.machine.facts import Build, Errand, Event, Tree
from tests.machine.model import Model
from tests.machine.subject import CI
from tests.world import START, World

Ids = Mapping[Tree, str]
Facts = dict[str, Any]
Key = tuple[str, str, int]  # tree, sub id, attempt
_TREES, _EVENTS, _EDGES, _RESULTS = (table_of(row) for row in (TreeRow, EventRow, EdgeRow, ResultRow))
_OUTBOX, _BUILDS, _DEPENDENCIES = table_of(Outbox), table_of(BuildRow), table_of(DependencyRow)
WHOLE_TREES = ("release", "supersede")


def check(world: World, model: Model, ids: Ids, versions: dict[str, int]) -> None:
    """AssertionError when any row is not as the model says, or the rows of a tree that has changed contradict each other."""
    rows, turns, found = world.read(_found)
    errands = _by_event(model.errands)
    _same({(ids[tree], e.sub_id): _expected(e, errands[e]) for tree in model.trees for e in tree.events[1:]}, found)
    told = {(ids[tree], ""): {"state": tree.state, "held": tree.held, "depth": tree.depth} for tree in model.trees}
    _same(told, {(row.id, ""): {"state": row.state, "held": row.held, "depth": row.depth} for row in rows})
    # how often a lane was looked at hangs on which of its trees a drain came to first
    assert turns == Counter((errand.kind, errand.state) for errand in model.errands if errand.tree and errand.state != "done")
    for row in rows:
        if versions.get(row.id) != row.version:
            versions[row.id] = row.version
            world.check(row.id)


def _same(expected: dict[tuple[str, str], Facts], found: dict[tuple[str, str], Facts]) -> None:
    differing = [(key, expected.get(key), found.get(key)) for key in expected | found if expected.get(key) != found.get(key)]
    lines = [f"{key[1] or 'the tree'} is {_shown(b, a)}, and should be {_shown(a, b)}" for key, a, b in differing]
    assert not lines, "\n".join(lines)


def _shown(facts: Facts | None, other: Facts | None) -> str:
    return str(facts and {name: value for name, value in facts.items() if value != (other or {}).get(name)})


def _by_event(errands: Iterable[Errand]) -> dict[Event, list[Errand]]:
    found: dict[Event, list[Errand]] = defaultdict(list)
    for errand in errands:
        if errand.tree is None:
            found[errand.event].append(errand)
    return found


def _expected(event: Event, errands: Sequence[Errand]) -> Facts:
    return {
        "project": event.project.name,
        "state": event.state,
        "attempt": event.attempt,
        "deadline": event.deadline,
        "results": {n: (told.status, told.commit or None) for n, told in event.told.items()},
        "errands": {(e.kind, e.attempt): _open(e.state, e.tries, e.ambiguous) for e in errands},
        "builds": {n: (b.state, b.leases, b.stop and b.state == "running") for n, b in event.builds.items()},
    }


def _open(state: str, tries: int, ambiguous: bool) -> tuple[Any, ...]:
    """How often something was tried matters as long as it is."""
    return (state, tries, ambiguous) if state == "pending" else (state,)


def _of(table: Any, *names: str) -> Select[Any]:
    return select(*(table.c[name] for name in names))


def _found(uow: UnitOfWork) -> tuple[Sequence[Any], Counter[tuple[str, str]], dict[tuple[str, str], Facts]]:
    """The trees, what is to be done to whole trees, and the facts of each event but the roots."""
    session = uow.session
    results: dict[str, Facts] = defaultdict(dict)
    errands: dict[str, dict[tuple[str, int], Any]] = defaultdict(dict)
    builds: dict[str, Facts] = defaultdict(dict)
    turns: Counter[tuple[str, str]] = Counter()
    for row in session.execute(_of(_RESULTS, "event_id", "attempt", "status", "commit")):
        results[row.event_id][row.attempt] = (row.status, row.commit)
    for row in session.execute(_of(_OUTBOX, "kind", "event_id", "attempt", "state", "tries", "ambiguous")):
        if row.kind in WHOLE_TREES:
            turns[row.kind, row.state] += row.state != "done"
            continue
        facts = _open(row.state, row.tries, row.ambiguous)
        known = errands[row.event_id].setdefault((row.kind, row.attempt), facts)
        # who is cancelled while on its way may be told to stop twice
        assert known is facts or (known == facts and row.kind == "cancel"), f"two {row.kind}s of one attempt"
    for row in session.execute(_of(_BUILDS, "event_id", "attempt", "state", "leases", "cancel_requested")):
        assert row.attempt not in builds[row.event_id], "two builds of one attempt"
        builds[row.event_id][row.attempt] = (row.state, row.leases, row.cancel_requested and row.state == "running")
    found = {}
    columns = ("id", "tree_id", "sub_id", "project_name", "state", "attempt", "deadline_at")
    for row in session.execute(_of(_EVENTS, *columns).where(_EVENTS.c.position > 0)):
        deadline = None if row.deadline_at is None else int((row.deadline_at - START).total_seconds())
        told = {"project": row.project_name, "state": row.state, "attempt": row.attempt, "deadline": deadline}
        parts = {"results": results[row.id], "errands": errands[row.id], "builds": builds[row.id]}
        found[row.tree_id, row.sub_id] = {**told, **parts}
    return session.execute(_of(_TREES, "id", "state", "version", "held", "depth")).all(), turns, found


def number(world: World, tree: Tree, known: Ids) -> str:
    """The id of the tree that was just opened. It must have the events of the model's, which are given their sub ids."""
    tree_id, shape = world.read(_shape, {*known.values()})
    assert len(shape) == len(tree.events) - 1
    for event in tree.events[1:]:
        parents = frozenset(parent.sub_id for parent, _ in event.parents)
        event.sub_id = shape.pop((event.project.name, event.join, parents))
    return str(tree_id)


def _shape(uow: UnitOfWork, known: set[str]) -> tuple[str, dict[tuple[str, str, frozenset[str]], str]]:
    """The one tree that is not among `known`, and the sub ids of its events by project, join rule, and parents' sub ids."""
    (tree_id,) = set(uow.session.scalars(select(_TREES.c.id))) - known
    rows = uow.session.execute(select(_EVENTS).where(_EVENTS.c.tree_id == tree_id)).all()
    numbers = {row.id: row.sub_id for row in rows}
    parents: dict[str, set[str]] = defaultdict(set)
    for edge in uow.session.execute(select(_EDGES).where(_EDGES.c.tree_id == tree_id)):
        parents[edge.child_id].add(numbers[edge.parent_id])
    return tree_id, {(r.project_name, r.join_rule, frozenset(parents[r.id])): r.sub_id for r in rows if r.position > 0}


def claimed(world: World, ids: Ids, queued: Sequence[Build], told: Mapping[str, Any] | None) -> Build:
    """Which of the queued builds an agent got. When it died before it could be told, the newest that runs."""
    query = _of(_BUILDS, "tree_id", "sub_id", "attempt")
    if told:
        query = query.where(_BUILDS.c.id == told["id"])
    else:
        query = query.where(_BUILDS.c.state == "running").order_by(_BUILDS.c.started_at.desc())
    rows = world.read(lambda uow: uow.session.execute(query).all())
    keys = {(tree_id, b.event.sub_id, b.attempt): b for tree, tree_id in ids.items() for b in queued if b.event in tree.events}
    return next(keys[tuple(row)] for row in rows if tuple(row) in keys)


def build_id(world: World, tree_id: str, build: Build) -> str:
    """The id of a build."""
    at = (_BUILDS.c.tree_id == tree_id, _BUILDS.c.sub_id == build.event.sub_id, _BUILDS.c.attempt == build.attempt)
    return str(world.read(lambda uow: uow.session.scalars(select(_BUILDS.c.id).where(*at)).one()))


def inputs_given(world: World, ids: Ids, known: set[tuple[Event, int]]) -> None:
    """Every new attempt is to be told what it was frozen with; how it is at last told is looked at when it is."""
    for tree, tree_id in ids.items():
        for event in tree.events[1:]:
            if event.attempt and (event, event.attempt) not in known:
                known.add((event, event.attempt))
                given(world.read(_inputs, tree_id, event.sub_id, event.attempt), event, event.attempt)


def _inputs(uow: UnitOfWork, tree_id: str, sub_id: str, attempt: int) -> Sequence[Mapping[str, Any]]:
    row = trees.event(uow.session, tree_id, sub_id)
    assert row is not None
    return [parent.view() for parent in inputs.trigger_of(uow, row, attempt).parents]


def given(parents: Sequence[Mapping[str, Any]], event: Event, attempt: int) -> None:
    """An attempt must be told exactly the results that it was frozen with."""
    told = [(parent["sub_id"], parent["metadata"]["commit"]) for parent in parents]
    assert told == event.given[attempt], f"attempt {attempt} of {event.sub_id} is told {told}, and not {event.given[attempt]}"


def sent(ci: CI, done: Sequence[Errand], unclear: Collection[int], ids: Ids, deliveries: dict[Key, str]) -> None:
    """What was due was sent, once each, each with the delivery id of its attempt; after an unclear end the CI system was asked
    first."""
    tree_ids = {event: tree_id for tree, tree_id in ids.items() for event in tree.events}
    at = {(e.kind, (tree_ids[e.event], e.event.sub_id, e.attempt)): e for e in done}
    triggers, stops = ({key for kind, key in at if kind == wanted} for wanted in ("trigger", "cancel"))
    asked = {(t.tree_id, t.sub_id, t.attempt) for t in ci.asked}
    assert asked == {key for key in triggers if id(at["trigger", key]) in unclear}
    keys = [(t.tree_id, t.sub_id, t.attempt) for t in ci.sent]
    assert sorted(keys) == sorted(triggers - (asked if ci.known else set()))
    assert {(t.tree_id, t.sub_id, t.attempt) for t, _ in ci.stopped} == stops
    for key, trigger, target in zip(keys, ci.sent, ci.targets, strict=True):
        event = at["trigger", key].event
        assert deliveries.setdefault(key, trigger.delivery_id) == trigger.delivery_id
        assert trigger.ref == event.ref
        assert target.fields["url"] == f"https://ci.test/{event.project.name}/{event.address}"
        given([parent.view() for parent in trigger.parents], event, key[2])
    assert len({*deliveries.values()}) == len(deliveries)


def newest_dependency(world: World) -> str:
    """The id of the dependency that was added last."""
    newest = select(_DEPENDENCIES.c.id).order_by(_DEPENDENCIES.c.id.desc()).limit(1)
    return str(world.read(lambda uow: uow.session.scalars(newest).one()))
