"""The graph of all projects: everything, or what is around one."""

from typing import Any

import pytest

from bench.plans import watching
from dominoci.services import project_graph
from tests.unit.api.site import ADMIN, TestSite


@pytest.fixture
def chain(site: TestSite) -> TestSite:
    """a -> b -> c -> d, x -> b, and alone stands apart."""
    for name in ("a", "b", "c", "d", "x", "alone"):
        site.project(name)
    for upstream, downstream in (("a", "b"), ("b", "c"), ("c", "d"), ("x", "b")):
        site.depend(upstream, downstream)
    return site


def asked(site: TestSite, query: str = "") -> dict[str, Any]:
    """The graph, and its nodes by name."""
    found = site.get(f"/graph{query}")
    assert found.status_code == 200, found.text
    told = found.get_json()
    names = {node["id"]: node["name"] for node in told["nodes"]}
    edges = sorted(f"{names[edge['upstream']]} -> {names[edge['downstream']]}" for edge in told["edges"])
    return {**told, "nodes": {node["name"]: node for node in told["nodes"]}, "edges": edges}


def test_all_of_it(chain: TestSite) -> None:
    told = asked(chain)
    assert list(told["nodes"]) == ["a", "alone", "b", "c", "d", "x"]
    assert told["edges"] == ["a -> b", "b -> c", "c -> d", "x -> b"]
    assert told["total"] == 6
    counts = {name: (node["upstream_count"], node["downstream_count"]) for name, node in told["nodes"].items()}
    assert counts == {"a": (0, 1), "alone": (0, 0), "b": (2, 1), "c": (1, 1), "d": (1, 0), "x": (0, 1)}


@pytest.mark.parametrize(
    ("query", "distances"),
    [
        ("?focus=b", {"a": -1, "b": 0, "c": 1, "d": 2, "x": -1}),
        ("?focus=b&depth=1", {"a": -1, "b": 0, "c": 1, "x": -1}),
        ("?focus=b&dir=up", {"a": -1, "b": 0, "x": -1}),
        ("?focus=b&dir=down", {"b": 0, "c": 1, "d": 2}),
        ("?focus=alone", {"alone": 0}),
    ],
)
def test_around_one(chain: TestSite, query: str, distances: dict[str, int]) -> None:
    assert {name: node["distance"] for name, node in asked(chain, query)["nodes"].items()} == distances


def test_what_is_around_one_says_how_much_lies_beyond(chain: TestSite) -> None:
    assert asked(chain, "?focus=c&dir=up&depth=1")["nodes"]["b"]["upstream_count"] == 2


def test_the_last_result_and_the_kind_of_ci_stand_with_a_project(chain: TestSite) -> None:
    chain.post("/events", {"status": "FAILED", "metadata": {"branch": "main"}}, chain.project_token("alone"))
    node = asked(chain)["nodes"]["alone"]
    assert (node["status"], node["ci"], node["enabled"], node["owner"]) == ("FAILED", "webhook", True, None)


def test_an_unknown_focus_is_404(chain: TestSite) -> None:
    assert chain.get("/graph?focus=nope").status_code == 404
    assert chain.get("/graph?focus=a&depth=0").status_code == 422


def test_a_deleted_project_is_not_drawn(chain: TestSite) -> None:
    chain.call("DELETE", "/api/v1/projects/b")
    assert asked(chain)["edges"] == ["c -> d"]


def test_two_statements_tell_all(chain: TestSite) -> None:
    container = chain.container
    with watching(container.database.engine) as seen:
        container.read(project_graph.get, ADMIN, None, "both", None)
    assert len([each for each in seen if each.text.startswith("SELECT")]) == 2


def test_more_than_fit_are_cut_and_said(chain: TestSite) -> None:
    told = chain.container.read(project_graph.get, ADMIN, None, "both", None, most=3)
    assert ([node["name"] for node in told["nodes"]], told["total"]) == (["a", "alone", "b"], 4)
