"""Runs of workflows with routes on both databases: what comes next, exactly once, and that every run ends."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from dominoci.domain.errors import Conflict, Invalid, NotFound
from dominoci.infra.files import Upload
from dominoci.infra.models.builds import BuildArtifact
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import build_reports, builds, flows, projects, tree_actions
from dominoci.store import builds as store
from dominoci.store.builds import Wanted
from dominoci.store.paging import Page
from tests.integration.flow_plans import COMMIT, DIAMOND, Flow, job
from tests.together import Crew
from tests.world import USER, World

pytestmark = pytest.mark.services


@pytest.fixture
def diamond(any_world: World) -> Flow:
    return Flow(any_world, DIAMOND)


def test_jobs_run_by_their_routes_and_the_run_opens_a_tree(diamond: Flow) -> None:
    first = diamond.take("a")["a"]
    assert (first["job"]["fired_by"], first["job"]["workspace"]["url"]) == ([], f"/git/{diamond.run}.git")
    assert (first["commit"], first["variables"]) == (COMMIT, {"CHANNEL": "nightly"})
    diamond.end(first)
    middle = diamond.take("b", "c")
    diamond.end(middle["b"])
    last = diamond.take("d")["d"]
    assert last["job"]["fired_by"] == ["b"]
    diamond.end(middle["c"])
    assert diamond.view()["state"] == "running"
    diamond.end(last)
    run = diamond.view()
    assert (run["state"], run["reason"]["code"]) == ("success", "reported")
    assert run["tree_id"]
    assert run["sub_id"] == "1"
    assert diamond.jobs() == {"a": "success", "b": "success", "c": "success", "d": "success", "mail": "skipped"}
    assert {one["name"]: one["fired_by"] for one in run["jobs"]}["d"] == ["b", "c"]


def test_a_run_fails_however_well_the_mail_about_it_went(diamond: Flow) -> None:
    diamond.end(diamond.take("a")["a"], "FAILED", reason={"code": "step_failed", "text": "exit code 2"})
    diamond.end(diamond.take("mail")["mail"])
    run = diamond.view()
    assert (run["state"], run["tree_id"]) == ("failed", None)
    assert run["reason"]["text"] == "job a: exit code 2"
    assert diamond.jobs() == {"a": "failed", "b": "skipped", "c": "skipped", "d": "skipped", "mail": "success"}


def test_two_jobs_that_end_together_start_the_next_one_once(any_world: World) -> None:
    with Crew(2) as crew:
        for _ in range(6):
            flow = Flow(any_world, DIAMOND)
            flow.end(flow.take("a")["a"])
            middle = flow.take("b", "c")
            crew.at_once([partial(flow.end, middle[name]) for name in ("b", "c")])
            flow.end(flow.take("d")["d"])
            assert flow.view()["state"] == "success"


def test_two_jobs_that_end_a_run_together_end_it_once(any_world: World) -> None:
    with Crew(2) as crew:
        for number in range(6):
            flow = Flow(any_world, [job("left"), job("right")])
            both = flow.take("left", "right")
            crew.at_once([partial(flow.end, both[name]) for name in ("left", "right")])
            assert flow.view()["state"] == "success", number
    trees = Counter(row["tree_id"] for row in any_world.read(builds.listing, USER, {}, Page(100, None))["items"])
    assert set(trees.values()) == {1}


def test_a_lost_job_alone_is_queued_again_and_fails_after_five_leases(diamond: Flow) -> None:
    world = diamond.world
    for _ in range(build_reports.MAX_LEASES):
        diamond.take("a")
        world.pass_time(seconds=world.settings.lease_s + 1)
        assert diamond.view()["state"] == "running"
    assert diamond.jobs()["a"] == "failed"
    diamond.end(diamond.take("mail")["mail"])
    assert diamond.view()["state"] == "failed"


def test_a_cancelled_run_ends_when_its_last_job_has_stopped(diamond: Flow) -> None:
    world = diamond.world
    diamond.end(diamond.take("a")["a"])
    running = diamond.claim()
    assert running
    world.write(builds.cancel, USER, diamond.run)
    assert diamond.jobs() == {"a": "success", "b": "running", "c": "cancelled", "d": "waiting", "mail": "waiting"}
    assert world.write(build_reports.heartbeat, diamond.holder(running), running["id"])["cancel"]
    diamond.end(running, "CANCELLED")
    run = diamond.view()
    assert (run["state"], run["reason"]["text"]) == ("cancelled", "cancelled by admin")
    assert diamond.claim() is None


def test_a_waiting_run_is_cancelled_at_once(diamond: Flow) -> None:
    diamond.world.write(builds.cancel, USER, diamond.run)
    assert diamond.view()["state"] == "cancelled"


def test_a_job_that_is_cancelled_alone_fires_no_route(diamond: Flow) -> None:
    waiting = next(one["build_id"] for one in diamond.view()["jobs"] if one["name"] == "a")
    diamond.world.write(builds.cancel, USER, waiting)
    assert diamond.view()["state"] == "cancelled"


def test_a_run_that_takes_too_long_is_stopped_though_it_holds_no_lease(diamond: Flow) -> None:
    world = diamond.world
    claimed = diamond.take("a")["a"]
    world.clock.advance(seconds=world.settings.max_build_s + 1)
    world.upkeep.end_runs()
    assert world.write(build_reports.heartbeat, diamond.holder(claimed), claimed["id"])["cancel"]
    diamond.end(claimed, "CANCELLED")
    run = diamond.view()
    assert (run["state"], run["reason"]["code"]) == ("timed_out", "run_timed_out")


def test_a_deleted_project_leaves_no_run_behind(diamond: Flow) -> None:
    world = diamond.world
    world.write(projects.remove, USER, "flow")
    world.upkeep.end_runs()
    with world.database.reading() as session:
        assert {row.state for row in store.builds(session, Wanted(), Page(10, None))[0]} == {"cancelled"}
        assert store.any_queued(session) is False


def test_the_same_plan_again_changes_nothing(diamond: Flow) -> None:
    holder = diamond.holder(diamond.lease)
    status, answer = diamond.world.write(flows.plan, holder, diamond.run, diamond.told)
    assert (status, len(answer["jobs"])) == (200, len(DIAMOND))
    with pytest.raises(Conflict):
        diamond.world.write(flows.plan, holder, diamond.run, {**diamond.told, "pipeline": "another"})
    for refused in (build_reports.heartbeat, build_reports.held):
        with pytest.raises(Conflict):
            diamond.world.write(refused, holder, diamond.run)
    diamond.take("a")


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        ([job("a", success=["b"]), job("b", fail=["a"])], "a -> b -> a"),
        ([job("a", success=["nowhere"])], "nowhere"),
        ([job("a"), job("a")], "each once"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(world: World, stages: list[dict[str, object]], says: str) -> None:
    with pytest.raises(Invalid) as refused:
        Flow(world, stages)
    assert says in str(refused.value.errors)


def test_jobs_stand_in_no_list_of_builds_and_have_no_jobs_of_their_own(diamond: Flow) -> None:
    world = diamond.world
    claimed = diamond.take("a")["a"]
    listed = world.read(builds.listing, USER, {}, Page(100, None))["items"]
    assert [one["id"] for one in listed] == [diamond.run]
    seen = world.read(builds.get, USER, claimed["id"])
    assert (seen["job"], seen["run_id"], seen["cause"], seen["jobs"]) == ("a", diamond.run, "job", [])
    with pytest.raises(NotFound):
        world.write(flows.plan, diamond.holder(claimed), claimed["id"], diamond.told)


def test_what_jobs_made_is_what_the_run_made(any_world: World) -> None:
    any_world.project("flow", target={"kind": "agent"}, repository_url=None)
    any_world.depend("flow", "next")
    flow = Flow(any_world, [job("a", success=["b"]), job("b")])
    made = {}
    for name, content in (("a", "1"), ("b", "2")):
        made[name] = flow.take(name)[name]
        for artifact in ("lib.whl", f"{name}.txt"):
            upload = Upload(any_world.data / "none", 1, content * 64)
            booked = (flow.holder(made[name]), made[name]["id"], artifact, upload, content * 64)
            any_world.write(build_reports.book_artifact, *booked)
        flow.end(made[name])
    any_world.drain()
    told = any_world.ci.sent[-1].parents[0].artifacts
    assert {one["name"]: one["url"].split("/")[-3] for one in told} == {
        "a.txt": made["a"]["id"], "b.txt": made["b"]["id"], "lib.whl": made["b"]["id"],
    }  # fmt: skip


def test_a_job_waits_for_an_agent_with_what_it_needs(any_world: World) -> None:
    flow = Flow(any_world, [job("a", labels=["big"], needs=["compose"])])
    with any_world.database.reading() as session:
        row = store.build(session, flow.view()["jobs"][0]["build_id"])
        assert row
        assert row.needs == ["big", "compose"]


def test_a_run_that_an_event_started_gives_its_result(any_world: World) -> None:
    any_world.project("flow", target={"kind": "agent"}, repository_url=None)
    any_world.depend("core", "flow")
    tree = any_world.report("core")["tree_id"]
    flow = Flow.of_event(any_world, [job("a"), job("b")])
    both = flow.take("a", "b")
    assert both["a"]["variables"]["DOMINO_TREE_ID"] == tree
    assert both["a"]["variables"]["DOMINO_UPSTREAM_PROJECT"] == "core"
    flow.end(both["a"])
    assert any_world.event(tree, "1.1")["state"] == "running"
    flow.end(both["b"])
    assert any_world.event(tree, "1.1")["state"] == "success"


def test_a_tree_that_is_cancelled_stops_the_jobs_of_its_runs(any_world: World) -> None:
    any_world.project("flow", target={"kind": "agent"}, repository_url=None)
    any_world.depend("core", "flow")
    tree = any_world.report("core")["tree_id"]
    flow = Flow.of_event(any_world, [job("a"), job("b")])
    running = flow.claim()
    assert running
    any_world.write(tree_actions.cancel_tree, USER, tree)
    assert flow.jobs() == {"a": "running", "b": "cancelled"}
    flow.end(running, "CANCELLED")
    assert flow.view()["state"] == any_world.event(tree, "1.1")["state"] == "cancelled"


def test_a_job_gets_what_its_run_was_started_with_and_nothing_of_others(any_world: World) -> None:
    for name in ("flow", "lib", "other"):
        any_world.project(name, target={"kind": "agent"}, repository_url=None)
    any_world.depend("lib", "flow")

    def built(name: str, artifact: str) -> dict[str, Any]:
        any_world.write(builds.start, USER, name, "main", {})
        claimed: dict[str, Any] | None = any_world.claim(any_world.agent())
        assert claimed

        def made(uow: UnitOfWork) -> None:
            row = BuildArtifact(build_id=claimed["id"], name=artifact, size=1, sha256="a" * 64, created_at=uow.now)
            store.add(uow.session, row)

        any_world.write(made)
        any_world.end_build(claimed)
        return claimed

    foreign, parent = built("other", "secret.tar"), built("lib", "lib.tar")
    (taken,) = Flow.of_event(any_world, [job("a")]).take("a").values()
    assert [given["name"] for given in taken["inputs"]] == ["lib.tar"]
    holder = Flow.holder(taken)
    _, artifact = any_world.read(builds.artifact_place, holder, parent["id"], "lib.tar")
    assert artifact.name == "lib.tar"
    with pytest.raises(NotFound):
        any_world.read(builds.artifact_place, holder, foreign["id"], "secret.tar")
