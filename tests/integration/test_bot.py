"""The bot on a real IRC server: `dominoci bot` as it is run, beside an arbiter's database."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dominoci.services import named_leases
from tests.bed.ngircd import Ngircd, Somebody
from tests.bed.process import Server
from tests.unit.api.site import TestSite
from tests.waiting import until
from tests.world import World

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def irc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ngircd]:
    """The server."""
    with Ngircd(tmp_path_factory.mktemp("irc"), password="knock-knock") as made:
        yield made


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """The arbiter whose database the bot reads: `open` is public, `secret` is not, of both our agents build."""
    made = TestSite(tmp_path_factory.mktemp("arbiter"))
    for name, visibility in (("open", "public"), ("secret", "private")):
        made.project(name, target={"kind": "agent"}, repository_url=None, visibility=visibility)
    body = {"status": "SUCCESS", "metadata": {"branch": "main", "commit": "c" * 40}}
    for name in ("open", "secret"):
        made.post("/events", body, made.project_token(name))
    yield made
    made.close()


def process(site: TestSite, irc: Ngircd, log: Path) -> Server:
    """`dominoci bot`, not yet started."""
    settings = site.container.settings
    env = {
        **os.environ,
        "DOMINOCI_DATA": str(settings.data),
        "DATABASE_URL": settings.database_url,
        "DOMINOCI_SECRET_KEY": "k",
        "DOMINOCI_PUBLIC_URL": settings.public_url,
        "REDIS_URL": settings.redis_url,
        "DOMINOCI_IRC_URL": f"irc://127.0.0.1:{irc.port}/#ci",
        "DOMINOCI_IRC_PASSWORD": irc.password,
    }
    return Server([sys.executable, "-m", "dominoci.cli", "bot"], log, env)


@pytest.fixture(scope="module")
def bot(site: TestSite, irc: Ngircd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The bot, in its channel."""
    log = tmp_path_factory.mktemp("bot") / "log"
    made = process(site, irc, log)
    with Somebody(irc, "watcher", "#ci") as watcher:
        made.start(lambda: log.exists() and "bot_ready" in log.read_text())
        watcher.hears(":dominoci!~dominoci@127.0.0.1 JOIN")
    yield made
    made.stop()


def ask(one: Somebody, target: str, text: str, answers: int = 1) -> list[str]:
    """What the bot says to this, as `target text`."""
    since = len(one.heard)
    one.say(target, text)

    def came() -> list[str]:
        told = [line.removeprefix("dominoci ") for line in one.told(since) if line.startswith("dominoci ")]
        return told if len(told) >= answers else []

    until(came, f"{answers} answers to {text!r}; heard {one.heard[since:]}", within_s=15)
    return came()


@pytest.mark.usefixtures("bot")
def test_it_answers_in_the_channel_and_to_one_alone_and_tells_what_is_private_to_nobody(irc: Ngircd) -> None:
    with Somebody(irc, "ada", "#ci") as ada:
        because, address = ask(ada, "#ci", "dominoci: why open", 2)
        assert because == "#ci ada: open success: reported SUCCESS and opened this tree"
        assert address.startswith("#ci ada: http://arbiter.test/trees/")
        assert ask(ada, "dominoci", "status open", 2)[0].startswith("ada open: success on main (cccccccccccc)")
        assert ask(ada, "dominoci", "status secret") == ["ada There is no such project, or you may not see it."]
        assert ask(ada, "#ci", "dominoci: trigger open")[0].startswith("#ci ada: I do not know you here: make a code at")


@pytest.mark.usefixtures("bot")
def test_a_code_makes_somebody_known_by_more_than_a_nick(irc: Ngircd, site: TestSite) -> None:
    browser = site.browser()

    def code() -> str:
        return str(browser.write("/me/chat-codes", None).get_json()["code"])

    with Somebody(irc, "eve", "#ci", user="eve") as eve, Somebody(irc, "root", "#ci", user="admin") as admin:
        read_along = code()
        assert ask(admin, "#ci", f"dominoci: link {read_along}")[0].startswith("#ci root: Others have read that code")
        assert ask(eve, "dominoci", f"link {read_along}")[0].startswith("eve This code is not good")
        assert ask(admin, "dominoci", f"link {code()}") == [
            "root You are admin here from now on, and may do here what admin may do."
        ]
        since = len(eve.heard)
        assert ask(admin, "#ci", "dominoci: why secret", 2)[0].startswith("root secret success")  # to admin alone
        (line,) = ask(admin, "#ci", "dominoci: trigger secret v1 CHANNEL=nightly")
        build = site.get("/builds?project=secret").get_json()["items"][0]
        assert line == f"root secret #1 of v1 is queued: {build['url']}"
        assert ask(admin, "#ci", f"dominoci: cancel {build['url']}") == [f"root secret #1 is cancelled {build['url']}"]
        assert ask(admin, "#ci", "dominoci: trigger open")[0].startswith("#ci root: open #1 of main is queued")
        assert not any(heard.startswith(":dominoci") and "secret" in heard for heard in eve.heard[since:])
        admin.send("NICK away")
        admin.hears(" NICK :away")
        eve.send("NICK root")
        eve.hears(" NICK :root")
        assert "I do not know you here" in ask(eve, "dominoci", "trigger secret")[0]
    (account,) = browser.client.get("/api/v1/me/chat-accounts").get_json()["items"]
    assert (account["kind"], account["place"], account["account"]) == ("irc", "127.0.0.1", "root!~admin@127.0.0.1")


HOSTILE = ("x\x01VERSION\x01", "\x01PING 1\x01", "\x02why\x0f", "\u202etnirp \u2028QUIT :bye", "why " + "漢" * 130)


@pytest.mark.usefixtures("bot")
def test_whatever_is_said_to_it_is_answered_by_one_harmless_line(irc: Ngircd) -> None:
    with Somebody(irc, "mallory", "#ci") as mallory:
        for text in HOSTILE:
            mallory.say("dominoci", text)
        answers = ask(mallory, "dominoci", "dance", 5)
        assert answers == [
            "mallory I do not know x. Say help for what I do know.",
            "mallory Say which: a project, or a tree and a sub id.",
            "mallory I do not know tnirp. Say help for what I do know.",
            "mallory There is no such project, or you may not see it.",
            "mallory I do not know dance. Say help for what I do know.",
        ]
        assert not any(word in line for line in mallory.heard for word in (" QUIT ", " KICK ", "VERSION"))


def test_when_one_ends_the_next_takes_over_and_a_server_that_was_away_is_joined_again(
    irc: Ngircd, bot: Server, site: TestSite, tmp_path: Path
) -> None:
    second = process(site, irc, tmp_path / "second")
    second.start(lambda: "bot_ready" in (tmp_path / "second").read_text())
    try:
        with Somebody(irc, "ada", "#ci") as ada:
            since = len(ada.heard)
            assert bot.stop() == 0
            ada.hears(" QUIT ", since)
            ada.hears(":dominoci!~dominoci@127.0.0.1 JOIN", since)
            assert ask(ada, "dominoci", "status open", 2)
        irc.stop()
        irc.start()
        with Somebody(irc, "ada", "#ci") as ada:
            until(lambda: any("dominoci" in line for line in ada.heard), "the bot is back")
            assert ask(ada, "dominoci", "status open", 2)
    finally:
        second.stop()


def test_one_of_many_holds_the_lease_until_it_lapses_or_is_given_back(any_world: World) -> None:
    def holds(owner: str) -> bool:
        return bool(any_world.write(named_leases.hold, "irc", owner))

    assert (holds("a"), holds("b"), holds("a")) == (True, False, True)
    any_world.clock.advance(seconds=19)
    assert (holds("b"), holds("a")) == (False, True)  # prolonged, it lasts from here
    any_world.clock.advance(seconds=21)
    assert (holds("b"), holds("a")) == (True, False)
    any_world.write(named_leases.release, "irc", "a")  # somebody else's stays
    assert holds("a") is False
    any_world.write(named_leases.release, "irc", "b")
    assert holds("a") is True
