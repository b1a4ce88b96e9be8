"""Trees as people read them: lists that page, one event with everything behind it, and live messages that say what changed."""

from typing import Any

import pytest

from dominoci.domain.errors import NotFound
from dominoci.services import feed, tree_views
from dominoci.store.paging import Page
from tests.world import USER, World


@pytest.fixture
def tree_id(world: World) -> str:
    """A diamond in which ui failed."""
    world.graph([("core", "net"), ("core", "ui"), ("net", "app"), ("ui", "app")])
    opened = str(world.report("core", message="Fix it", commit="abc")["tree_id"])
    world.result(opened, "1.1", commit="def")
    world.result(opened, "1.2", "FAILED")
    return opened


def test_a_tree_has_its_root_and_its_counts(world: World, tree_id: str) -> None:
    shown = world.tree(tree_id)
    assert shown["root"]["project"]["name"] == "core"
    assert (shown["root"]["commit"], shown["root"]["branch"], shown["root"]["message"]) == ("abc", "main", "Fix it")
    assert shown["counts"] == {"success": 2, "failed": 1, "skipped": 1}
    assert (shown["event_count"], shown["version"], shown["reason"]) == (4, 3, None)
    assert shown["url"] == f"http://arbiter.test/trees/{tree_id}"
    assert [event["sub_id"] for event in shown["events"]] == ["1", "1.1", "1.1.1", "1.2"]


def test_the_graph_has_the_same_events_and_how_each_edge_was_settled(world: World, tree_id: str) -> None:
    shown = world.read(tree_views.graph, USER, tree_id)
    assert [node["sub_id"] for node in shown["nodes"]] == [event["sub_id"] for event in world.tree(tree_id)["events"]]
    assert {(e["from"], e["to"]): e["outcome"] for e in shown["edges"]} == {
        ("1", "1.1"): "passed",
        ("1", "1.2"): "passed",
        ("1.1", "1.1.1"): "passed",
        ("1.2", "1.1.1"): "blocked",
    }


def test_an_event_has_its_inputs_and_its_history_in_order(world: World, tree_id: str) -> None:
    shown = world.event(tree_id, "1.2")
    assert shown["inputs"]["parents"][0]["metadata"]["commit"] == "abc"
    assert [(c["from"], c["to"], c["text"]) for c in shown["history"]] == [
        ("waiting", "queued", "core (1) passed; join all: 1 of 1 settled"),
        ("queued", "failed", "reported FAILED"),
    ]
    assert shown["result"]["status"] == "FAILED"


def test_lists_page_newest_first_and_are_stable_under_inserts(world: World) -> None:
    world.depend("core", "net")
    made = [world.report("core")["tree_id"] for _ in range(5)]
    first = world.read(feed.recent_trees, USER, Page(2))
    world.report("core")
    second = world.read(feed.recent_trees, USER, Page(2, first["next_cursor"]), project="core")
    last = world.read(feed.recent_trees, USER, Page(2, second["next_cursor"]), state="running")
    assert [t["id"] for page in (first, second, last) for t in page["items"]] == made[::-1]
    assert last["next_cursor"] is None
    assert world.read(feed.recent_trees, USER, Page(), state="success")["items"] == []


def test_a_project_sees_the_trees_that_it_is_part_of_and_no_others(world: World, tree_id: str) -> None:
    world.project("stranger")
    assert world.read(tree_views.get, world.who("app"), tree_id)["id"] == tree_id
    with pytest.raises(NotFound):
        world.read(tree_views.get, world.who("stranger"), tree_id)
    with pytest.raises(NotFound):
        world.read(tree_views.event, world.who("stranger"), tree_id, "1")
    with pytest.raises(NotFound):
        world.read(tree_views.event, USER, tree_id, "9")


def test_every_commit_tells_the_live_page_what_changed_with_the_next_version(world: World, tree_id: str) -> None:
    told = [message for topic, message in world.bell.messages if topic == f"tree:{tree_id}"]
    assert [message["version"] for message in told] == [1, 2, 3]
    assert {e["sub_id"]: e["state"] for e in told[2]["events"]} == {"1.2": "failed", "1.1.1": "skipped"}
    assert told[2]["edges"] == [{"from": "1.2", "to": "1.1.1", "outcome": "blocked", "reason": None}]
    assert told[2]["tree"]["state"] == "failed"


def test_live_messages_put_together_give_the_same_picture_as_the_page(world: World, tree_id: str) -> None:
    nodes: dict[str, Any] = {}
    edges: dict[tuple[str, str], Any] = {}
    for topic, message in world.bell.messages:
        if topic == f"tree:{tree_id}":
            nodes |= {node["sub_id"]: node["state"] for node in message["events"]}
            edges |= {(edge["from"], edge["to"]): edge["outcome"] for edge in message["edges"]}
    shown = world.read(tree_views.graph, USER, tree_id)
    assert nodes == {node["sub_id"]: node["state"] for node in shown["nodes"]}
    assert edges == {(edge["from"], edge["to"]): edge["outcome"] for edge in shown["edges"]}


def test_a_change_of_very_many_events_tells_the_page_to_fetch_the_tree(world: World) -> None:
    world.plant(("core", f"n{n:03d}", {}) for n in range(301))
    tree_id = world.report("core")["tree_id"]
    (message,) = [message for topic, message in world.bell.messages if topic == f"tree:{tree_id}"]
    assert "events" not in message
