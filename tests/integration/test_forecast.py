"""A tree's expected end, its critical path, and what is overdue; the same on both databases and at a constant cost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from dominoci.services import forecast, overdue, projects
from dominoci.store import history
from tests.integration.test_statement_counts import statements
from tests.past import QUEUED_S, run_through
from tests.world import START, USER, World

pytestmark = pytest.mark.services
TOOK = {"net": 60.0, "ui": 20.0, "app": 30.0}


@pytest.fixture
def diamond(any_world: World) -> World:
    """core, then net and ui, then app behind both."""
    any_world.graph([("core", "net"), ("core", "ui"), ("net", "app"), ("ui", "app")])
    return any_world


def with_past(world: World, times: int = 5) -> World:
    """The same after so many trees in which everything took as long."""
    for _ in range(times):
        run_through(world, "core", TOOK)
    world.clock.now = START + timedelta(days=1)
    return world


def foretold(world: World, tree_id: str) -> dict[str, Any]:
    """A tree's forecast."""
    shown: dict[str, Any] = world.read(forecast.of_tree, USER, tree_id)
    return shown


def after(world: World, moment: Any) -> float:
    """How many seconds from now."""
    return float((moment - world.clock.now).total_seconds())


def by_name(shown: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Its events by project."""
    return {event["project"]["name"]: event for event in shown["events"]}


def test_a_new_tree_ends_after_its_longest_path(diamond: World) -> None:
    world = with_past(diamond)
    shown = foretold(world, world.report("core")["tree_id"])
    events = by_name(shown)
    assert (after(world, shown["expected_end"]), after(world, shown["pessimistic_end"])) == (90.0, 90.0)
    assert (shown["certainty"], shown["critical_s"]) == ("history", 90.0)
    assert shown["critical_path"] == ["1", events["net"]["sub_id"], events["app"]["sub_id"]]
    assert {name: (e["p50_s"], e["samples"], e["critical"]) for name, e in events.items() if e["sub_id"] != "1"} == {
        "net": (60.0, 5, True),
        "ui": (20.0, 5, False),
        "app": (30.0, 5, True),
    }
    assert (after(world, events["app"]["expected_start"]), after(world, events["app"]["expected_end"])) == (60.0, 90.0)


def test_what_runs_longer_than_usual_moves_the_end_and_is_overdue(diamond: World) -> None:
    world = with_past(diamond)
    tree_id = world.report("core")["tree_id"]
    world.clock.advance(seconds=100)
    world.result(tree_id, "1.2", project="ui")
    shown = foretold(world, tree_id)
    assert after(world, shown["expected_end"]) == 30.0
    assert {name: e["overdue"] for name, e in by_name(shown).items()} == {"core": False, "net": True, "app": False}
    assert by_name(shown)["net"]["queued_s"] == 100.0


def test_what_is_sure_to_be_skipped_takes_no_time(diamond: World) -> None:
    world = with_past(diamond)
    tree_id = world.report("core")["tree_id"]
    world.result(tree_id, "1.2", "FAILED", project="ui")
    shown = foretold(world, tree_id)
    assert after(world, shown["expected_end"]) == 60.0
    assert by_name(shown)["app"]["expected_start"] is None


def test_without_history_no_end_is_foretold_and_with_little_it_is_about(diamond: World) -> None:
    shown = foretold(diamond, diamond.report("core")["tree_id"])
    assert (shown["expected_end"], shown["certainty"], shown["without_history"]) == (None, "none", 3)
    world = with_past(diamond, times=1)
    world.depend("ui", "docs")
    shown = foretold(world, world.report("core")["tree_id"])
    assert (after(world, shown["expected_end"]), shown["certainty"], shown["without_history"]) == (90.0, "about", 1)


def test_of_a_finished_tree_the_path_is_what_really_took_longest(diamond: World) -> None:
    tree_id = run_through(diamond, "core", {"net": 10, "ui": 45, "app": 20})
    diamond.clock.advance(days=3)
    shown = foretold(diamond, tree_id)
    events = by_name(shown)
    assert shown["critical_path"] == ["1", events["ui"]["sub_id"], events["app"]["sub_id"]]
    assert (shown["critical_s"], after(diamond, shown["expected_end"])) == (65.0, -3 * 86_400)
    assert (events["ui"]["queued_s"], events["ui"]["run_s"]) == (QUEUED_S, 45.0 - QUEUED_S)


def test_a_filtered_event_is_not_on_the_path(any_world: World) -> None:
    any_world.depend("core", "net", filters={"branches": {"include": ["never"]}})
    shown = foretold(any_world, any_world.report("core")["tree_id"])
    assert (shown["critical_path"], [event["sub_id"] for event in shown["events"]]) == (["1"], ["1"])


def test_only_the_last_successes_count_and_no_root_or_failure(diamond: World) -> None:
    run_through(diamond, "core", {"net": 1000})
    run_through(diamond, "core", {"net": 5000}, {"net": "FAILED"})
    for _ in range(history.LAST):
        run_through(diamond, "core", TOOK)
    net, core = diamond.projects["net"], diamond.projects["core"]
    past = diamond.read(lambda uow: history.durations(uow.session, [net, core]))
    assert past == {net: [history.Past(60.0, 60.0 - QUEUED_S)] * history.LAST}


def plan(world: World, work: Callable[[], Any]) -> list[str]:
    """How the database would run the last statement of `work`, line by line."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    event.listen(world.database.engine, "before_cursor_execute", note)
    work()
    event.remove(world.database.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if world.database.sqlite else "EXPLAIN "
    with world.database.engine.connect() as connection:
        return [" ".join(map(str, row)) for row in connection.exec_driver_sql(explain + seen[-1][0], seen[-1][1])]


def test_the_last_durations_are_found_through_an_index(any_world: World) -> None:
    any_world.plant([("core", f"n{n:03d}", {}) for n in range(200)])
    any_world.report("core")
    lines = plan(any_world, lambda: any_world.read(lambda uow: history.durations(uow.session, ["a", "b"])))
    assert sum("ix_events_project_id" in line for line in lines) == 2
    assert not [line for line in lines if line.startswith("SCAN events") or " events ALL " in line]


def test_a_wide_tree_costs_no_more_statements_than_a_narrow_one(any_world: World) -> None:
    counted = []
    for width in (5, 100):
        any_world.empty()
        any_world.plant([("core", f"n{n:03d}", {}) for n in range(width)])
        tree_id = any_world.report("core")["tree_id"]
        any_world.clock.advance(minutes=59)
        assert listed(any_world)["total"] == width
        with statements(any_world) as seen:
            foretold(any_world, tree_id)
            listed(any_world)
        counted.append(len(seen))
    assert counted[0] == counted[1]


def listed(world: World, limit: int = 50) -> dict[str, Any]:
    """What is overdue."""
    shown: dict[str, Any] = world.read(overdue.listing, USER, limit)
    return shown


def test_what_is_overdue_comes_most_urgent_first_and_says_why(diamond: World) -> None:
    world = with_past(diamond)
    world.write(projects.change, USER, "ui", {"start_deadline_s": 100})
    tree_id = world.report("core")["tree_id"]
    assert listed(world)["items"] == []
    world.clock.advance(seconds=95)
    shown = listed(world)
    assert [(one["project"]["name"], one["because"]) for one in shown["items"]] == [
        ("ui", "its deadline comes in 5 s; queued 1m 35s ago, while 9 of 10 past runs took at most 20 s"),
        ("net", "queued 1m 35s ago, while 9 of 10 past runs took at most 1m 00s"),
    ]
    assert (shown["total"], shown["cut"], len(listed(world, 1)["items"])) == (2, False, 1)
    world.clock.advance(seconds=35)
    assert listed(world)["items"][0]["because"].startswith("its deadline passed 30 s ago")
    for sub_id, name in (("1.1", "net"), ("1.2", "ui")):
        world.result(tree_id, sub_id, project=name)
    assert [one["project"]["name"] for one in listed(world)["items"]] == []


def test_a_deadline_that_a_sign_of_life_has_moved_is_not_near(any_world: World) -> None:
    any_world.project("net", start_deadline_s=100, finish_deadline_s=1000)
    any_world.depend("core", "net")
    tree_id = any_world.report("core")["tree_id"]
    any_world.clock.advance(seconds=99)
    assert len(listed(any_world)["items"]) == 1
    any_world.started(tree_id, "1.1")
    assert listed(any_world)["items"] == []
    any_world.clock.advance(seconds=901)
    assert [one["because"] for one in listed(any_world)["items"]] == ["its deadline comes in 1m 39s"]
