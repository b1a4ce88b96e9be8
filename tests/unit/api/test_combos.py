"""Combos over the API: every answer as documented, and lock files in the format asked for."""

import json

from tests.unit.api.conformance import conform
from tests.unit.api.site import TestSite


def test_the_api_answers_combos_as_documented(site: TestSite) -> None:
    tree_id = site.tree("core", "net")
    name = f"{tree_id}:1:1"
    page = conform(site.get("/combos?project=core&limit=1"), "GET", "/api/v1/combos")
    assert [c["id"] for c in page["items"]] == [name]
    one = conform(site.get(f"/combos/{name}"), "GET", "/api/v1/combos/{combo}")
    assert conform(site.get("/projects/core/combo?branch=main"), "GET", "/api/v1/projects/{project}/combo") == one
    lock = conform(site.get(f"/combos/{name}/lock"), "GET", "/api/v1/combos/{combo}/lock")
    assert conform(site.get("/projects/core/combo/lock"), "GET", "/api/v1/projects/{project}/combo/lock") == lock
    text = site.get(f"/combos/{name}/lock?format=dotenv")
    assert text.content_type == "text/plain; charset=utf-8"
    assert "CORE_BRANCH=main\n" in text.text
    assert json.loads(site.get(f"/combos/{name}/lock?format=json").text)["combo"] == name
    same = conform(site.get(f"/combos/compare?a={name}&b={name}"), "GET", "/api/v1/combos/compare")
    assert (same["changed"], same["unchanged"]) == ([], 1)
    missing = site.get("/projects/net/combo")
    assert (missing.status_code, missing.get_json()["title"]) == (404, "Not found")
    assert "net has not succeeded yet" in missing.get_json()["detail"]
    assert site.get("/combos/last?project=core&project=net").status_code == 404
    site.post("/events", {"status": "SUCCESS"}, site.project_token("net"))
    assert site.get("/combos/last?project=core").status_code == 422
    assert site.get("/combos/compare?a=x").status_code == 422


def test_the_api_answers_the_combo_of_a_set_as_documented(site: TestSite) -> None:
    tree_id = site.tree("core", "net")
    address = {"tree_id": tree_id, "sub_id": "1.1", "attempt": 1}
    told = site.post("/results", {"status": "SUCCESS", **address}, site.project_token("net"))
    assert told.status_code == 201, told.text
    found = conform(site.get("/combos/last?project=core&project=net"), "GET", "/api/v1/combos/last")
    assert [c["id"] for c in found["combos"]] == [f"{tree_id}:1:1", f"{tree_id}:1.1:1"]
