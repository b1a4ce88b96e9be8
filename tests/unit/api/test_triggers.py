"""Triggers over the API, and a job's own webhook as forges and scripts call it."""

import hmac
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from tests.unit.api.conformance import conform
from tests.unit.api.site import TestSite

HELLO = {"format": "job", "text": "stages:\n  - title: a\n    steps:\n      - command: echo hello\n"}
JOB = "/jobs/tools%2Fhello/triggers"
DOC = "/api/v1/jobs/{job}/triggers"
SHA = "9fceb02d0ae598e95dc970b74767f19372d61af8"
PUSH = {"ref": "refs/heads/main", "before": "0" * 40, "after": SHA, "repository": {"id": 1}, "commits": [{}]}


@pytest.fixture
def job(site: TestSite) -> TestSite:
    """The site with a job `tools/hello` of a project elsewhere."""
    site.project("lib", target={"kind": "agent"})
    made = site.post("/jobs", {"path": "tools/hello", "project": "lib", "definition": HELLO})
    assert made.status_code == 201, made.text
    return site


def add(site: TestSite, kind: str = "webhook", **body: Any) -> dict[str, Any]:
    """A new trigger."""
    made = site.post(JOB, {"kind": kind, **body})
    assert made.status_code == 201, made.text
    assert made.headers["Cache-Control"] == "no-store"
    return dict(conform(made, "POST", DOC))


def call(site: TestSite, made: dict[str, Any], body: Any = None, **headers: str) -> TestResponse:
    """A call of its webhook, with its secret as a bearer unless other headers are given."""
    named = {name.replace("_", "-"): value for name, value in headers.items()} or {"Authorization": f"Bearer {made['secret']}"}
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    path = made["url"].removeprefix("http://arbiter.test")
    return site.anyone.post(path, data=content, headers=named)


def signed(made: dict[str, Any], raw: bytes) -> str:
    """How GitHub signs a body."""
    return f"sha256={hmac.digest(made['secret'].encode(), raw, 'sha256').hex()}"


def builds(site: TestSite) -> list[dict[str, Any]]:
    return list(site.get("/builds").get_json()["items"])


def test_a_schedule_shows_its_words_and_its_next_turns(job: TestSite) -> None:
    made = add(job, "schedule", cron="30 3 * * 1-5", zone="Europe/Berlin", parameters={"LEVEL": "full"})
    assert (made["missed"], made["secret"], made["url"], made["last"]) == ("once", None, None, None)
    assert made["text"] == "At 03:30 on Monday through Friday"
    assert len(made["next"]) == len(set(made["next"])) == 5
    assert made["next"] == sorted(made["next"])
    listed = conform(job.get(JOB), "GET", DOC)["items"]
    assert listed[0]["next"] == made["next"]
    changed = job.call("PATCH", f"/api/v1{JOB}/{made['id']}", json={"enabled": False})
    assert conform(changed, "PATCH", f"{DOC}/{{trigger}}")["next"] == []
    assert job.call("DELETE", f"/api/v1{JOB}/{made['id']}").status_code == 204
    assert job.get(f"{JOB}/{made['id']}").status_code == 404
    told = [row["action"] for row in job.get("/projects/lib/audit").get_json()["items"]][:3]
    assert told == ["trigger.removed", "trigger.changed", "trigger.added"]


def test_a_schedule_is_checked_before_it_is_saved(job: TestSite) -> None:
    checked = conform(job.post(f"{JOB}/check", {"cron": "@hourly"}), "POST", f"{DOC}/check")
    assert (checked["text"], len(checked["next"])) == ("At the start of every hour", 5)
    wrong = job.post(f"{JOB}/check", {"cron": "0 0 30 2 *", "zone": "Mars/Olympus"})
    assert (wrong.status_code, set(wrong.get_json()["errors"])) == (422, {"cron", "zone"})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "schedule"}, "cron"),
        ({"kind": "schedule", "cron": "x"}, "cron"),
        ({"kind": "schedule", "cron": "@daily", "every_s": 60}, "every_s"),
        ({"kind": "poll", "every_s": 5}, "every_s"),
        ({"kind": "poll", "cron": "@daily"}, "cron"),
        ({"kind": "webhook", "zone": "UTC"}, "zone"),
        ({"kind": "webhook", "secret": "mine"}, "secret"),
        ({"kind": "webhook", "parameters": {"DOMINO_X": "1"}}, "parameters"),
        ({"kind": "push"}, "kind"),
        ({}, "kind"),
    ],
)
def test_what_cannot_be_a_trigger_is_told_by_field(job: TestSite, body: dict[str, Any], field: str) -> None:
    answer = job.post(JOB, body)
    assert answer.status_code == 422
    assert any(name.partition(".")[0] == field for name in answer.get_json()["errors"]), answer.text
    assert job.get(JOB).get_json()["items"] == []


def test_a_hosted_repository_needs_no_looking_at(site: TestSite) -> None:
    assert site.post("/jobs", {"path": "own", "definition": HELLO}).status_code == 201
    assert site.post("/jobs/own/triggers", {"kind": "poll"}).status_code == 409


def test_a_job_has_at_most_twenty(job: TestSite) -> None:
    for _ in range(20):
        add(job)
    assert job.post(JOB, {"kind": "webhook"}).status_code == 409


# ---- the webhook


def test_a_call_starts_a_build_with_what_it_asks_for(job: TestSite) -> None:
    made = add(job, parameters={"LEVEL": "smoke", "KEPT": "yes"})
    answer = call(job, made, {"ref": "release/2", "commit": SHA, "parameters": {"LEVEL": "full"}, "whatever": [1]})
    told = conform(answer, "POST", "/hooks/job/{trigger}")
    assert (answer.status_code, told["started"], told["reason"]) == (201, True, None)
    build = job.get(f"/builds/{told['build']['id']}").get_json()
    assert (build["cause"], build["ref"], build["commit"]) == ("webhook", "release/2", SHA)
    assert build["parameters"] == {"LEVEL": "full", "KEPT": "yes"}
    assert job.get(f"{JOB}/{made['id']}").get_json()["last"]["build"]["id"] == build["id"]


def test_an_empty_body_builds_the_jobs_own_branch(job: TestSite) -> None:
    assert call(job, add(job)).status_code == 201
    assert builds(job)[0]["ref"] == "main"


def test_forges_prove_themselves_as_they_do(job: TestSite) -> None:
    made, raw = add(job), json.dumps(PUSH).encode()
    github = call(job, made, raw, X_Hub_Signature_256=signed(made, raw), X_GitHub_Event="push", X_GitHub_Delivery="d1")
    gitlab = call(job, made, raw, X_Gitlab_Token=made["secret"], X_Gitlab_Event="Push Hook")
    form = urlencode({"payload": json.dumps(PUSH)}).encode()
    proven = {"X_Hub_Signature_256": signed(made, form), "X_GitHub_Event": "push"}
    as_form = call(job, made, form, Content_Type="application/x-www-form-urlencoded", **proven)
    assert (github.status_code, gitlab.status_code, as_form.status_code) == (201, 201, 201)
    assert [(build["branch"], build["commit"]) for build in builds(job)] == [("main", SHA)] * 3


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Other": "1"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic {secret}"},
        {"X_Gitlab_Token": "{secret}x"},
        {"X_Hub_Signature_256": "sha256=" + "0" * 64},
        {"X_Hub_Signature": "sha1=" + "0" * 40},
        {"Authorization": "Bearer {secret}", "X_Hub_Signature_256": "sha256=" + "0" * 64},
    ],
)
def test_who_proves_nothing_starts_nothing_and_learns_nothing(job: TestSite, headers: dict[str, str]) -> None:
    made = add(job)
    given = {name: value.replace("{secret}", made["secret"]) for name, value in headers.items()}
    answer = call(job, made, b"{not json", **given)
    unknown = call(job, {**made, "url": made["url"][:-1] + "x"}, b"{not json", **given)
    assert (answer.status_code, answer.text) == (401, unknown.text)
    assert builds(job) == []


def test_a_signature_is_over_the_raw_body(job: TestSite) -> None:
    made, raw = add(job), json.dumps(PUSH).encode()
    assert call(job, made, raw + b" ", X_Hub_Signature_256=signed(made, raw)).status_code == 401


def test_the_same_delivery_twice_starts_one_build(job: TestSite) -> None:
    made = add(job)
    once = {"Authorization": f"Bearer {made['secret']}", "Idempotency_Key": "k1"}
    first, second = call(job, made, **once).get_json(), call(job, made, **once)
    assert (second.status_code, second.get_json()["duplicate"]) == (200, True)
    assert second.get_json()["build"] == first["build"]
    assert len(builds(job)) == 1
    other = add(job)
    assert call(job, other, Authorization=f"Bearer {other['secret']}", Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize(
    ("body", "event"),
    [
        ({**PUSH, "ref": "refs/heads/feature/x"}, "push"),
        ({**PUSH, "ref": "refs/tags/v1"}, "push"),
        ({**PUSH, "after": "0" * 40}, "push"),
        ({**PUSH, "deleted": True}, "push"),
        ({"zen": "Design for failure."}, "ping"),
        ({"action": "opened"}, "issues"),
    ],
)
def test_what_the_trigger_is_not_for_is_answered_with_200(job: TestSite, body: dict[str, Any], event: str) -> None:
    made = add(job, branches=["main", "release/*"])
    answer = call(job, made, body, Authorization=f"Bearer {made['secret']}", X_GitHub_Event=event)
    assert (answer.status_code, answer.get_json()["started"]) == (200, False)
    assert answer.get_json()["reason"]
    assert builds(job) == []


def test_a_webhook_or_job_that_is_off_takes_calls_and_starts_nothing(job: TestSite) -> None:
    off, on = add(job, enabled=False), add(job)
    assert call(job, off).get_json()["reason"] == "This webhook is switched off."
    assert job.call("PATCH", "/api/v1/jobs/tools%2Fhello", json={"enabled": False}).status_code == 200
    assert call(job, on).status_code == 200
    assert builds(job) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b"[" * 100_000, 400),
        ([1], 422),
        ({"ref": 7}, 422),
        ({"ref": "--upload-pack=x"}, 422),
        ({"parameters": ["a"]}, 422),
        ({"parameters": {"PATH!": "x"}}, 422),
        ({"parameters": {"DOMINO_TOKEN": "x"}}, 422),
        ({"parameters": {"A": 1}}, 422),
        ({"parameters": {"A": "\ud800"}}, 422),
        ({"parameters": {f"A{n}": "x" for n in range(101)}}, 422),
    ],
)
def test_bodies_that_mean_nothing_start_nothing(job: TestSite, body: Any, status: int) -> None:
    answer = call(job, add(job), body)
    assert (answer.status_code, builds(job)) == (status, []), answer.text


def test_a_form_that_is_none_of_a_forge_is_refused(job: TestSite) -> None:
    made = add(job)
    headers = {"Authorization": f"Bearer {made['secret']}", "Content_Type": "application/x-www-form-urlencoded"}
    for body in (b"payload=%7B", b"payload={}&b=1", b"payload=%FF", b"ref=main"):
        assert call(job, made, body, **headers).status_code == 400, body
    assert builds(job) == []


def test_a_parameter_that_is_required_and_missing_is_refused(job: TestSite) -> None:
    text = "parameters:\n  - {title: LEVEL, required: true}\n" + HELLO["text"]
    put = job.call("PUT", "/api/v1/jobs/tools%2Fhello/definition", json={"format": "job", "text": text})
    assert put.status_code == 200, put.text
    made = add(job)
    refused = call(job, made, {})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["parameters.LEVEL"])
    assert call(job, made, {"parameters": {"LEVEL": "x"}}).status_code == 201


def test_a_rotated_secret_ends_the_old_one(job: TestSite) -> None:
    made = add(job)
    new = conform(job.post(f"{JOB}/{made['id']}/rotate", None), "POST", f"{DOC}/{{trigger}}/rotate")
    assert call(job, made).status_code == 401
    assert call(job, new).status_code == 201
    schedule = add(job, "schedule", cron="@daily")
    assert job.post(f"{JOB}/{schedule['id']}/rotate", None).status_code == 409


def test_with_the_job_its_triggers_go(job: TestSite) -> None:
    made = add(job)
    assert job.call("DELETE", "/api/v1/jobs/tools%2Fhello").status_code == 204
    assert call(job, made).status_code == 401
