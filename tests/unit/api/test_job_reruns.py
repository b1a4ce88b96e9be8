"""Running a build of a job once more."""

from tests.unit.api.jobs import ASKS, GIVEN, build, claim, finish, folder_of, made, shared, site
from tests.unit.api.site import TestSite

__all__ = ["shared", "site"]


def test_a_rerun_is_a_build_of_the_same_job_and_version(site: TestSite) -> None:
    made(site)
    build(site, "tools/hello")
    ended = claim(site)
    finish(site, ended)
    site.put("/jobs/tools/hello/definition", {"format": "job", "text": ASKS})
    again = site.call("POST", f"/api/v1/builds/{ended['id']}/rerun").get_json()
    assert (again["of_job"]["path"], again["definition_version"], again["number"]) == ("tools/hello", 1, 2)
    assert folder_of(site, again["id"]) == "tools/hello/2"


def test_a_rerun_is_none_of_the_job_that_the_projects_target_names_now(site: TestSite) -> None:
    made(site)
    site.put("/jobs/tools/hello/definition", GIVEN)
    made(site, "tools/other", project="hello")
    build(site, "tools/other")
    ended = claim(site)
    finish(site, ended)
    site.call("PATCH", "/api/v1/jobs/tools/hello", json={"enabled": False})
    again = site.call("POST", f"/api/v1/builds/{ended['id']}/rerun").get_json()
    assert (again["of_job"]["path"], folder_of(site, again["id"])) == ("tools/other", f"tools/other/{again['number']}")
    site.call("PATCH", "/api/v1/jobs/tools/other", json={"enabled": False})
    assert "tools/other is switched off" in site.call("POST", f"/api/v1/builds/{ended['id']}/rerun").get_json()["detail"]


def test_a_rerun_of_a_build_without_a_job_has_none(site: TestSite) -> None:
    site.project("core", target={"kind": "agent"})
    assert site.post("/projects/core/builds", {}).status_code == 201
    ended = claim(site)
    finish(site, ended)
    made(site, "tools/core", project="core")
    target = {"kind": "agent", "job": "tools/core"}
    assert site.call("PATCH", "/api/v1/projects/core", json={"target": target}).status_code == 200
    again = site.call("POST", f"/api/v1/builds/{ended['id']}/rerun").get_json()
    assert (again["of_job"], folder_of(site, again["id"])) == (None, "core/2")
