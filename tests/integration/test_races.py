"""The races of docs/guarantees.md, with real threads on real databases: joins and results are exactly once, claims go to one.

The naive forms stand here too, so that it is seen that the harness goes red when one of them is put in place.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from dominoci.domain.errors import Conflict, DominoError
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import DependencyRow
from dominoci.infra.models.plumbing import Outbox
from dominoci.infra.models.trees import Change, Edge, Event, ResultRow, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import builds as build_service
from dominoci.services import projects, reports
from dominoci.services.access import Principal
from dominoci.services.upkeep import Upkeep
from tests.together import Crew
from tests.world import USER, World, report

pytestmark = pytest.mark.services
ROUNDS = 400
PARENTS = ("p1", "p2", "p3", "p4")


@pytest.fixture
def joined(any_world: World) -> World:
    """Four parents and the join behind them."""
    any_world.graph([("core", p) for p in PARENTS] + [(p, "join") for p in PARENTS])
    return any_world


@pytest.fixture
def crew() -> Iterator[Crew]:
    with Crew(4) as made:
        yield made


def open_trees(world: World, count: int, root: str = "core") -> list[str]:
    """Many trees of the same graph, opened in one transaction."""

    def work(uow: UnitOfWork) -> list[str]:
        told = report("SUCCESS", branch="main")
        return [reports.report(uow, world.who(root), told, None)[1]["tree_id"] for _ in range(count)]

    opened: list[str] = world.write(work)
    return opened


def finish(world: World, tree_id: str, n: int) -> int:
    """The result of the parent with number `n`; answers the status."""
    return world.result(tree_id, f"1.{n}", project=f"p{n}")[0]


def per_tree(world: World, query: Any) -> Counter[str]:
    """How many rows each tree has, by a query of (tree id, count)."""
    return Counter(dict(world.read(lambda uow: [tuple(row) for row in uow.session.execute(query)])))


def joins_fired(world: World) -> Counter[str]:
    """How often the join was started, by tree: rows in the outbox, and changes to `queued`."""
    started = select(Event.tree_id, func.count()).join(Outbox, Outbox.event_id == Event.id).where(Event.project_name == "join")
    return per_tree(world, started.group_by(Event.tree_id))


def queued_changes(world: World) -> Counter[str]:
    """How often the join's history says that it was queued, by tree."""
    query = select(Event.tree_id, func.count()).join(Change, Change.event_id == Event.id)
    return per_tree(world, query.where(Event.project_name == "join", Change.to_state == "queued").group_by(Event.tree_id))


def test_a_join_fires_once_when_four_parents_finish_together(joined: World, crew: Crew) -> None:
    opened = open_trees(joined, ROUNDS)
    for tree_id in opened:
        assert crew.at_once([partial(finish, joined, tree_id, n) for n in (1, 2, 3, 4)]) == [201] * 4
    assert joins_fired(joined) == queued_changes(joined) == Counter(dict.fromkeys(opened, 1))
    for tree_id in opened[:: ROUNDS // 20]:
        joined.check(tree_id)


def test_of_duplicate_results_at_once_one_is_recorded(joined: World, crew: Crew) -> None:
    opened = open_trees(joined, ROUNDS)
    for tree_id in opened:
        answers = crew.at_once([partial(finish, joined, tree_id, 1)] * 4)
        assert sorted(answers) == [200, 200, 200, 201]
    query = select(Event.tree_id, func.count()).join(ResultRow, ResultRow.event_id == Event.id).where(Event.sub_id == "1.1")
    assert per_tree(joined, query.group_by(Event.tree_id)) == Counter(dict.fromkeys(opened, 1))
    reported = select(Event.tree_id, func.count()).join(Change, Change.event_id == Event.id)
    reported = reported.where(Event.sub_id == "1.1", Change.to_state == "success").group_by(Event.tree_id)
    assert per_tree(joined, reported) == Counter(dict.fromkeys(opened, 1))


def test_of_contradicting_results_at_once_one_is_recorded_and_the_others_are_refused(joined: World, crew: Crew) -> None:
    def tell(tree_id: str, status: str) -> int:
        try:
            return joined.result(tree_id, "1.1", status, project="p1")[0]
        except Conflict as refusal:
            return refusal.status

    for tree_id in open_trees(joined, 40):
        statuses = ["SUCCESS", "FAILED", "SKIPPED", "CANCELLED"]
        answers = crew.at_once([partial(tell, tree_id, status) for status in statuses])
        assert sorted(answers) == [201, 409, 409, 409]
        shown = joined.event(tree_id, "1.1")
        assert shown["result"]["status"] == statuses[answers.index(201)] == shown["state"].upper()
        joined.check(tree_id)


# ---- the naive forms: each is what one writes first, and each is wrong on MariaDB

Naive = Callable[[Session, str, int], int]


def count_the_rest(session: Session, tree_id: str, n: int) -> int:
    """Marks the parent done, counts those that are not, and fires the join at nought. Answers whether it fired."""
    parent = session.execute(select(Event.id).where(Event.tree_id == tree_id, Event.sub_id == f"1.{n}")).scalar_one()
    session.execute(update(Event).where(Event.id == parent).values(state="success"))
    siblings = select(Edge.parent_id).join(Event, Event.id == Edge.child_id)
    siblings = siblings.where(Edge.tree_id == tree_id, Event.project_name == "join")
    left = select(func.count()).where(Event.id.in_(siblings), Event.state != "success")
    return int(session.execute(left).scalar_one() == 0)


def check_then_update(session: Session, tree_id: str, n: int) -> int:
    """Reads the state, and records the result where there is none yet. Answers whether it recorded."""
    query = select(Event.state).where(Event.tree_id == tree_id, Event.sub_id == "1.1")
    if session.execute(query).scalar_one() == "success":
        return 0
    session.execute(update(Event).where(Event.tree_id == tree_id, Event.sub_id == "1.1").values(state="success"))
    return 1


def naively(world: World, form: Naive, tree_id: str, n: int) -> int:
    """One naive transaction, under REPEATABLE READ as MariaDB begins by itself."""
    with world.database.writing() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        done = form(session, tree_id, n)
        session.commit()
    return done


@pytest.fixture
def joined_on_mariadb(mariadb_world: World) -> World:
    """The same graph where the naive forms are known to fail."""
    mariadb_world.empty()
    mariadb_world.graph([("core", p) for p in PARENTS] + [(p, "join") for p in PARENTS])
    return mariadb_world


@pytest.mark.parametrize("form", [count_the_rest, check_then_update])
def test_the_harness_goes_red_for_the_naive_form(joined_on_mariadb: World, crew: Crew, form: Naive) -> None:
    wrong = 0
    for tree_id in open_trees(joined_on_mariadb, 40):
        wrong += sum(crew.at_once([partial(naively, joined_on_mariadb, form, tree_id, n) for n in (1, 2, 3, 4)])) != 1
    assert wrong > 0


# ---- claims, cycles, timers, repeats


def test_fifty_builds_are_claimed_once_each_by_eight_agents(any_world: World) -> None:
    for n in range(10):
        any_world.project(f"b{n}", target={"kind": "agent"})
        any_world.depend("core", f"b{n}")
    open_trees(any_world, 5)
    agents = [any_world.agent(f"agent{n}") for n in range(8)]

    def claim_all(agent: Principal) -> list[str]:
        mine = []
        while claimed := any_world.claim(agent):
            mine.append(str(claimed["id"]))
        return mine

    with Crew(8) as crew:
        claimed = crew.at_once([partial(claim_all, agent) for agent in agents])
    ids = [build for mine in claimed for build in mine]
    assert len(ids) == len(set(ids)) == 50
    holders = any_world.read(lambda uow: dict(uow.session.execute(select(Build.id, Build.agent_id)).all()))
    assert holders == {build: agent.id for agent, mine in zip(agents, claimed, strict=True) for build in mine}


def test_an_agent_finds_a_build_while_any_is_queued(any_world: World) -> None:
    any_world.project("one", target={"kind": "agent"})
    any_world.depend("core", "one")
    agents = [any_world.agent(f"agent{n}") for n in range(8)]
    with Crew(8) as crew:
        for _ in range(5):
            open_trees(any_world, 8)
            claimed = crew.at_once([partial(any_world.claim, agent) for agent in agents])
            assert len({build["id"] for build in claimed if build}) == 8


@pytest.mark.parametrize("existing", [[], [("m", "n")], [("a", "b"), ("c", "d")]], ids=["empty", "apart", "longer"])
def test_of_additions_that_would_close_a_cycle_together_one_is_refused(any_world: World, existing: list[tuple[str, str]]) -> None:
    for name in "abcdmn":
        any_world.project(name)
    ring = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")]
    ring = [edge for edge in ring if edge not in existing]

    def add(upstream: str, downstream: str) -> int:
        try:
            any_world.depend(upstream, downstream)
        except Conflict as refusal:
            return refusal.status
        return 201

    with Crew(len(ring)) as crew:
        for _ in range(15):
            any_world.graph(existing)
            answers = crew.at_once([partial(add, *edge) for edge in ring])
            edges = any_world.write(_take_all_edges)
            assert answers.count(409) == 1
            assert len(edges) == len(existing) + len(ring) - 1


def _take_all_edges(uow: UnitOfWork) -> list[str]:
    ids = list(uow.session.scalars(select(DependencyRow.id)))
    uow.session.execute(text("DELETE FROM dependencies"))
    return ids


def test_a_timers_turn_is_taken_by_one_of_two_schedulers(any_world: World) -> None:
    taken: list[str] = []

    class Counting(Upkeep):
        @property
        def timers(self) -> Any:
            return {name: (every, partial(taken.append, name)) for name, (every, _) in super().timers.items()}

    schedulers = [Counting(any_world.transactions, any_world.adapters) for _ in range(2)]
    schedulers[0].prepare()
    names = sorted(schedulers[0].timers)
    with Crew(2) as crew:
        for _ in range(20):
            taken.clear()
            any_world.clock.advance(hours=2)
            crew.at_once([scheduler.tick for scheduler in schedulers])
            assert sorted(taken) == names


def test_a_push_that_is_told_four_times_at_once_makes_one_build(any_world: World, crew: Crew) -> None:
    project = any_world.project("core", target={"kind": "agent"})
    who = Principal("hook", project, "core")

    def push(commit: str) -> tuple[int, str]:
        status, told = any_world.write(build_service.push, who, project, "refs/heads/main", None, commit)
        return status, told["build"]["id"]

    for n in range(20):
        answers = crew.at_once([partial(push, f"{n:040x}")] * 4)
        assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
        assert len({build for _, build in answers}) == 1


def test_a_deleted_project_and_the_result_that_it_waits_for_leave_a_tree_that_agrees_with_itself(any_world: World) -> None:
    with Crew(2) as crew:
        for n in range(10):
            any_world.graph([(f"core{n}", f"net{n}"), (f"net{n}", f"app{n}")])
            (tree_id,) = open_trees(any_world, 1, f"core{n}")

            tell = partial(any_world.result, tree_id, "1.1", project=f"net{n}")
            delete = partial(any_world.write, projects.remove, USER, f"net{n}")
            crew.at_once([partial(_status, tell), partial(_status, delete)])
            any_world.check(tree_id)
            assert any_world.event(tree_id, "1.1")["state"] in ("success", "cancelled")


def _status(call: Callable[[], object]) -> int:
    try:
        call()
    except DominoError as refusal:
        return refusal.status
    return 200


def test_trees_that_share_projects_settle_side_by_side(any_world: World, crew: Crew) -> None:
    for name in PARENTS:
        any_world.project(name, target={"kind": "agent"})
    any_world.graph([("core", p) for p in PARENTS] + [(p, "join") for p in PARENTS])
    for _ in range(10):
        opened = open_trees(any_world, 4)
        for n in (1, 2, 3, 4):
            assert crew.at_once([partial(finish, any_world, tree_id, n) for tree_id in opened]) == [201] * 4
        for tree_id in opened:
            any_world.check(tree_id)
    assert set(joins_fired(any_world).values()) == {1}
    assert len(any_world.read(lambda uow: uow.session.scalars(select(Tree.id)).all())) == 40
