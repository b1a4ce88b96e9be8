"""A project's first level and the home page: the order, what they leave out, who sees what, and that their cost is bounded."""

from dataclasses import replace
from typing import Any

import pytest

from dominoci.domain.ids import new_id
from dominoci.infra.models.accounts import User
from dominoci.infra.models.members import ProjectMember, Star
from dominoci.services import activity, first_level, home
from dominoci.services.access import Principal
from dominoci.store.activity import LAST
from tests.integration.test_statement_counts import statements
from tests.past import run_through
from tests.world import USER, World

pytestmark = pytest.mark.services


@pytest.fixture
def graph(any_world: World) -> World:
    """core, then net and ui; app behind net; all of them private."""
    for name in ("core", "net", "ui", "app"):
        any_world.project(name, visibility="private")
    any_world.graph([("core", "net"), ("core", "ui"), ("net", "app")])
    return any_world


def level(world: World, who: Principal = USER, limit: int = 20) -> dict[str, Any]:
    """The first level of core."""
    shown: dict[str, Any] = world.read(first_level.listing, who, "core", limit)
    return shown


def names(shown: dict[str, Any]) -> list[str | None]:
    """The dependents in order; None for hidden ones."""
    return [one["project"] and one["project"]["name"] for one in shown["items"]]


def needs(world: World, scope: str, who: Principal = USER) -> list[tuple[str, str, int]]:
    """What needs somebody: project, state, and how many events wait behind it."""
    shown = world.read(home.get, who, scope)
    return [(one["project"]["name"], one["state"], one["blocks"]) for one in shown["needs_you"]]


def somebody(world: World, name: str) -> Principal:
    """A person who is no admin and a member of nothing."""
    id_ = new_id()
    plain = dict.fromkeys(("password_hash", "disabled_at", "full_name", "email", "settings", "last_seen_at"))
    world.write(lambda uow: uow.session.add(User(id=id_, name=name, is_admin=False, created_at=uow.now, **plain)))
    return Principal("user", id_, name)


def maintainer(world: World, who: Principal, project: str) -> None:
    """Makes somebody a maintainer."""
    row = {"project_id": world.projects[project], "user_id": who.id, "role": "maintainer", "added_by": who.id}
    world.write(lambda uow: uow.session.add(ProjectMember(**row, created_at=uow.now)))


def test_the_worst_come_first(graph: World) -> None:
    run_through(graph, "core", {}, {"net": "FAILED"})
    run_through(graph, "core", {}, {"ui": "FAILED"})
    graph.depend("core", "docs")
    shown = level(graph)
    assert names(shown) == ["ui", "net", "docs"]
    assert [one["state"] for one in shown["items"]] == ["failed", "success", None]
    assert [[tick["state"] for tick in one["last"]] for one in shown["items"]] == [
        ["failed", "success"],
        ["success", "failed"],
        [],
    ]
    assert names(level(graph, limit=1)) == ["ui"]
    assert level(graph, limit=1)["total"] == 3


def test_a_skip_is_a_tick_but_not_how_a_project_fares(graph: World) -> None:
    run_through(graph, "core", {})
    run_through(graph, "core", {}, {"net": "FAILED"})
    app = graph.read(first_level.listing, USER, "net", 20)["items"][0]
    assert (app["state"], [tick["state"] for tick in app["last"]]) == ("success", ["skipped", "success"])


def test_ticks_are_the_last_twenty(graph: World) -> None:
    for _ in range(LAST + 2):
        run_through(graph, "core", {"net": 2, "ui": 2, "app": 2})
    run_through(graph, "net", {"app": 2})
    shown = graph.read(activity.listing, USER, [graph.projects["net"], graph.projects["app"]])
    net, app = shown["items"]
    assert (len(net["last"]), len(app["last"])) == (LAST, LAST)
    assert [tick["sub_id"] for tick in net["last"]][:2] == ["1", "1.1"]
    assert app["tree"]["event_count"] == 2
    assert app["tree"]["unfinished"] == 0


def test_hidden_dependents_are_boxes_without_a_name(graph: World) -> None:
    run_through(graph, "core", {}, {"net": "FAILED"})
    ada = somebody(graph, "ada")
    maintainer(graph, ada, "core")
    maintainer(graph, ada, "ui")
    shown = level(graph, ada)
    assert names(shown) == [None, "ui"]
    box = shown["items"][0]
    assert {key: value for key, value in box.items() if value and key != "id"} == {"state": "failed"}
    assert graph.read(activity.listing, ada, [graph.projects["net"]])["items"] == []


def test_a_wide_first_level_costs_no_more_statements(any_world: World) -> None:
    counted = []
    for width in (3, 120):
        any_world.empty()
        any_world.plant([("core", f"n{n:03d}", {}) for n in range(width)])
        any_world.report("core")
        with statements(any_world) as seen:
            assert len(level(any_world)["items"]) == min(width, 20)
        counted.append(len(seen))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("scope", ["mine", "everything"])
def test_what_went_wrong_needs_somebody_until_it_succeeds(graph: World, scope: str) -> None:
    ada = somebody(graph, "ada")
    maintainer(graph, ada, "net")
    run_through(graph, "core", {}, {"net": "FAILED", "ui": "FAILED"})
    assert needs(graph, scope, ada) == [("net", "failed", 1)]
    run_through(graph, "core", {})
    assert needs(graph, scope, ada) == []


def test_mine_are_also_the_starred(graph: World) -> None:
    ada = replace(somebody(graph, "ada"), is_admin=True)
    run_through(graph, "core", {}, {"net": "FAILED"})
    graph.write(lambda uow: uow.session.add(Star(user_id=ada.id, project_id=graph.projects["ui"], created_at=uow.now)))
    assert needs(graph, "mine", ada) == []
    assert graph.read(home.get, ada, "mine")["own_projects"] == 1
    assert needs(graph, "everything", ada) == [("net", "failed", 1)]


def test_only_maintainers_are_offered_to_run_it_again(graph: World) -> None:
    run_through(graph, "core", {}, {"net": "FAILED"})
    ada = somebody(graph, "ada")
    row = {"project_id": graph.projects["net"], "user_id": ada.id, "role": "viewer", "added_by": ada.id}
    graph.write(lambda uow: uow.session.add(ProjectMember(**row, created_at=uow.now)))
    need = graph.read(home.get, ada, "mine")["needs_you"][0]
    assert need["may_run"] is False
    assert need["root"] == dict.fromkeys(("project", "commit", "branch", "tag", "message"))


def test_what_waits_is_counted(graph: World) -> None:
    graph.project("built", target={"kind": "agent"})
    graph.depend("core", "built")
    graph.report("core")
    queues = graph.read(home.get, USER, "everything")["queues"]
    assert (queues["builds"], queues["deliveries"]) == (1, 2)
    assert queues["oldest_build_at"] is not None
