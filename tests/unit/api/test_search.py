"""The search box and the feeds over the API: every answer as documented, and what may be asked."""

import pytest

from tests.unit.api.conformance import conform
from tests.unit.api.site import TestSite


def test_the_box_answers_as_documented(site: TestSite) -> None:
    tree_id = site.tree("core", "net")
    for q in ("core", tree_id, f"{tree_id} 1.1", "%23404"):
        conform(site.get(f"/search?q={q}"), "GET", "/api/v1/search")
    found = site.get(f"/search?q={tree_id}").get_json()
    assert [item["url"] for item in found["trees"]] == [f"/trees/{tree_id}"]


@pytest.mark.parametrize("query", ["", "?q=", f"?q={'x' * 201}", "?q=a&r=b", "?q=%00", "?q=a%0Ab"])
def test_what_cannot_be_searched_for_is_refused(site: TestSite, query: str) -> None:
    assert site.get(f"/search{query}").status_code == 422


def test_only_people_search(site: TestSite) -> None:
    site.project("core")
    assert site.get("/search?q=core", site.project_token("core")).status_code == 403
    assert site.anyone.get("/api/v1/search?q=core").status_code == 401


def test_the_reports_of_a_project(site: TestSite) -> None:
    tree_id = site.tree("core", "net")
    told = {"status": "FAILED", "metadata": {"commit": "a1"}, "links": {"pipeline": "https://ci.test/1"}}
    site.post("/events", told, site.project_token("core"))
    page = conform(site.get("/projects/core/reports"), "GET", "/api/v1/projects/{project}/reports")
    assert [item["tree_id"] for item in page["items"]] == [None, tree_id]
    assert [item["text"] for item in page["items"]] == ["FAILED opens no tree", f"opened tree {tree_id}: 1 below it, 1 queued"]
    assert page["items"][0]["metadata"]["commit"] == "a1"
    assert site.get("/projects/core/reports", site.project_token("core")).status_code == 200
    assert site.get("/projects/core/reports", site.project_token("net")).status_code == 404


def test_trees_by_branch_commit_and_time(site: TestSite) -> None:
    tree_id = site.tree("core", "net")
    page = conform(site.get("/trees?branch=main&since=2026-01-01T00:00:00Z&project=core"), "GET", "/api/v1/trees")
    assert [item["id"] for item in page["items"]] == [tree_id]
    assert site.get("/trees?commit=9fceb02").get_json()["items"] == []
    assert site.get("/trees?since=yesterday").status_code == 422
    assert site.get("/trees?since=8999-01-01T00:00:00Z").get_json()["items"] == []
    assert site.get("/trees?since=1970-01-01T00:00:00Z").status_code == 200
