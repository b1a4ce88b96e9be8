"""Leases of builds: an agent that falls silent loses its build to the next one, and not for ever."""

from typing import Any

import pytest
from sqlalchemy import select

from dominoci.domain.errors import Conflict, NotFound
from dominoci.infra.models.builds import Build, Step
from dominoci.services import agents, build_reports, builds
from dominoci.services.access import Principal, authenticate
from tests.world import USER, World

pytestmark = pytest.mark.services
SILENCE_S = 21
STEP = {"n": 1, "pipeline": "ci", "stage": "test", "name": "unit", "state": "running"}


@pytest.fixture
def tree_id(any_world: World) -> str:
    """net is built by an agent, app waits for it."""
    any_world.project("net", target={"kind": "agent"})
    any_world.graph([("core", "net"), ("net", "app")])
    return str(any_world.report("core")["tree_id"])


@pytest.fixture
def agent(any_world: World) -> Principal:
    return any_world.agent()


def claimed(world: World, agent: Principal) -> dict[str, Any]:
    """The build that this agent gets."""
    found = world.claim(agent)
    assert found is not None
    return found


def holder(world: World, claim: dict[str, Any]) -> Principal:
    """Who speaks with this claim's token."""
    who: Principal = world.read(authenticate, claim["token"])
    return who


def build_of(world: World, build_id: str) -> Build:
    """A build's row."""
    row: Build = world.read(lambda uow: uow.session.get_one(Build, build_id))
    return row


def test_a_claim_starts_the_event_under_a_lease(any_world: World, tree_id: str, agent: Principal) -> None:
    claim = claimed(any_world, agent)
    event = any_world.event(tree_id, "1.1")
    assert (event["state"], event["attempt"], event["build_id"]) == ("running", 1, claim["id"])
    assert event["reason"]["text"] == "agent agent took build #1"
    assert claim["lease_s"] == 20
    assert claim["variables"]["DOMINO_UPSTREAM_PROJECT"] == "core"
    assert any_world.claim(agent) is None


def test_heartbeats_keep_the_lease(any_world: World, tree_id: str, agent: Principal) -> None:
    claim = claimed(any_world, agent)
    me = holder(any_world, claim)
    for _ in range(5):
        any_world.pass_time(seconds=19)
        assert any_world.write(build_reports.heartbeat, me, claim["id"]) == {"cancel": False, "lease_s": 20}
    assert build_of(any_world, claim["id"]).leases == 1


def test_a_silent_agents_build_is_put_back_and_the_same_attempt_waits_again(
    any_world: World, tree_id: str, agent: Principal
) -> None:
    first = claimed(any_world, agent)
    me = holder(any_world, first)
    any_world.write(build_reports.state, me, first["id"], {"commit": "abc", "steps": [STEP]})
    wakes = any_world.bell.wakes
    any_world.pass_time(seconds=SILENCE_S)
    event = any_world.event(tree_id, "1.1")
    assert (event["state"], event["attempt"], event["started_at"]) == ("queued", 1, None)
    assert event["reason"]["text"] == "agent agent fell silent; build #1 was put back"
    assert any_world.bell.wakes > wakes
    assert any_world.read(lambda uow: uow.session.scalars(select(Step)).all()) == []
    any_world.check(tree_id)
    second = claimed(any_world, any_world.agent("other"))
    assert (second["id"], second["commit"]) == (first["id"], None)
    assert second["token"] != first["token"]


def test_a_build_that_was_put_back_has_its_start_deadline_anew(any_world: World, tree_id: str, agent: Principal) -> None:
    claimed(any_world, agent)
    any_world.pass_time(seconds=SILENCE_S)
    any_world.pass_time(seconds=3600)
    assert any_world.event(tree_id, "1.1")["state"] == "queued"
    any_world.pass_time(seconds=1)
    assert any_world.event(tree_id, "1.1")["state"] == "undeliverable"
    assert any_world.claim(agent) is None
    any_world.check(tree_id)


def test_the_agent_that_lost_its_lease_can_say_nothing_more(any_world: World, tree_id: str, agent: Principal) -> None:
    first = claimed(any_world, agent)
    me = holder(any_world, first)
    any_world.pass_time(seconds=SILENCE_S)
    with pytest.raises(Conflict):
        any_world.write(build_reports.heartbeat, me, first["id"])
    second = claimed(any_world, any_world.agent("other"))
    with pytest.raises(NotFound):
        any_world.write(build_reports.finish, Principal("build", "another"), second["id"], {"status": "SUCCESS"})
    assert any_world.end_build(second)[0] == 201
    assert any_world.event(tree_id, "1.1")["state"] == "success"


def test_after_five_leases_the_build_fails_for_want_of_a_machine(any_world: World, tree_id: str, agent: Principal) -> None:
    build_id = ""
    for lease in range(1, 6):
        assert any_world.event(tree_id, "1.1")["state"] == "queued"
        build_id = claimed(any_world, agent)["id"]
        assert build_of(any_world, build_id).leases == lease
        any_world.pass_time(seconds=SILENCE_S)
    event = any_world.event(tree_id, "1.1")
    assert (event["state"], event["reason"]["code"]) == ("failed", "infrastructure")
    assert event["reason"]["text"] == "the build could not run: its agent fell silent 5 times"
    assert build_of(any_world, build_id).state == "failed"
    assert any_world.by_project(tree_id)["app"]["state"] == "skipped"
    assert any_world.claim(agent) is None
    any_world.check(tree_id)


def test_a_root_build_that_lost_its_leases_opens_no_tree(any_world: World, agent: Principal) -> None:
    any_world.project("core", target={"kind": "agent"})
    any_world.write(builds.start, USER, "core", None, {})
    for _ in range(5):
        claimed(any_world, agent)
        any_world.pass_time(seconds=SILENCE_S)
    assert any_world.last_result("core")["status"] == "FAILED"
    assert any_world.last_result("core")["tree_id"] is None


def test_a_build_that_is_handed_back_waits_for_the_next_agent(any_world: World, tree_id: str, agent: Principal) -> None:
    claim = claimed(any_world, agent)
    any_world.write(build_reports.release, holder(any_world, claim), claim["id"], "shutting down")
    assert any_world.event(tree_id, "1.1")["reason"]["text"] == "agent agent handed build #1 back: shutting down"
    assert claimed(any_world, agent)["id"] == claim["id"]
    any_world.check(tree_id)


def test_the_end_of_a_build_counts_once(any_world: World, tree_id: str, agent: Principal) -> None:
    claim = claimed(any_world, agent)
    assert any_world.end_build(claim, "SUCCESS", metadata={"commit": "abc"})[0] == 201
    assert any_world.end_build(claim, "SUCCESS", metadata={"commit": "abc"})[0] == 200
    with pytest.raises(Conflict):
        any_world.end_build(claim, "FAILED")
    assert any_world.event(tree_id, "1.1")["result"]["metadata"]["commit"] == "abc"
    any_world.check(tree_id)


def test_a_build_that_is_to_be_cancelled_is_not_given_to_another_agent(any_world: World, tree_id: str, agent: Principal) -> None:
    claim = claimed(any_world, agent)
    any_world.write(builds.cancel, USER, claim["id"])
    assert any_world.write(build_reports.heartbeat, holder(any_world, claim), claim["id"])["cancel"] is True
    any_world.pass_time(seconds=SILENCE_S)
    assert any_world.claim(agent) is None
    event = any_world.event(tree_id, "1.1")
    assert (event["state"], event["reason"]["text"]) == ("cancelled", "cancelled by admin")
    any_world.check(tree_id)


def test_a_waiting_build_is_cancelled_at_once(any_world: World, tree_id: str, agent: Principal) -> None:
    build_id = any_world.event(tree_id, "1.1")["build_id"]
    any_world.write(builds.cancel, USER, build_id)
    assert any_world.claim(agent) is None
    assert any_world.event(tree_id, "1.1")["reason"]["text"] == "cancelled by admin"
    assert any_world.by_project(tree_id)["app"]["state"] == "skipped"
    any_world.check(tree_id)


def test_an_event_that_timed_out_stays_so_though_its_build_is_stopped_for_it(
    any_world: World, tree_id: str, agent: Principal
) -> None:
    claim = claimed(any_world, agent)
    me = holder(any_world, claim)
    any_world.clock.advance(hours=7)
    any_world.write(build_reports.heartbeat, me, claim["id"])
    any_world.upkeep.enforce_deadlines()
    assert any_world.write(build_reports.heartbeat, me, claim["id"])["cancel"] is True
    assert any_world.event(tree_id, "1.1")["state"] == "timed_out"
    assert any_world.end_build(claim, "CANCELLED")[0] == 201
    assert any_world.event(tree_id, "1.1")["state"] == any_world.tree(tree_id)["state"] == "timed_out"
    assert build_of(any_world, claim["id"]).state == "cancelled"
    any_world.check(tree_id)


def test_a_build_whose_event_got_its_result_from_elsewhere_still_ends(any_world: World, tree_id: str, agent: Principal) -> None:
    claim = claimed(any_world, agent)
    any_world.result(tree_id, "1.1", "FAILED")
    assert any_world.end_build(claim, "SUCCESS")[0] == 201
    assert build_of(any_world, claim["id"]).state == "success"
    assert any_world.event(tree_id, "1.1")["state"] == "failed"
    any_world.check(tree_id)


def test_agents_are_silent_idle_or_busy(any_world: World, tree_id: str, agent: Principal) -> None:
    def state() -> str:
        return str(any_world.read(agents.listing, USER)["items"][0]["state"])

    assert state() == "idle"
    claimed(any_world, agent)
    assert state() == "busy"
    any_world.clock.advance(minutes=2)
    assert state() == "silent"
    any_world.write(agents.seen, agent)
    assert state() == "busy"
