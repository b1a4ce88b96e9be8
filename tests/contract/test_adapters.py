"""One contract for all adapters. Every CI system brings a bed (tests/contract/beds), and every case runs on each bed that has it;
what only one of them can do is tested beside its own adapter."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import pytest

from dominoci.adapters.base import Adapter, Receipt, Run, Started
from dominoci.domain.dispatch import ParentInput, Trigger
from dominoci.outbound.client import Answer, GuardedClient
from dominoci.outbound.exchange import Caller, ExchangeFailed
from tests.contract.beds import github, gitlab, jenkins, webhook
from tests.contract.beds.base import Bed, Wrong
from tests.fakes import misbehaving as wrongly

BEDS: Final[tuple[type[Bed], ...]] = (*webhook.BEDS, *jenkins.BEDS, *gitlab.BEDS, *github.BEDS)
ASKED: Final = tuple(bed for bed in BEDS if bed.asked)
STOPPED: Final = tuple(bed for bed in BEDS if bed.stopped)
NOW: Final = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
HOSTS: Final = ("127.0.0.1",)
IMPATIENCE_S: Final = 1.0


class Impatient(GuardedClient):
    """Waits less than the real one."""

    def request(self, method: str, url: str, **more: Any) -> Answer:
        """As the guarded client does."""
        return super().request(method, url, **more, timeout_s=IMPATIENCE_S)


class Contract:
    """A bed with its stand-in running, and the adapter."""

    def __init__(self, bed: Bed, client: GuardedClient) -> None:
        self.bed, self.system, self.target = bed, bed.system, bed.target
        self.adapter: Adapter = bed.adapter(Caller(client, clock=lambda: NOW))

    def started(self) -> tuple[Trigger, Receipt, str]:
        """A new trigger that was sent, what came of it, and the run over there."""
        new = trigger()
        receipt = self.adapter.trigger(self.target, new)
        (run,) = self.bed.runs(new.delivery_id)
        return new, receipt, run

    def found(self, new: Trigger, started: Started) -> Run:
        """The run, which is there."""
        run = self.adapter.find(self.target, new, started)
        assert run is not None, started
        return run

    def impatient(self, client: GuardedClient) -> Adapter:
        """The adapter over another client."""
        return self.bed.adapter(Caller(client, clock=lambda: NOW))

    def assert_clean(self, *things: object) -> None:
        """Nothing that proves anything is in what these show of themselves (of dataclasses, every field that may be shown)."""
        text = " ".join(f"{thing!r} {thing}" for thing in things)
        for secret in ("dce_secret-token", "the.identity.jwt", *self.bed.secrets()):
            assert secret not in text


def trigger() -> Trigger:
    """One that nobody has sent."""
    delivery_id = str(uuid4())
    return Trigger(
        tree_id=f"tree-{delivery_id}",
        sub_id="1.2",
        attempt=1,
        delivery_id=delivery_id,
        event_token="dce_secret-token",
        project={"id": "p", "name": "app", "repository_url": "https://git.example/app"},
        ref="main",
        root={"project": "core", "metadata": {"branch": "main"}},
        parents=[ParentInput("core", "1", {"commit": "9fceb02", "message": "Füße"}, {}, [])],
        parameters={"CHANNEL": "nightly"},
        public_url="https://arbiter.example",
        identity="the.identity.jwt",
    )


def known(receipt: Receipt) -> Started:
    """What is kept of a receipt."""
    return Started(receipt.run_url, receipt.run_ref)


@pytest.fixture(scope="module")
def client() -> Iterator[GuardedClient]:
    made = GuardedClient(HOSTS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def impatient() -> Iterator[GuardedClient]:
    made = Impatient(HOSTS)
    yield made
    made.close()


@pytest.fixture(scope="module", params=BEDS, ids=lambda bed: bed.name)
def on(request: pytest.FixtureRequest, client: GuardedClient) -> Iterator[Contract]:
    bed: Bed = request.param()
    with bed.system:
        yield Contract(bed, client)


def only(beds: tuple[type[Bed], ...]) -> pytest.MarkDecorator:
    """The case is for these beds."""
    return pytest.mark.parametrize("on", beds, ids=lambda bed: bed.name, indirect=True)


# ---- starting


def test_a_trigger_starts_one_run_and_names_it(on: Contract) -> None:
    new, receipt, _run = on.started()
    assert receipt.reading.endswith(".")
    if on.bed.names:
        assert receipt.run_url or receipt.run_ref
    on.assert_clean(receipt, receipt.exchange, new, on.target)


def test_two_triggers_are_two_runs(on: Contract) -> None:
    assert on.started()[2] != on.started()[2]


def test_what_is_wrong_with_a_target_is_told_by_step_and_starts_nothing(on: Contract) -> None:
    for what, wrong in on.bed.wrong().items():
        findings = on.adapter.check(wrong.target)
        failing = {finding.step: finding.detail for finding in findings if not finding.ok}
        assert wrong.step in failing, (what, findings)
        assert wrong.says in failing[wrong.step], what
        on.assert_clean(wrong.target, *findings)
        if not wrong.starts:
            refused_for_good(on, wrong)


def refused_for_good(on: Contract, wrong: Wrong) -> None:
    new = trigger()
    with pytest.raises(ExchangeFailed) as caught:
        on.adapter.trigger(wrong.target, new)
    assert (caught.value.retry, caught.value.ambiguous) == (False, False), caught.value.reading
    assert on.bed.runs(new.delivery_id) == []
    on.assert_clean(caught.value, caught.value.exchange)


# ---- what goes wrong on the way


@pytest.mark.parametrize(
    ("fault", "retry", "wait_s"),
    [(wrongly.BUSY, True, 7.0), (wrongly.BROKEN, True, None), (wrongly.MOVED, False, None)],
    ids=["busy", "broken", "moved"],
)
def test_a_refusal_says_whether_trying_again_helps(on: Contract, fault: str, retry: bool, wait_s: float | None) -> None:
    new = trigger()
    with on.system.going_wrong(fault), pytest.raises(ExchangeFailed) as caught:
        on.adapter.trigger(on.target, new)
    error = caught.value
    assert (error.retry, error.ambiguous, error.retry_after_s) == (retry, False, wait_s), error.reading
    assert on.bed.runs(new.delivery_id) == []
    assert not any(call.path.startswith(wrongly.ELSEWHERE) for call in on.system.calls)
    on.assert_clean(error, error.exchange)


@pytest.mark.parametrize("fault", [wrongly.RESET, wrongly.SLOW], ids=["reset", "slow"])
def test_an_answer_that_never_came_is_ambiguous_and_leads_to_one_run(on: Contract, impatient: GuardedClient, fault: str) -> None:
    new = trigger()
    with on.system.going_wrong(fault), pytest.raises(ExchangeFailed) as caught:
        on.impatient(impatient).trigger(on.target, new)
    assert (caught.value.retry, caught.value.ambiguous) == (True, True)
    # what the drain does before it sends again
    if on.adapter.find(on.target, new, Started()) is None:
        on.adapter.trigger(on.target, new)
    assert len(on.bed.runs(new.delivery_id)) == 1 if on.bed.once else on.bed.runs(new.delivery_id)


def test_an_acceptance_that_cannot_be_read_is_no_crash_and_no_second_run(on: Contract) -> None:
    new = trigger()
    try:
        with on.system.going_wrong(wrongly.WRONG_JSON):
            told: object = on.adapter.trigger(on.target, new)
    except ExchangeFailed as error:
        told = error
        if error.retry and (not error.ambiguous or on.adapter.find(on.target, new, Started()) is None):
            on.adapter.trigger(on.target, new)
    on.assert_clean(told)
    assert len(on.bed.runs(new.delivery_id)) == 1


@only(ASKED)
@pytest.mark.parametrize(
    ("fault", "wait_s"), [(wrongly.BUSY, 7.0), (wrongly.BROKEN, None), (wrongly.WRONG_JSON, None)], ids=["busy", "broken", "json"]
)
def test_a_question_that_is_not_answered_is_put_again_later(on: Contract, fault: str, wait_s: float | None) -> None:
    new, receipt, _run = on.started()
    with on.system.going_wrong(fault), pytest.raises(ExchangeFailed) as caught:
        on.adapter.find(on.target, new, known(receipt))
    assert (caught.value.retry, caught.value.retry_after_s) == (True, wait_s)
    on.assert_clean(caught.value, caught.value.exchange)


# ---- what became of it


@only(ASKED)
def test_a_run_is_followed_from_the_queue_to_its_end(on: Contract) -> None:
    new, receipt, run = on.started()
    assert on.adapter.watches(on.target)
    waiting = on.found(new, known(receipt))
    assert (waiting.status, waiting.running) == (None, False)
    on.bed.start(run)
    running = on.found(new, known(receipt))
    assert (running.status, running.running) == (None, True)
    assert str(running.url).startswith("http")
    # from now on it is called by what was learnt, and a poller that missed that finds it by the first name as well
    later = Started(running.url, running.ref or receipt.run_ref)
    on.bed.finish(run, next(word for word, status in on.bed.results.items() if status == "SUCCESS"))
    for started in (later, known(receipt), Started()):
        assert on.found(new, started).status == "SUCCESS", started


@only(ASKED)
def test_each_end_is_mapped(on: Contract) -> None:
    found = {}
    for word in on.bed.results:
        new, receipt, run = on.started()
        on.bed.start(run)
        on.bed.finish(run, word)
        found[word] = on.found(new, known(receipt)).status
    assert found == dict(on.bed.results)


@only(ASKED)
def test_nobody_knows_a_run_that_was_never_started(on: Contract) -> None:
    on.started()
    assert on.adapter.find(on.target, trigger(), Started()) is None


# ---- stopping


@only(STOPPED)
@pytest.mark.parametrize("named", [True, False], ids=["named", "unnamed"])
@pytest.mark.parametrize("running", [False, True], ids=["queued", "running"])
def test_a_run_is_stopped_wherever_it_is(on: Contract, running: bool, named: bool) -> None:
    new, receipt, run = on.started()
    if running:
        on.bed.start(run)
    told = on.adapter.cancel(on.target, new, known(receipt) if named else Started())
    assert on.bed.is_stopped(run)
    on.assert_clean(told, told.exchange)
    if on.bed.asked:
        assert on.found(new, known(receipt)).status == "CANCELLED"


@only(tuple(bed for bed in STOPPED if bed.asked))
def test_stopping_what_has_ended_is_no_error_and_changes_nothing(on: Contract) -> None:
    new, receipt, run = on.started()
    success = next(word for word, status in on.bed.results.items() if status == "SUCCESS")
    on.bed.start(run)
    on.bed.finish(run, success)
    assert on.adapter.cancel(on.target, new, known(receipt)).reading
    assert on.found(new, known(receipt)).status == "SUCCESS"


@only(STOPPED)
@pytest.mark.parametrize("fault", [wrongly.BUSY, wrongly.BROKEN], ids=["busy", "broken"])
def test_a_stop_that_is_refused_for_now_is_tried_again(on: Contract, fault: str) -> None:
    new, receipt, _run = on.started()
    with on.system.going_wrong(fault), pytest.raises(ExchangeFailed) as caught:
        on.adapter.cancel(on.target, new, known(receipt))
    assert caught.value.retry


# ---- the test connection


def test_a_good_target_passes_every_step_and_nothing_is_started(on: Contract) -> None:
    before = len(on.system.calls)
    findings = on.adapter.check(on.target)
    assert all(finding.ok for finding in findings), findings
    assert len(on.system.calls) > before
    on.assert_clean(*findings)


@pytest.mark.parametrize("fault", [wrongly.BUSY, wrongly.BROKEN, wrongly.MOVED, wrongly.WRONG_JSON, wrongly.RESET])
def test_a_test_connection_of_a_server_that_goes_wrong_is_told_as_a_finding(on: Contract, fault: str) -> None:
    with on.system.going_wrong(fault):
        findings = on.adapter.check(on.target)
    on.assert_clean(*findings)
    if on.bed.asked:
        assert not all(finding.ok for finding in findings)
