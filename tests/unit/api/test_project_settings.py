"""What a project's settings and its preview ask of the API: rotated tokens, the age of a secret, filters tried on what was
reported, who is touched."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.unit.api.site import TestSite

SECRET = "whsec_" + "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"


def rotate(site: TestSite, token: str, hours: int | None = None) -> Any:
    """Rotates a token of project a."""
    return site.post(f"/projects/a/tokens/{token}/rotate", {} if hours is None else {"overlap_hours": hours})


def tokens(site: TestSite) -> list[dict[str, Any]]:
    """Those of project a, newest first."""
    return list(site.get("/projects/a/tokens").get_json()["items"])


def made(site: TestSite, **body: Any) -> dict[str, Any]:
    """A token of the new project a."""
    site.project("a")
    answer = site.post("/projects/a/tokens", {"name": "ci", **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def test_after_a_rotation_both_tokens_are_good_until_the_overlap_ends(site: TestSite) -> None:
    old = made(site)
    new = rotate(site, old["id"], 48)
    assert new.status_code == 201
    assert new.headers["Cache-Control"] == "no-store"
    assert new.get_json()["expires_at"] is None
    for token in (old["token"], new.get_json()["token"]):
        assert site.get("/projects/a", token).status_code == 200
    first, second = tokens(site)
    assert (first["id"], first["name"], first["scope"]) == (new.get_json()["id"], "ci", "report")
    assert second["replaced_by"] == first["id"]
    left = datetime.fromisoformat(second["expires_at"]) - datetime.fromisoformat(first["created_at"])
    assert timedelta(hours=47.9) < left < timedelta(hours=48.1)


def test_without_an_overlap_the_old_token_ends_at_once(site: TestSite) -> None:
    old = made(site)
    assert rotate(site, old["id"], 0).status_code == 201
    assert site.get("/projects/a", old["token"]).status_code == 401


def test_a_rotation_never_lengthens_the_old_tokens_life_and_gives_the_new_one_as_long(site: TestSite) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    old = made(site, expires_at=soon.isoformat())
    new = rotate(site, old["id"], 24).get_json()
    assert soon <= datetime.fromisoformat(new["expires_at"]) < soon + timedelta(minutes=5)
    assert datetime.fromisoformat(tokens(site)[1]["expires_at"]) == soon


def test_a_token_that_ended_or_was_rotated_is_not_rotated_again(site: TestSite) -> None:
    old = made(site)
    new = rotate(site, old["id"]).get_json()
    again = rotate(site, old["id"])
    assert again.status_code == 409
    assert "rotate the one that took its place" in again.get_json()["detail"]
    site.call("DELETE", f"/api/v1/projects/a/tokens/{new['id']}")
    assert rotate(site, new["id"]).status_code == 409
    assert len(tokens(site)) == 2


def test_anothers_token_is_not_found(site: TestSite) -> None:
    made(site)
    site.project("b")
    other = site.post("/projects/b/tokens", {"name": "ci"}).get_json()["id"]
    assert rotate(site, other).status_code == 404
    assert rotate(site, "nonsense").status_code == 404
    assert rotate(site, other, -1).status_code == 422


def test_a_rotation_is_in_the_audit_log(site: TestSite) -> None:
    rotate(site, made(site)["id"])
    actions = [entry["action"] for entry in site.get("/projects/a/audit").get_json()["items"]]
    assert actions[0] == "token.rotated"


def test_a_secret_says_when_it_was_set_and_keeps_that_as_long_as_it_is_kept(site: TestSite) -> None:
    hook = {"kind": "webhook", "url": "https://93.184.216.34/hook"}
    assert site.project("a")["target"]["secrets"] == []
    first = site.call("PATCH", "/api/v1/projects/a", json={"target": {**hook, "secret": SECRET}}).get_json()["target"]
    assert [(secret["name"], secret["set_at"] is not None) for secret in first["secrets"]] == [("secret", True)]
    kept = site.call("PATCH", "/api/v1/projects/a", json={"target": {**hook, "url": "https://93.184.216.34/x"}}).get_json()
    assert kept["target"]["secrets"] == first["secrets"]
    agent = site.call("PATCH", "/api/v1/projects/a", json={"target": {"kind": "agent"}}).get_json()["target"]
    assert agent["secrets"] == []


def check(site: TestSite, upstream: str, **filters: Any) -> Any:
    """How filters on `upstream` would have done, for project b."""
    return site.post("/projects/b/dependencies/check", {"upstream": upstream, "filters": filters})


def test_filters_are_tried_on_the_last_twenty_successes(site: TestSite) -> None:
    site.project("a")
    site.project("b")
    assert check(site, "a").get_json() == {"reports": 0, "would_trigger": 0}
    for n in range(23):
        branch = "main" if n % 2 else f"topic/{n}"
        told = {"status": "SUCCESS", "metadata": {"branch": branch}}
        assert site.post("/events", told, site.project_token("a")).status_code == 201
    site.post("/events", {"status": "FAILURE", "metadata": {"branch": "main"}}, site.project_token("a"))
    assert check(site, "a").get_json() == {"reports": 20, "would_trigger": 20}
    assert check(site, "a", branches={"include": ["main"]}).get_json() == {"reports": 20, "would_trigger": 10}
    assert check(site, "a", branches={"exclude": ["*"]}).get_json()["would_trigger"] == 0


def test_filters_of_an_unknown_upstream_are_refused_at_its_field(site: TestSite) -> None:
    site.project("b")
    answer = check(site, "nobody")
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["upstream"]
    assert site.post("/projects/nobody/dependencies/check", {"upstream": "b"}).status_code == 404


def test_a_connection_test_may_be_of_the_project_alone(site: TestSite) -> None:
    site.project("a", target={"kind": "agent"}, repository_url=None)
    site.project("b", target={"kind": "agent"}, repository_url=None)
    site.depend("a", "b")
    alone = site.post("/projects/a/test-connections", {"alone": True}).get_json()
    assert [one["project"]["name"] for one in alone["connections"]] == ["a"]
    both = site.post("/projects/a/test-connections", {}).get_json()
    assert len(both["connections"]) == 2


def test_a_preview_names_those_whom_it_touches(site: TestSite) -> None:
    for name, contact in (("a", "#root"), ("b", "#net"), ("c", "#net"), ("d", None), ("e", "#filtered")):
        site.project(name, contact=contact)
    for name in "bcd":
        site.depend("a", name)
    site.depend("a", "e", filters={"branches": {"include": ["release/*"]}})
    owners = site.post("/projects/a/preview", {"branch": "main"}).get_json()["owners"]
    assert owners == [{"name": None, "contact": "#net", "projects": 2}]
