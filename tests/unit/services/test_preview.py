"""The preview tells what will fall, and what then falls is the same."""

from typing import Any

import pytest
from sqlalchemy import select

from dominoci.domain.errors import Forbidden
from dominoci.domain.reports import Metadata
from dominoci.infra.models.trees import Tree
from dominoci.services import preview, projects, reports
from tests.past import run_through
from tests.world import USER, World, report


def previewed(world: World, project: str, status: str = "SUCCESS", **metadata: Any) -> dict[str, Any]:
    """What a dry run answers."""
    shown: dict[str, Any] = world.read(
        reports.dry_run, world.who(project), report(status, **{"branch": "main", **metadata}), frozenset({"webhook", "agent"})
    )
    return shown


@pytest.fixture
def demo(world: World) -> World:
    """The demo's graph."""
    world.graph([("core", "net"), ("core", "ui"), ("net", "app"), ("ui", "app"), ("app", "docs")])
    world.depend("core", "nightly", filters={"branches": {"include": ["release/*"]}})
    world.depend("nightly", "soak", join="each")
    return world


@pytest.mark.parametrize("branch", ["main", "release/1"])
def test_what_is_previewed_is_what_falls(demo: World, branch: str) -> None:
    shown = previewed(demo, "core", branch=branch)["events"]
    tree_id = demo.report("core", branch=branch)["tree_id"]
    while queued := [e for e in demo.tree(tree_id)["events"] if e["state"] == "queued"]:
        for event in queued:
            demo.result(tree_id, event["sub_id"])
    fallen = {e["sub_id"]: e for e in demo.tree(tree_id)["events"][1:]}
    assert {e["sub_id"]: e["would_run"] for e in shown} == {sub: e["state"] == "success" for sub, e in fallen.items()}
    skipped = [e for e in shown if not e["would_run"]]
    assert {e["sub_id"]: e["reason"]["text"] for e in skipped} == {
        e["sub_id"]: fallen[e["sub_id"]]["reason"]["text"] for e in skipped
    }


def test_a_preview_changes_nothing(demo: World) -> None:
    previewed(demo, "core")
    assert demo.read(lambda uow: uow.session.scalars(select(Tree)).all()) == []
    assert demo.last_result("core") is None
    assert demo.bell.rings == 0


def test_a_failure_would_open_no_tree(demo: World) -> None:
    shown = previewed(demo, "core", "FAILED")
    assert (shown["tree_id"], shown["reason"], shown["events"]) == (None, "FAILED opens no tree", [])


def test_a_project_that_is_switched_off_would_open_no_tree(demo: World) -> None:
    demo.write(projects.change, USER, "core", {"enabled": False})
    assert previewed(demo, "core")["reason"] == demo.report("core")["reason"] == "core is switched off"


def test_the_rank_says_in_which_order_events_start(demo: World) -> None:
    ranks = {event["project"]: event["rank"] for event in previewed(demo, "core", branch="release/1")["events"]}
    assert ranks == {"net": 1, "ui": 1, "nightly": 1, "app": 2, "soak": 2, "docs": 3}


def test_what_filters_drop_is_told_edge_by_edge(demo: World) -> None:
    dropped = previewed(demo, "core")["dropped"]
    assert [(one["upstream"]["project"], one["downstream"]["project"], one["text"]) for one in dropped] == [
        ("core", "nightly", "branch main is not in release/*"),
        ("nightly", "soak", "nightly was itself filtered"),
    ]


def test_a_fixed_ref_is_what_the_next_filter_sees(world: World) -> None:
    world.depend("core", "net", ref={"use": "fixed", "value": "refs/tags/v1"})
    world.depend("net", "app", filters={"tags": {"include": ["v*"]}})
    assert [event["would_run"] for event in previewed(world, "core")["events"]] == [True, True]


def test_without_history_nothing_is_foretold(demo: World) -> None:
    shown = previewed(demo, "core")
    assert (shown["expected_s"], shown["pessimistic_s"], shown["certainty"]) == (None, None, "none")
    assert all(event["samples"] == 0 and event["p50_s"] is None for event in shown["events"])


def test_with_history_the_whole_takes_as_long_as_its_longest_path(demo: World) -> None:
    for _ in range(5):
        run_through(demo, "core", {"net": 60, "ui": 20, "app": 30, "docs": 10})
    shown = previewed(demo, "core")
    by_project = {event["project"]: event for event in shown["events"]}
    assert (shown["expected_s"], shown["pessimistic_s"], shown["certainty"]) == (100.0, 100.0, "history")
    assert shown["critical_path"] == ["1", by_project["net"]["sub_id"], by_project["app"]["sub_id"], by_project["docs"]["sub_id"]]
    assert (by_project["app"]["starts_after_s"], by_project["app"]["p50_s"], by_project["app"]["samples"]) == (60.0, 30.0, 5)
    assert by_project["nightly"]["starts_after_s"] is None


def warned(world: World, project: str, **metadata: Any) -> list[tuple[str, str | None, str | None]]:
    """Code, project and tree of each warning."""
    return [(w["code"], w["project"], w["tree_id"]) for w in previewed(world, project, **metadata)["warnings"]]


def test_projects_that_are_switched_off_are_warned_of(demo: World) -> None:
    demo.write(projects.change, USER, "ui", {"enabled": False})
    assert warned(demo, "core") == [("project_disabled", "ui", None)]
    assert "ui" not in {event["project"] for event in previewed(demo, "core")["events"]}


def test_agents_that_are_not_there_are_warned_of(world: World) -> None:
    world.project("net", target={"kind": "agent"})
    world.depend("core", "net")
    assert warned(world, "core") == [("no_agent", None, None)]
    world.agent()
    assert warned(world, "core") == []
    world.clock.advance(minutes=10)
    assert warned(world, "core") == [("no_agent", None, None)]


def test_targets_that_this_arbiter_does_not_know_are_warned_of(demo: World) -> None:
    shown = demo.read(preview.of_project, USER, "docs", Metadata(), frozenset({"agent"}))
    assert shown["warnings"] == []  # nothing would run
    shown = demo.read(preview.of_project, USER, "app", Metadata(), frozenset({"agent"}))
    assert [w["text"] for w in shown["warnings"]] == ["this arbiter cannot trigger docs: its target is of kind webhook"]


def test_a_branch_that_is_followed_is_warned_of(world: World) -> None:
    world.depend("core", "net", ref={"use": "same"})
    assert warned(world, "core", branch="main") == []
    assert warned(world, "core", branch="feature/x") == [("branch_unknown", "net", None)]


@pytest.mark.parametrize(
    ("rule", "foretold"),
    [
        ("parallel", []),
        ("supersede", [("would_supersede", 0), ("would_supersede", 1)]),
        ("queue", [("would_wait", 0)]),
        ("coalesce", [("would_supersede", 1), ("would_wait", 0)]),
    ],
)
def test_older_trees_of_the_branch_are_warned_of_by_the_projects_rule(
    demo: World, rule: str, foretold: list[tuple[str, int]]
) -> None:
    demo.write(projects.change, USER, "core", {"on_new_event": "queue"})
    older = [demo.report("core")["tree_id"] for _ in range(2)]
    demo.write(projects.change, USER, "core", {"on_new_event": rule})
    assert warned(demo, "core") == [(code, None, older[which]) for code, which in foretold]
    assert warned(demo, "core", branch="other") == []


def test_a_user_may_preview_the_default_branch_a_branch_or_a_tag(demo: World) -> None:
    def shown(**wanted: str) -> list[str]:
        told = demo.read(preview.of_project, USER, "core", Metadata(**wanted), frozenset({"webhook"}))
        return [event["project"] for event in told["events"] if event["would_run"]]

    assert shown() == shown(branch="main") == ["net", "ui", "app", "docs"]
    assert set(shown(branch="release/2")) - set(shown()) == {"nightly", "soak"}
    assert shown(tag="v1") == shown()


def test_a_project_may_not_preview_as_a_user(demo: World) -> None:
    with pytest.raises(Forbidden):
        demo.read(preview.of_project, demo.who("core"), "core", Metadata(), frozenset())


def test_too_large_a_tree_is_announced(world: World) -> None:
    world.empty(max_tree_events=2)
    world.graph([("core", "net"), ("core", "ui")])
    assert previewed(world, "core")["reason"] == "the tree would have 3 events, more than the limit of 2"
