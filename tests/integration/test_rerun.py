"""Reruns replay what was frozen, byte for byte, and what people do to a tree at the same moment is done once."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from dominoci.domain.dispatch import Trigger, payload, variables
from dominoci.domain.errors import Conflict, DominoError
from dominoci.services import audit, projects, tree_actions
from dominoci.store.paging import Page
from tests.fakes.adapters import refuse
from tests.integration.test_statement_counts import statements
from tests.together import Crew
from tests.world import USER, World

pytestmark = pytest.mark.services
MINE = ("attempt", "delivery_id", "event_token", "identity")  # what each attempt has of its own


@pytest.fixture
def crew() -> Iterator[Crew]:
    with Crew(4) as made:
        yield made


def without_own(trigger: Trigger) -> bytes:
    """The request of a trigger, but for what belongs to its attempt alone."""
    told = payload(trigger)
    return json.dumps({key: value for key, value in told.items() if key not in MINE}).encode()


def act(world: World, action: Any, tree_id: str, *arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = world.write(action, USER, tree_id, *arguments)
    return answer


@pytest.fixture
def diamond(any_world: World) -> str:
    """A diamond whose end has failed; its dependencies have parameters with references."""
    told = {"COMMIT": "${parent.commit}", "ALL": "${parent.project}:${parent.message}/${root.commit}"}
    any_world.graph([("core", "net"), ("core", "ui")])
    any_world.depend("net", "app", parameters=told)
    any_world.depend("ui", "app", parameters={"UI": "${parent.branch}"})
    tree_id = any_world.report("core", message='first "quoted"\nline')["tree_id"]
    any_world.result(tree_id, "1.1", commit="n1", message="näch")
    any_world.result(tree_id, "1.2", commit="u1")
    any_world.drain()
    any_world.result(tree_id, "1.1.1", "FAILED")
    return str(tree_id)


def test_a_rerun_sends_the_same_bytes_whatever_has_changed_since(any_world: World, diamond: str) -> None:
    first = next(sent for sent in any_world.ci.sent if sent.project["name"] == "app")
    act(any_world, tree_actions.rerun_event, diamond, "1.1", False)
    any_world.result(diamond, "1.1", commit="n2", attempt=2, branch="elsewhere")
    for dependency in ("net", "ui"):
        any_world.write(projects.change, USER, dependency, {"name": f"{dependency}-renamed", "default_branch": "trunk"})
    any_world.write(projects.change, USER, "app", {"repository_url": "https://git.test/moved", "default_branch": "trunk"})
    act(any_world, tree_actions.rerun_event, diamond, "1.1.1", True)
    any_world.drain()
    again = any_world.ci.sent[-1]
    assert (again.project["name"], again.attempt) == ("app", 2)
    assert without_own(again) == without_own(first)
    own = {"DOMINO_PAYLOAD", *(f"DOMINO_{name.upper()}" for name in MINE)}
    before, after = variables(first), variables(again)
    assert {k: v for k, v in before.items() if k not in own} == {k: v for k, v in after.items() if k not in own}
    assert before["COMMIT"] == "n1"
    assert again.delivery_id != first.delivery_id
    assert again.event_token != first.event_token


def test_redelivering_sends_the_very_same_request(any_world: World) -> None:
    any_world.graph([("core", "net")])
    any_world.ci.answers["net"].append(refuse)
    tree_id = any_world.report("core")["tree_id"]
    any_world.drain()
    act(any_world, tree_actions.redeliver, tree_id, "1.1")
    any_world.drain()
    first, again = any_world.ci.sent
    assert replace(again) == first


def test_an_answer_names_what_changed_and_the_audit_log_who_did_it(any_world: World, diamond: str) -> None:
    answer = act(any_world, tree_actions.rerun_tree, diamond, "failed")
    assert answer["text"] == "1 event started again"
    assert answer["events"] == [{"sub_id": "1.1.1", "project": "app", "state": "queued", "attempt": 2}]
    (row,) = any_world.read(audit.search, USER, {"action": "tree.rerun"}, Page())["items"]
    assert (row["actor"]["name"], row["object"]["id"]) == ("admin", diamond)


def test_two_reruns_at_once_make_one_attempt(any_world: World, diamond: str, crew: Crew) -> None:
    def rerun() -> int:
        try:
            act(any_world, tree_actions.rerun_event, diamond, "1.1.1", True)
        except Conflict:
            return 409
        return 200

    assert sorted(crew.at_once([rerun] * 4)) == [200, 409, 409, 409]
    assert any_world.event(diamond, "1.1.1")["attempt"] == 2
    any_world.check(diamond)


def test_a_cancel_and_a_result_at_once_leave_one_truth(any_world: World) -> None:
    any_world.graph([("core", "net"), ("net", "app")])
    with Crew(2) as pair:
        _cancel_while_it_ends(any_world, pair)


def _cancel_while_it_ends(any_world: World, pair: Crew) -> None:
    for _ in range(40):
        tree_id = any_world.report("core")["tree_id"]

        def told(tree_id: str = tree_id) -> int:
            return any_world.result(tree_id, "1.1", project="net")[0]

        def cancelled(tree_id: str = tree_id) -> int:
            act(any_world, tree_actions.cancel_tree, tree_id)
            return 200

        pair.at_once([told, cancelled])
        any_world.check(tree_id)
        states = {event["sub_id"]: event["state"] for event in any_world.tree(tree_id)["events"]}
        assert states in ({"1": "success", "1.1": s, "1.1.1": "cancelled"} for s in ("success", "cancelled"))


@pytest.mark.parametrize("rule", ["queue", "coalesce", "supersede"])
def test_reports_at_once_run_one_after_the_other(any_world: World, crew: Crew, rule: str) -> None:
    any_world.project("core", on_new_event=rule)
    any_world.graph([("core", "net")])
    told = [lambda n=n: any_world.report("core", commit=str(n))["tree_id"] for n in range(4)]
    for _ in range(5):
        opened = sorted(crew.at_once(told))
        going = set(opened)
        while going:
            any_world.drain()
            trees = {tree_id: any_world.tree(tree_id) for tree_id in sorted(going)}
            going = {tree_id for tree_id, tree in trees.items() if tree["state"] == "running"}
            free = [tree_id for tree_id in going if not trees[tree_id]["held"]]
            assert len(free) <= 1, "two trees of one lane run at once"
            for tree_id in free:
                try:
                    any_world.result(tree_id, "1.1", project="net")
                except DominoError:
                    continue
            any_world.pass_time(seconds=6)
        states = [any_world.tree(tree_id)["state"] for tree_id in opened]
        assert states.count("success") == {"queue": 4, "coalesce": 2, "supersede": 1}[rule], states
        for tree_id in opened:
            any_world.check(tree_id)


def acting(world: World, width: int, action: Any, *arguments: Any) -> int:
    """How many statements it takes to do something to a tree with a fan of this width, all of which has failed or waits."""
    world.empty()
    edges: list[tuple[str, str, dict[str, Any]]] = [("core", "hub", {})]
    edges += [("hub", f"n{n:03d}", {}) for n in range(width)] + [(f"n{n:03d}", "end", {}) for n in range(width)]
    world.plant(edges)
    tree_id = world.report("core")["tree_id"]
    if action is not tree_actions.cancel_tree:
        world.result(tree_id, "1.1", "FAILED", project="hub")
    with statements(world) as seen:
        act(world, action, tree_id, *arguments)
    return len(seen)


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        (tree_actions.cancel_tree, ()),
        (tree_actions.rerun_tree, ("failed",)),
        (tree_actions.rerun_tree, ("all",)),
        (tree_actions.rerun_event, ("1.1", True)),
    ],
    ids=["cancel", "rerun failed", "rerun all", "rerun one"],
)
def test_what_is_done_to_a_wide_tree_costs_no_more_statements_than_to_a_narrow_one(
    any_world: World, action: Any, arguments: tuple[Any, ...]
) -> None:
    assert acting(any_world, 10, action, *arguments) == acting(any_world, 200, action, *arguments)


def test_a_chain_of_fifty_is_rerun_with_as_many_statements_for_each_rank(any_world: World) -> None:
    counted = []
    for depth in (10, 20, 30):
        any_world.empty()
        names = ["core", *(f"p{n:03d}" for n in range(depth))]
        any_world.plant((a, b, {}) for a, b in pairwise(names))
        tree_id = any_world.report("core")["tree_id"]
        any_world.result(tree_id, "1.1", "FAILED", project="p000")
        with statements(any_world) as seen:
            act(any_world, tree_actions.rerun_tree, tree_id, "failed")
        counted.append(len(seen))
    assert counted[1] - counted[0] == counted[2] - counted[1] <= 80
