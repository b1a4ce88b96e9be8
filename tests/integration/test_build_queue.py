"""Which agent gets which build, and when: labels, priorities, a fair share for every project; on SQLite and on MariaDB."""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bench.plans import scans, watching
from dominoci.infra.models.builds import Build
from dominoci.services import access, agents, build_reports, builds, starting, tokens
from dominoci.services.access import Principal
from dominoci.store import build_queue
from dominoci.store.statements import insert_rows
from tests.world import USER, World

pytestmark = pytest.mark.services


def project(world: World, name: str, **target: Any) -> str:
    """A project that our agents build."""
    return world.project(name, target={"kind": "agent", **target})


def queue(world: World, name: str, count: int = 1, **columns: Any) -> list[str]:
    """Waiting builds of a project; answers their ids."""

    def work(uow: Any) -> list[str]:
        target: Mapping[str, Any] = columns.pop("target", {})
        given = {"cause": "manual", "ref": "main", "branch": "main", "tag": None, "parameters": {}, **columns}
        blank = starting.blank_build
        first = uow.session.query(Build).count() + 1
        rows = [{**blank(world.projects[name], name, first + n, uow.now, target), **given} for n in range(count)]
        insert_rows(uow.session, Build, rows)
        return [row["id"] for row in rows]

    made: list[str] = world.write(work)
    return made


def agent(world: World, name: str, *labels: str, executors: Sequence[str] = ("local",)) -> Principal:
    """A registered agent with these labels."""
    _, text = world.write(tokens.mint, "dca", None, tokens.ENROLMENT, name)
    body = {"name": name, "labels": list(labels), "executors": list(executors), "slots": 4}
    told = world.write(agents.register, world.read(access.authenticate, text), body)
    return Principal("agent", told["id"], name)


def taken(world: World, who: Principal, count: int) -> list[str]:
    """The projects of the next builds that this agent gets."""
    found = [world.claim(who) for _ in range(count)]
    return [claim["project"]["name"] for claim in found if claim]


def waiting(world: World, build: str) -> Mapping[str, Any]:
    """Why a build waits, as its page shows it."""
    shown: Mapping[str, Any] = world.read(builds.get, USER, build)["waiting"]
    return shown


def test_a_long_queue_of_one_project_does_not_hold_up_anothers_single_build(any_world: World) -> None:
    for name in ("many", "one", "two"):
        project(any_world, name)
    queue(any_world, "many", 500)
    queue(any_world, "one")
    queue(any_world, "two", 2)
    got = taken(any_world, agent(any_world, "a"), 6)
    assert Counter(got[:3]) == {"many": 1, "one": 1, "two": 1}
    assert got[3:] == ["two", "many", "many"] or Counter(got[3:]) == {"two": 1, "many": 2}


def test_with_one_slot_a_single_build_waits_for_one_turn_of_the_others(any_world: World) -> None:
    for name in ("many", "one", "two"):
        project(any_world, name)
    queue(any_world, "many", 20)
    queue(any_world, "one")
    queue(any_world, "two", 2)
    who, got = agent(any_world, "a"), []
    for _ in range(6):
        claim = any_world.claim(who)
        assert claim
        got.append(claim["project"]["name"])
        any_world.clock.advance(seconds=1)
        any_world.end_build(claim)
    assert got == ["many", "one", "two", "many", "two", "many"]


def test_one_projects_builds_are_taken_in_the_order_in_which_they_came(any_world: World) -> None:
    project(any_world, "core")
    ids = queue(any_world, "core", 7)
    who = agent(any_world, "a")
    assert [claim["id"] for claim in iter(lambda: any_world.claim(who), None)] == ids


def test_higher_priorities_go_first_however_long_others_have_waited(any_world: World) -> None:
    for name in ("low", "plain", "high"):
        project(any_world, name)
    queue(any_world, "low", 2, target={"priority": -5})
    queue(any_world, "plain", 2)
    queue(any_world, "high", 2, target={"priority": 10})
    assert taken(any_world, agent(any_world, "a"), 6) == ["high"] * 2 + ["plain"] * 2 + ["low"] * 2


@pytest.mark.parametrize("before", [0, 3, 600], ids=["alone", "few", "many"])
def test_an_agent_gets_only_what_it_can_run(any_world: World, before: int) -> None:
    for name in ("gpu", "plain"):
        project(any_world, name)
    queue(any_world, "gpu", before + 1, target={"labels": ["linux", "gpu"]})
    queue(any_world, "plain")
    small, large = agent(any_world, "small", "linux"), agent(any_world, "large", "linux", "gpu", "x86")
    assert taken(any_world, small, 2) == ["plain"]
    assert taken(any_world, large, 1) == ["gpu"]


def test_what_a_target_asks_for_is_frozen_with_its_build(any_world: World) -> None:
    project(any_world, "core", labels=["gpu", "gpu"], priority=7)
    started = any_world.write(builds.start, USER, "core", None, {})
    any_world.project("net", target={"kind": "agent", "labels": ["arm"]})
    any_world.graph([("core", "net")])
    any_world.report("core")
    rows = any_world.read(lambda uow: uow.session.query(Build).order_by(Build.id).all())
    assert [(row.needs, row.priority) for row in rows] == [(["gpu"], 7), (["arm"], 0)]
    assert waiting(any_world, started["id"])["code"] == "no_agent"


def test_a_build_that_is_handed_back_for_what_it_needs_keeps_its_place_and_its_tries(any_world: World) -> None:
    project(any_world, "core")
    first, second = queue(any_world, "core", 2)
    plain, docker = agent(any_world, "plain"), agent(any_world, "docker", executors=("local", "docker"))
    for _ in range(build_reports.MAX_LEASES + 1):
        claim = any_world.claim(plain)
        if claim is None or claim["id"] != first:
            break
        who = Principal("build", claim["id"], "b")
        any_world.write(build_reports.release, who, claim["id"], "needs docker", ["docker"])
    row = any_world.read(lambda uow: uow.session.get_one(Build, first))
    assert (row.state, row.needs, row.leases) == ("queued", ["docker"], 0)
    assert claim is not None
    assert claim["id"] == second
    assert any_world.claim(docker)["id"] == first  # type: ignore[index]


def test_an_agent_that_refuses_what_it_says_it_has_does_not_do_so_for_ever(any_world: World) -> None:
    project(any_world, "core")
    (build,) = queue(any_world, "core")
    liar = agent(any_world, "liar", executors=("docker",))
    while claim := any_world.claim(liar):
        any_world.write(build_reports.release, Principal("build", build, "b"), claim["id"], "docker is away", ["docker"])
    assert any_world.read(builds.get, USER, build)["state"] == "failed"


def test_a_waiting_build_says_which_label_no_agent_has(any_world: World) -> None:
    project(any_world, "core")
    (build,) = queue(any_world, "core", target={"labels": ["linux", "gpu"]})
    for n in range(2):
        agent(any_world, f"a{n}", "linux")
    assert waiting(any_world, build)["text"] == "no agent with label gpu (0 of 2 match)"
    agent(any_world, "b", "gpu")
    assert waiting(any_world, build)["text"] == "no agent with labels gpu and linux (0 of 3 match)"
    agent(any_world, "c", "gpu", "linux")
    assert waiting(any_world, build)["code"] == "next_up"


@pytest.mark.parametrize(("queued", "most"), [(1, 1), (4, 1), (5, 2), (500, 2)])
def test_looking_for_a_build_costs_a_fixed_number_of_statements(any_world: World, queued: int, most: int) -> None:
    for name in ("core", "net"):
        project(any_world, name)
    queue(any_world, "core", queued - queued // 2 if queued > 4 else queued)
    if queued > 4:
        queue(any_world, "net", queued // 2)
    with watching(any_world.database.engine) as seen:
        any_world.read(lambda uow: build_queue.next_for(uow.session, {"linux"}))
    asked = [each for each in seen if "FROM builds" in each.text]
    assert len(asked) == most
    # MariaDB knows that nearly all of this small table waits, and reads it all
    assert not (any_world.database.sqlite and scans(any_world.database.engine, asked)), "the history is not read"


def test_agents_that_come_together_get_a_build_each(any_world: World) -> None:
    for name in ("core", "net"):
        project(any_world, name)
    queue(any_world, "core", 20)
    queue(any_world, "net", 2)
    who = [agent(any_world, f"a{n}") for n in range(4)]
    got: list[str] = []

    def work(one: Principal) -> None:
        while claim := any_world.claim(one):
            got.append(claim["id"])

    threads = [threading.Thread(target=work, args=(one,)) for one in who]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 22
