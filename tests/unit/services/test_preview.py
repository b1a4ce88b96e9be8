"""The preview tells what will fall, and what then falls is the same."""

from typing import Any

import pytest

from dominoci.services import reports
from dominoci.store.paging import Page
from dominoci.store.trees import trees as listed
from tests.world import World, report


def previewed(world: World, project: str, status: str = "SUCCESS", **metadata: Any) -> dict[str, Any]:
    """What a dry run answers."""
    shown: dict[str, Any] = world.read(reports.dry_run, world.who(project), report(status, **{"branch": "main", **metadata}))
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
    assert demo.read(lambda uow: listed(uow.session, None, None, Page()))[0] == []
    assert demo.last_result("core") is None
    assert demo.bell.rings == 0


def test_a_failure_would_open_no_tree(demo: World) -> None:
    assert previewed(demo, "core", "FAILED") == {"tree_id": None, "reason": "FAILED opens no tree", "events": []}


def test_too_large_a_tree_is_announced(world: World) -> None:
    world.empty(max_tree_events=2)
    world.graph([("core", "net"), ("core", "ui")])
    assert previewed(world, "core")["reason"] == "the tree would have 3 events, more than the limit of 2"
