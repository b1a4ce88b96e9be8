"""Dependencies: cycles are refused with the path, filters come back as they were put in, trees under way keep what was frozen."""

from typing import Any

import pytest

from dominoci.domain.errors import Conflict, Forbidden, Invalid, NotFound
from dominoci.services import dependencies, projects
from tests.world import USER, World

FILTERS = {key: {"include": ["a*"], "exclude": ["ab"]} for key in ("branches", "tags", "pipelines")}


def listed(world: World, name: str) -> dict[str, Any]:
    """The dependencies of a project in both directions."""
    shown: dict[str, Any] = world.read(dependencies.listing, USER, name)
    return shown


def test_a_dependency_that_closes_a_cycle_is_refused_with_the_path(world: World) -> None:
    world.graph([("a", "b"), ("b", "c")])
    with pytest.raises(Conflict, match="would close a cycle: c → a → b → c") as refused:
        world.depend("c", "a")
    assert refused.value.extra["cycle"] == ["c", "a", "b", "c"]
    with pytest.raises(Conflict) as alone:
        world.depend("a", "a")
    assert alone.value.extra["cycle"] == ["a", "a"]


def test_a_disabled_dependency_counts_for_cycles_because_it_may_be_enabled(world: World) -> None:
    world.depend("a", "b", enabled=False)
    with pytest.raises(Conflict, match="cycle"):
        world.depend("b", "a")


def test_the_same_two_projects_depend_once(world: World) -> None:
    world.depend("a", "b")
    with pytest.raises(Conflict, match="b already depends on a"):
        world.depend("a", "b", join="each")


def test_what_was_put_in_comes_back(world: World) -> None:
    body = {
        "join": "each",
        "enabled": False,
        "filters": FILTERS,
        "ref": {"use": "fixed", "value": "v1"},
        "parameters": {"A": "b"},
    }
    added = world.depend("a", "b", **body)
    assert {key: added[key] for key in body} == body
    assert (added["upstream"]["name"], added["downstream"]["name"]) == ("a", "b")
    assert world.read(dependencies.get, USER, "a", added["id"]) == world.read(dependencies.get, USER, "b", added["id"]) == added
    assert listed(world, "a") == {"upstream": [], "downstream": [added]}
    assert listed(world, "b") == {"upstream": [added], "downstream": []}


def test_a_change_names_only_what_changes(world: World) -> None:
    added = world.depend("a", "b", filters=FILTERS)
    changed = world.write(dependencies.change, USER, "b", added["id"], {"enabled": False, "parameters": {"X": "y"}})
    assert changed == {**added, "enabled": False, "parameters": {"X": "y"}}


def test_a_fixed_ref_needs_a_value(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        world.depend("a", "b", ref={"use": "fixed"})
    assert list(refused.value.errors) == ["ref"]


def test_an_unknown_upstream_is_a_wrong_field_and_a_foreign_dependency_is_not_found(world: World) -> None:
    added = world.depend("a", "b")
    world.project("c")
    with pytest.raises(Invalid) as refused:
        world.write(dependencies.add, USER, "a", {"upstream": "nobody"})
    assert list(refused.value.errors) == ["upstream"]
    with pytest.raises(NotFound):
        world.write(dependencies.remove, USER, "c", added["id"])


def test_a_projects_own_token_reads_but_does_not_change(world: World) -> None:
    world.depend("a", "b")
    assert world.read(dependencies.listing, world.who("b"), "b")["upstream"]
    with pytest.raises(NotFound):
        world.read(dependencies.listing, world.who("b"), "a")
    with pytest.raises(Forbidden):
        world.write(dependencies.add, world.who("b"), "b", {"upstream": "a"})


def test_the_graph_of_a_project_counts_distances_in_both_directions(world: World) -> None:
    world.graph([("a", "b"), ("b", "c"), ("b", "d"), ("x", "d")])

    def names(direction: str) -> dict[str, int]:
        shown = world.read(projects.graph, USER, "b", direction)
        return {node["name"]: node["distance"] for node in shown["nodes"]}

    assert names("up") == {"a": -1, "b": 0}
    assert names("down") == {"b": 0, "c": 1, "d": 1}
    assert names("both") == {"a": -1, "b": 0, "c": 1, "d": 1}
    assert len(world.read(projects.graph, USER, "b", "both")["edges"]) == 3


def test_a_deleted_projects_name_is_free_again_and_its_dependencies_are_gone(world: World) -> None:
    world.graph([("a", "b"), ("b", "c")])
    world.write(projects.remove, USER, "b")
    assert listed(world, "a")["downstream"] == []
    with pytest.raises(NotFound):
        world.read(projects.get, USER, "b")
    world.project("b")
    assert world.report("b")["children"] == []


def test_a_taken_name_is_refused_and_a_changed_target_keeps_its_secret(world: World) -> None:
    world.project("a", target={"kind": "webhook", "url": "https://ci.test/1", "secret": "s3cret"})
    with pytest.raises(Conflict, match="already a project called a"):
        world.project("a")
    shown = world.write(projects.change, USER, "a", {"target": {"kind": "webhook", "url": "https://ci.test/2"}})
    at = world.clock.now
    kept = {"secrets": [{"name": "secret", "set_at": at}]}
    assert shown["target"] == {"kind": "webhook", "url": "https://ci.test/2", **kept}
    assert "s3cret" not in str(world.read(projects.get, USER, "a"))
    moved = world.write(projects.change, USER, "a", {"target": {"kind": "agent"}})
    assert moved["target"] == {"kind": "agent", "secrets": []}


def test_a_target_that_moves_to_another_server_takes_no_secret_along(world: World) -> None:
    world.project("a", target={"kind": "webhook", "url": "https://ci.test/1", "secret": "s3cret"})
    moved = world.write(projects.change, USER, "a", {"target": {"kind": "webhook", "url": "https://ci.test.evil/1"}})
    assert moved["target"]["secrets"] == []
