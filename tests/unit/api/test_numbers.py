"""Forecasts, numbers, previews and connection tests answer as documented, and to nobody else than they say."""

from typing import Any

import pytest

from tests.unit.api.conformance import conform
from tests.unit.api.site import TestSite

API = "/api/v1"


@pytest.mark.parametrize("what", ["forecast", "numbers"])
def test_a_tree_tells_its_forecast_and_its_numbers(site: TestSite, what: str) -> None:
    tree_id = site.tree("core", "net", "app")
    told = conform(site.get(f"/trees/{tree_id}/{what}"), "GET", f"{API}/trees/{{tree}}/{what}")
    assert told["tree_id"] == tree_id
    assert site.get(f"/trees/{tree_id}/{what}", site.project_token("app")).status_code == 200
    assert site.get(f"/trees/unknown/{what}").status_code == 404
    site.project("stranger")
    assert site.get(f"/trees/{tree_id}/{what}", site.project_token("stranger")).status_code == 404


def test_a_forecast_without_its_events_says_the_same_of_the_tree(site: TestSite) -> None:
    tree_id = site.tree("core", "net", "app")
    whole = site.get(f"/trees/{tree_id}/forecast").get_json()
    short = conform(site.get(f"/trees/{tree_id}/forecast?events=false"), "GET", f"{API}/trees/{{tree}}/forecast")
    assert whole["events"]
    assert short["events"] == []
    assert short["critical_path"] == whole["critical_path"]


def test_a_project_tells_its_numbers(site: TestSite) -> None:
    site.tree("core", "net")
    told = conform(site.get("/projects/core/numbers?days=7"), "GET", f"{API}/projects/{{project}}/numbers")
    assert (told["days"], told["trees"]["count"], told["runs"]["count"]) == (7, 1, 1)
    assert site.get("/projects/core/numbers").get_json()["days"] == 30


@pytest.mark.parametrize("query", ["days=0", "days=366", "days=x", "days=1&more=1"])
def test_days_out_of_bounds_are_422(site: TestSite, query: str) -> None:
    site.project("core")
    assert site.get(f"/projects/core/numbers?{query}").status_code == 422


def test_what_is_overdue_is_listed(site: TestSite) -> None:
    site.project("net", start_deadline_s=1)
    site.project("core")
    site.depend("core", "net")
    site.post("/events", {"status": "SUCCESS"}, site.project_token("core"))
    told = conform(site.get("/overdue?limit=1"), "GET", f"{API}/overdue")
    assert told["total"] <= 1  # whether a tenth of its second is left is a matter of luck
    assert site.get("/overdue", site.project_token("core")).status_code == 403


@pytest.mark.parametrize("what", ["preview", "test-connections"])
@pytest.mark.parametrize("body", [{}, {"branch": "main"}, {"tag": "v1", "pipeline": "build"}, {"branch": None}])
def test_a_user_may_look_ahead(site: TestSite, what: str, body: dict[str, Any]) -> None:
    site.project("core", target={"kind": "agent"})
    site.project("net", target={"kind": "agent"})
    site.depend("core", "net")
    told = conform(site.post(f"/projects/core/{what}", body), "POST", f"{API}/projects/{{project}}/{what}")
    assert [(event["project"], event["would_run"], event["rank"]) for event in told["events"]] == [("net", True, 1)]
    assert site.get("/trees").get_json()["items"] == []
    assert site.post(f"/projects/core/{what}", body, site.project_token("core")).status_code == 403
    assert site.post(f"/projects/nothing/{what}", body).status_code == 404


def test_a_connection_test_names_step_and_fix(site: TestSite) -> None:
    site.project("core", target={"kind": "agent"})
    told = site.post("/projects/core/test-connections", {}).get_json()
    finding = told["connections"][0]["findings"][0]
    assert (told["ok"], finding["step"], finding["ok"]) == (False, "agents", False)
    assert "dominoci-agent run" in finding["fix"]


@pytest.mark.parametrize("body", [{"branch": "x" * 256}, {"branch": 1}, {"commit": "c" * 65}, {"more": "x"}, []])
def test_a_preview_of_nonsense_is_422(site: TestSite, body: Any) -> None:
    site.project("core")
    assert site.post("/projects/core/preview", body).status_code == 422


def test_a_dry_run_says_what_a_preview_says(site: TestSite) -> None:
    site.project("net")
    site.project("core")
    site.depend("core", "net", filters={"branches": {"include": ["release/*"]}})
    body = {"status": "SUCCESS", "metadata": {"branch": "main"}}
    told = conform(site.post("/events?dry_run=true", body, site.project_token("core")), "POST", f"{API}/events")
    # whom it touches is told to people only
    assert {**told, "owners": []} == site.post("/projects/core/preview", {"branch": "main"}).get_json()
    assert told["dropped"][0]["text"] == "branch main is not in release/*"
