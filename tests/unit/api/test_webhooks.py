"""Outgoing webhooks over the API: made, shown, changed, tested, and what was sent to them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller
from dominoci.services.webhook_sending import WebhookSender
from tests.fakes.webhook_sink import Sink, answer
from tests.unit.api.site import TestSite

HOOKS = "/projects/core/webhooks"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """A site that may send to this machine."""
    site = TestSite(Path(tmp_path_factory.mktemp("webhooks")), allowed_hosts=("127.0.0.1",))
    yield site
    site.container.outbound.close()
    site.close()


@pytest.fixture
def site(made: TestSite) -> TestSite:
    """The same, empty but for the project core."""
    made.empty()
    made.project("core")
    return made


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The receiver."""
    with Sink() as one:
        yield one


def hook(site: TestSite, url: str, **body: Any) -> dict[str, Any]:
    """A new webhook."""
    told = site.post(HOOKS, {"url": url, "events": ["tree.opened"], **body})
    assert told.status_code == 201, told.text
    return dict(told.get_json())


def test_a_secret_is_shown_once_and_a_new_one_when_it_is_asked_for(site: TestSite) -> None:
    one = hook(site, "https://hooks.test/x?key=1", events=["tree.finished", "tree.opened", "tree.opened"])
    assert one["secret"].startswith("whsec_")
    assert (one["events"], one["enabled"], one["format"]) == (["tree.finished", "tree.opened"], True, "json")
    at = f"{HOOKS}/{one['id']}"
    for answered in (site.get(HOOKS), site.get(at), site.call("PATCH", f"/api/v1{at}", json={"events": ["build.finished"]})):
        assert answered.status_code == 200
        assert "secret" not in answered.get_json()
        assert one["secret"] not in answered.text
    again = site.post(f"{at}/rotate", None)
    assert again.status_code == 201
    assert again.get_json()["secret"] not in ("", one["secret"])
    assert again.headers["Cache-Control"] == "no-store"
    log = site.get("/projects/core/audit").text
    assert "webhook.created" in log
    assert "webhook.rotated" in log
    assert one["secret"] not in log
    assert "key=1" not in log
    assert site.call("DELETE", f"/api/v1{at}").status_code == 204
    assert site.get(at).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://10.0.0.1/x"}, "url"),
        ({"url": "http://[::1]/x"}, "url"),
        ({"url": "ftp://hooks.test/x"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["tree.closed"]}, "events.0"),
        ({"format": "xml"}, "format"),
        ({"format": "cdevents"}, "events"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused_with_the_field(site: TestSite, body: dict[str, Any], field: str) -> None:
    told = site.post(HOOKS, {"url": "https://hooks.test/x", "events": ["tree.opened"], **body})
    assert told.status_code == 422
    assert field in told.get_json()["errors"]


def test_a_project_has_not_more_than_twenty(site: TestSite) -> None:
    for _ in range(20):
        hook(site, "https://hooks.test/x")
    assert site.post(HOOKS, {"url": "https://hooks.test/x", "events": ["tree.opened"]}).status_code == 409
    assert len(site.get(HOOKS).get_json()["items"]) == 20


def test_a_test_says_what_came_of_it_and_stands_among_the_deliveries(site: TestSite, sink: Sink) -> None:
    one = hook(site, f"{sink.url}/hook?token=t")
    at = f"{HOOKS}/{one['id']}"
    told = site.post(f"{at}/test", None).get_json()
    assert (told["ok"], told["status"], told["reading"]) == (True, 200, "Accepted with 200.")
    (sent,) = sink.received
    assert sent.json()["data"]["test"] is True
    assert sent.headers["webhook-id"] == told["id"]
    sink.otherwise = answer(302, location="/elsewhere")
    told = site.post(f"{at}/test", None).get_json()
    assert (told["ok"], told["status"]) == (False, 302)
    assert "redirect" in told["reading"]
    items = site.get(f"{at}/deliveries").get_json()["items"]
    assert [(item["type"], item["state"], item["next_try_at"]) for item in items] == [
        ("webhook.test", "dead", None),
        ("webhook.test", "done", None),
    ]
    # a test that failed is not tried again by itself, and says nothing about the webhook
    assert site.container.webhooks.send_due() == 0
    assert site.get(at).get_json()["enabled"]


def test_a_message_is_shown_while_it_is_tried_and_sent_again_when_somebody_asks(site: TestSite, sink: Sink) -> None:
    one = hook(site, f"{sink.url}/hook")
    at = f"{HOOKS}/{one['id']}"
    sink.script.append(answer(503, retry_after="60"))
    told = site.post("/events", {"status": "SUCCESS", "metadata": {"branch": "main"}}, site.project_token("core")).get_json()
    site.container.webhooks.send_due()
    (item,) = site.get(f"{at}/deliveries").get_json()["items"]
    assert (item["state"], item["status"], item["tries"]) == ("pending", 503, 1)
    assert item["reading"] == "The other side failed with 503."
    assert item["next_try_at"] > item["created_at"]
    assert item["body"]["data"]["tree"]["id"] == told["tree_id"]
    again = f"{at}/deliveries/{item['id']}/redeliver"
    assert site.post(again, None).status_code == 409
    site.call("PATCH", f"/api/v1{at}", json={"enabled": False})
    assert site.get(f"{at}/deliveries").get_json()["items"][0]["state"] == "dead"
    assert site.get(at).get_json()["disabled_because"] == "Switched off by admin."
    assert site.post(again, None).status_code == 409
    site.call("PATCH", f"/api/v1{at}", json={"enabled": True})
    assert site.post(again, None).get_json()["state"] == "pending"
    site.container.webhooks.send_due()
    first, second = sink.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == item["id"]
    assert site.get(f"{at}/deliveries").get_json()["items"][0]["state"] == "done"
    assert site.post(f"{at}/deliveries/nothing/redeliver", None).status_code == 404


def test_an_address_is_looked_at_when_it_is_saved_and_when_it_is_sent_to(site: TestSite, sink: Sink) -> None:
    one = hook(site, f"{sink.url}/hook")
    at = f"{HOOKS}/{one['id']}"
    body = {"url": sink.url.replace("127.0.0.1", "127.0.0.2")}
    assert site.call("PATCH", f"/api/v1{at}", json=body).status_code == 422
    site.post("/events", {"status": "SUCCESS", "metadata": {"branch": "main"}}, site.project_token("core"))
    closed = GuardedClient(())
    WebhookSender(site.container.transactions, Caller(closed)).send_due()
    closed.close()
    assert sink.received == []
    (item,) = site.get(f"{at}/deliveries").get_json()["items"]
    assert (item["state"], item["status"]) == ("pending", None)
    assert "127.0.0.1" in item["reading"]


def test_a_report_that_opens_no_tree_is_told_of_too(site: TestSite, sink: Sink) -> None:
    hook(site, sink.url, events=["event.accepted"])
    site.post("/events", {"status": "FAILED", "metadata": {"branch": "main"}}, site.project_token("core"))
    site.container.webhooks.send_due()
    (sent,) = sink.received
    data = sent.json()["data"]
    assert (data["tree"], data["result"]["status"], data["reason"]["text"]) == (None, "FAILED", "FAILED opens no tree")
