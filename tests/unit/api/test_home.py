"""The home page's and the project page's lists answer as documented, and tell nobody of what they may not see."""

from tests.unit.api.conformance import conform
from tests.unit.api.site import TestSite

API = "/api/v1"
FAILED = {"status": "FAILED", "metadata": {"branch": "main"}}


def fail(site: TestSite, name: str, tree_id: str, sub_id: str = "1.1") -> None:
    """The result of an event that went wrong."""
    told = site.post("/results", {**FAILED, "tree_id": tree_id, "sub_id": sub_id, "attempt": 1}, site.project_token(name))
    assert told.status_code == 201, told.text


def test_the_first_level_is_told_to_users_and_to_the_project(site: TestSite) -> None:
    fail(site, "net", site.tree("core", "net", "app"))
    site.project("docs")
    site.depend("core", "docs", filters={"branches": {"include": ["v*"]}})
    told = conform(site.get("/projects/core/first-level"), "GET", f"{API}/projects/{{project}}/first-level")
    assert [(one["project"]["name"], one["state"]) for one in told["items"]] == [("net", "failed"), ("docs", None)]
    assert told["items"][1]["filters"]["branches"]["include"] == ["v*"]
    assert (told["total"], told["cut"]) == (2, False)
    assert len(site.get("/projects/core/first-level?limit=1").get_json()["items"]) == 1
    assert site.get("/projects/core/first-level", site.project_token("core")).status_code == 200
    assert site.get("/projects/core/first-level?limit=0").status_code == 422
    assert site.get("/projects/nix/first-level").status_code == 404


def test_activity_is_told_of_the_projects_that_exist(site: TestSite) -> None:
    tree_id = site.tree("core", "net")
    ids = [site.get(f"/projects/{name}").get_json()["id"] for name in ("net", "core")]
    told = conform(site.get(f"/activity?project={ids[0]}&project={ids[1]}&project=nix"), "GET", f"{API}/activity")
    assert [(one["project"]["name"], one["tree"] and one["tree"]["id"]) for one in told["items"]] == [
        ("net", tree_id),
        ("core", tree_id),
    ]
    assert site.get("/activity").status_code == 422


def test_home_shows_what_needs_somebody_with_the_queues_of_everything(site: TestSite) -> None:
    tree_id = site.tree("core", "net", "app")
    fail(site, "net", tree_id)
    told = conform(site.get("/home?scope=everything"), "GET", f"{API}/home")
    need = told["needs_you"][0]
    assert (need["tree_id"], need["sub_id"], need["project"]["name"], need["blocks"], need["may_run"]) == (
        tree_id,
        "1.1",
        "net",
        1,
        True,
    )
    assert told["queues"]["builds"] == 0
    assert conform(site.get("/home"), "GET", f"{API}/home")["queues"] is None
    assert site.get("/home?scope=all").status_code == 422
    assert site.get("/home", site.project_token("core")).status_code == 403


def test_the_names_of_all_projects_come_in_order(site: TestSite) -> None:
    for name in ("net", "core"):
        site.project(name)
    told = conform(site.get("/search/names"), "GET", f"{API}/search/names")
    assert told == {"items": ["core", "net"], "next_cursor": None, "cut": False}
    assert site.get("/search/names", site.project_token("core")).status_code == 403
