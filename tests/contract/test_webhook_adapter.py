"""The webhook adapter against a real receiver: what is sent, and how every answer is read."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dominoci.adapters.base import Adapter, Started, Target
from dominoci.adapters.webhook import WebhookAdapter
from dominoci.domain import signing
from dominoci.domain.dispatch import ParentInput, Trigger
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller, ExchangeFailed
from tests.fakes.webhook_sink import Behaviour, Sink, answer, hang, pour, raw, reset

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SECRET = signing.mint_secret()
TRIGGER = Trigger(
    tree_id="tree",
    sub_id="1.2",
    attempt=1,
    delivery_id="0193-delivery",
    event_token="dce_secret-token",
    project={"id": "p", "name": "app", "repository_url": "https://git.example/app"},
    ref="main",
    root={"project": "core", "metadata": {"branch": "main"}},
    parents=[ParentInput("core", "1", {"commit": "9fceb02", "message": "Füße"}, {}, [])],
    parameters={"CHANNEL": "nightly"},
    public_url="https://arbiter.example",
)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink(otherwise=answer(202)) as running:
        yield running


@pytest.fixture
def adapter() -> Iterator[WebhookAdapter]:
    client = GuardedClient(("127.0.0.1",))
    yield WebhookAdapter(Caller(client, clock=lambda: NOW))
    client.close()


def target(sink: Sink, secret: str | None = SECRET) -> Target:
    return Target("webhook", {"url": f"{sink.url}/hook?token=hush"}, {"secret": secret} if secret else {})


def failure(adapter: WebhookAdapter, where: Target) -> ExchangeFailed:
    """What the trigger fails with."""
    with pytest.raises(ExchangeFailed) as caught:
        adapter.trigger(where, TRIGGER)
    return caught.value


def test_it_is_an_adapter(adapter: WebhookAdapter) -> None:
    as_protocol: Adapter = adapter
    assert as_protocol.kind == "webhook"


def test_the_receiver_gets_the_trigger_as_the_protocol_says(adapter: WebhookAdapter, sink: Sink) -> None:
    adapter.trigger(target(sink), TRIGGER)
    request = sink.received[0]
    assert (request.method, request.path) == ("POST", "/hook?token=hush")
    assert request.headers["content-type"] == "application/json"
    assert request.json() == {
        "type": "dominoci.event.triggered",
        "version": "1",
        "tree_id": "tree",
        "sub_id": "1.2",
        "attempt": 1,
        "delivery_id": "0193-delivery",
        "event_token": "dce_secret-token",
        "identity": "",
        "project": {"id": "p", "name": "app", "repository_url": "https://git.example/app"},
        "ref": "main",
        "root": {"project": "core", "metadata": {"branch": "main"}},
        "parents": [
            {
                "project": "core",
                "sub_id": "1",
                "metadata": {"commit": "9fceb02", "message": "Füße"},
                "links": {},
                "artifacts": [],
            }
        ],
        "parameters": {"CHANNEL": "nightly"},
        "callback": {
            "result": "https://arbiter.example/api/v1/results",
            "started": "https://arbiter.example/api/v1/results/started",
        },
    }


def test_the_signature_is_over_the_bytes_that_arrived(adapter: WebhookAdapter, sink: Sink) -> None:
    adapter.trigger(target(sink), TRIGGER)
    request = sink.received[0]
    assert signing.verify(SECRET, request.headers, request.body, NOW)
    assert not signing.verify(SECRET, request.headers, request.body + b" ", NOW)


def test_a_repeat_carries_the_same_id(adapter: WebhookAdapter, sink: Sink) -> None:
    for _ in range(2):
        adapter.trigger(target(sink), TRIGGER)
    assert {request.headers["webhook-id"] for request in sink.received} == {"0193-delivery"}
    assert {request.headers["idempotency-key"] for request in sink.received} == {"0193-delivery"}


def test_without_a_secret_nothing_is_signed(adapter: WebhookAdapter, sink: Sink) -> None:
    adapter.trigger(target(sink, secret=None), TRIGGER)
    assert "webhook-signature" not in sink.received[0].headers
    assert sink.received[0].headers["webhook-id"] == "0193-delivery"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_an_acceptance(adapter: WebhookAdapter, sink: Sink, status: int) -> None:
    sink.otherwise = answer(status, b"")
    receipt = adapter.trigger(target(sink), TRIGGER)
    assert receipt.reading == f"Accepted with {status}."
    assert receipt.exchange.status == status
    assert receipt.run_url is None


def test_the_runs_address_is_taken_from_the_answer(adapter: WebhookAdapter, sink: Sink) -> None:
    sink.otherwise = answer(201, b'{"url": "https://ci.example/job/12"}')
    assert adapter.trigger(target(sink), TRIGGER).run_url == "https://ci.example/job/12"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"OK",
        b"[]",
        b'"https://ci.example"',
        b'{"url": 12}',
        b'{"url": "javascript:alert(1)"}',
        b'{"url": "/job/12"}',
        b'{"url": "https://ci.example/\\u0000"}',
        b'{"url": "https://ci.example/ x"}',
        b'{"url": "https://ci.example/' + b"x" * 2000 + b'"}',
        b"[" * 60_000,
        b"\xff\xfe",
    ],
)
def test_an_answer_without_a_usable_address_is_still_an_acceptance(
    adapter: WebhookAdapter, sink: Sink, body: bytes
) -> None:
    sink.otherwise = answer(200, body)
    assert adapter.trigger(target(sink), TRIGGER).run_url is None


@pytest.mark.parametrize(
    ("status", "retry"),
    [
        (301, False), (302, False), (307, False), (400, False), (401, False), (403, False), (404, False), (409, False),
        (410, False), (422, False), (408, True), (425, True), (429, True), (500, True), (502, True), (503, True), (504, True),
    ],
)  # fmt: skip
def test_whether_a_refusal_is_tried_again(adapter: WebhookAdapter, sink: Sink, status: int, retry: bool) -> None:
    sink.otherwise = answer(status, b"", location="/elsewhere")
    error = failure(adapter, target(sink))
    assert (error.retry, error.ambiguous, error.exchange.status) == (retry, status in (502, 504), status)
    assert len(sink.received) == 1
    assert str(status) in error.reading


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Sat, 21 Nov 2026 10:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("9" * 20, None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms(
    adapter: WebhookAdapter, sink: Sink, header: str, seconds: float | None
) -> None:
    sink.otherwise = answer(503, b"", retry_after=header)
    assert failure(adapter, target(sink)).retry_after_s == seconds


def test_retry_after_means_nothing_where_nothing_is_tried_again(adapter: WebhookAdapter, sink: Sink) -> None:
    sink.otherwise = answer(404, b"", retry_after="7")
    assert failure(adapter, target(sink)).retry_after_s is None


@pytest.mark.parametrize("behaviour", [reset, raw(b""), raw(b"garbage\r\n\r\n")], ids=["reset", "close", "not http"])
def test_no_answer_after_sending_is_ambiguous_and_tried_again(
    adapter: WebhookAdapter, sink: Sink, behaviour: Behaviour
) -> None:
    sink.otherwise = behaviour
    error = failure(adapter, target(sink))
    assert (error.retry, error.ambiguous, error.exchange.status) == (True, True, None)


def test_nobody_listening_is_tried_again_and_not_ambiguous(adapter: WebhookAdapter) -> None:
    with Sink() as gone:
        where = target(gone)
    error = failure(adapter, where)
    assert (error.retry, error.ambiguous) == (True, False)


def test_an_acceptance_cut_off_in_its_body_is_an_acceptance(adapter: WebhookAdapter, sink: Sink) -> None:
    sink.otherwise = raw(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"url"')
    assert adapter.trigger(target(sink), TRIGGER).reading == "Accepted with 200."


def test_ten_megabytes_of_answer_do_no_harm(adapter: WebhookAdapter, sink: Sink) -> None:
    sink.otherwise = pour(10)
    assert adapter.trigger(target(sink), TRIGGER).exchange.answer == "no content type, more than 65536 bytes"


def test_a_closed_address_is_refused_for_good() -> None:
    error = failure(WebhookAdapter(Caller(GuardedClient())), Target("webhook", {"url": "http://127.0.0.1/hook"}))
    assert (error.retry, error.ambiguous) == (False, False)
    assert "loopback" in error.reading


def test_a_secret_that_cannot_sign_is_told_and_nothing_is_sent(adapter: WebhookAdapter, sink: Sink) -> None:
    error = failure(adapter, target(sink, secret="not base64!"))
    assert (error.retry, error.reading) == (False, "Not sent: a signing secret is whsec_ and base64.")
    assert sink.received == []


@pytest.mark.parametrize("behaviour", [answer(200, b"inner secret"), answer(500, b"inner secret"), reset])
def test_what_is_stored_holds_neither_token_nor_query_nor_the_answers_body(
    adapter: WebhookAdapter, sink: Sink, behaviour: Behaviour
) -> None:
    sink.otherwise = behaviour
    try:
        exchange = adapter.trigger(target(sink), TRIGGER).exchange
    except ExchangeFailed as error:
        exchange = error.exchange
    stored = json.dumps(vars(exchange))
    for secret in ("secret-token", "hush", "inner", SECRET, SECRET.removeprefix("whsec_")):
        assert secret not in stored
    assert json.loads(exchange.body)["event_token"] == "dce_…"
    assert exchange.url == f"{sink.url}/hook?…"


def test_it_knows_of_no_runs_and_sends_no_cancellation_where_it_could_start_one(adapter: WebhookAdapter, sink: Sink) -> None:
    assert adapter.find(target(sink), TRIGGER, Started()) is None
    receipt = adapter.cancel(target(sink), TRIGGER, Started("https://ci.example/job/12"))
    assert sink.received == []
    assert "cancel_url" in receipt.reading


def test_a_cancellation_is_signed_names_the_run_and_holds_no_credential(adapter: WebhookAdapter, sink: Sink) -> None:
    where = target(sink, secret=SECRET)
    stopping = replace(where, fields={**where.fields, "cancel_url": f"{sink.url}/stop"})
    adapter.cancel(stopping, TRIGGER, Started("https://ci.example/job/12"))
    (request,) = sink.received
    assert request.path == "/stop"
    told = json.loads(request.body)
    assert (told["type"], told["delivery_id"], told["run_url"]) == (
        "dominoci.event.cancelled",
        TRIGGER.delivery_id,
        "https://ci.example/job/12",
    )
    assert request.headers["webhook-id"] == f"{TRIGGER.delivery_id}.cancel"
    assert request.headers["webhook-signature"].startswith("v1,")
    assert TRIGGER.event_token not in request.body.decode()


def findings(adapter: WebhookAdapter, where: Target) -> dict[str, bool]:
    return {finding.step: finding.ok for finding in adapter.check(where)}


def test_a_test_connection_asks_the_server_and_does_not_touch_the_hook(adapter: WebhookAdapter, sink: Sink) -> None:
    assert findings(adapter, target(sink)) == {"address": True, "connection": True, "signature": True}
    assert [(request.method, request.path) for request in sink.received] == [("OPTIONS", "/")]


def test_a_test_connection_tells_what_is_wrong(adapter: WebhookAdapter) -> None:
    with Sink() as gone:
        where = replace(target(gone), secrets={"secret": "not base64!"})
    assert findings(adapter, where) == {"address": True, "connection": False, "signature": False}
    assert findings(adapter, Target("webhook", {"url": "http://10.0.0.1/"})) == {"address": False}


def test_a_hanging_receiver_is_ambiguous_after_the_clients_time() -> None:
    class Impatient(GuardedClient):
        def request(self, method: str, url: str, **more: Any) -> Any:
            return super().request(method, url, **more, timeout_s=0.3)

    client = Impatient(("127.0.0.1",))
    with Sink(otherwise=hang) as sink:
        error = failure(WebhookAdapter(Caller(client)), target(sink))
    client.close()
    assert (error.retry, error.ambiguous) == (True, True)
