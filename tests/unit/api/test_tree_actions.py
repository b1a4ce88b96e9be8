"""Cancel, rerun, redeliver and why over HTTP."""

import pytest

from dominoci.domain import credentials
from tests.unit.api.conformance import conform
from tests.unit.api.site import TestSite

TREES = "/api/v1/trees"


def token_of(site: TestSite, tree_id: str, sub_id: str, attempt: int = 1) -> str:
    """The event token that this event's pipeline was given."""
    return credentials.mint_event(site.container.keys, tree_id, sub_id, attempt)


def fail(site: TestSite, tree_id: str, sub_id: str, project: str) -> None:
    """The event's pipeline reports that it failed."""
    body = {"status": "FAILED", "event_token": token_of(site, tree_id, sub_id)}
    assert site.post("/results", body, site.project_token(project)).status_code == 201


def test_a_tree_is_cancelled_and_run_again(site: TestSite) -> None:
    tree = site.tree("core", "net", "app")
    told = conform(site.post(f"/trees/{tree}/cancel", None), "POST", f"{TREES}/{{tree}}/cancel")
    assert (told["state"], told["count"], told["text"]) == ("cancelled", 2, "2 events cancelled")
    assert site.post(f"/trees/{tree}/cancel", None).status_code == 409
    told = conform(site.post(f"/trees/{tree}/rerun", {}), "POST", f"{TREES}/{{tree}}/rerun")
    assert [(event["project"], event["state"]) for event in told["events"]] == [("net", "queued"), ("app", "waiting")]


def test_one_event_is_run_again_with_or_without_what_is_behind_it(site: TestSite) -> None:
    tree = site.tree("core", "net", "app")
    fail(site, tree, "1.1", "net")
    answer = site.post(f"/trees/{tree}/events/1.1/rerun", {"downstream": False})
    assert conform(answer, "POST", f"{TREES}/{{tree}}/events/{{sub}}/rerun")["count"] == 1
    detail = conform(site.get(f"/trees/{tree}/events/1.1"), "GET", f"{TREES}/{{tree}}/events/{{sub}}")
    shown = [(a["number"], a["status"], a["asked_by"]) for a in detail["attempts"]]
    assert shown == [(1, "FAILED", None), (2, None, "admin")]
    answer = site.post(f"/trees/{tree}/events/1.1/cancel", {"scope": "branch"})
    assert conform(answer, "POST", f"{TREES}/{{tree}}/events/{{sub}}/cancel")["count"] == 2


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("{tree}/rerun", {"scope": "some"}, 422),
        ("{tree}/rerun", {"scope": "failed"}, 409),
        ("{tree}/events/1/rerun", {}, 409),
        ("{tree}/events/1.1/rerun", {"downstream": "yes"}, 422),
        ("{tree}/events/1.1/cancel", {"scope": "all"}, 422),
        ("{tree}/events/1.1/redeliver", None, 409),
        ("{tree}/events/1.9/rerun", {}, 404),
        ("unknown/cancel", None, 404),
    ],
)
def test_what_cannot_be_done_says_why(site: TestSite, path: str, body: object, status: int) -> None:
    tree = site.tree("core", "net")
    answer = site.post(f"/trees/{path.format(tree=tree)}", body)
    assert answer.status_code == status
    assert len(answer.get_json()["detail"]) > 20


def test_a_project_token_may_read_its_trees_but_not_act_on_them(site: TestSite) -> None:
    tree = site.tree("core", "net")
    assert site.get(f"/trees/{tree}/events/1.1/why", site.project_token("net")).status_code == 200
    assert site.post(f"/trees/{tree}/cancel", None, site.project_token("net")).status_code == 403


def test_why_names_the_root_of_the_trouble(site: TestSite) -> None:
    tree = site.tree("core", "net", "app", "docs")
    fail(site, tree, "1.1", "net")
    why = conform(site.get(f"/trees/{tree}/events/1.1.1.1/why"), "GET", f"{TREES}/{{tree}}/events/{{sub}}/why")
    assert why["sentence"] == "upstream app was skipped because net (1.1) failed"
    assert why["root"] == {"sub_id": "1.1", "project": "net"}


def test_why_is_answered_for_projects_inside_and_outside_of_the_tree(site: TestSite) -> None:
    tree = site.tree("core", "net")
    site.project("island")
    inside = conform(site.get(f"/trees/{tree}/why?project=net"), "GET", f"{TREES}/{{tree}}/why")
    assert (inside["in_tree"], len(inside["events"])) == (True, 1)
    outside = conform(site.get(f"/trees/{tree}/why?project=island"), "GET", f"{TREES}/{{tree}}/why")
    assert (outside["in_tree"], outside["sentence"]) == (False, "island was made after this tree was opened")
    assert site.get(f"/trees/{tree}/why?project=nonsense").status_code == 404


def test_a_root_report_may_name_the_event_in_whose_run_it_is_made(site: TestSite) -> None:
    tree = site.tree("core", "net")
    site.project("other")
    body = {"status": "SUCCESS", "event_token": token_of(site, tree, "1.1")}
    opened = site.post("/events", body, site.project_token("other")).get_json()["tree_id"]
    shown = conform(site.get(f"/trees/{opened}"), "GET", f"{TREES}/{{tree}}")
    assert (shown["depth"], shown["cause"]) == (2, {"tree_id": tree, "sub_id": "1.1"})
    bound = site.post("/events", body, site.project_token("net"))
    assert (bound.status_code, bound.get_json()["tree_id"]) == (201, tree)
    forged = site.post("/events", {**body, "event_token": "dce_forged"}, site.project_token("other"))
    assert forged.status_code == 422
    assert "event_token" in forged.get_json()["errors"]


def test_parameters_that_cannot_be_filled_in_are_refused_when_they_are_saved(site: TestSite) -> None:
    site.project("core")
    site.project("net")
    body = {"upstream": "core", "parameters": {"A": "${parent.comit}"}}
    refused = site.post("/projects/net/dependencies", body)
    assert refused.status_code == 422
    assert "${parent.comit} is not known" in refused.get_json()["errors"]["parameters"][0]
