"""Folders and jobs over the API: made, changed, moved, started, deleted; what each refuses."""

from typing import Any

import pytest

from tests.unit.api.jobs import ASKS, GIVEN, HELLO, build, claim, finish, folder_of, made, push, shared, site
from tests.unit.api.people import newcomer
from tests.unit.api.site import TestSite

__all__ = ["shared", "site"]

# ---- the whole of it


def test_a_job_without_a_project_gets_one_that_runs_it(site: TestSite) -> None:
    job = made(site)
    assert (job["path"], job["folder"]["path"], job["project"]["name"]) == ("tools/hello", "tools", "hello")
    assert (job["version"], job["format"], job["checkout"], job["role"]) == (1, "job", False, "owner")
    project = site.get("/projects/hello").get_json()
    assert (project["visibility"], project["hosted"], project["target"]["job"]) == ("private", True, "tools/hello")

    started = build(site, "tools/hello", parameters={"WHO": "you"})
    assert started["of_job"] == {"id": job["id"], "path": "tools/hello", "name": "hello", "kind": "job"}
    assert (started["number"], started["definition_version"], started["cause"], started["job"]) == (1, 1, "manual", None)
    assert folder_of(site, started["id"]) == "tools/hello/1"

    claimed = claim(site)
    assert (claimed["repository"], claimed["definition"], claimed["commit"], claimed["file"]) == (None, GIVEN, None, None)
    assert finish(site, claimed)["tree_id"]
    shown = site.get("/jobs/tools%2Fhello").get_json()
    assert [(one["number"], one["state"]) for one in shown["recent"]] == [(1, "success")]
    assert shown["definition"]["text"] == HELLO


def test_a_job_of_a_project_runs_its_repository(site: TestSite) -> None:
    site.project("app", target={"kind": "agent"}, repository_url=None)
    made(site, "nightly", project="app", file=".domino/nightly.yml", ref="develop")
    build(site, "nightly")
    claimed = claim(site)
    assert claimed["repository"]["url"].startswith("/git/")
    assert (claimed["file"], claimed["definition"], claimed["ref"]) == (".domino/nightly.yml", None, "develop")


def test_events_pushes_and_builds_by_hand_of_a_project_run_the_job_of_its_target(site: TestSite) -> None:
    site.project("lib")
    site.project("app", target={"kind": "agent"}, repository_url=None)
    site.depend("lib", "app")
    job = made(site, "deploy/app", project="app")
    target = site.patch("/projects/app", {"target": {"kind": "agent", "job": "deploy/app"}}).get_json()["target"]
    assert (target["job"], "job_id" in target) == ("deploy/app", False)
    assert site.patch("/jobs/deploy/app", {"name": "web"}).get_json()["path"] == "deploy/web"
    assert site.get("/projects/app").get_json()["target"]["job"] == "deploy/web"

    told = site.post("/events", {"status": "SUCCESS", "metadata": {"branch": "main"}}, site.project_token("lib")).get_json()
    by_hand = site.post("/projects/app/builds", {}).get_json()
    assert push(site, "app").status_code == 201
    event, hand, pushed = site.get("/builds?project=app").get_json()["items"][::-1]
    assert (event["tree_id"], event["of_job"]["id"], event["definition_version"]) == (told["tree_id"], job["id"], 1)
    assert (hand["id"], hand["of_job"]["id"]) == (by_hand["id"], job["id"])
    assert [folder_of(site, one["id"]) for one in (event, hand, pushed)] == [f"deploy/web/{n}" for n in (1, 2, 3)]
    for refused in (site.patch("/jobs/deploy/web", {"enabled": False}), site.call("DELETE", "/api/v1/jobs/deploy/web")):
        assert refused.status_code == 409
        assert "Events of project app run this job" in refused.get_json()["detail"]


def test_where_the_target_names_no_job_each_one_speaks_for_its_project(site: TestSite) -> None:
    site.project("app", target={"kind": "agent"}, repository_url=None)
    made(site, "one", project="app")
    made(site, "two", project="app")
    build(site, "one")
    assert finish(site, claim(site))["tree_id"]
    site.patch("/projects/app", {"target": {"kind": "agent", "job": "two"}})
    build(site, "one")
    assert finish(site, claim(site))["tree_id"] is None


# ---- versions


def test_a_build_keeps_the_version_that_it_began_with(site: TestSite) -> None:
    made(site)
    first = build(site, "tools/hello")
    again = site.put("/jobs/tools/hello/definition", {"format": "job", "text": ASKS}).get_json()
    assert (again["version"], [one["name"] for one in again["parameters"]]) == (2, ["WHO"])
    assert site.put("/jobs/tools/hello/definition", {"format": "job", "text": ASKS}).get_json()["version"] == 2
    listed = site.get("/jobs/tools/hello/definitions").get_json()["items"]
    assert [(one["number"], one["present"]) for one in listed] == [(2, True), (1, False)]
    assert site.get("/jobs/tools/hello/definitions/1").get_json()["text"] == HELLO
    assert claim(site)["definition"]["text"] == HELLO
    assert site.get(f"/builds/{first['id']}").get_json()["definition_version"] == 1

    missing = site.post("/jobs/tools/hello/builds", {})
    assert (missing.status_code, list(missing.get_json()["errors"])) == (422, ["parameters.WHO"])
    assert build(site, "tools/hello", parameters={"WHO": "you"})["definition_version"] == 2


def test_two_who_edit_at_once_do_not_overwrite_each_other(site: TestSite) -> None:
    made(site)
    assert site.put("/jobs/tools/hello/definition", {"format": "job", "text": ASKS, "base": 1}).status_code == 200
    late = site.put("/jobs/tools/hello/definition", {"format": "job", "text": HELLO + "# x\n", "base": 1})
    assert late.status_code == 409
    assert "version 2 is the present one" in late.get_json()["detail"]


def test_a_job_goes_back_to_the_repositorys_own(site: TestSite) -> None:
    site.project("app", target={"kind": "agent"}, repository_url=None)
    made(site, "app/ci", project="app")
    own = site.call("DELETE", "/api/v1/jobs/app/ci/definition").get_json()
    assert (own["version"], own["definition"]) == (None, None)
    assert len(site.get("/jobs/app/ci/definitions").get_json()["items"]) == 1
    made(site, "bare")
    assert site.call("DELETE", "/api/v1/jobs/bare/definition").status_code == 409  # it begins in an empty folder


# ---- where things stand


def test_old_builds_keep_their_place_when_a_job_moves_and_numbers_go_on_above_what_lies_there(site: TestSite) -> None:
    made(site, "a/x")
    before = [build(site, "a/x") for _ in range(3)]
    moved = site.patch("/jobs/a/x", {"folder": "/", "name": "y"}).get_json()
    assert (moved["path"], moved["folder"]) == ("y", None)
    assert site.get("/jobs/a/x").status_code == 404
    assert folder_of(site, build(site, "y")["id"]) == "y/4"
    assert [folder_of(site, one["id"]) for one in before] == ["a/x/1", "a/x/2", "a/x/3"]
    other = made(site, "a/x", project=site.project("other", target={"kind": "agent"}, repository_url=None)["name"])
    assert build(site, other["path"])["number"] == 4  # a/x/1 to 3 are the files of the other's builds
    assert [one["number"] for one in site.get("/jobs/y/builds").get_json()["items"]] == [4, 3, 2, 1]


def test_a_folder_moves_with_all_that_it_holds(site: TestSite) -> None:
    made(site, "a/b/c/x")
    build(site, "a/b/c/x")
    assert site.patch("/folders/a/b", {"parent": "/", "name": "z"}).get_json()["path"] == "z"
    assert site.get("/jobs/z/c/x").get_json()["folder"]["path"] == "z/c"
    assert site.get("/projects/x").get_json()["target"]["job"] == "z/c/x"
    assert site.patch("/folders/z", {"parent": "z/c"}).status_code == 422
    assert site.patch("/folders/z", {"name": "a"}).status_code == 409
    held = site.call("DELETE", "/api/v1/folders/z")
    assert (held.status_code, held.get_json()["detail"].partition(".")[0]) == (409, "Folder z is not empty: c is in it")
    assert site.call("DELETE", "/api/v1/folders/a").status_code == 204
    assert [one["path"] for one in site.get("/folders").get_json()["items"]] == ["z"]


def test_a_projects_files_and_its_jobs_stay_apart_when_it_is_renamed(site: TestSite) -> None:
    site.project("tools", target={"kind": "agent"}, repository_url=None)
    own = site.post("/projects/tools/builds", {}).get_json()
    made(site, "tools/hello", project="tools")
    job = build(site, "tools/hello")
    jobs = site.container.settings.data / "jobs"
    for one in (own, job):
        (jobs / folder_of(site, one["id"]) / "01").mkdir(parents=True)
    assert site.patch("/projects/tools", {"name": "gears"}).status_code == 200
    assert [folder_of(site, one["id"]) for one in (own, job)] == ["gears/1", "tools/hello/2"]
    assert (jobs / "gears/1/01").is_dir()
    assert (jobs / "tools/hello/2/01").is_dir()


def test_lists_show_folders_and_jobs_by_name(site: TestSite) -> None:
    for path in ("b/two", "b/one", "top", "a/b/three"):
        made(site, path)
    assert [one["path"] for one in site.get("/folders").get_json()["items"]] == ["a", "b"]
    (inner,) = site.get("/folders?parent=a").get_json()["items"]
    assert (inner["path"], inner["jobs"], inner["folders"]) == ("a/b", 1, 0)
    assert [one["path"] for one in site.get("/jobs?folder=/").get_json()["items"]] == ["top"]
    first = site.get("/jobs?limit=3").get_json()
    rest = site.get(f"/jobs?limit=3&cursor={first['next_cursor']}").get_json()
    assert [one["path"] for one in (*first["items"], *rest["items"])] == ["a/b/three", "b/one", "b/two", "top"]
    assert rest["next_cursor"] is None
    assert [one["path"] for one in site.get("/jobs?q=O").get_json()["items"]] == ["b/one", "b/two", "top"]
    assert [one["path"] for one in site.get("/jobs?project=top").get_json()["items"]] == ["top"]
    assert site.get("/jobs?folder=nowhere").status_code == 404


# ---- the end


def test_a_deleted_job_keeps_its_builds_and_frees_its_path(site: TestSite) -> None:
    site.project("app", target={"kind": "agent"}, repository_url=None)
    made(site, "app/ci", project="app")
    waiting, ran = build(site, "app/ci"), None
    ran = claim(site)
    assert ran["id"] == waiting["id"]
    finish(site, ran)
    waiting = build(site, "app/ci")
    assert site.call("DELETE", "/api/v1/jobs/app/ci").status_code == 204
    shown = site.get(f"/builds/{waiting['id']}").get_json()
    assert (shown["state"], shown["reason"]["text"]) == ("cancelled", "job app/ci was deleted")
    assert site.get(f"/builds/{ran['id']}").get_json()["of_job"]["name"] == "ci"
    assert site.post(f"/builds/{ran['id']}/rerun", {}).status_code in (409, 422)
    made(site, "app/ci", project="app")
    assert build(site, "app/ci")["number"] == 3


def test_nothing_starts_a_job_that_is_switched_off(site: TestSite) -> None:
    site.project("app", target={"kind": "agent"}, repository_url=None)
    made(site, "ci", project="app", enabled=False)
    refused = site.post("/jobs/ci/builds", {})
    assert (refused.status_code, refused.get_json()["detail"]) == (409, "Job ci is switched off: switch it on first.")
    assert site.get("/builds").get_json()["items"] == []


def test_a_tree_hears_of_it_when_the_job_is_deleted_that_one_of_its_events_waits_for(site: TestSite) -> None:
    site.project("lib")
    site.project("app", target={"kind": "agent"}, repository_url=None)
    edge = site.depend("lib", "app")["id"]
    made(site, "ci", project="app")
    site.patch("/projects/app", {"target": {"kind": "agent", "job": "ci"}})
    told = site.post("/events", {"status": "SUCCESS", "metadata": {"branch": "main"}}, site.project_token("lib")).get_json()
    assert site.call("DELETE", f"/api/v1/projects/app/dependencies/{edge}").status_code == 204
    assert site.call("DELETE", "/api/v1/jobs/ci").status_code == 204
    assert site.get(f"/trees/{told['tree_id']}/events/1.1").get_json()["state"] == "cancelled"


def test_a_job_without_events_is_switched_off_and_deleted_though_its_project_names_it(site: TestSite) -> None:
    made(site)
    assert site.patch("/jobs/tools/hello", {"enabled": False}).status_code == 200
    by_hand = site.post("/projects/hello/builds", {})
    pushed = push(site, "hello")
    assert [(one.status_code, one.get_json()["detail"]) for one in (by_hand, pushed)] == [
        (409, "Job tools/hello is switched off: switch it on first.")
    ] * 2
    assert site.call("DELETE", "/api/v1/jobs/tools/hello").status_code == 204
    assert site.get("/projects/hello").get_json()["target"]["job"] is None


# ---- who may


def test_a_job_has_the_roles_of_its_project_and_a_folder_its_maker(site: TestSite) -> None:
    made(site)
    ada, bob = newcomer(site, "ada"), newcomer(site, "bob")
    assert site.get("/jobs/tools/hello", ada).status_code == 404
    assert site.get("/jobs", ada).get_json()["items"] == []
    (tools,) = site.get("/folders", ada).get_json()["items"]
    assert (tools["path"], tools["jobs"], tools["changeable"]) == ("tools", 0, False)
    site.call("PUT", "/api/v1/projects/hello/members/ada", json={"role": "viewer"})
    assert site.get("/jobs/tools/hello", ada).get_json()["role"] == "viewer"
    assert site.post("/jobs/tools/hello/builds", {}, ada).status_code == 403
    assert site.post("/jobs", {"path": "mine", "project": "hello"}, ada).status_code == 403

    assert site.post("/folders", {"path": "ada/own"}, ada).get_json()["created_by"] == "ada"
    assert site.patch("/folders/ada/own", {"name": "x"}, bob).status_code == 403
    assert site.call("DELETE", "/api/v1/folders/ada/own", bob).status_code == 403
    assert site.patch("/folders/ada/own", {"name": "x"}, ada).status_code == 200
    assert site.call("DELETE", "/api/v1/folders/ada/x").status_code == 204  # an admin


def test_what_people_do_to_jobs_stands_in_the_audit_log(site: TestSite) -> None:
    made(site)
    site.patch("/jobs/tools/hello", {"title": "Greets"})
    site.put("/jobs/tools/hello/definition", {"format": "job", "text": ASKS})
    build(site, "tools/hello", parameters={"WHO": "you"})
    site.patch("/folders/tools", {"name": "gears"})
    texts = [row["text"] for row in site.get("/audit").get_json()["items"]]
    assert [text.partition(" ")[2] for text in texts][:5] == [
        "(token test) moved folder gears: path",
        "(token test) started build tools/hello #1",
        "(token test) defined job tools/hello",
        "(token test) changed job tools/hello: title",
        "(token test) created job tools/hello",
    ]


# ---- bad input


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "path"),
        ({"path": "a", "name": "b"}, 422, "path"),
        ({"path": "a/b", "folder": "c"}, 422, "path"),
        ({"path": 7}, 422, "path"),
        ({"path": "/a"}, 422, "path"),
        ({"path": "a//b"}, 422, "path"),
        ({"path": "a/../b"}, 422, "path"),
        ({"path": "a/12"}, 422, "path"),
        ({"path": "a/builds"}, 422, "path"),
        ({"path": "triggers/a"}, 422, "path"),
        ({"path": "a/12.lease1"}, 422, "path"),
        ({"path": "/".join("abcdefghijk")}, 422, "path"),
        ({"name": "x", "folder": "nowhere"}, 404, None),
        ({"path": "x", "project": "nowhere"}, 404, None),
        ({"path": "x", "extra": 1}, 422, "extra"),
        ({"path": "x", "checkout": False}, 422, "definition"),
        ({"path": "x", "checkout": "no"}, 422, "checkout"),
        ({"path": "x", "file": "../secret"}, 422, "file"),
        ({"path": "x", "file": "a.yml", "definition": GIVEN}, 422, "file"),
        ({"path": "x", "definition": {"format": "jenkins", "text": "x"}}, 422, "definition.format"),
        ({"path": "x", "definition": {"format": "job", "text": "stages: 7\nfoo: 1"}}, 422, "definition.text"),
        ({"path": "taken"}, 409, "path"),
        ({"path": "other"}, 409, "path"),
    ],
    ids=str,
)
def test_a_job_that_cannot_be_made_is_refused_with_the_field(shared: TestSite, body: Any, status: int, field: str | None) -> None:
    if shared.get("/jobs/taken").status_code == 404:
        shared.empty()
        made(shared, "taken")
        shared.project("other")
    answer = shared.post("/jobs", {"project": "taken", **body} if body.get("path") == "other" else body)
    assert answer.status_code == status, answer.text
    problem = answer.get_json()
    assert field is None or list(problem["errors"]) == [field], problem
    if field == "definition.text":
        assert problem["errors"][field][0].startswith("Line 1: ")
    assert [one["path"] for one in shared.get("/jobs").get_json()["items"]] == ["taken"]


def test_names_of_projects_and_of_jobs_at_the_top_do_not_meet(site: TestSite) -> None:
    made(site, "hello")
    site.project("else")
    assert site.post("/projects", {"name": "x", "target": {"kind": "agent", "job": "hello"}}).status_code == 422
    made(site, "deep/else")
    assert site.get("/jobs/deep/else").get_json()["project"]["name"] == "deep-else"
    made(site, "web", project="else")
    for answer in (site.post("/projects", {"name": "web"}), site.patch("/projects/hello", {"name": "web"})):
        assert (answer.status_code, list(answer.get_json()["errors"])) == (409, ["name"])


def test_a_deleted_project_takes_its_jobs_along(site: TestSite) -> None:
    made(site)
    started = build(site, "tools/hello")
    assert site.call("DELETE", "/api/v1/projects/hello").status_code == 204
    assert site.get("/jobs/tools/hello").status_code == 404
    assert site.get(f"/builds/{started['id']}").status_code in (200, 404)
    assert site.call("DELETE", "/api/v1/folders/tools").status_code == 204
