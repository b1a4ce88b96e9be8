"""Webhooks of GitLab and GitHub: believed only with the secret of the very project, and then the end of its run."""

import hashlib
import hmac
import json
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from tests.unit.api.site import TestSite

TARGETS = {
    "gitlab": {"kind": "gitlab", "url": "https://gitlab.test", "project": "group/app", "token": "glptt-x"},
    "github": {"kind": "github", "repository": "Group/App", "workflow": "ci.yml", "token": "ghp_x"},
}
REFUSED = "This webhook is not one of a known repository, signed with the secret that was made for it here."


def pipeline(status: str, **variables: str) -> dict[str, Any]:
    """What GitLab tells of pipeline 287."""
    shown = [{"key": key, "value": value} for key, value in variables.items()]
    page = "https://gitlab.test/group/app/-/pipelines/287"
    attributes = {"id": 287, "iid": 1, "ref": "main", "tag": False, "sha": "c" * 40, "source": "trigger"}
    attributes |= {"status": status, "url": page}
    project = {"id": 21, "path_with_namespace": "group/app", "web_url": "https://gitlab.test/group/app"}
    return {"object_kind": "pipeline", "object_attributes": {**attributes, "variables": shown}, "project": project}


def workflow_run(status: str, conclusion: str | None, title: str) -> dict[str, Any]:
    """What GitHub tells of run 99."""
    run = {"id": 99, "name": "CI", "display_title": title, "status": status, "conclusion": conclusion, "head_branch": "main"}
    run |= {"head_sha": "c" * 40, "event": "workflow_dispatch", "html_url": "https://github.com/group/app/actions/runs/99"}
    run |= {"created_at": "2026-11-21T10:00:00Z", "run_attempt": 1}
    repository = {"id": 5, "full_name": "group/app", "html_url": "https://github.com/group/app"}
    return {"action": status, "workflow_run": run, "repository": repository}


def told_by_gitlab(site: TestSite, body: dict[str, Any], secret: str) -> TestResponse:
    """GitLab's webhook, as it comes."""
    headers = {"X-Gitlab-Event": "Pipeline Hook", "X-Gitlab-Token": secret}
    return site.anyone.post("/hooks/gitlab", json=body, headers=headers)


def told_by_github(site: TestSite, body: dict[str, Any], secret: str, event: str = "workflow_run") -> TestResponse:
    """GitHub's webhook, as it comes."""
    raw = json.dumps(body).encode()
    signature = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": str(uuid4()), "X-Hub-Signature-256": signature}
    return site.anyone.post("/hooks/github", data=raw, content_type="application/json", headers=headers)


@pytest.fixture
def tree_id(site: TestSite) -> str:
    """core → at-gitlab, at-github, and another project at GitLab whose secret is another one."""
    site.project("core")
    for kind, target in TARGETS.items():
        site.project(f"at-{kind}", target=target)
        site.depend("core", f"at-{kind}")
    site.project("foreign", target={**TARGETS["gitlab"], "project": "group/foreign"})
    told = site.post("/events", {"status": "SUCCESS", "metadata": {"branch": "main"}}, site.project_token("core"))
    return str(told.get_json()["tree_id"])


def secret_of(site: TestSite, project: str) -> str:
    """A new webhook secret."""
    made = site.post(f"/projects/{project}/hook-secret", None)
    assert made.status_code == 201, made.text
    return str(made.get_json()["secret"])


def state(site: TestSite, tree_id: str, project: str) -> tuple[str, str | None]:
    """Where a project's event stands, and its run's page."""
    (event,) = [e for e in site.get(f"/trees/{tree_id}").get_json()["events"] if e["project"]["name"] == project]
    return event["state"], event["run_url"]


def test_a_pipeline_of_gitlab_ends_its_event_without_calling_back(site: TestSite, tree_id: str) -> None:
    secret, event = secret_of(site, "at-gitlab"), {"DOMINO_TREE_ID": tree_id, "DOMINO_SUB_ID": "1.2"}
    assert told_by_gitlab(site, pipeline("running", **event), secret).get_json()["reason"] == "counted as a sign of life"
    assert state(site, tree_id, "at-gitlab") == ("running", "https://gitlab.test/group/app/-/pipelines/287")
    assert told_by_gitlab(site, pipeline("manual", **event), secret).get_json()["reason"] == "no news"
    assert told_by_gitlab(site, pipeline("success", **event), secret).get_json()["accepted"] is True
    assert state(site, tree_id, "at-gitlab")[0] == "success"
    assert told_by_gitlab(site, pipeline("failed", **event), secret).get_json()["reason"] == "its result is known"
    assert state(site, tree_id, "at-gitlab")[0] == "success"


def test_a_run_of_github_is_known_by_its_name(site: TestSite, tree_id: str) -> None:
    secret = secret_of(site, "at-github")
    title = f"Build [domino:{tree_id}/1.1]"
    assert told_by_github(site, workflow_run("in_progress", None, title), secret).status_code == 200
    assert state(site, tree_id, "at-github")[0] == "running"
    told_by_github(site, workflow_run("completed", "cancelled", title), secret)
    assert state(site, tree_id, "at-github") == ("cancelled", "https://github.com/group/app/actions/runs/99")


def test_the_end_of_an_old_attempt_is_not_that_of_the_new_one(site: TestSite, tree_id: str) -> None:
    secret, old = secret_of(site, "at-github"), f"[domino:{tree_id}/1.1]"
    told_by_github(site, workflow_run("completed", "failure", old), secret)
    assert site.post(f"/trees/{tree_id}/events/1.1/rerun", {}).status_code == 200
    late = told_by_github(site, {**workflow_run("completed", "failure", old), "run_attempt": 2}, secret).get_json()
    assert late["reason"] == "attempt 1 has been superseded by attempt 2"
    assert state(site, tree_id, "at-github")[0] == "queued"
    new = workflow_run("completed", "success", f"[domino:{tree_id}/1.1/2]")
    told_by_github(site, {**new, "workflow_run": {**new["workflow_run"], "id": 100}}, secret)
    assert state(site, tree_id, "at-github")[0] == "success"


def test_an_apps_private_key_is_taken_with_its_lines(site: TestSite) -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\n" + "QUJD\n" * 300 + "-----END RSA PRIVATE KEY-----\n"
    app = {"kind": "github", "repository": "group/app", "workflow": "ci.yml", "app_id": "12", "private_key": key}
    assert [secret["name"] for secret in site.project("by-app", target=app)["target"]["secrets"]] == ["private_key"]


def test_who_cannot_prove_it_is_told_nothing_and_changes_nothing(site: TestSite, tree_id: str) -> None:
    right, foreign = secret_of(site, "at-gitlab"), secret_of(site, "foreign")
    body = pipeline("success", DOMINO_TREE_ID=tree_id, DOMINO_SUB_ID="1.2")
    unknown = {**body, "project": {**body["project"], "path_with_namespace": "group/nobody", "id": 22}}
    refused = [told_by_gitlab(site, body, secret) for secret in ("", "wrong", foreign)] + [told_by_gitlab(site, unknown, right)]
    assert {(answer.status_code, answer.get_json()["detail"]) for answer in refused} == {(401, REFUSED)}
    # the other project's own webhook, with its own secret, about an event that is not its own
    theirs = {**body["project"], "path_with_namespace": "group/foreign", "id": 23}
    assert told_by_gitlab(site, {**body, "project": theirs}, foreign).get_json()["accepted"] is False
    assert state(site, tree_id, "at-gitlab")[0] == "queued"


def test_a_changed_byte_or_another_scheme_proves_nothing(site: TestSite, tree_id: str) -> None:
    secret = secret_of(site, "at-github")
    raw = json.dumps(workflow_run("completed", "success", f"[domino:{tree_id}/1.1]")).encode()
    good = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    old = "sha1=" + hmac.new(secret.encode(), raw, hashlib.sha1).hexdigest()
    for sent, signature in ((raw + b" ", f"sha256={good}"), (raw, old), (raw, ""), (raw, "sha256="), (raw, good)):
        headers = {"X-GitHub-Event": "workflow_run", "X-Hub-Signature-256": signature}
        answer = site.anyone.post("/hooks/github", data=sent, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.get_json()["detail"]) == (401, REFUSED)
    assert state(site, tree_id, "at-github")[0] == "queued"


def test_a_new_secret_ends_the_old_one_and_what_says_nothing_of_a_run_is_no_error(site: TestSite, tree_id: str) -> None:
    old, new = secret_of(site, "at-github"), secret_of(site, "at-github")
    ping = {"zen": "Keep it logically awesome.", "repository": workflow_run("completed", None, "")["repository"]}
    assert told_by_github(site, ping, old, "ping").status_code == 401
    answer = told_by_github(site, ping, new, "ping")
    assert answer.status_code == 200
    assert answer.get_json() == {"accepted": False, "reason": "ping says nothing of a run", "duplicate": False, "builds": []}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a":' * 5000, b"\xff", b"1" * 6000])
def test_what_is_malformed_is_400(site: TestSite, body: bytes) -> None:
    for vendor, header in (("gitlab", "X-Gitlab-Event"), ("github", "X-GitHub-Event")):
        said = {header: "Pipeline Hook", "Content-Type": "application/json"}
        answer = site.anyone.post(f"/hooks/{vendor}", data=body, headers=said)
        assert answer.status_code == 400, (vendor, answer.text)


def test_a_target_without_webhooks_of_its_own_has_no_secret_for_them(site: TestSite) -> None:
    site.project("plain")
    assert site.post("/projects/plain/hook-secret", None).status_code == 409
