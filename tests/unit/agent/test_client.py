"""Talking to the arbiter: what is tried again, what means that a build is lost, and where a token is sent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dominoci_agent.backoff import Backoff
from dominoci_agent.client.arbiter import Arbiter, BuildClient, LeaseLost, Refused, Unreachable
from dominoci_agent.client.wire import Claim, WireError, read_claim
from dominoci_agent.lease import Lease
from dominoci_agent.runtime.log import Offset
from dominoci_agent.runtime.stop import Stop, Why
from tests.fakes.arbiter import Answer, Call, FakeArbiter


class Hasty(Backoff):
    """A backoff for tests: waits next to nothing."""

    def next(self, retry_after: str | None = None) -> float:
        return super().next(retry_after) / 100


@pytest.fixture
def stop() -> Iterator[Stop]:
    made = Stop()
    yield made
    made.close()


def claimed(arbiter: FakeArbiter) -> Claim:
    """A build, claimed by a fresh agent."""
    arbiter.queue()
    http = Arbiter(arbiter.url)
    claim = http.claim(http.register(arbiter.enrolment(), "a", [], 1).token, 1)
    http.close()
    assert claim
    return claim


@pytest.fixture
def client(arbiter: FakeArbiter, stop: Stop) -> Iterator[BuildClient]:
    """The calls of a claimed build."""
    http = Arbiter(arbiter.url)
    yield BuildClient(http, claimed(arbiter), stop, Hasty)
    http.close()


def failing(arbiter: FakeArbiter, ending: str, *answers: Answer | str) -> list[Answer | str]:
    """Let calls to paths with this ending fail in these ways, one after the other; what is left of them."""
    left = list(answers)
    arbiter.faults.append(lambda call: left.pop(0) if left and call.path.endswith(ending) else None)
    return left


def test_trouble_that_passes_is_waited_out(arbiter: FakeArbiter, client: BuildClient) -> None:
    left = failing(arbiter, "/state", Answer(500), Answer(503), Answer(429, headers={"Retry-After": "0"}), "drop")
    assert client.state({"commit": "abc"}) is False
    assert left == []
    assert arbiter.build("b1")["commit"] == "abc"


PAGE = Answer(200, b"<html>Please sign in</html>")


def test_a_page_of_a_proxy_is_no_answer(arbiter: FakeArbiter, client: BuildClient) -> None:
    left = failing(arbiter, "/heartbeat", PAGE, Answer(200, b"[]"))
    for _ in range(2):
        with pytest.raises(Unreachable):
            client.heartbeat()
    left = failing(arbiter, "/result", PAGE)
    client.result({"status": "SUCCESS"})
    assert left == []
    assert arbiter.build("b1")["state"] == "success"


def test_heartbeats_survive_whatever_happens_to_one(client: BuildClient, stop: Stop) -> None:
    told = [RuntimeError("a mistake"), True]

    class Odd(BuildClient):
        def heartbeat(self) -> bool:
            said = told.pop(0)
            if isinstance(said, Exception):
                raise said
            return bool(said)

    lease = Lease(Odd(client.arbiter, replace(client.claim, lease_s=0.1), stop), stop, time.monotonic() + 60)
    lease.keep()
    assert stop.wait(10)
    lease.end()
    assert stop.why is Why.CANCELLED


def test_a_build_that_does_not_end_when_it_is_told_to_is_given_up(
    arbiter: FakeArbiter, client: BuildClient, stop: Stop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dominoci_agent.lease._STUCK_S", 0.0)
    stop.throw(Why.CANCELLED)
    Lease(BuildClient(client.arbiter, replace(client.claim, lease_s=0.1), stop), stop, time.monotonic()).keep()
    assert stop.wait_over(10)
    assert (stop.why, arbiter.builds["b1"].heartbeats) == (Why.LEASE_LOST, 0)


@pytest.mark.parametrize("status", [401, 404, 409])
def test_a_refusal_on_a_lease_means_that_it_is_lost(status: int, arbiter: FakeArbiter, client: BuildClient) -> None:
    failing(arbiter, "", *[Answer(status, {})] * 5)
    for call in (client.heartbeat, lambda: client.state({}), lambda: client.result({}), lambda: client.release("x")):
        with pytest.raises(LeaseLost):
            call()


def test_a_refusal_of_the_content_is_not_a_lost_lease(arbiter: FakeArbiter, client: BuildClient, tmp_path: Path) -> None:
    failing(arbiter, "", Answer(422, {"detail": "no"}), Answer(409, {"detail": "another"}), Answer(409, {"expected_offset": 7}))
    with pytest.raises(Refused, match="no"):
        client.state({})
    (tmp_path / "x").write_text("x")
    with pytest.raises(Refused, match="another"):
        client.artifact("x", tmp_path / "x", "00" * 32)
    assert client.log(1, 0, b"x") == Offset(7)


def test_nothing_is_tried_again_once_the_lease_is_lost(arbiter: FakeArbiter, client: BuildClient, stop: Stop) -> None:
    failing(arbiter, "/result", *[Answer(500)] * 3)
    stop.throw(Why.CANCELLED)
    stop.throw(Why.LEASE_LOST)
    with pytest.raises(LeaseLost):
        client.result({"status": "SUCCESS"})


def test_a_cancelled_build_still_reports_through_trouble(arbiter: FakeArbiter, client: BuildClient, stop: Stop) -> None:
    failing(arbiter, "/result", Answer(500), Answer(500))
    stop.throw(Why.CANCELLED)
    client.result({"status": "CANCELLED"})
    assert arbiter.build("b1")["state"] == "cancelled"


def test_an_arbiter_that_is_not_there_is_unreachable() -> None:
    http = Arbiter("http://127.0.0.1:9")
    with pytest.raises(Unreachable):
        http.claim("t", 1)
    http.close()


def test_a_full_arbiter_says_when_to_come_back(arbiter: FakeArbiter) -> None:
    failing(arbiter, "/claim", Answer(204, headers={"Retry-After": "3"}))
    http = Arbiter(arbiter.url)
    with pytest.raises(Unreachable) as caught:
        http.claim("t", 1)
    http.close()
    assert caught.value.retry_after == "3"


def test_waiting_grows_with_jitter_up_to_a_limit_and_honours_retry_after() -> None:
    backoff = Backoff(first_s=1, most_s=8)
    waits = [backoff.next() for _ in range(6)]
    assert all(limit / 2 <= wait <= limit for wait, limit in zip(waits, (1, 2, 4, 8, 8, 8), strict=True))
    assert backoff.next("30") == 30
    assert backoff.next("99999") == 60
    assert backoff.next("soon") <= 8


def test_the_token_goes_to_the_arbiter_alone(arbiter: FakeArbiter, client: BuildClient, tmp_path: Path) -> None:
    seen: list[str | None] = []

    def note(call: Call) -> Answer:
        seen.append(call.headers.get("Authorization"))
        return Answer(200, b"content")

    with FakeArbiter(tmp_path / "elsewhere") as elsewhere:
        for server, url in ((elsewhere, f"{elsewhere.url}/file"), (arbiter, f"{arbiter.url}/file"), (arbiter, "/file")):
            server.faults.append(note)
            with client.download(url) as chunks:
                assert b"".join(chunks) == b"content"
    assert seen == [None, f"Bearer {client.claim.token}", f"Bearer {client.claim.token}"]


def test_a_redirect_is_not_followed(arbiter: FakeArbiter, client: BuildClient) -> None:
    failing(arbiter, "/file", Answer(302, headers={"Location": "http://169.254.169.254/"}))
    with pytest.raises(Refused), client.download("/file"):
        pass


def test_a_download_that_is_not_there_is_refused(client: BuildClient) -> None:
    with pytest.raises(Refused), client.download("/api/v1/builds/none/artifacts/x"):
        pass


CLAIM = {
    "id": "b1", "number": 1, "token": "t", "project": {"name": "core"}, "repository": {"url": "/git/x.git"}, "ref": "main",
}  # fmt: skip


def test_a_claim_needs_only_what_every_build_has() -> None:
    claim = read_claim(CLAIM)
    assert (claim.lease_s, claim.inputs, claim.variables, claim.pipelines) == (20, (), {}, None)


def test_no_secret_is_in_the_text_of_a_claim() -> None:
    claim = read_claim({**CLAIM, "token": "tok-1", "secrets": {"A": "sec-1"}, "repository": {"url": "/x", "password": "pw-1"}})
    assert not any(secret in repr(claim) for secret in ("tok-1", "sec-1", "pw-1"))


@pytest.mark.parametrize(
    "different",
    [{"id": None}, {"id": "../x"}, {"number": "1"}, {"project": "core"}, {"repository": {}}, {"variables": []}, {"inputs": [{}]}],
)
def test_an_answer_that_is_no_claim_is_said_to_be_none(different: dict[str, object]) -> None:
    with pytest.raises(WireError, match="claim"):
        read_claim({**CLAIM, **different})
    with pytest.raises(WireError):
        read_claim(["no object"])
