"""Notification rules over the API: made, shown without what is secret, changed, tested, and what they sent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dominoci.config import MailServer
from tests.fakes.webhook_sink import Sink, answer
from tests.unit.api.people import newcomer
from tests.unit.api.site import TestSite

# Apprise imports it; Python 3.13 has it no more, and Apprise then does without
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
P, M = "/projects/core/notifications", "/me/notifications"
SLACK = {"channel": "slack", "destination": {"url": "https://hooks.test/services/T0/B0/hidden"}, "events": ["failure"]}
PUSHOVER = f"pover://{'u' * 30}@{'t' * 30}"
IRC = {"host": "irc.test", "room": "#builds", "password": "hidden-word"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """A site that may send to this machine, and has a mail server and one further kind of chat."""
    mail = MailServer("127.0.0.1", 1, "off", "", "", "ci@example.org")
    more = {"allowed_hosts": ("127.0.0.1",), "mail": mail, "notify_kinds": ("pushover",), "notify_rate": 3}
    site = TestSite(Path(tmp_path_factory.mktemp("notifications")), **more)
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


def rule(site: TestSite, **body: Any) -> dict[str, Any]:
    """A new rule of core."""
    told = site.post(P, {**SLACK, **body})
    assert told.status_code == 201, told.text
    return dict(told.get_json())


def test_a_rule_is_shown_without_anything_secret(site: TestSite) -> None:
    slack = rule(site, events=["recovery", "failure", "failure"], scope={"branches": ["main", "release/*"]})
    assert (slack["label"], slack["events"], slack["enabled"]) == ("hooks.test", ["failure", "recovery"], True)
    assert slack["scope"] == {"branches": ["main", "release/*"], "projects": None}
    irc = rule(site, channel="irc", destination=IRC)
    assert irc["label"] == "#builds on irc.test"
    push = rule(site, channel="pushover", destination={"url": PUSHOVER})
    assert (push["label"], PUSHOVER[-9:] in str(push)) == ("api.pushover.net", False)
    shown = {"host": "irc.test", "port": 6697, "tls": True, "room": "#builds", "nick": "dominoci", "to": None}
    assert irc["destination"] == shown
    at = f"/api/v1{P}/{irc['id']}"
    changed = site.call("PATCH", at, json={"events": ["tree_failed"], "enabled": False, "scope": {"branches": ["x"]}})
    assert (changed.get_json()["events"], changed.get_json()["enabled"]) == (["tree_failed"], False)
    log = site.get("/projects/core/audit")
    for told in (site.get(P), site.get(f"{P}/{irc['id']}"), changed, log):
        assert told.status_code == 200
        assert "hidden" not in told.text
    assert {"notification.created", "notification.changed"} <= {row["action"] for row in log.get_json()["items"]}
    assert site.call("DELETE", at).status_code == 204
    assert site.get(f"{P}/{irc['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"destination": {"url": "http://10.0.0.1/x"}}, "destination.url"),
        ({"destination": {"url": "http://localhost/x"}}, "destination.url"),
        ({"destination": {"url": "ftp://hooks.test/x"}}, "destination.url"),
        ({"destination": {"url": "https://[::1/x"}}, "destination.url"),
        ({"destination": {"url": "https://hooks.test/" + "é" * 1500}}, "destination.url"),
        ({"destination": {}}, "destination.url"),
        ({"destination": {"url": "https://hooks.test/x", "room": "#a"}}, "destination.room"),
        ({"destination": {"url": "https://hooks.test/x", "webhook": "y"}}, "destination.webhook"),
        ({"channel": "irc", "destination": {**IRC, "host": "10.0.0.1"}}, "destination.host"),
        ({"channel": "irc", "destination": {**IRC, "host": "0x7f.1"}}, "destination.host"),
        ({"channel": "irc", "destination": {**IRC, "host": "irc.test/x"}}, "destination.host"),
        ({"channel": "irc", "destination": {**IRC, "room": "#a b"}}, "destination.room"),
        ({"channel": "irc", "destination": {**IRC, "room": "#a,#b"}}, "destination.room"),
        ({"channel": "irc", "destination": {**IRC, "nick": "1x"}}, "destination.nick"),
        ({"channel": "irc", "destination": {**IRC, "password": "two words"}}, "destination.password"),
        ({"channel": "irc", "destination": {**IRC, "password": "x\r\nQUIT"}}, "destination.password"),
        ({"channel": "irc", "destination": {**IRC, "port": 0}}, "destination.port"),
        ({"channel": "email", "destination": {"to": ["ada"]}}, "destination.to.0"),
        ({"channel": "email", "destination": {"to": ["ada@x.test\nBcc: b@x.test"]}}, "destination.to.0"),
        ({"channel": "email", "destination": {"to": ["ada@x.test"] * 6}}, "destination.to"),
        ({"channel": "email", "destination": {}}, "destination.to"),
        ({"channel": "pushover", "destination": {"url": f"{PUSHOVER}/phone/#group"}}, "destination.url"),
        ({"channel": "pushover", "destination": {"url": "syslog://localhost"}}, "destination.url"),
        ({"channel": "pushover", "destination": {"url": f"{PUSHOVER}?redirect=yes"}}, "destination.url"),
        ({"channel": "gotify", "destination": {"url": "gotify://gotify.test/token"}}, "channel"),
        ({"channel": "telegram", "destination": {"url": "tgram://1:a/2"}}, "channel"),
        ({"channel": "syslog"}, "channel"),
        ({"events": []}, "events"),
        ({"events": ["everything"]}, "events.0"),
        ({"scope": {"branches": [""]}}, "scope.branches.0"),
        ({"scope": {"projects": "mine"}}, "scope.projects"),
        ({"enabled": "yes"}, "enabled"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_with_the_field(site: TestSite, body: dict[str, Any], field: str) -> None:
    told = site.post(P, {**SLACK, **body})
    assert told.status_code == 422, told.text
    assert field in told.get_json()["errors"]


def test_the_channels_say_which_can_be_used_and_what_they_take(site: TestSite) -> None:
    told = site.get("/notifications/channels").get_json()
    by_kind = {one["kind"]: one for one in told["channels"]}
    assert set(by_kind) == {"slack", "discord", "teams", "irc", "email", "pushover"}
    assert by_kind["slack"]["fields"] == ["url"]
    assert all(one["available"] for one in told["channels"])
    assert {one["kind"] for one in told["events"]} >= {"first_failure", "recovery"}
    assert told["rate"] == 3


def test_a_destination_keeps_its_password_only_while_the_server_stays_the_same(site: TestSite) -> None:
    one = rule(site, channel="irc", destination={**IRC, "host": "127.0.0.1", "port": 1, "tls": False})
    at = f"/api/v1{P}/{one['id']}"
    kept = _secret(site)
    moved = {"host": "127.0.0.1", "port": 1, "tls": False, "room": "#other"}
    assert site.call("PATCH", at, json={"destination": moved}).get_json()["label"] == "#other on 127.0.0.1"
    assert _secret(site) == kept == {"password": "hidden-word"}
    assert site.call("PATCH", at, json={"destination": {**moved, "port": 2}}).status_code == 200
    assert _secret(site) == {}


def _secret(site: TestSite) -> Any:
    """What the one rule keeps secret."""
    from sqlalchemy import select

    from dominoci.infra.models.notices import NotificationRule
    from dominoci.services import notification_sending

    def read(uow: Any) -> Any:
        address = notification_sending.address(uow, uow.session.scalars(select(NotificationRule)).one())
        return dict(address.secret) if address else None

    return site.container.read(read)


def test_a_test_says_what_came_of_it_and_counts_among_the_messages_of_the_hour(site: TestSite, sink: Sink) -> None:
    one = rule(site, destination={"url": f"{sink.url}/services/hidden"}, enabled=False)
    at = f"{P}/{one['id']}"
    told = site.post(f"{at}/test", None).get_json()
    assert (told["ok"], told["reading"]) == (True, "Accepted with 200.")
    assert sink.received[0].json()["text"] == "Test by admin: messages of core arrive here"
    sink.otherwise = answer(302, location="/elsewhere")
    told = site.post(f"{at}/test", None).get_json()
    assert (told["ok"], "redirect" in told["reading"]) == (False, True)
    assert site.container.notifications.send_due() == 0
    items = site.get(f"{at}/messages").get_json()["items"]
    assert [(one["event"], one["about"], one["state"]) for one in items] == [("test", "core", "dead"), ("test", "core", "done")]
    last = site.get(at).get_json()["last"]
    assert (last["ok"], last["event"]) == (False, "test")
    sink.otherwise = answer()
    for status in (200, 429):
        assert site.post(f"{at}/test", None).status_code == status


def test_ones_own_rules_are_ones_own(site: TestSite) -> None:
    ada, bob = newcomer(site, "ada"), newcomer(site, "bob")
    site.call("PATCH", "/api/v1/me/profile", ada, json={"email": "ada@example.org"})
    body = {"channel": "email", "events": ["first_failure"], "scope": {"projects": "owned"}}
    made = site.post(M, body, ada)
    assert made.status_code == 201, made.text
    assert made.get_json()["label"] == "ada@example.org"
    assert made.get_json()["scope"] == {"branches": [], "projects": "owned"}
    at = f"{M}/{made.get_json()['id']}"
    changed = site.call("PATCH", f"/api/v1{at}", ada, json={"scope": {"branches": ["main"]}})
    assert changed.get_json()["scope"] == {"branches": ["main"], "projects": "owned"}  # what is left out stays
    changed = site.call("PATCH", f"/api/v1{at}", ada, json={"scope": {"projects": "starred"}})
    assert changed.get_json()["scope"] == {"branches": ["main"], "projects": "starred"}
    assert site.post(M, body, bob).status_code == 422
    for path in (at, f"{at}/messages"):
        assert site.get(path, ada).status_code == 200
        assert site.get(path, bob).status_code == 404
        assert site.get(path).status_code == 404  # not an admin's either
    assert site.post(f"{at}/test", None, bob).status_code == 404
    assert site.call("PATCH", f"/api/v1{at}", bob, json={"enabled": False}).status_code == 404
    assert site.call("DELETE", f"/api/v1{at}", bob).status_code == 404
    assert [len(site.get(M, token).get_json()["items"]) for token in (ada, bob)] == [1, 0]
    assert site.get(f"{P}/{made.get_json()['id']}").status_code == 404
    assert site.call("DELETE", f"/api/v1{at}", ada).status_code == 204


def test_a_project_has_not_more_than_twenty_rules(site: TestSite) -> None:
    for _ in range(20):
        rule(site)
    assert site.post(P, SLACK).status_code == 409
    assert len(site.get(P).get_json()["items"]) == 20


def test_what_breaks_is_told_and_the_page_sees_what_came_of_it(site: TestSite, sink: Sink) -> None:
    one = rule(site, destination={"url": sink.url}, events=["first_failure"])
    site.post("/events", {"status": "FAILED", "metadata": {"branch": "main", "commit": "1" * 40}}, site.project_token("core"))
    site.container.notifications.send_due()
    (item,) = site.get(f"{P}/{one['id']}/messages").get_json()["items"]
    assert (item["event"], item["about"], item["state"], item["tries"]) == ("first_failure", "core", "done", 1)
    assert site.get(f"{P}/{one['id']}").get_json()["last"]["ok"] is True
