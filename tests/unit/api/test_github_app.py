"""The arbiter's own GitHub App: what its installations make, and whom its secret speaks for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from dominoci.config import GitHubApp
from tests.fakes import github_events as github
from tests.unit.api.github_day import MAIN, REPOSITORY, A, B
from tests.unit.api.people import newcomer
from tests.unit.api.site import TestSite


@pytest.fixture
def app(tmp_path: Path) -> Iterator[TestSite]:
    """A site with a GitHub App."""
    made = TestSite(tmp_path, github_app=GitHubApp("app-secret", "12345", "-----BEGIN KEY-----"))
    yield made
    made.close()


def installed(site: TestSite, event: str, body: dict[str, Any], secret: str = "app-secret", **more: str) -> TestResponse:
    """A webhook of the App."""
    raw = github.encoded(body)
    return site.anyone.post("/hooks/github", data=raw, headers=github.headers(event, raw, secret, **more))


def test_an_installation_makes_a_group_and_its_projects(app: TestSite) -> None:
    app.project("docs")  # a name that is taken, and a group that somebody made to be given others' projects
    assert app.post("/owners", {"name": "octo-org"}).status_code == 201
    body = github.installation("created", "octo-org/app", "octo-org/docs", "octo-org/1234")
    assert installed(app, "installation", body, secret="wrong").status_code == 401
    answer = installed(app, "installation", body, delivery="d-1").get_json()
    assert answer["reason"].startswith("3 projects of octo-org made in group octo-org-6811672")
    assert installed(app, "installation", body, delivery="d-1").get_json()["duplicate"] is True
    made = {one["name"]: one for one in app.get("/projects").get_json()["items"]}
    assert {"app", "octo-org-docs"} < set(made)
    assert made["app"]["repository_url"] == "https://github.com/octo-org/app.git"
    assert (made["app"]["visibility"], made["app"]["owner"]["name"]) == ("private", "octo-org-6811672")
    access = app.get("/projects/app/repository-access").get_json()
    assert (access["kind"], access["installation_id"]) == ("app", "987")
    # one more repository: the same group; the ones that are there are not made again
    added = {**github.installation("added", "octo-org/app", "octo-org/new"), "repositories": []}
    added["repositories_added"] = github.installation("added", "octo-org/app", "octo-org/new")["repositories"]
    assert installed(app, "installation_repositories", added).get_json()["reason"].startswith("1 project of octo-org made")
    # its pushes need no secret of the project's own; the default branch is learned from the first
    push = of_app(github.push("refs/heads/trunk", A), default_branch="trunk")
    assert installed(app, "push", push).get_json()["reason"] == f"app builds {A[:12]}"
    # the App goes: nothing can be read with it any more, but a webhook of the repository's own is believed as before
    secret = app.post("/projects/app/hook-secret", None).get_json()["secret"]
    assert installed(app, "installation", {**github.installation("suspend"), "repositories": None}).status_code == 200
    assert [app.get(f"/projects/{name}/repository-access").get_json()["kind"] for name in ("app", "new")] == [None, None]
    assert installed(app, "push", github.push("refs/heads/trunk", B), secret=secret).get_json()["builds"]
    # it comes back, and is installed anew
    assert installed(app, "installation", github.installation("unsuspend")).status_code == 200
    assert app.get("/projects/app/repository-access").get_json()["installation_id"] == "987"
    again = github.installation("created", "octo-org/app")
    again["installation"]["id"] = 988
    assert installed(app, "installation", again).get_json()["reason"].startswith("0 projects of octo-org made")
    assert app.get("/projects/app/repository-access").get_json()["installation_id"] == "988"


def of_app(body: dict[str, Any], installation: int = 987, **more: Any) -> dict[str, Any]:
    """The same as the App's webhook has it."""
    owner = {"login": "octo-org", "id": 6811672}
    return {**body, "repository": {**github.repository(), "owner": owner, **more}, "installation": {"id": installation}}


def test_the_apps_secret_is_good_for_its_own_projects_alone(app: TestSite) -> None:
    """A stranger names the repository first, with a link and an access that says it is the App's: nothing is told them."""
    address, stranger = "https://github.com/octo-org/app.git", newcomer(app, "stranger")
    assert app.post("/projects", {"name": "theirs", "repository_url": address}, stranger).status_code == 201
    key = RSAKey.generate_key(2048).as_pem(private=True).decode()
    fake = {"kind": "app", "app_id": "12345", "installation_id": "987", "private_key": key}
    assert app.call("PUT", "/api/v1/projects/theirs/repository-access", stranger, json=fake).status_code == 200
    assert app.post("/jobs", {"path": "theirs-web", "project": "theirs"}, stranger).status_code == 201
    link = {"repository": REPOSITORY, "kind": "branch"}
    assert app.call("PUT", "/api/v1/jobs/theirs-web/links", stranger, json=link).status_code == 200
    # the repository is not passed over for being theirs already
    assert installed(app, "installation", github.installation("created", "octo-org/app")).get_json()["accepted"]
    told = installed(app, "push", of_app(github.push(MAIN, A))).get_json()
    assert [app.get(f"/builds/{one['id']}").get_json()["project"]["name"] for one in told["builds"]] == ["app"]
    assert app.get("/projects/theirs/hook-deliveries").get_json()["items"] == []
    assert installed(app, "push", of_app(github.push(MAIN, B), installation=1, owner=None)).get_json()["builds"] == []
    # and the link is the App's project's, once it wants it
    assert app.post("/jobs", {"path": "web", "project": "app"}).status_code == 201
    assert app.call("PUT", "/api/v1/jobs/web/links", json=link).status_code == 200


def test_the_apps_key_is_good_for_what_it_was_given_for(app: TestSite) -> None:
    installed(app, "installation", github.installation("created", "octo-org/app"))
    access = {"kind": "app", "app_id": "12345", "installation_id": "987"}

    def put(**more: str) -> int:
        return app.call("PUT", "/api/v1/projects/app/repository-access", json={**access, **more}).status_code

    assert (put(), put(installation_id="1")) == (200, 422)
    moved = {"repository_url": "https://github.com/octo-org/secrets.git"}
    assert app.call("PATCH", "/api/v1/projects/app", json=moved).status_code == 200
    assert app.get("/projects/app/repository-access").get_json()["kind"] is None


def test_a_projects_own_secret_vouches_for_no_installation(app: TestSite) -> None:
    app.project("own", target={"kind": "agent"}, repository_url="https://github.com/octo-org/own.git")
    secret = app.post("/projects/own/hook-secret", None).get_json()["secret"]
    body = {**github.installation("created", "octo-org/app"), "repository": github.repository("octo-org/own")}
    told = installed(app, "installation", body, secret=secret)
    assert (told.status_code, told.get_json()["accepted"]) == (200, False)
    assert [one["name"] for one in app.get("/projects").get_json()["items"]] == ["own"]
