"""What only Jenkins does: what its plugin answers, queue items and what becomes of them, crumbs, folded builds, addresses that
lead elsewhere. What it has in common with others: test_adapters.py."""

import json
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dominoci.adapters.base import Started, Target
from dominoci.adapters.jenkins import JenkinsAdapter
from dominoci.adapters.jenkins_check import PARAMETERS
from dominoci.domain.dispatch import RESERVED, payload, variables
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller, ExchangeFailed
from tests.contract.beds.jenkins import JenkinsBuildBed
from tests.contract.test_adapters import known, trigger
from tests.fakes import misbehaving as wrongly
from tests.fakes.certificate import self_signed
from tests.fakes.jenkins_api import COMMIT, PASSWORD, TOKEN, TOLD, JenkinsStand
from tests.fakes.stand import Call, Reply
from tests.fakes.webhook_sink import Sink, answer


@pytest.fixture(scope="module")
def adapter() -> Iterator[JenkinsAdapter]:
    client = GuardedClient(("127.0.0.1",))
    yield JenkinsAdapter(Caller(client))
    client.close()


@pytest.fixture(scope="module")
def bed() -> Iterator[JenkinsBuildBed]:
    made = JenkinsBuildBed()
    with made.system:
        yield made


@pytest.fixture
def stand(bed: JenkinsBuildBed) -> Iterator[JenkinsStand]:
    """The stand-in, as it was when the test is over."""
    jobs = {name: replace(job) for name, job in bed.system.jobs.items()}
    yield bed.system
    bed.system.jobs, bed.system.whitelist, bed.system.may_cancel, bed.system.knows_dry_run = jobs, True, True, True


@pytest.fixture
def target(bed: JenkinsBuildBed) -> Target:
    """For `build`: the job team/app."""
    return bed.target


def hooked(bed: JenkinsBuildBed, token: str = TOKEN, **fields: str) -> Target:
    """For `generic-webhook`, of whatever job has the token."""
    return bed.made({"token": token}, mode="generic-webhook", **{"job": "", **fields})


def refused(adapter: JenkinsAdapter, where: Target) -> ExchangeFailed:
    """What a trigger fails with; it is no use to try again."""
    with pytest.raises(ExchangeFailed) as caught:
        adapter.trigger(where, trigger())
    assert not caught.value.retry
    return caught.value


# ---- the Generic Webhook Trigger plugin


def test_the_plugin_gets_the_payload_and_the_token_as_a_header_and_no_credentials(
    adapter: JenkinsAdapter, bed: JenkinsBuildBed, stand: JenkinsStand
) -> None:
    new = trigger()
    receipt = adapter.trigger(hooked(bed), new)
    call = stand.calls[-1]
    assert (call.method, call.path, call.query) == ("POST", "/jenkins/generic-webhook-trigger/invoke", {})
    assert (call.headers["token"], call.headers.get("authorization")) == (TOKEN, None)
    assert json.loads(call.body) == payload(new)
    assert json.loads(receipt.exchange.body)["event_token"] == "dce_…"
    assert receipt.run_ref == f"queue:{stand.of(new.delivery_id)[0].item}@team/hook"


@pytest.mark.parametrize(
    ("token", "says"),
    [
        ("picky-word", "the filter of team/picky did not let the trigger through"),
        ("shared-word", "Jenkins started 2 jobs by this one token (team/one, team/two)"),
        ("nobodys-word", "No job has this token (404)"),
        ("wörd", "not ASCII"),
    ],
)
def test_only_one_started_job_is_a_success(
    adapter: JenkinsAdapter, bed: JenkinsBuildBed, stand: JenkinsStand, token: str, says: str
) -> None:
    assert stand.jobs
    assert says in refused(adapter, hooked(bed, token)).reading


def test_a_filter_that_declines_beside_one_that_does_not_is_a_success(
    adapter: JenkinsAdapter, bed: JenkinsBuildBed, stand: JenkinsStand
) -> None:
    stand.jobs["team/one"].lets_through = False
    assert adapter.trigger(hooked(bed, "shared-word"), trigger()).reading == "Jenkins queued team/two."


def test_a_whitelist_that_refuses_and_a_plugin_that_fails_are_told_apart(
    adapter: JenkinsAdapter, bed: JenkinsBuildBed, stand: JenkinsStand
) -> None:
    stand.whitelist = False
    assert "whitelist" in refused(adapter, hooked(bed)).reading
    stand.whitelist, stand.jobs["team/hook"].fails = True, True
    with pytest.raises(ExchangeFailed) as caught:
        adapter.trigger(hooked(bed), trigger())
    assert caught.value.retry
    assert caught.value.reading == "The plugin failed (500): There were errors when triggering jobs."


def test_a_silent_job_is_an_acceptance_that_proves_nothing_and_its_build_is_found_all_the_same(
    adapter: JenkinsAdapter, bed: JenkinsBuildBed, stand: JenkinsStand
) -> None:
    stand.jobs["team/hook"].silent = True
    where, new = hooked(bed, job="team/hook"), trigger()
    receipt = adapter.trigger(where, new)
    assert receipt.run_ref is None
    assert "not known" in receipt.reading
    stand.finish(stand.of(new.delivery_id)[0].item, "SUCCESS")
    found = adapter.find(where, new, known(receipt))
    assert found
    assert found.status == "SUCCESS"


@pytest.mark.parametrize(("job", "retry"), [("team/hook", True), ("", False)])
def test_an_answer_that_nobody_can_read_is_sent_again_only_where_the_build_is_looked_for_first(
    adapter: JenkinsAdapter, bed: JenkinsBuildBed, stand: JenkinsStand, job: str, retry: bool
) -> None:
    with stand.going_wrong(wrongly.WRONG_JSON), pytest.raises(ExchangeFailed) as caught:
        adapter.trigger(hooked(bed, job=job), trigger())
    assert (caught.value.ambiguous, caught.value.retry) == (True, retry)


def test_without_a_user_runs_are_not_asked_for_and_the_test_connection_says_so(
    adapter: JenkinsAdapter, bed: JenkinsBuildBed, stand: JenkinsStand
) -> None:
    alone, new = hooked(bed), trigger()
    alone = Target("jenkins", {**alone.fields, "user": None}, {"token": TOKEN})
    receipt, before = adapter.trigger(alone, new), len(stand.calls)
    assert adapter.watches(alone) is None
    assert adapter.find(alone, new, known(receipt)) is None
    assert adapter.cancel(alone, new, known(receipt)).reading.startswith("Nothing was sent")
    assert len(stand.calls) == before
    told = {finding.step: (finding.ok, finding.detail) for finding in adapter.check(alone)}
    assert all(ok for ok, _ in told.values())
    assert "only the callback" in told["callback"][1]
    assert "team/hook" in told["dry run"][1]


def test_a_dry_run_that_started_a_build_is_told(adapter: JenkinsAdapter, bed: JenkinsBuildBed, stand: JenkinsStand) -> None:
    stand.knows_dry_run = False
    told = {finding.step: finding for finding in adapter.check(hooked(bed))}
    assert not told["dry run"].ok
    assert "update the plugin" in told["dry run"].detail
    assert "dce_" not in stand.calls[-1].body.decode()


# ---- buildWithParameters


def test_a_build_gets_every_variable(adapter: JenkinsAdapter, target: Target, stand: JenkinsStand) -> None:
    new = trigger()
    receipt = adapter.trigger(target, new)
    assert stand.calls[-1].path == "/jenkins/job/team/job/app/buildWithParameters"
    assert stand.calls[-1].form == variables(new)
    assert receipt.run_ref == f"queue:{stand.of(new.delivery_id)[0].item}@team/app"
    assert set(PARAMETERS) == {name for name in stand.calls[-1].form if name.startswith(RESERVED)}


def test_a_password_needs_a_crumb_and_the_session_it_was_made_for(
    adapter: JenkinsAdapter, bed: JenkinsBuildBed, stand: JenkinsStand
) -> None:
    where, new = bed.made({"api_token": PASSWORD}), trigger()
    receipt = adapter.trigger(where, new)
    (run,) = stand.of(new.delivery_id)
    assert "jenkins-crumb" in stand.calls[-1].headers
    adapter.cancel(where, new, known(receipt))
    assert run.stopped


def test_equal_builds_that_jenkins_puts_together_are_told(
    adapter: JenkinsAdapter, target: Target, bed: JenkinsBuildBed, stand: JenkinsStand
) -> None:
    stand.jobs["team/app"].parameters = ("CHANNEL",)
    first, second = adapter.trigger(target, trigger()), adapter.trigger(target, trigger())
    assert first.run_ref == second.run_ref
    assert "put it together" in second.reading
    told = {finding.step: finding for finding in adapter.check(bed.target)}
    assert not told["parameters"].ok
    assert "DOMINO_EVENT_TOKEN" in told["parameters"].detail


def test_parameters_that_are_dropped_are_named(adapter: JenkinsAdapter, target: Target, stand: JenkinsStand) -> None:
    told = {finding.step: finding.detail for finding in adapter.check(target)}
    assert told["parameters"].endswith(", DOMINO_PAYLOAD.")
    assert "DOMINO_DELIVERY_ID" not in told["parameters"]
    stand.jobs["team/app"].parameters = PARAMETERS
    told = {finding.step: finding.detail for finding in adapter.check(target)}
    assert told["parameters"] == "All parameters are declared."


@pytest.mark.parametrize(
    ("status", "location", "reading"),
    [
        (200, "", "This is not the start page of a Jenkins"),
        (201, "", "whether a build starts is not known"),
        (302, ".", "redirect"),
        (303, "https://ci.example/login?from=/queue/item/7", "redirect"),
        (400, "", "declares no parameters"),
        (409, "", "disabled"),
        (413, "", "too long"),
    ],
)
def test_only_a_201_is_a_queued_build(
    adapter: JenkinsAdapter, bed: JenkinsBuildBed, status: int, location: str, reading: str
) -> None:
    with Sink(otherwise=answer(status, b"<html>", location=location)) as sink:
        where = bed.made(url=sink.url)
        told = adapter.trigger(where, trigger()).reading if status == 201 else refused(adapter, where).reading
    assert reading in told


def test_an_address_below_the_start_page_is_told(adapter: JenkinsAdapter, bed: JenkinsBuildBed) -> None:
    told = adapter.check(bed.made(url=f"{bed.system.root}/job/team"))
    assert (told[-1].step, told[-1].ok, "start page" in told[-1].detail) == ("credentials", False, True)


def test_a_certificate_that_is_not_trusted_is_told(adapter: JenkinsAdapter, bed: JenkinsBuildBed, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path, "ci.example"))
    with Sink(tls=context) as sink:
        told = adapter.check(bed.made(url=f"https://127.0.0.1:{sink.port}"))
    assert (told[-1].step, told[-1].ok) == ("connection", False)
    assert "certificate is not trusted" in told[-1].detail


# ---- what becomes of a build


def test_a_queue_item_that_was_forgotten_is_found_by_its_number(
    adapter: JenkinsAdapter, target: Target, stand: JenkinsStand
) -> None:
    new = trigger()
    receipt = adapter.trigger(target, new)
    (run,) = stand.of(new.delivery_id)
    run.forgotten = True
    assert adapter.find(target, new, known(receipt)) is None
    stand.finish(run.item, "FAILURE")
    later = trigger()
    adapter.trigger(target, later)
    stand.finish(stand.of(later.delivery_id)[0].item, "SUCCESS")
    found = adapter.find(target, new, known(receipt))
    assert found
    assert (found.status, found.ref, found.commit) == ("FAILED", f"build:job/team/job/app/{run.number}", COMMIT)
    assert found.url == f"{TOLD}/job/team/job/app/{run.number}/"


def test_a_build_that_a_person_takes_out_of_the_queue_is_cancelled(
    adapter: JenkinsAdapter, target: Target, stand: JenkinsStand
) -> None:
    new = trigger()
    receipt = adapter.trigger(target, new)
    stand.of(new.delivery_id)[0].cancelled = True
    found = adapter.find(target, new, known(receipt))
    assert found
    assert found.status == "CANCELLED"


def test_a_result_that_a_step_sets_is_not_final_while_the_build_goes_on(
    adapter: JenkinsAdapter, target: Target, stand: JenkinsStand
) -> None:
    new = trigger()
    receipt = adapter.trigger(target, new)
    (run,) = stand.of(new.delivery_id)
    stand.start(run.item)
    run.result = "UNSTABLE"
    found = adapter.find(target, new, known(receipt))
    assert found
    assert (found.status, found.running) == (None, True)


def test_a_build_that_was_deleted_is_unknown(adapter: JenkinsAdapter, target: Target) -> None:
    assert adapter.find(target, trigger(), Started(None, "build:job/team/job/app/999")) is None


def test_unstable_is_what_the_target_says(adapter: JenkinsAdapter, bed: JenkinsBuildBed, stand: JenkinsStand) -> None:
    new = trigger()
    receipt = adapter.trigger(bed.target, new)
    stand.finish(stand.of(new.delivery_id)[0].item, "UNSTABLE")
    ends = {value: adapter.find(bed.made(unstable=value), new, known(receipt)) for value in ("failed", "success")}
    assert {value: run and run.status for value, run in ends.items()} == {"failed": "FAILED", "success": "SUCCESS"}


def test_a_lost_build_is_found_among_many(adapter: JenkinsAdapter, target: Target, stand: JenkinsStand) -> None:
    new = trigger()
    adapter.trigger(target, new)
    stand.start(stand.of(new.delivery_id)[0].item)
    for _ in range(25):
        later = trigger()
        adapter.trigger(target, later)
        stand.start(stand.of(later.delivery_id)[0].item)
    found = adapter.find(target, new, Started())
    assert found
    assert found.running


def test_a_build_that_begins_while_it_is_taken_out_of_the_queue_is_stopped(
    adapter: JenkinsAdapter, target: Target, stand: JenkinsStand, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = trigger()
    receipt = adapter.trigger(target, new)
    (run,) = stand.of(new.delivery_id)
    monkeypatch.setattr(stand, "_cancel_item", lambda call: _begun(stand, call))
    assert adapter.cancel(target, new, known(receipt)).reading == "Jenkins stops the build."
    assert run.result == "ABORTED"


def _begun(stand: JenkinsStand, call: Call) -> Reply:
    stand.start(int(call.query["id"]))
    return Reply(404)


def test_a_user_who_may_not_stop_builds_is_told(adapter: JenkinsAdapter, target: Target, stand: JenkinsStand) -> None:
    new = trigger()
    receipt = adapter.trigger(target, new)
    stand.may_cancel = False
    with pytest.raises(ExchangeFailed) as caught:
        adapter.cancel(target, new, known(receipt))
    assert (caught.value.retry, "Job/Cancel" in caught.value.reading) == (False, True)


def test_the_plugins_own_path_in_the_address_does_no_harm(
    adapter: JenkinsAdapter, bed: JenkinsBuildBed, stand: JenkinsStand
) -> None:
    where = hooked(bed, url=f"{stand.root}/generic-webhook-trigger/invoke")
    assert adapter.trigger(where, trigger()).run_ref
