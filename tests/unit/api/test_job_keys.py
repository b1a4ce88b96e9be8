"""The job server's keys, one table: what stands under each, in the document's types."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.api.people import newcomer
from tests.unit.api.site import TestSite

TEXT = "stages:\n  - title: one\n    steps:\n      - command: echo hello\n"
WEB = "github_Acme-Org_web_app_"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """Jobs `hello`, `hello_recent`, `tools/hello`, `tools/deep/only` and `tools/x_7`; `tools/deep/only` has two builds."""
    made = TestSite(tmp_path_factory.mktemp("keys"))
    made.project("app", target={"kind": "agent"}, repository_url="https://github.com/acme-org/web_app")
    for path in ("hello", "hello_recent", "tools/hello", "tools/deep/only", "tools/x_7", "gears/deep/empty"):
        body = {"path": path, "project": "app", "definition": {"format": "job", "text": TEXT}}
        assert made.post("/jobs", body).status_code == 201
    for _ in range(2):
        assert made.post("/jobs/tools/deep/only/builds", {}).status_code == 201
    linked = made.call("PUT", f"/api/v1/keys/{WEB}branch", json={"job": "tools/hello"})
    assert linked.status_code == 200, linked.text
    yield made
    made.close()


def value(site: TestSite, key: str, token: str | None = None) -> Any:
    answer = site.get(f"/keys/{key}", token)
    return answer.get_json() if answer.status_code == 200 else answer.status_code


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("jobs", ["folder_gears", "folder_tools", "job_hello", "job_hello_recent"]),
        ("folder_tools", ["folder_tools/deep", "job_tools/hello", "job_tools/x_7"]),
        ("folder_tools/deep", ["job_tools/deep/only"]),
        ("folder_tools%2Fdeep", ["job_tools/deep/only"]),
        ("folder_deep", 409),
        ("folder_none", 404),
        ("job_hello", {"path": "hello", "kind": "job", "version": 1}),
        ("job_tools/hello", {"path": "tools/hello"}),
        ("job_only", {"path": "tools/deep/only"}),
        ("job_hello_recent", {"path": "hello_recent"}),
        ("job_x_7", {"path": "tools/x_7"}),
        ("job_only_recent", ["2", "1"]),
        ("job_tools/deep/only_recent", ["2", "1"]),
        ("job_hello_recent_recent", []),
        ("job_only_1", {"number": 1, "state": "queued", "cause": "manual"}),
        ("job_only_3", 404),
        ("job_only_99999999999999999999", 404),
        ("job_only_x", 404),
        ("job_none", 404),
        ("job_", 404),
        (f"{WEB}branch", {"job": "tools/hello", "key": "job_tools/hello"}),
        ("github_acme-org_WEB_app_branch", {"job": "tools/hello", "key": "job_tools/hello"}),
        (f"{WEB}pullrequest", 404),
        ("github_acme-org_branch", 404),
        ("github_acme-org_web/app_branch", 404),
        ("builds", 404),
    ],
    ids=str,
)
def test_each_key_has_the_documents_type(site: TestSite, key: str, expected: Any) -> None:
    found = value(site, key)
    if isinstance(expected, dict):
        found = {name: found[name] for name in expected}
    assert found == expected


@pytest.mark.parametrize(
    ("key", "body", "status"),
    [
        (f"{WEB}pullrequest", {"job": "only"}, 200),
        (f"{WEB}pullrequest", {"job": "job_tools/x_7"}, 200),
        (f"{WEB}pullrequest", {"job": "none"}, 404),
        (f"{WEB}pullrequest", {"job": 7}, 422),
        (f"{WEB}pullrequest", {}, 422),
        (f"{WEB}pullrequest", {"job": "only", "x": 1}, 422),
        ("github_acme_other_branch", {"job": "only"}, 409),
        ("github_acme_branch", {"job": "only"}, 404),
        ("job_only", {"job": "only"}, 409),
        ("jobs", {"job": "only"}, 409),
    ],
    ids=str,
)
def test_only_links_are_put(site: TestSite, key: str, body: Any, status: int) -> None:
    assert site.call("PUT", f"/api/v1/keys/{key}", json=body).status_code == status


def test_a_link_ends_by_null_and_takes_a_maintainer(site: TestSite) -> None:
    key, ada = "github_acme-org_web_app_pullrequest", newcomer(site, "ada")
    site.call("PUT", f"/api/v1/keys/{key}", json={"job": "only"})
    assert value(site, key, ada) == 404
    assert site.call("PUT", f"/api/v1/keys/{key}", ada, json={"job": "only"}).status_code == 404
    assert site.call("PUT", f"/api/v1/keys/{key}", json={"job": None}).get_json() == {"job": None, "key": None}
    assert value(site, key) == 404


def test_a_name_that_one_sees_once_needs_no_path(site: TestSite) -> None:
    """`hello` stands twice: the exact path goes first, and who sees neither hears nothing of them."""
    eve = newcomer(site, "eve")
    assert value(site, "job_hello", eve) == 404
    assert value(site, "jobs", eve) == ["folder_gears", "folder_tools"]
