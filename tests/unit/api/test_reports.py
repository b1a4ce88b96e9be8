"""What projects report over HTTP."""

import pytest

from dominoci.domain import credentials
from tests.unit.api.conformance import conform
from tests.unit.api.site import TestSite

FULL = {
    "status": "SUCCESS",
    "metadata": {"branch": "main", "tag": None, "pipeline": "build", "commit": "9fceb02", "message": "Fix it\n\nReally."},
    "links": {"repository": "https://git.test/x", "pipeline": "https://ci.test/12", "owners": None},
    "artifacts": [{"name": "x.whl", "url": "https://files.test/x.whl", "sha256": "A" * 64, "purl": "pkg:pypi/x@1", "size": 5}],
}


def token_of(site: TestSite, tree_id: str, sub_id: str, attempt: int = 1) -> str:
    """The event token that this event's pipeline was given."""
    return credentials.mint_event(site.container.keys, tree_id, sub_id, attempt)


def test_a_success_opens_a_tree_and_the_same_again_gets_the_same_answer(site: TestSite) -> None:
    site.project("core")
    first = site.post("/events", FULL, site.project_token("core"))
    again = site.post("/events", FULL, site.project_token("core"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert conform(first, "POST", "/api/v1/events") == conform(again, "POST", "/api/v1/events")


def test_an_idempotency_key_makes_a_repeat_recognisable(site: TestSite) -> None:
    site.project("core")
    token, key = site.project_token("core"), {"Idempotency-Key": "run-1"}
    headers = {"headers": key}
    ids = [site.post("/events", {"status": "SUCCESS"}, token, **headers).get_json()["tree_id"] for _ in range(2)]
    without = site.post("/events", {"status": "SUCCESS"}, token).get_json()["tree_id"]
    assert ids[0] == ids[1] != without


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_an_idempotency_key_that_cannot_be_used_is_422(site: TestSite, key: str) -> None:
    site.project("core")
    answer = site.post("/events", {"status": "SUCCESS"}, site.project_token("core"), headers={"Idempotency-Key": key})
    assert answer.status_code == 422


def test_a_failure_is_recorded_and_opens_no_tree(site: TestSite) -> None:
    site.project("core")
    answer = site.post("/events", {"status": "FAIL"}, site.project_token("core"))
    assert conform(answer, "POST", "/api/v1/events")["tree_id"] is None
    assert answer.status_code == 200
    assert site.get("/projects/core").get_json()["last_result"]["status"] == "FAILED"


def test_a_dry_run_tells_what_would_fall_and_changes_nothing(site: TestSite) -> None:
    site.tree("core", "net", "app")
    before = site.get("/trees").get_json()
    answer = site.post("/events?dry_run=true", FULL, site.project_token("core"))
    told = conform(answer, "POST", "/api/v1/events")
    # a project sees itself, public ones and its neighbours: app is behind net, and private
    assert [(event["project"], event["would_run"]) for event in told["events"]] == [("net", True), (None, True)]
    assert site.get("/trees").get_json() == before


def test_a_result_is_taken_once(site: TestSite) -> None:
    tree_id = site.tree("core", "net")
    token = site.project_token("net")
    body = {**FULL, "event_token": token_of(site, tree_id, "1.1")}
    answers = [site.post("/results", body, token).status_code for _ in range(2)]
    other = site.post("/results", {**body, "status": "FAILED"}, token)
    assert (*answers, other.status_code) == (201, 200, 409)
    shown = site.get(f"/trees/{tree_id}/events/1.1").get_json()
    assert (shown["state"], shown["result"]["artifacts"][0]["sha256"]) == ("success", "a" * 64)


def test_a_result_may_name_its_event_by_numbers(site: TestSite) -> None:
    tree_id = site.tree("core", "net")
    body = {"status": "SUCCESS", "tree_id": tree_id, "sub_id": "1.1", "attempt": 1}
    assert conform(site.post("/results", body, site.project_token("net")), "POST", "/api/v1/results")["sub_id"] == "1.1"


def test_numbers_that_contradict_the_token_are_422(site: TestSite) -> None:
    tree_id = site.tree("core", "net")
    body = {"status": "SUCCESS", "event_token": token_of(site, tree_id, "1.1"), "sub_id": "1.2"}
    assert site.post("/results", body, site.project_token("net")).status_code == 422


def test_a_result_without_an_event_is_422(site: TestSite) -> None:
    site.tree("core", "net")
    assert site.post("/results", {"status": "SUCCESS"}, site.project_token("net")).status_code == 422


def test_another_projects_event_is_404(site: TestSite) -> None:
    tree_id = site.tree("core", "net", "app")
    body = {"status": "SUCCESS", "event_token": token_of(site, tree_id, "1.1")}
    assert site.post("/results", body, site.project_token("app")).status_code == 404


def test_an_event_token_alone_is_enough_only_where_the_project_says_so(site: TestSite) -> None:
    tree_id = site.tree("core", "net")
    token = token_of(site, tree_id, "1.1")
    assert site.post("/results", {"status": "SUCCESS"}, token).status_code == 403
    site.call("PATCH", "/api/v1/projects/net", json={"accept_event_token": True})
    assert site.post("/results", {"status": "SUCCESS"}, token).status_code == 201


def test_a_sign_of_life_makes_the_event_running(site: TestSite) -> None:
    tree_id = site.tree("core", "net")
    body = {"event_token": token_of(site, tree_id, "1.1"), "links": {"pipeline": "https://ci.test/7"}}
    conform(site.post("/results/started", body, site.project_token("net")), "POST", "/api/v1/results/started")
    shown = site.get(f"/trees/{tree_id}/events/1.1").get_json()
    assert (shown["state"], shown["run_url"]) == ("running", "https://ci.test/7")


@pytest.mark.parametrize(
    "change",
    [
        {"status": "success"},
        {"status": None},
        {"metadata": {"commit": "x" * 65}},
        {"metadata": {"author": "x"}},
        {"metadata": None},
        {"links": {"pipeline": "javascript:alert(1)"}},
        {"artifacts": [{"url": "https://files.test/x"}]},
        {"artifacts": [{"name": "x", "sha256": "zz"}]},
        {"artifacts": [{"name": "x", "size": -1}]},
        {"artifacts": [{"name": "x"}] * 1001},
        {"event_token": "dce_x"},
    ],
)
def test_a_report_with_something_wrong_in_it_is_422(site: TestSite, change: dict[str, object]) -> None:
    site.project("core")
    assert site.post("/events", {**FULL, **change}, site.project_token("core")).status_code == 422
