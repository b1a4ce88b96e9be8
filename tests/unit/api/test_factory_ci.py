"""FactoryCI's API, as its document spells it: `/project?id=`, its fields, its owners."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.fakes import github_events as github
from tests.unit.api.people import newcomer
from tests.unit.api.site import TestSite

URL = "https://github.com/octo-org/app.git"
BODY = {"owner": "octo-org", "project": "app", "url": URL, "webhook_secret": "It's a Secret to Everybody"}


def ask(site: TestSite, method: str, query: str = "", body: Any = None, token: str | None = None) -> TestResponse:
    """One request."""
    return site.call(method, f"/project{query}", token, **({} if body is None else {"json": body}))


def test_a_session_with_every_endpoint_word_for_word(site: TestSite) -> None:
    made = ask(site, "POST", body=BODY)
    assert made.status_code == 201
    project = made.get_json()
    assert project == {
        "id": project["id"],
        "owner": {"id": project["owner"]["id"], "name": "octo-org"},
        "project": "app",
        "url": URL,
    }
    query = f"?id={project['id']}"
    assert ask(site, "GET", query).get_json() == project
    # the owner that is there is used; what is not named stays
    second = ask(site, "POST", body={**BODY, "project": "second", "url": "https://github.com/octo-org/second.git"}).get_json()
    assert second["owner"] == project["owner"]
    changed = ask(site, "PUT", query, {"project": "renamed", "owner": "acme"})
    assert (changed.status_code, changed.get_json()["project"], changed.get_json()["owner"]["name"]) == (200, "renamed", "acme")
    assert changed.get_json()["url"] == URL
    assert ask(site, "PUT", query, {}).get_json() == changed.get_json()
    gone = ask(site, "DELETE", query)
    assert (gone.status_code, gone.data) == (204, b"")
    assert ask(site, "GET", query).status_code == 404


def test_its_secret_proves_webhooks_and_is_never_shown(site: TestSite) -> None:
    project = ask(site, "POST", body=BODY).get_json()

    def pushed(secret: str) -> TestResponse:
        raw = github.encoded(github.push("refs/heads/main", github.commit("a")))
        return site.anyone.post("/hooks/github", data=raw, headers=github.headers("push", raw, secret))

    assert pushed("another secret").status_code == 401
    assert len(pushed(BODY["webhook_secret"]).get_json()["builds"]) == 1
    new = ask(site, "PUT", f"?id={project['id']}", {"webhook_secret": "another secret"})
    assert "secret" not in new.text
    assert [pushed(BODY["webhook_secret"]).status_code, pushed("another secret").status_code] == [401, 200]
    # at another address it is still the project's
    for moved in ("https://github.com/Octo-Org/App.git", "https://github.com/octo-org/other.git", URL):
        assert ask(site, "PUT", f"?id={project['id']}", {"url": moved}).status_code == 200
    assert pushed("another secret").status_code == 200
    log = site.get("/projects/app/audit").text
    assert "another secret" not in log
    assert "made a webhook secret for" in log


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_is_missing_foreign_or_unknown(site: TestSite, method: str) -> None:
    project, body = ask(site, "POST", body=BODY).get_json(), {"project": "x"} if method == "PUT" else None
    stranger = newcomer(site, "stranger")
    assert ask(site, method, "", body).status_code == 400
    assert ask(site, method, "?id=", body).status_code == 400
    assert ask(site, method, "?id=019aa5f0-7c1e-7000-8000-5d1c2b3a4f60", body).status_code == 404
    assert ask(site, method, "?id=app", body).status_code == 404  # an id is an id
    assert ask(site, method, f"?id={project['id']}", body, stranger).status_code == 404
    assert ask(site, method, f"?id={project['id']}&name=x", body).status_code == 422
    assert site.anyone.open(f"/project?id={project['id']}", method=method, json=body).status_code == 401
    assert ask(site, "GET", f"?id={project['id']}").get_json() == project


@pytest.mark.parametrize(
    ("change", "status"),
    [
        *(({name: None}, 422) for name in ("owner", "project", "url", "webhook_secret")),
        ({"owner": 5}, 422),
        ({"project": "../x"}, 422),
        ({"project": "7"}, 422),
        ({"url": "file:///etc/passwd"}, 422),
        ({"url": "ext::sh -c id"}, 422),
        ({"webhook_secret": "short"}, 422),
        ({"visibility": "public"}, 422),
        ({"id": "mine"}, 422),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(site: TestSite, change: dict[str, Any], status: int) -> None:
    answer = ask(site, "POST", body={**BODY, **change})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (status, list(change))
    assert site.get("/projects").get_json()["items"] == []
    assert site.get("/owners").get_json()["items"] == []


def test_names_of_others_are_conflicts(site: TestSite) -> None:
    stranger = newcomer(site, "stranger")
    ask(site, "POST", body=BODY)
    assert ask(site, "POST", body={**BODY, "project": "mine"}, token=stranger).status_code == 409
    taken = ask(site, "POST", body={**BODY, "owner": "mine"}, token=stranger)
    assert (taken.status_code, taken.get_json()["errors"]) == (409, {"project": ["is taken"]})
    assert site.get("/owners", stranger).get_json()["items"] == []  # the owner that was not needed is not left behind
    for missing in ("owner", "project", "url"):
        assert ask(site, "POST", body={name: value for name, value in BODY.items() if name != missing}).status_code == 422
