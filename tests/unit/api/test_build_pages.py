"""Builds as people go on from them: run once more, beside the last green one, and not without what the pipeline asks for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.api.site import TestSite

PIPELINE = {
    "name": "build",
    "selected": True,
    "reason": None,
    "parameters": [{"name": "TARGET", "required": True, "default": None}, {"name": "LEVEL", "required": True, "default": "2"}],
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestSite]:
    """The app, with a project whose builds our agents run."""
    made = TestSite(tmp_path)
    made.project("built", target={"kind": "agent"}, repository_url="https://github.com/acme/built")
    yield made
    made.close()


def ran(site: TestSite, commit: str, steps: dict[str, tuple[str, str]], status: str, **parameters: str) -> dict[str, Any]:
    """A build that an agent brought to its end: steps by name as (state, when it ended within the minute)."""
    started = site.post("/projects/built/builds", {"parameters": {"TARGET": "web", **parameters}})
    assert started.status_code == 201, started.text
    claim = site.post("/agents/claim", {}, site.agent_token()).get_json()
    told = [
        {
            **{"n": n, "pipeline": "build", "stage": name, "name": name, "state": state},
            **{"exit_code": int(state == "failed"), "signal": None},
            **{"started_at": "2026-11-21T10:00:00Z", "finished_at": f"2026-11-21T10:00:{second}Z"},
        }
        for n, (name, (state, second)) in enumerate(steps.items(), 1)
    ]
    site.post(f"/builds/{claim['id']}/state", {"commit": commit * 40, "pipelines": [PIPELINE], "steps": told}, claim["token"])
    ended = site.post(f"/builds/{claim['id']}/result", {"status": status, "metadata": {}}, claim["token"])
    assert ended.status_code == 201, ended.text
    return dict(site.get(f"/builds/{claim['id']}").get_json())


def test_a_build_stands_beside_the_last_green_one_of_its_branch(site: TestSite) -> None:
    green = ran(site, "a", {"lint": ("success", "02"), "unit": ("success", "05"), "old": ("success", "01")}, "SUCCESS")
    red = {"lint": ("success", "20"), "unit": ("failed", "06"), "new": ("success", "01")}
    ran(site, "b", red, "FAILED")
    build = ran(site, "c", red, "FAILED", LEVEL="3")
    told = site.get(f"/builds/{build['id']}/compare").get_json()
    assert (told["base"]["id"], told["build"]["id"]) == (green["id"], build["id"])
    assert told["compare_url"] == f"https://github.com/acme/built/compare/{'a' * 40}...{'c' * 40}"
    pairs = [((pair["new"] or pair["old"])["name"], pair["difference"]) for pair in told["steps"]]
    assert pairs == [("unit", "broke"), ("new", "added"), ("old", "removed"), ("lint", "slower")]
    assert told["steps"][3]["old"]["took_ms"] == 2000
    assert told["parameters"] == [{"name": "LEVEL", "old": None, "new": "3"}]
    assert site.get(f"/builds/{green['id']}/compare").get_json()["base"] is None


def test_a_green_root_build_is_run_again_too(site: TestSite) -> None:
    before = ran(site, "a", {"unit": ("success", "05")}, "SUCCESS")
    assert before["tree_id"]
    again = site.post(f"/builds/{before['id']}/rerun", None)
    assert again.status_code == 201, again.text
    assert (again.get_json()["tree_id"], again.get_json()["rerun_of"]["id"]) == (None, before["id"])


def test_a_ref_that_may_be_a_strangers_is_built_without_trust(site: TestSite) -> None:
    for ref, trusted in (("refs/pull/7/head", False), ("refs/heads/main", True), ("refs/tags/v1", True), ("main", True)):
        started = site.post("/projects/built/builds", {"ref": ref, "parameters": {"TARGET": "web"}})
        assert started.status_code == 201, started.text
        claim = site.post("/agents/claim", {}, site.agent_token()).get_json()
        assert (claim["ref"], claim["trusted"]) == (ref, trusted)


def test_a_given_definition_is_shown_to_maintainers_and_audited(site: TestSite) -> None:
    given = {"format": "job", "text": '{"title": "t", "stages": [{"title": "s", "steps": [{"title": "a", "command": "true"}]}]}'}
    started = site.post("/projects/built/builds", {"definition": given}).get_json()
    assert site.get(f"/builds/{started['id']}").get_json()["definition"] == given
    (entry, *_) = site.get("/audit").get_json()["items"]
    assert entry["after"]["definition"]["format"] == "job"
    assert "true" not in str(entry["after"]["definition"])


def test_a_finished_build_is_run_again_as_it_was(site: TestSite) -> None:
    before = ran(site, "a", {"unit": ("failed", "05")}, "FAILED", LEVEL="3")
    again = site.post(f"/builds/{before['id']}/rerun", None)
    assert again.status_code == 201, again.text
    build = again.get_json()
    assert build["rerun_of"] == {"id": before["id"], "number": before["number"]}
    for same in ("commit", "ref", "branch", "parameters"):
        assert build[same] == before[same], same
    assert (build["state"], build["number"], build["steps"]) == ("queued", before["number"] + 1, [])
    too_soon = site.post(f"/builds/{build['id']}/rerun", None)
    assert too_soon.status_code == 409
    assert "cancel it first" in too_soon.get_json()["detail"]


def test_a_build_inside_a_tree_is_run_again_there(site: TestSite) -> None:
    site.project("core")
    site.depend("core", "built")
    site.post("/events", {"status": "SUCCESS", "metadata": {"branch": "main"}}, site.project_token("core"))
    [build] = site.get("/builds?project=built").get_json()["items"]
    refused = site.post(f"/builds/{build['id']}/rerun", None).get_json()
    assert (refused["status"], refused["tree_id"], refused["sub_id"]) == (409, build["tree_id"], "1.1")


def test_a_start_without_what_the_pipeline_asks_for_names_the_field(site: TestSite) -> None:
    ran(site, "a", {"unit": ("success", "05")}, "SUCCESS")
    refused = site.post("/projects/built/builds", {"parameters": {"LEVEL": "1"}})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["parameters.TARGET"])
    job = (
        "title: Deploy\nparameters: [{title: PLACE, required: true}]\nstages: [{title: go, steps: [{title: go, command: ls}]}]\n"
    )
    for text, field in ((job, "parameters.PLACE"), (f"{job}sausage: 1\n", "definition.text")):
        refused = site.post("/projects/built/builds", {"definition": {"format": "job", "text": text}})
        assert (refused.status_code, list(refused.get_json()["errors"])) == (422, [field])
    given = {"definition": {"format": "job", "text": job}, "parameters": {"PLACE": "mars"}}
    assert site.post("/projects/built/builds", given).status_code == 201
    assert len(site.get("/builds?project=built").get_json()["items"]) == 2


def test_an_agents_build_tells_how_far_it_is(site: TestSite) -> None:
    site.post("/projects/built/builds", {})
    claim = site.post("/agents/claim", {}, site.agent_token()).get_json()
    steps = [
        {"n": n, "pipeline": "build", "stage": "s", "name": f"s{n}", "state": state, "exit_code": None, "signal": None}
        | {"started_at": None, "finished_at": None}
        for n, state in enumerate(("success", "running", "waiting"), 1)
    ]
    site.post(f"/builds/{claim['id']}/state", {"commit": "a" * 40, "pipelines": [], "steps": steps}, claim["token"])
    [agent] = site.get("/agents").get_json()["items"]
    [build] = agent["builds"]
    assert (build["id"], build["steps_ended"], build["steps"]) == (claim["id"], 1, 3)
