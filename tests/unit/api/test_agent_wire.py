"""What agents say and hear: registering, claiming, telling of a build, logs and artifacts."""

import base64
import hashlib
import io
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.unit.api.conformance import conform
from tests.unit.api.site import TestSite

STEP = {"n": 1, "pipeline": "build", "stage": "test", "name": "unit", "state": "running", "started_at": "2026-11-21T10:00:00Z"}


def digest(content: bytes) -> str:
    """The header that states the SHA-256 of `content`."""
    return "sha-256=" + base64.b64encode(hashlib.sha256(content).digest()).decode()


@pytest.fixture
def build(site: TestSite) -> tuple[str, str]:
    """A running build with one step: its id and token."""
    build_id, token = site.build_token()
    assert site.post(f"/builds/{build_id}/state", {"steps": [STEP]}, token).status_code == 200
    return build_id, token


def put_log(site: TestSite, build: tuple[str, str], offset: int, chunk: bytes, n: int = 1) -> TestResponse:
    """One chunk of a step's log."""
    return site.call("PUT", f"/api/v1/builds/{build[0]}/steps/{n}/log?offset={offset}", build[1], data=chunk)


def put_artifact(site: TestSite, build: tuple[str, str], name: str, content: bytes, stated: str | None = None) -> TestResponse:
    """One upload."""
    headers = {"Digest": digest(content) if stated is None else stated}
    return site.call("PUT", f"/api/v1/builds/{build[0]}/artifacts/{name}", build[1], data=content, headers=headers)


def test_an_agent_registers_once_with_its_enrolment(site: TestSite) -> None:
    enrolment = conform(site.post("/agents/enrolments", None), "POST", "/api/v1/agents/enrolments")["token"]
    body = {"name": "a", "labels": ["x"], "version": "1", "slots": 2, "executors": ["local"]}
    told = conform(site.post("/agents/register", body, enrolment), "POST", "/api/v1/agents/register")
    assert told["token"].startswith("dca_")
    assert site.post("/agents/register", body, enrolment).status_code == 401
    agents = conform(site.get("/agents"), "GET", "/api/v1/agents")
    assert [(agent["name"], agent["state"]) for agent in agents["items"]] == [("a", "idle")]


def test_without_work_a_claim_is_204_and_with_it_the_build_under_a_lease(site: TestSite) -> None:
    agent = site.agent_token()
    assert site.post("/agents/claim", {}, agent).status_code == 204
    site.project("core", target={"kind": "agent"}, repository_url=None)
    path = "/api/v1/projects/{project}/builds"
    made = conform(site.post("/projects/core/builds", {"ref": "dev", "parameters": {"A": "1"}}), "POST", path)
    claim = conform(site.post("/agents/claim?wait=5", {}, agent), "POST", "/api/v1/agents/claim")
    assert (claim["id"], claim["ref"], claim["variables"]) == (made["id"], "dev", {"A": "1"})
    assert claim["repository"]["url"].startswith("/git/")
    assert conform(site.get("/agents"), "GET", "/api/v1/agents")["items"][0]["state"] == "busy"


def test_an_empty_body_is_an_empty_object(site: TestSite) -> None:
    assert site.call("POST", "/api/v1/agents/claim", site.agent_token()).status_code == 204


@pytest.mark.parametrize("wait", ["61", "-1", "x", "1.5"])
def test_a_claim_waits_at_most_a_minute(site: TestSite, wait: str) -> None:
    assert site.post(f"/agents/claim?wait={wait}", {}, site.agent_token()).status_code == 422


def test_a_build_as_people_see_it_while_it_runs_and_after(site: TestSite, build: tuple[str, str]) -> None:
    build_id, token = build
    conform(site.post(f"/builds/{build_id}/heartbeat", {}, token), "POST", "/api/v1/builds/{build}/heartbeat")
    put_log(site, build, 0, b"hello\n")
    put_artifact(site, build, "x.tar.gz", b"content")
    shown = conform(site.get(f"/builds/{build_id}"), "GET", "/api/v1/builds/{build}")
    assert (shown["state"], shown["steps"][0]["log_size"], shown["artifacts"][0]["name"]) == ("running", 6, "x.tar.gz")
    body = {"status": "SUCCESS", "metadata": {"commit": "c" * 40}, "steps": [{**STEP, "state": "success", "exit_code": 0}]}
    ended = site.post(f"/builds/{build_id}/result", body, token)
    assert conform(ended, "POST", "/api/v1/builds/{build}/result")["tree_id"]
    assert site.post(f"/builds/{build_id}/result", body, token).status_code == 200
    assert site.post(f"/builds/{build_id}/result", {**body, "status": "FAILED"}, token).status_code == 409
    assert site.post(f"/builds/{build_id}/heartbeat", {}, token).status_code == 409
    listed = conform(site.get("/builds?project=built"), "GET", "/api/v1/builds")
    assert [(b["id"], b["state"]) for b in listed["items"]] == [(build_id, "success")]


def test_cancelling_a_running_build_is_told_to_its_agent(site: TestSite, build: tuple[str, str]) -> None:
    build_id, token = build
    cancelled = conform(site.post(f"/builds/{build_id}/cancel", None), "POST", "/api/v1/builds/{build}/cancel")
    assert cancelled["cancel_requested"]
    assert site.post(f"/builds/{build_id}/heartbeat", {}, token).get_json()["cancel"]


def test_a_released_build_waits_for_the_next_agent(site: TestSite, build: tuple[str, str]) -> None:
    build_id, token = build
    assert site.post(f"/builds/{build_id}/release", {"reason": "shutting down"}, token).status_code == 204
    assert site.get(f"/builds/{build_id}").get_json()["state"] == "queued"
    assert site.post(f"/builds/{build_id}/heartbeat", {}, token).status_code == 401


def test_another_builds_token_is_404(site: TestSite, build: tuple[str, str]) -> None:
    other, _ = site.build_token("another")
    for path, body in (("heartbeat", {}), ("state", {}), ("result", {"status": "SUCCESS"}), ("release", {})):
        assert site.post(f"/builds/{other}/{path}", body, build[1]).status_code == 404
    assert put_log(site, (other, build[1]), 0, b"x").status_code == 404
    assert put_artifact(site, (other, build[1]), "x", b"x").status_code == 404


STEP_FAULTS: list[dict[str, Any]] = [
    {"n": 0},
    {"n": "1"},
    {"state": "odd"},
    {"exit_code": "0"},
    {"started_at": "now"},
    {"odd": 1},
]


@pytest.mark.parametrize("fault", STEP_FAULTS)
def test_a_step_with_something_wrong_in_it_is_422(site: TestSite, build: tuple[str, str], fault: dict[str, Any]) -> None:
    assert site.post(f"/builds/{build[0]}/state", {"steps": [{**STEP, **fault}]}, build[1]).status_code == 422


@pytest.mark.parametrize("missing", ["pipeline", "stage", "name", "state", "n"])
def test_a_step_says_all_that_names_it(site: TestSite, build: tuple[str, str], missing: str) -> None:
    step = {key: value for key, value in {**STEP, "n": 2}.items() if key != missing}
    assert site.post(f"/builds/{build[0]}/state", {"steps": [step]}, build[1]).status_code == 422


# ---- logs


def test_log_chunks_follow_each_other_and_a_repeated_one_changes_nothing(site: TestSite, build: tuple[str, str]) -> None:
    assert put_log(site, build, 0, b"one\n").get_json() == {"size": 4}
    assert put_log(site, build, 4, b"two\n").get_json() == {"size": 8}
    assert put_log(site, build, 4, b"two\n").get_json() == {"size": 8}
    answer = site.get(f"/builds/{build[0]}/steps/1/log")
    assert (answer.data, answer.headers["X-Log-Size"]) == (b"one\ntwo\n", "8")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "nosniff" in answer.headers["X-Content-Type-Options"]


def test_a_gap_in_a_log_is_409_and_names_the_offset(site: TestSite, build: tuple[str, str]) -> None:
    put_log(site, build, 0, b"one\n")
    answer = put_log(site, build, 9, b"x")
    assert (answer.status_code, answer.get_json()["expected_offset"]) == (409, 4)


def test_part_of_a_log_is_read_by_bytes(site: TestSite, build: tuple[str, str]) -> None:
    put_log(site, build, 0, "añb".encode())
    assert site.get(f"/builds/{build[0]}/steps/1/log?offset=1&limit=2").data == "ñ".encode()
    assert site.get(f"/builds/{build[0]}/steps/1/log?offset=99").data == b""


def test_a_chunk_over_one_mebibyte_is_413(site: TestSite, build: tuple[str, str]) -> None:
    assert put_log(site, build, 0, b"x" * ((1 << 20) + 1)).status_code == 413
    assert put_log(site, build, 0, b"x" * (1 << 20)).status_code == 200


def test_a_chunk_that_says_no_length_is_never_cut(site: TestSite, build: tuple[str, str]) -> None:
    path = f"/api/v1/builds/{build[0]}/steps/1/log?offset=0"
    for size, status in ((2 << 20, 413), (1000, 200)):
        chunked = {"wsgi.input": io.BytesIO(b"x" * size), "wsgi.input_terminated": True}
        assert site.call("PUT", path, build[1], environ_overrides=chunked).status_code == status


def test_the_log_of_an_unknown_step_is_404(site: TestSite, build: tuple[str, str]) -> None:
    assert put_log(site, build, 0, b"x", n=7).status_code == 404
    assert site.get(f"/builds/{build[0]}/steps/7/log").status_code == 404


def test_a_new_chunk_is_told_to_whoever_watches(site: TestSite, build: tuple[str, str]) -> None:
    site.container.bell.messages.clear()  # type: ignore[attr-defined]  # the silent bell of the tests
    put_log(site, build, 0, b"one\n")
    assert site.container.bell.messages == [(f"build:{build[0]}:log", {"step": 1, "size": 4})]  # type: ignore[attr-defined]


# ---- artifacts


def test_an_artifact_comes_back_as_it_was_and_is_only_ever_a_download(site: TestSite, build: tuple[str, str]) -> None:
    assert put_artifact(site, build, "page.html", b"<script>").status_code == 201
    answer = site.get(f"/builds/{build[0]}/artifacts/page.html")
    assert answer.data == b"<script>"
    assert answer.headers["Content-Disposition"] == "attachment; filename=page.html"
    assert (answer.content_type, answer.headers["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")


def test_part_of_an_artifact_can_be_had(site: TestSite, build: tuple[str, str]) -> None:
    put_artifact(site, build, "x.bin", b"0123456789")
    path = f"/api/v1/builds/{build[0]}/artifacts/x.bin"
    part = site.call("GET", path, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert site.call("GET", path, headers={"Range": "bytes=99-"}).status_code == 416
    whole = site.call("GET", path)
    assert site.call("GET", path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_the_same_artifact_again_is_200_and_another_of_its_name_409(site: TestSite, build: tuple[str, str]) -> None:
    first, again, other = (put_artifact(site, build, "x", content).status_code for content in (b"a", b"a", b"b"))
    assert (first, again, other) == (201, 200, 409)
    assert site.get(f"/builds/{build[0]}/artifacts/x").data == b"a"


@pytest.mark.parametrize("stated", ["", "sha-256=", "md5=abc", "sha-256=AAAA", digest(b"other"), "sha-256=%%%"])
def test_an_artifact_that_does_not_fit_its_digest_is_422_and_not_kept(
    site: TestSite, build: tuple[str, str], stated: str
) -> None:
    assert put_artifact(site, build, "x", b"content", stated).status_code == 422
    assert site.get(f"/builds/{build[0]}/artifacts/x").status_code == 404
    folder = site.container.settings.data / "jobs"
    assert not [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", [".hidden", "a b", "a%0Ab", "ä", "a%22b"])
def test_an_artifact_has_a_plain_name(site: TestSite, build: tuple[str, str], name: str) -> None:
    assert put_artifact(site, build, name, b"x").status_code == 422


def test_an_artifact_over_the_limit_is_413_and_not_kept(tmp_path: Any) -> None:
    site = TestSite(tmp_path, max_artifact=1000)
    build_id, token = site.build_token()
    site.post(f"/builds/{build_id}/state", {"steps": [STEP]}, token)
    assert put_artifact(site, (build_id, token), "x", b"x" * 1001).status_code == 413
    assert put_artifact(site, (build_id, token), "x", b"x" * 1000).status_code == 201
    site.close()


def test_a_push_makes_a_build_once(site: TestSite) -> None:
    made = site.project("core", target={"kind": "agent"}, repository_url=None)
    body = {"ref": "refs/heads/main", "before": "0" * 40, "after": "a" * 40}
    path, token = f"/hooks/push/{made['id']}", site.hook_token("core")
    first = site.call("POST", path, token, json=body)
    again = site.call("POST", path, token, json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert conform(first, "POST", "/hooks/push/{project}") == conform(again, "POST", "/hooks/push/{project}")


def test_a_hooks_token_cannot_report_and_a_projects_token_cannot_push(site: TestSite) -> None:
    made = site.project("core", target={"kind": "agent"}, repository_url=None)
    push = {"ref": "refs/heads/main", "before": "0" * 40, "after": "a" * 40}
    assert site.call("POST", f"/hooks/push/{made['id']}", site.project_token("core"), json=push).status_code == 403
    assert site.post("/events", {"status": "SUCCESS"}, site.hook_token("core")).status_code == 403
