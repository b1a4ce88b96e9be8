"""Notifications: decided with the change that they tell of, written for whoever may know."""

import pytest

from dominoci.domain.reports import Links, Metadata, Report
from dominoci.domain.states import ResultStatus
from dominoci.services import builds, job_changes, members, notification_rules, projects, reports
from tests.integration.notices import RUNS, child_runs, kinds, person, rule, told
from tests.integration.test_statement_counts import statements
from tests.world import USER, World

pytestmark = pytest.mark.services


def test_only_the_first_failure_and_the_recovery_are_told_with_where_it_began(any_world: World) -> None:
    world = any_world
    world.depend("lib", "app")
    world.write(projects.change, USER, "app", {"contact": "#web-ci"})
    quiet = rule(world, "app", ["first_failure", "recovery"])
    loud = rule(world, "app", RUNS)
    child_runs(world, "SUCCESS", "FAILED", "CANCELLED", "FAILED", "FAILED", "SUCCESS", "SUCCESS")
    assert kinds(world, quiet) == ["first_failure", "recovery"]
    assert kinds(world, loud) == ["success", "first_failure", "failure", "failure", "recovery", "success"]
    first, recovery = told(world, quiet)
    assert (first["project"], first["branch"], first["commit"], first["runs"]) == ("app", "main", "1a" * 20, 1)
    assert first["good"]["commit"] == "0a" * 20
    assert first["root"] == {"project": "lib", "commit": "1" * 40, "message": None}
    assert first["owners"] == ["#web-ci"]
    assert (recovery["runs"], recovery["since"]["commit"], recovery["since"]["root"]["commit"]) == (3, "1a" * 20, "1" * 40)
    again = told(world, loud)[3]
    assert (again["runs"], again["since"]["commit"], again["cut"]) == (3, "1a" * 20, False)


def test_each_branch_is_a_row_of_runs_of_its_own(world: World) -> None:
    world.depend("lib", "app")
    every = rule(world, "app", RUNS)
    releases = rule(world, "app", ["first_failure"], scope={"branches": ["release/*"]})
    child_runs(world, "FAILED", branch="main")
    child_runs(world, "FAILED", branch="release/1")
    child_runs(world, "SUCCESS", branch="main")
    assert kinds(world, every) == ["first_failure", "first_failure", "recovery"]
    assert [body["branch"] for body in told(world, releases)] == ["release/1"]


def test_runs_that_open_no_tree_are_told_too_and_count_among_the_others(world: World) -> None:
    world.project("lib")
    mine = rule(world, "lib", RUNS)
    for number, status in enumerate(("SUCCESS", "FAILED", "FAILED", "SUCCESS")):
        world.clock.advance(minutes=1)
        world.report("lib", status, commit=f"{number}" * 40)
    assert kinds(world, mine) == ["success", "first_failure", "failure", "recovery"]
    assert told(world, mine)[3]["since"]["commit"] == "1" * 40
    assert told(world, mine)[1]["url"] == "http://arbiter.test/projects/lib"


def test_a_build_that_fails_says_why_and_where(world: World) -> None:
    world.project("own", target={"kind": "agent"})
    mine = rule(world, "own", ["first_failure"])
    build = world.write(builds.start, USER, "own", None, {})["id"]
    claimed = world.claim(world.agent())
    assert claimed
    world.end_build(claimed, "FAILED", reason={"text": "step test failed with exit code 1"})
    (body,) = told(world, mine)
    assert body["url"] == f"http://arbiter.test/builds/{build}"
    assert body["reason"] == "step test failed with exit code 1"
    assert body["branch"] == "main"


def job_build(world: World, job: str, status: str) -> None:
    """One build of a job that ends so."""
    world.clock.advance(minutes=1)
    world.write(job_changes.start, USER, job, None, {})
    claimed = world.claim(world.agent())
    assert claimed
    world.end_build(claimed, status, reason={"text": "step test failed"})


def test_each_job_of_a_project_is_a_row_of_runs_of_its_own(any_world: World) -> None:
    world = any_world
    world.project("own", target={"kind": "agent"})
    mine = rule(world, "own", RUNS)
    for name in ("tools/lint", "tools/test"):
        world.write(job_changes.create, USER, {"path": name, "project": "own"})
    for job, status in (("lint", "SUCCESS"), ("test", "FAILED"), ("lint", "SUCCESS"), ("test", "FAILED"), ("test", "SUCCESS")):
        job_build(world, f"tools/{job}", status)
    assert [(body["job"], body["kind"]) for body in told(world, mine)] == [
        ("tools/lint", "success"),
        ("tools/test", "first_failure"),
        ("tools/lint", "success"),
        ("tools/test", "failure"),
        ("tools/test", "recovery"),
    ]


def test_the_address_of_another_projects_build_tells_nothing_of_it(world: World) -> None:
    world.project("own", target={"kind": "agent"}, visibility="private")
    world.project("other")
    build = world.write(builds.start, USER, "own", None, {})["id"]
    claimed = world.claim(world.agent())
    assert claimed
    world.end_build(claimed, "FAILED", reason={"text": "the secret step failed"}, commit="5" * 40)
    mine = rule(world, "other", ["failure"])
    lie = Report(ResultStatus("FAILED"), Metadata(branch="main"), Links(pipeline=f"http://arbiter.test/builds/{build}"))
    world.write(reports.report, world.who("other"), lie, None, None)
    (body,) = told(world, mine)
    assert (body["project"], body["reason"], body["commit"]) == ("other", None, None)


def test_a_late_success_takes_back_that_it_was_given_up(world: World) -> None:
    world.depend("lib", "app")
    mine = rule(world, "app", RUNS)
    tree_id = world.report("lib")["tree_id"]
    world.drain()
    world.started(tree_id, "1.1")
    world.pass_time(days=2)
    assert world.event(tree_id, "1.1")["state"] == "timed_out"
    world.result(tree_id, "1.1")
    assert kinds(world, mine) == ["first_failure", "recovery"]


def test_the_end_of_a_tree_is_told_to_its_root_with_what_broke(any_world: World) -> None:
    world = any_world
    world.graph([("lib", "app"), ("lib", "web"), ("web", "site")])
    failed = rule(world, "lib", ["tree_failed"])
    both = rule(world, "lib", ["tree_failed", "tree_finished"])
    assert rule(world, "app", ["tree_finished"])
    tree_id = world.report("lib")["tree_id"]
    by_name = {name: event["sub_id"] for name, event in world.by_project(tree_id).items()}
    world.result(tree_id, by_name["app"], "FAILED")
    assert told(world) == []
    world.result(tree_id, by_name["web"])
    world.result(tree_id, by_name["site"], "TIMED_OUT")
    assert kinds(world) == ["tree_failed", "tree_failed"]
    (body,) = told(world, failed)
    assert body["counts"] == {"success": 2, "failed": 1, "timed_out": 1}
    assert [one["project"] for one in body["broken"]] == ["app", "site"]
    assert body["url"] == f"http://arbiter.test/trees/{tree_id}"
    world.write(notification_rules.remove, USER, "lib", failed)
    tree_id = world.report("lib", commit="d" * 40)["tree_id"]
    for name in ("app", "web", "site"):
        world.result(tree_id, by_name[name])
    assert kinds(world, both) == ["tree_failed", "tree_finished"]


def test_a_personal_rule_is_about_the_projects_that_it_says_and_that_may_be_seen(any_world: World) -> None:
    world = any_world
    for name, visibility in (("mine", "private"), ("own", "private"), ("starred", "public"), ("others", "public")):
        world.project(name, visibility=visibility)
    ada = person(world, "ada")
    world.write(members.put, USER, "mine", "ada", "viewer")
    world.write(members.put, USER, "own", "ada", "owner")
    world.write(members.star, ada, "starred")
    rules = {
        which: rule(world, None, ["failure"], who=ada, scope={"branches": [], "projects": which})
        for which in ("mine", "starred", "owned")
    }

    def heard() -> dict[str, list[str]]:
        return {which: [body["project"] for body in told(world, id_)] for which, id_ in rules.items()}

    for name in ("mine", "own", "starred", "others"):
        world.report(name, "FAILED", commit="a" * 40)
    assert heard() == {"mine": ["mine", "own", "starred"], "starred": ["starred"], "owned": ["own"]}
    world.write(projects.change, USER, "starred", {"visibility": "private"})
    world.report("starred", "FAILED", commit="b" * 40)
    assert heard()["starred"] == ["starred"]


def test_nobody_is_told_a_name_that_may_not_be_known(any_world: World) -> None:
    world = any_world
    for name in ("hidden", "half", "app"):
        world.project(name, visibility="private")
    world.graph([("hidden", "half"), ("half", "app")])
    ada = person(world, "ada")
    world.write(members.put, USER, "app", "ada", "viewer")
    team = rule(world, "app", ["failure"])
    hers = rule(world, None, ["failure"], who=ada, scope={"branches": [], "projects": "mine"})
    tree_id = world.report("hidden", message="the secret plan")["tree_id"]
    world.result(tree_id, "1.1", project="half")
    world.result(tree_id, "1.1.1", "FAILED", project="app")
    for told_one in (*told(world, team), *told(world, hers)):
        assert told_one["project"] == "app"
        assert "hidden" not in str(told_one)
        assert "secret plan" not in str(told_one)
    world.write(members.put, USER, "hidden", "ada", "viewer")
    tree_id = world.report("hidden", message="the secret plan", commit="e" * 40)["tree_id"]
    world.result(tree_id, "1.1", project="half")
    world.result(tree_id, "1.1.1", "FAILED", project="app")
    assert "hidden" not in str(told(world, team)[-1])
    assert told(world, hers)[-1]["root"]["project"] == "hidden"


def test_nothing_is_asked_where_nobody_listens(world: World) -> None:
    world.graph([("lib", "app"), ("other", "end")])

    def opening(commit: str) -> int:
        world.report("other", commit=commit * 40)  # this process knows by now who listens
        with statements(world) as seen:
            world.report("lib", commit=commit * 40)
        return len(seen)

    silent = opening("1")
    rule(world, "end", RUNS)
    assert opening("2") == silent
    rule(world, "lib", ["failure"])
    assert opening("3") == silent + 1  # which rules there are; none wants a success
    rule(world, "lib", ["success"])
    assert opening("4") > silent + 1
    assert kinds(world) == ["success"]
