"""Numbers of trees and projects: what they count, what they leave out, and that a bound that cuts something is told."""

from datetime import timedelta
from typing import Any

import pytest

from dominoci.domain.errors import NotFound
from dominoci.services import numbers, tree_actions
from tests.integration.test_statement_counts import statements
from tests.past import QUEUED_S, run_through
from tests.world import USER, World

pytestmark = pytest.mark.services


@pytest.fixture
def graph(any_world: World) -> World:
    """core, then net and ui; app behind net, docs behind app."""
    any_world.graph([("core", "net"), ("core", "ui"), ("net", "app"), ("app", "docs")])
    return any_world


def of_tree(world: World, tree_id: str) -> dict[str, Any]:
    """A tree's numbers."""
    shown: dict[str, Any] = world.read(numbers.of_tree, USER, tree_id)
    return shown


def of_project(world: World, name: str, days: int = 30) -> dict[str, Any]:
    """A project's numbers."""
    shown: dict[str, Any] = world.read(numbers.of_project, USER, name, days)
    return shown


def test_a_tree_counts_what_failed_on_the_first_level_and_on_all(graph: World) -> None:
    tree_id = run_through(graph, "core", {"net": 60, "ui": 20}, {"net": "FAILED"})
    shown = of_tree(graph, tree_id)
    assert shown["first_level"] == {"settled": 2, "failed": 1, "skipped": 0, "failed_percent": 50.0}
    assert shown["all_levels"] == {"settled": 2, "failed": 1, "skipped": 2, "failed_percent": 50.0}
    assert shown["counts"] == {"success": 2, "failed": 1, "skipped": 2}
    assert [(one["project"]["name"], one["blocks"]) for one in shown["blocks_most"]] == [("net", 2)]


def test_a_trees_times_are_of_the_clock_of_all_runs_and_of_the_longest_path(graph: World) -> None:
    tree_id = run_through(graph, "core", {"net": 60, "ui": 20, "app": 30, "docs": 15})
    graph.clock.advance(days=1)
    shown = of_tree(graph, tree_id)
    assert (shown["wall_s"], shown["critical_s"]) == (105.0, 105.0)
    assert (shown["queued_s"], shown["run_s"]) == (4 * QUEUED_S, 125.0 - 4 * QUEUED_S)
    assert len(shown["critical_path"]) == 4


def test_a_tree_in_which_nothing_has_settled_has_no_percentage(graph: World) -> None:
    shown = of_tree(graph, graph.report("core")["tree_id"])
    assert shown["all_levels"] == {"settled": 0, "failed": 0, "skipped": 0, "failed_percent": None}
    assert (shown["wall_s"], shown["run_s"], shown["blocks_most"]) == (0.0, 0.0, [])


def test_a_project_sums_up_the_trees_that_it_opened(graph: World) -> None:
    run_through(graph, "core", {"net": 60})
    run_through(graph, "core", {"net": 100}, {"net": "FAILED", "ui": "FAILED"})
    shown = of_project(graph, "core")
    trees = shown["trees"]
    assert (trees["count"], trees["by_state"], trees["cut"]) == (2, {"success": 1, "failed": 1}, False)
    assert trees["first_level"] == {"settled": 4, "failed": 2, "skipped": 0, "failed_percent": 50.0}
    assert trees["all_levels"] == {"settled": 6, "failed": 2, "skipped": 2, "failed_percent": 33.3}
    assert (trees["duration_p50_s"], trees["duration_p90_s"]) == (90.0, 98.0)
    assert [(one["project"]["name"], one["runs"], one["failed_percent"]) for one in shown["dependents"]] == [
        ("net", 2, 50.0),
        ("ui", 2, 50.0),
    ]
    assert shown["blocks_most"] == [{"project": "net", "skipped": 2}]


def test_a_project_sums_up_its_own_runs(graph: World) -> None:
    for seconds, status in ((60, "SUCCESS"), (80, "SUCCESS"), (7, "FAILED"), (70, "SUCCESS")):
        run_through(graph, "core", {"net": seconds}, {"net": status})
    runs = of_project(graph, "net")["runs"]
    assert (runs["count"], runs["by_state"], runs["success_percent"]) == (4, {"success": 3, "failed": 1}, 75.0)
    assert (runs["run_p50_s"], runs["run_p90_s"]) == (65.0, 73.0)
    assert (runs["queued_p50_s"], runs["queued_p90_s"], runs["cut"]) == (5.0, 5.0, False)


def test_what_a_project_reports_on_its_own_counts_as_its_runs(graph: World) -> None:
    graph.report("core")
    graph.clock.advance(minutes=1)
    graph.report("core", "FAILED")
    shown = of_project(graph, "core")
    assert (shown["runs"]["by_state"], shown["runs"]["success_percent"]) == ({"success": 1, "failed": 1}, 50.0)
    assert [(one["state"], one["sub_id"], one["duration_s"]) for one in shown["last"]] == [
        ("failed", None, None),
        ("success", "1", None),
    ]


def test_the_last_results_come_newest_first(graph: World) -> None:
    ids = [run_through(graph, "core", {"net": 60 + n}) for n in range(numbers.LAST + 2)]
    last = of_project(graph, "net")["last"]
    assert [one["tree_id"] for one in last] == ids[:1:-1]
    assert (last[0]["duration_s"], last[0]["sub_id"], last[0]["state"]) == (60.0 + numbers.LAST + 1 - QUEUED_S, "1.1", "success")


def test_what_is_older_than_asked_for_does_not_count(graph: World) -> None:
    run_through(graph, "core", {}, {"net": "FAILED"})
    graph.clock.advance(days=10)
    run_through(graph, "core", {})
    for days, count in ((9, 1), (11, 2)):
        assert of_project(graph, "core", days)["trees"]["count"] == count
        assert of_project(graph, "net", days)["runs"]["count"] == count
    assert of_project(graph, "core", 9)["since"] == graph.clock.now - timedelta(days=9)


def test_a_project_learns_what_upstream_keeps_it_from_running(graph: World) -> None:
    for status in ("FAILED", "FAILED", "SUCCESS"):
        run_through(graph, "core", {}, {"net": status})
    assert of_project(graph, "docs")["blocked_by"] == [{"project": "net", "skipped": 2}]
    assert of_project(graph, "docs")["runs"]["count"] == 1


def test_a_rerun_with_the_same_inputs_and_another_result_is_flaky(graph: World) -> None:
    tree_id = run_through(graph, "core", {}, {"net": "FAILED"})
    graph.write(tree_actions.rerun_tree, USER, tree_id, "failed")
    graph.clock.advance(seconds=9)
    graph.result(tree_id, "1.1", attempt=2, project="net")
    shown = of_project(graph, "net")["flakiness"]
    assert (shown["compared"], shown["flaky"], shown["flaky_percent"]) == (1, 1, 100.0)
    assert shown["examples"] == [{"events": [{"tree_id": tree_id, "sub_id": "1.1"}]}]
    assert of_project(graph, "net")["runs"]["by_state"] == {"failed": 1, "success": 1}


def test_the_same_commits_in_two_trees_with_different_results_are_flaky(graph: World) -> None:
    trees = [run_through(graph, "core", {}, {"net": status}, commit="a" * 40) for status in ("SUCCESS", "FAILED")]
    run_through(graph, "core", {}, {"net": "FAILED"}, commit="b" * 40)
    shown = of_project(graph, "net")["flakiness"]
    assert (shown["compared"], shown["flaky"]) == (1, 1)
    assert {place["tree_id"] for place in shown["examples"][0]["events"]} == set(trees)


def test_a_bound_that_cuts_something_is_told(graph: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        run_through(graph, "core", {})
    monkeypatch.setattr(numbers, "TREE_EVENTS", 10)  # two trees of five events
    monkeypatch.setattr(numbers, "EVENTS", 2)
    core, net = of_project(graph, "core"), of_project(graph, "net")
    assert (core["trees"]["count"], core["trees"]["all_levels"]["settled"], core["trees"]["cut"]) == (2, 8, True)
    assert (net["runs"]["count"], net["runs"]["cut"]) == (2, True)


def test_numbers_cost_the_same_statements_whatever_there_is_to_count(any_world: World) -> None:
    counted = []
    for width, times in ((3, 1), (40, 3)):
        any_world.empty()
        any_world.plant([("core", f"n{n:03d}", {}) for n in range(width)])
        for _ in range(times):
            tree_id = run_through(any_world, "core", {}, {"n000": "FAILED"}, commit="a" * 40)
        with statements(any_world) as seen:
            of_tree(any_world, tree_id)
            of_project(any_world, "core")
            of_project(any_world, "n001")
        counted.append(len(seen))
    assert counted[1] - counted[0] <= 1  # the commits of parents are asked for only where runs can be compared


def test_a_project_sees_its_own_numbers_only(graph: World) -> None:
    assert graph.read(numbers.of_project, graph.who("net"), "net", 30)["project"]["name"] == "net"
    with pytest.raises(NotFound):
        graph.read(numbers.of_project, graph.who("net"), "core", 30)
