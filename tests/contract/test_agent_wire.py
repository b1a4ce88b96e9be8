"""The agent's wire, from the agent's side: the same cases for the fake arbiter of the agent's tests and for the real one.

A server takes part by a fixture that gives a `WireBed`; `bed` runs every case on each of them.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dominoci_agent.client.arbiter import Arbiter, BuildClient, LeaseLost, Refused
from dominoci_agent.client.wire import Claim
from dominoci_agent.config import AgentSettings
from dominoci_agent.loop import Agent
from dominoci_agent.runtime.log import Offset
from dominoci_agent.runtime.stop import Stop
from tests.contract.real_bed import RealBed
from tests.fakes.arbiter import FakeArbiter
from tests.fakes.wire_bed import WireBed
from tests.waiting import until

DEFINITION = """
pipeline "build" {
  stages = [{ name = "make" }]
}
stage "make" {
  run "hello" {
    command   = "echo hello $DOMINO_PROJECT; echo made > made.txt"
    artifacts = ["made.txt"]
  }
}
"""
FILES = {".factory/a.hcl": DEFINITION, "README": "hello\n"}
STEP = {
    "n": 1, "pipeline": "build", "stage": "make", "name": "hello", "state": "running", "exit_code": None, "signal": None,
    "started_at": "2026-11-21T10:00:00.000Z", "finished_at": None,
}  # fmt: skip


@pytest.fixture
def fake_bed(tmp_path: Path) -> Iterator[WireBed]:
    with FakeArbiter(tmp_path / "arbiter") as arbiter:
        yield arbiter


@pytest.fixture
def real_bed(tmp_path: Path) -> Iterator[WireBed]:
    (tmp_path / "data").mkdir()
    served = RealBed(tmp_path / "data")
    yield served
    served.close()


@pytest.fixture(params=["fake_bed", "real_bed"])
def bed(request: pytest.FixtureRequest) -> WireBed:
    """Every server that speaks the wire, with one commit in its repository."""
    found: WireBed = request.getfixturevalue(request.param)
    found.push(FILES)
    return found


@pytest.fixture
def http(bed: WireBed) -> Iterator[Arbiter]:
    arbiter = Arbiter(bed.url)
    yield arbiter
    arbiter.close()


@pytest.fixture
def agent_token(bed: WireBed, http: Arbiter) -> str:
    """The token of a registered agent."""
    return http.register(bed.enrolment(), "wire", ["linux"], 2).token


@pytest.fixture
def claim(bed: WireBed, http: Arbiter, agent_token: str) -> Claim:
    """A claimed build."""
    bed.queue()
    found = http.claim(agent_token, 5)
    assert found
    return found


@pytest.fixture
def build(http: Arbiter, claim: Claim) -> Iterator[BuildClient]:
    """The calls of a claimed build, whose first step is known."""
    stop = Stop()
    client = BuildClient(http, claim, stop)
    client.state({"steps": [STEP]})
    yield client
    stop.close()


def test_an_enrolment_token_makes_one_agent(bed: WireBed, http: Arbiter) -> None:
    token = bed.enrolment()
    registration = http.register(token, "wire", [], 1)
    assert registration.id
    assert registration.token.startswith("dca_")
    with pytest.raises(Refused) as caught:
        http.register(token, "again", [], 1)
    assert caught.value.status in (401, 403)


def test_only_a_registered_agent_may_claim(http: Arbiter) -> None:
    with pytest.raises(Refused) as caught:
        http.claim("dca_nobody", 0)
    assert caught.value.status in (401, 403)


def test_without_work_a_claim_comes_back_empty(http: Arbiter, agent_token: str) -> None:
    assert http.claim(agent_token, 0) is None


def test_a_claim_says_all_that_a_build_needs(bed: WireBed, claim: Claim) -> None:
    assert claim.number >= 1
    assert (claim.branch, claim.tag, claim.ref, claim.ref_fallback) == ("main", None, "main", None)
    assert claim.token.startswith("dcb_")
    assert claim.lease_s > 0
    assert claim.repository is not None
    assert claim.repository.url
    assert bed.build(claim.id)["state"] == "running"


def test_a_waiting_claim_wakes_when_work_comes(bed: WireBed, http: Arbiter, agent_token: str) -> None:
    found: list[Claim | None] = []
    waiting = threading.Thread(target=lambda: found.append(http.claim(agent_token, 20)))
    waiting.start()
    waiting.join(0.5)
    assert waiting.is_alive()
    queued = bed.queue()
    waiting.join(10)
    assert [claim.id for claim in found if claim] == [queued]


def test_a_build_is_given_to_one_agent(bed: WireBed, http: Arbiter, agent_token: str) -> None:
    bed.queue()
    assert http.claim(agent_token, 0) is not None
    assert http.claim(agent_token, 0) is None


def test_a_heartbeat_tells_when_the_build_is_to_be_cancelled(bed: WireBed, build: BuildClient) -> None:
    assert build.heartbeat() is False
    bed.cancel(build.claim.id)
    assert build.heartbeat() is True
    assert build.state({}) is True


def test_after_the_lease_every_call_says_that_it_is_lost(bed: WireBed, build: BuildClient) -> None:
    bed.lapse(build.claim.id)
    calls = (build.heartbeat, lambda: build.state({}), lambda: build.log(1, 0, b"x"), lambda: build.result({"status": "SUCCESS"}))
    for call in calls:
        with pytest.raises(LeaseLost):
            call()


def test_the_token_of_a_build_is_for_its_own_routes(bed: WireBed, http: Arbiter, build: BuildClient) -> None:
    with pytest.raises(Refused):
        http.claim(build.claim.token, 0)
    other = bed.queue()
    with pytest.raises(Refused) as caught:
        http.send("POST", f"/api/v1/builds/{other}/heartbeat", build.claim.token, json={})
    assert caught.value.status in (401, 404)


def test_states_are_added_up_by_number(bed: WireBed, build: BuildClient) -> None:
    build.state({"commit": "a" * 40, "message": "Say hello", "pipelines": [{"name": "build", "selected": True, "reason": "why"}]})
    build.state({"steps": [{**STEP, "n": 2, "name": "second", "state": "waiting", "started_at": None}]})
    build.state({"steps": [{**STEP, "state": "failed", "signal": "SIGKILL", "finished_at": "2026-11-21T10:00:01.000Z"}]})
    found = bed.build(build.claim.id)
    assert (found["commit"], found["message"]) == ("a" * 40, "Say hello")
    (pipeline,) = found["pipelines"]
    assert (pipeline["name"], pipeline["selected"], pipeline["reason"]) == ("build", True, "why")
    assert [(step["n"], step["name"], step["state"], step["signal"]) for step in found["steps"]] == [
        (1, "hello", "failed", "SIGKILL"), (2, "second", "waiting", None),
    ]  # fmt: skip


def test_a_state_may_tell_which_ref_is_built(bed: WireBed, build: BuildClient) -> None:
    assert build.state({"ref": "main", "commit": "a" * 40, "steps": []}) is False
    assert bed.build(build.claim.id)["commit"] == "a" * 40


def test_a_log_grows_by_offsets_and_never_twice(bed: WireBed, build: BuildClient) -> None:
    assert build.log(1, 0, b"one ") is None
    assert build.log(1, 4, b"two ") is None
    assert build.log(1, 99, b"gap") == Offset(8)
    again = build.log(1, 4, b"two ")
    assert again is None or again == Offset(8)
    assert build.log(1, 8, b"\xff\x00three") is None
    assert bed.log(build.claim.id, 1) == b"one two \xff\x00three"


def test_an_artifact_is_stored_if_it_fits_its_digest(bed: WireBed, build: BuildClient, tmp_path: Path) -> None:
    file = tmp_path / "made.txt"
    file.write_bytes(b"made\n" * 100_000)
    right = hashlib.sha256(file.read_bytes()).hexdigest()
    with pytest.raises(Refused) as caught:
        build.artifact("made.txt", file, "00" * 32)
    assert caught.value.status == 422
    build.artifact("made.txt", file, right)
    build.artifact("made.txt", file, right)
    assert bed.artifact(build.claim.id, "made.txt") == file.read_bytes()
    file.write_bytes(b"other")
    with pytest.raises(Refused) as caught:
        build.artifact("made.txt", file, hashlib.sha256(b"other").hexdigest())
    assert caught.value.status == 409


def test_a_cache_is_found_by_its_key_or_by_the_beginning_of_another(
    bed: WireBed, build: BuildClient, tmp_path: Path
) -> None:
    file = tmp_path / "kept"
    for key, content in (("npm-1", b"one" * 99_999), ("npm-2", b"two"), ("npm-1", b"new")):
        file.write_bytes(content)
        build.cache_put(key, file, hashlib.sha256(content).hexdigest())
    asked = (("npm-2", "npm-"), ("npm-1", "npm-"), ("npm-3", "npm-"))
    found = []
    for key, prefix in asked:
        with build.cache_get(key, prefix) as kept:
            assert kept
            content = b"".join(kept.chunks)
            assert kept.sha256 == hashlib.sha256(content).hexdigest()
            found.append((kept.key, content))
    assert found == [("npm-2", b"two"), ("npm-1", b"new"), ("npm-1", b"new")]
    with build.cache_get("yarn-1", "yarn-") as kept:
        assert kept is None
    with pytest.raises(Refused):
        build.cache_put("npm-4", file, "00" * 32)


def test_a_result_counts_once(bed: WireBed, build: BuildClient) -> None:
    body = {
        "status": "FAILED", "reason": {"code": "step_failed", "text": "Stage make, step hello: exit code 1."},
        "metadata": {"branch": "main", "tag": None, "pipeline": "build", "commit": "a" * 40, "message": "Say hello"},
        "steps": [{**STEP, "state": "failed", "exit_code": 1, "finished_at": "2026-11-21T10:00:01.000Z"}],
    }  # fmt: skip
    build.result(body)
    build.result(body)
    with pytest.raises(LeaseLost):
        build.result({**body, "status": "SUCCESS", "reason": None})
    found = bed.build(build.claim.id)
    assert (found["state"], found["steps"][0]["exit_code"]) == ("failed", 1)
    assert found["reason"]


def test_a_released_build_is_the_next_agents(bed: WireBed, http: Arbiter, build: BuildClient, agent_token: str) -> None:
    build.release("the agent is shutting down")
    with pytest.raises(LeaseLost):
        build.heartbeat()
    again = http.claim(agent_token, 5)
    assert again
    assert again.id == build.claim.id


def test_a_whole_agent_runs_a_whole_build(bed: WireBed, tmp_path: Path) -> None:
    environ = {"DOMINOCI_URL": bed.url, "DOMINOCI_AGENT_WORK": str(tmp_path / "work"), "DOMINOCI_AGENT_TOKEN": bed.enrolment()}
    agent = Agent.create(AgentSettings.read({**environ, "DOMINOCI_AGENT_GRACE": "0"}))
    thread = threading.Thread(target=agent.run)
    thread.start()
    try:
        queued = bed.queue()
        until(lambda: bed.build(queued)["state"] not in ("queued", "running"), "the build has ended", within_s=60)
        found = bed.build(queued)
        assert found["state"] == "success"
        assert [(step["name"], step["state"]) for step in found["steps"]] == [("hello", "success")]
        assert [artifact["name"] for artifact in found["artifacts"]] == ["made.txt"]
        assert bed.log(queued, 1).startswith(b"hello ")
        assert bed.artifact(queued, "made.txt") == b"made\n"
    finally:
        agent.stop()
        thread.join(15)
        agent.close()
