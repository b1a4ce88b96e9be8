"""Notifications as they are heard on a real IRC server and read in real mails."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from dominoci.config import NOTIFY_KINDS, Settings, SettingsError
from dominoci.config import MailServer as MailSettings
from dominoci.infra.models.notices import NotificationRule
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.notify import by_apprise, channels, mail
from dominoci.notify.base import Address
from dominoci.notify.by_apprise import AppriseChannel
from dominoci.notify.hard_end import SEND_S, WAIT_S, HardEnd
from dominoci.notify.irc import IrcChannel
from dominoci.notify.mail import MailChannel
from dominoci.notify.wording import Notice
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller
from dominoci.services import notification_rules, projects
from dominoci.services.notification_sending import NotificationSender
from dominoci.store.leases import LEASE
from tests.bed.ngircd import Ngircd, Somebody
from tests.fakes.certificate import self_signed
from tests.fakes.mail_server import PASSWORD, USER, MailServer
from tests.fakes.webhook_sink import Sink, answer, hang
from tests.world import USER as ADMIN
from tests.world import World

# Apprise imports imghdr; Python 3.13 has it no more, and Apprise then does without
pytestmark = [pytest.mark.services, pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")]
NOTICE = Notice(
    "m1", "bad", "app-web broke on main: it failed", (("Why", "reported FAILED"),), (("Open", "https://ci.example/t"),)
)
SENDER = "DominoCI <ci@example.org>"
PUSHOVER = Address({"host": "api.pushover.net"}, {"url": f"pover://{'u' * 30}@{'t' * 30}"})


@pytest.fixture(scope="module")
def client() -> Iterator[GuardedClient]:
    """The guarded client, which may reach this machine."""
    made = GuardedClient(("127.0.0.1",))
    yield made
    made.close()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Certificate and key for `localhost`, which nobody trusts by itself."""
    return self_signed(tmp_path_factory.mktemp("pair"), "localhost")


@pytest.fixture(scope="module")
def irc(tmp_path_factory: pytest.TempPathFactory, pair: tuple[Path, Path]) -> Iterator[Ngircd]:
    """A server that asks for a password, with TLS on a second port."""
    with Ngircd(tmp_path_factory.mktemp("ngircd"), password="open-sesame", tls=pair) as server:
        yield server


@pytest.fixture(scope="module")
def mx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    """A mail server without TLS."""
    with MailServer(tmp_path_factory.mktemp("mx")) as server:
        yield server


def place(irc: Ngircd, room: str, **secret: str) -> Address:
    """Somewhere on this server."""
    shown = {"host": "127.0.0.1", "port": irc.port, "tls": False, "room": room, "nick": "domino"}
    return Address(shown, {"password": irc.password, **secret})


def test_what_broke_is_heard_in_the_channel_and_read_in_the_mail(
    world: World, client: GuardedClient, irc: Ngircd, mx: MailServer
) -> None:
    world.empty(mail=MailSettings("127.0.0.1", mx.port, "off", "", "", SENDER))
    world.depend("lib-core", "app-web")
    world.write(projects.change, ADMIN, "app-web", {"contact": "#web-ci"})
    known = channels.of_settings(world.settings, Caller(client, world.clock))
    there = place(irc, "#ci")
    for channel, to in (("irc", there), ("email", Address({"to": ["ada@example.org", "bob@example.org"]}))):
        body = {"channel": channel, "events": ["first_failure", "recovery"], "scope": {"branches": ["main"]}, "enabled": True}
        world.write(notification_rules.create, ADMIN, "app-web", body, to)
    ends = (("SUCCESS", "Fine"), ("FAILED", "Use it\r\nQUIT :<!channel>"), ("SUCCESS", "Mend it"))
    for number, (end, message) in enumerate(ends):
        world.clock.advance(hours=1)
        tree_id = world.report("lib-core", commit=f"{number + 1}" * 40, message="Fix the frobnicator")["tree_id"]
        world.result(tree_id, "1.1", end, commit=f"{number + 7}" * 40, message=message)
    with Somebody(irc, "ada", "#ci") as ada:
        own = NotificationSender(world.transactions, known)
        assert own.send_due() == 4
        ada.hears("works again")
        ada.hears("broke on")
        first, second = (line.removeprefix("domino ") for line in ada.told())
    assert first == (
        "#ci app-web broke on main: it failed | why: reported FAILED | commit: 8888888888 “Use it QUIT :<!channel>” | "
        "last good: 7777777777 “Fine”, set off by lib-core 1111111111 “Fix the frobnicator” (2026-11-21 11:00 UTC) | "
        f"set off by: lib-core 2222222222 “Fix the frobnicator” | owners: #web-ci | {first.rpartition(' ')[2]}"
    )
    assert "/trees/" in first.rpartition(" ")[2]
    since = "was broken for: 1 run, from 8888888888 “Use it QUIT :<!channel>”, set off by lib-core 2222222222"
    assert second.startswith(f"#ci app-web works again on main | commit: 9999999999 “Mend it” | {since}")
    mails = [one for one in mx.mails if "broke" in one["Subject"]]
    assert [one["To"] for one in mails] == ["ada@example.org", "bob@example.org"]
    assert mails[0]["Subject"] == "app-web broke on main: it failed"
    text = mails[0].get_content()
    assert "Why: reported FAILED\nCommit: 8888888888 “Use it QUIT :<!channel>”\n" in text.replace("\r\n", "\n")
    assert "Owners: #web-ci" in text
    assert "http://arbiter.test/projects/app-web/settings/notifications" in text
    rules = world.read(notification_rules.of_holder, ADMIN, "app-web")["items"]
    assert {rule["last"]["text"] for rule in rules} == {"Said in #ci.", "Taken by the mail server."}
    assert irc.password not in str(rules)
    kept = world.read(secrets)
    assert all(irc.password not in (one or "") for one in kept)


def secrets(uow: UnitOfWork) -> list[str | None]:
    """What the database holds of the rules' secrets."""
    return [row.secret for row in uow.session.query(NotificationRule)]


def test_a_line_goes_to_a_person_and_into_a_locked_channel(client: GuardedClient, irc: Ngircd) -> None:
    with Somebody(irc, "eve", "#locked") as eve:
        eve.send("MODE #locked +k sesame")
        eve.hears("MODE #locked +k")
        said = IrcChannel(client)
        assert said.send(NOTICE, place(irc, "eve")).reading == "Said in eve."
        assert said.send(NOTICE, place(irc, "#locked", key="sesame")).taken
        eve.hears("PRIVMSG #locked")
        assert [line.split(" ")[1] for line in eve.told()] == ["eve", "#locked"]


@pytest.mark.parametrize(
    ("room", "secret", "because"),
    [
        ("#locked2", {}, "Bad channel key"),
        ("nobody-here", {}, "No such nick"),
        ("#moderated", {}, "Cannot send to channel"),
        ("#ci", {"password": "wrong"}, "127.0.0.1 did not take it"),  # it hangs up, with or without a last word
    ],
)
def test_what_irc_refuses_is_said_in_its_words(
    client: GuardedClient, irc: Ngircd, room: str, secret: dict[str, str], because: str
) -> None:
    with Somebody(irc, "opa", "#locked2") as opa:
        opa.send("MODE #locked2 +k sesame\r\nJOIN #moderated\r\nMODE #moderated +m")
        opa.hears("MODE #moderated +m")
        sent = IrcChannel(client).send(NOTICE, place(irc, room, **secret))
    assert (sent.taken, sent.again) == (False, True)
    assert because.lower() in sent.reading.lower(), sent.reading


def test_a_nick_that_is_taken_is_no_obstacle(client: GuardedClient, irc: Ngircd) -> None:
    with Somebody(irc, "domino", "#ci") as other:
        assert IrcChannel(client).send(NOTICE, place(irc, "#ci")).taken
        other.hears("app-web broke")


def test_irc_connects_to_the_address_that_was_checked_whatever_the_name_says_next(irc: Ngircd) -> None:
    asked: list[str] = []

    def resolver(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    to = place(irc, "#ci")
    to = replace(to, shown={**to.shown, "host": "irc.example"})
    closed = GuardedClient((), resolver)
    sent = IrcChannel(closed).send(NOTICE, to)
    closed.close()
    assert (sent.taken, sent.again) == (False, False)
    assert "loopback" in sent.reading
    asked.clear()
    opened = GuardedClient(("irc.example",), resolver)
    assert IrcChannel(opened).send(NOTICE, to).taken  # nobody but this resolver knows the name
    opened.close()
    assert asked == ["irc.example"]


def test_the_certificate_of_an_irc_server_must_be_trusted_for_the_name_that_was_given(
    irc: Ngircd, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = GuardedClient(("localhost", "irc.example"), lambda _host, port, **_: [(2, 1, 6, "", ("127.0.0.1", port))])

    def say(host: str) -> str:
        to = place(irc, "#ci")
        shown = {**to.shown, "host": host, "port": irc.tls_port, "tls": True}
        return IrcChannel(client).send(NOTICE, replace(to, shown=shown)).reading

    assert "certificate verify failed" in say("localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
    assert say("localhost") == "Said in #ci."
    assert "certificate verify failed" in say("irc.example")
    client.close()


def test_a_mail_server_with_tls_and_a_password_is_given_both_and_no_password_goes_in_the_clear(
    tmp_path: Path, pair: tuple[Path, Path], mx: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = pair
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    to = Address({"to": ["ada@example.org"]})
    with MailServer(tmp_path / "tls", context) as secured:
        settings = MailSettings("localhost", secured.port, "starttls", USER, PASSWORD, SENDER)
        untrusted = MailChannel(settings).send(NOTICE, to)
        assert (untrusted.taken, untrusted.reading) == (
            False,
            "The mail server could not be used: its certificate is not trusted, or TLS failed.",
        )
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert MailChannel(settings).send(NOTICE, to).taken
        wrong = MailChannel(replace(settings, password="wrong")).send(NOTICE, to)
        assert (wrong.taken, wrong.again, wrong.reading) == (False, False, "The mail server answered 535.")
        assert len(secured.mails) == 1
    before = len(mx.mails)
    stripped = MailChannel(MailSettings("localhost", mx.port, "starttls", USER, PASSWORD, SENDER)).send(NOTICE, to)
    assert stripped.reading == "The mail server could not be used: it offers no STARTTLS, or no sign-in."
    assert len(mx.mails) == before


def test_who_gets_no_mail_here_is_told_and_who_gets_one_later_is_tried_again(mx: MailServer) -> None:
    channel = MailChannel(MailSettings("127.0.0.1", mx.port, "off", "", "", SENDER))
    mx.refusals |= {"gone@example.org": "550 no such user"}
    before = len(mx.mails)
    sent = channel.send(NOTICE, Address({"to": ["gone@example.org", "ada@example.org"]}))
    assert (sent.taken, sent.again, sent.reading) == (False, False, "The mail server does not take mail for gone@example.org.")
    assert [one["To"] for one in mx.mails[before:]] == ["ada@example.org"]
    mx.refusals |= {"bob@example.org": "451 later"}
    to = Address({"to": ["bob@example.org"]})
    sent = channel.send(NOTICE, to)
    assert (sent.taken, sent.again) == (False, True)
    assert channel.send(NOTICE, to).taken
    nobody = MailChannel(MailSettings("127.0.0.1", 1, "off", "", "", SENDER)).send(NOTICE, to)
    assert (nobody.taken, nobody.again) == (False, True)


def test_a_mail_that_is_tried_again_goes_only_to_those_who_are_still_owed_it(
    world: World, client: GuardedClient, mx: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.empty(mail=MailSettings("127.0.0.1", mx.port, "off", "", "", SENDER))
    world.project("lib")
    body = {"channel": "email", "events": ["failure"], "scope": {"branches": []}, "enabled": True}
    to = Address({"to": ["ada@example.org", "later@example.org", "never@example.org", "bob@example.org"]})
    mine = world.write(notification_rules.create, ADMIN, "lib", body, to)["id"]
    world.report("lib", "FAILED")
    mx.refusals |= {"later@example.org": "451 later"}
    monkeypatch.setattr(mx, "spam", {"never@example.org"})
    own = NotificationSender(world.transactions, channels.of_settings(world.settings, Caller(client, world.clock)))
    before = len(mx.mails)
    assert own.send_due() == 1
    assert [one["To"] for one in mx.mails[before:]] == ["ada@example.org", "bob@example.org"]
    told = world.read(notification_rules.get, ADMIN, "lib", mine)["last"]["text"]
    refused = "The mail server does not take mail for never@example.org."
    assert told == f"{refused} The mail server answered 451 for later@example.org."
    world.clock.advance(seconds=12)
    assert own.send_due() == 1
    assert [one["To"] for one in mx.mails[before:]][2:] == ["later@example.org"]
    assert world.read(notification_rules.get, ADMIN, "lib", mine)["last"]["text"] == refused


def test_a_mail_server_that_drags_its_feet_is_left_before_the_lease_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = mail.ALL_S
    monkeypatch.setattr(mail, "ALL_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = MailSettings("127.0.0.1", silent.getsockname()[1], "off", "", "", SENDER)
        channel = MailChannel(server, hard_end=HardEnd(1, send_s=1.0))
        sent = channel.send(NOTICE, Address({"to": ["ada@example.org"]}))
    assert (sent.taken, sent.again) == (False, True)
    assert "broke off" in sent.reading  # by its own deadline, not left behind on its thread
    assert usual < SEND_S
    assert LEASE.total_seconds() > WAIT_S + SEND_S + 3


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        (
            {"DOMINOCI_SMTP_URL": "smtp://ci:p%40ss@mx.corp", "DOMINOCI_SMTP_FROM": SENDER},
            ("mx.corp", 587, "starttls", "ci", "p@ss", SENDER),
        ),
        ({"DOMINOCI_SMTP_URL": "smtps://mx.corp", "DOMINOCI_SMTP_FROM": "ci@corp"}, ("mx.corp", 465, "tls", "", "", "ci@corp")),
        (
            {"DOMINOCI_SMTP_URL": "smtp://mx.corp:25?starttls=off", "DOMINOCI_SMTP_FROM": "ci@corp"},
            ("mx.corp", 25, "off", "", "", "ci@corp"),
        ),
    ],
)
def test_the_mail_servers_settings(environ: dict[str, str], expected: tuple[Any, ...] | None) -> None:
    assert Settings.from_env(environ).mail == (MailSettings(*expected) if expected else None)


@pytest.mark.parametrize(
    "environ",
    [
        {"DOMINOCI_SMTP_URL": "http://mx.corp"},
        {"DOMINOCI_SMTP_URL": "smtp://:hidden@"},
        {"DOMINOCI_SMTP_URL": "smtp://mx.corp:hidden"},
        {"DOMINOCI_SMTP_URL": "smtp://u:hidden@mx.corp/path"},
        {"DOMINOCI_SMTP_URL": "smtp://u:hidden@mx.corp?starttls=off"},
        {"DOMINOCI_SMTP_URL": "smtp://u:hidden@mx.corp?verify=no"},
        {"DOMINOCI_SMTP_FROM": ""},
        {"DOMINOCI_SMTP_FROM": "nobody"},
        {"DOMINOCI_SMTP_FROM": "a@b.c\r\nBcc: x@y.z"},
        {"DOMINOCI_NOTIFY_KINDS": "telegram,syslog"},
        {"DOMINOCI_NOTIFY_RATE": "0"},
    ],
)
def test_settings_that_cannot_be_used_are_refused_by_name_and_not_repeated(environ: dict[str, str]) -> None:
    usable = {"DOMINOCI_SMTP_URL": "smtp://mx.corp", "DOMINOCI_SMTP_FROM": SENDER}
    with pytest.raises(SettingsError, match=next(iter(environ))) as caught:
        Settings.from_env({**usable, **environ})
    assert "hidden" not in str(caught.value)


def pushover(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Pushover at this address."""
    from apprise.plugins.pushover import NotifyPushover

    monkeypatch.setattr(NotifyPushover, "notify_url", f"{address}/1/messages.json")
    monkeypatch.setitem(by_apprise.KINDS, "pushover", by_apprise.Kind("Pushover", "pover", "127.0.0.1"))


def test_a_chat_by_apprise_is_told_where_it_is_open_and_nothing_else_of_apprise_can_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel = AppriseChannel("pushover", ("pushover", "telegram"))
    with Sink() as sink:
        pushover(monkeypatch, sink.url)
        assert channel.send(replace(NOTICE, headline="@here ![x](http://evil.test)"), PUSHOVER).taken
        assert parse_qs(sink.received[0].body.decode())["title"] == ["@\u200bhere !\u200b[x]\u200b(http://evil.test)"]
        sink.otherwise = answer(302, location=f"{sink.url}/elsewhere")
        sent = channel.send(NOTICE, PUSHOVER)
        assert (sent.taken, sent.again, sent.reading) == (False, True, "Pushover did not take it.")
        assert [one.path for one in sink.received] == ["/1/messages.json"] * 2
    several = "tgram://123456789:abcdefg_hijklmnop/11111/22222"
    sent = AppriseChannel("telegram", ("telegram",)).send(NOTICE, Address({}, {"url": several}))
    assert (sent.again, sent.reading) == (False, "The address must name one receiver: make a rule for each.")
    for url in ("syslog://", "json://127.0.0.1/x", "mailto://a:b@127.0.0.1", "tgram://1:a/2", "gotify://127.0.0.1/x"):
        sent = channel.send(NOTICE, Address({"host": "x"}, {"url": url}))
        assert (sent.taken, sent.again) == (False, False), url


def test_a_chat_that_hangs_holds_up_one_message_and_the_next_ones_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = AppriseChannel("pushover", ("pushover",), HardEnd(1, wait_s=0.01, send_s=0.2))
    with Sink() as sink:
        pushover(monkeypatch, sink.url)
        sink.otherwise = hang
        first, second = channel.send(NOTICE, PUSHOVER), channel.send(NOTICE, PUSHOVER)
    assert (first.taken, first.again, first.reading) == (False, True, "Pushover did not answer in time.")
    assert (second.taken, second.again, second.reading) == (False, True, "Too many messages to Pushover are under way.")


def test_the_hosts_that_are_shown_are_those_that_apprise_goes_to() -> None:
    urls = {"gchat": "gchat://space/key/token", "telegram": "tgram://123456789:abcdefg_hijklmnop/11111"}
    for kind in NOTIFY_KINDS:
        to = Address({}, {"url": urls.get(kind, PUSHOVER.secret["url"])})
        AppriseChannel(kind, NOTIFY_KINDS).check(to)  # raises for another host than KINDS says
    assert set(NOTIFY_KINDS) == set(by_apprise.KINDS)
