"""Slash commands of Slack, and the chat accounts that people bind to themselves: who is believed, who may what, what is said."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from dominoci.config import ChatSettings
from dominoci.services.bot_commands import Bot
from dominoci.services.chat_accounts import Speaker
from tests.unit.api.conformance import conform
from tests.unit.api.people import person
from tests.unit.api.site import Browser, TestSite

SECRET = "slack signing secret"
ADA = {"team_id": "T1", "user_id": "U1", "user_name": "ada"}
ACCOUNTS = "/api/v1/me/chat-accounts"
COUNTED = count()


@pytest.fixture(scope="module")
def slack_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """One app that takes Slack's commands."""
    made = TestSite(tmp_path_factory.mktemp("slack"), chat=ChatSettings(slack_signing_secret=SECRET))
    yield made
    made.close()


@pytest.fixture
def site(slack_site: TestSite) -> TestSite:
    """The same on an empty database."""
    slack_site.empty()
    return slack_site


def signed(body: bytes, after: int = 0, secret: str = SECRET) -> dict[str, str]:
    """The headers with which Slack would send this body, `after` seconds from now."""
    stamp = str(int(time.time()) + after)
    mac = hmac.digest(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hex()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac}"}


def post(site: TestSite, body: bytes, headers: dict[str, str], kind: str = "application/x-www-form-urlencoded") -> TestResponse:
    return site.anyone.post("/hooks/slack", data=body, headers=headers, content_type=kind)


def command(site: TestSite, text: str, **fields: str) -> TestResponse:
    """A slash command as Slack sends it; never twice the same."""
    given = {**ADA, "command": "/dominoci", "text": text, "trigger_id": str(next(COUNTED)), **fields}
    body = urlencode(given).encode()
    return post(site, body, signed(body))


def said(site: TestSite, text: str, **fields: str) -> list[str]:
    """The lines that Slack shows for a command."""
    answer = conform(command(site, text, **fields), "POST", "/hooks/slack")
    assert (answer["response_type"], answer["mrkdwn"]) == ("ephemeral", False)
    return str(answer["text"]).split("\n")


def linked(site: TestSite, browser: Browser) -> None:
    """Ada's account of Slack is bound to whoever sits at this browser."""
    code = browser.write("/me/chat-codes", None).get_json()["code"]
    assert "from now on" in said(site, f"link {code}")[0]


def agent_project(site: TestSite, name: str, **body: Any) -> None:
    """A project that our agents build."""
    site.project(name, target={"kind": "agent"}, repository_url=None, **body)


# ---- who is believed


@pytest.mark.parametrize(
    "headers",
    [{}, {"after": -400}, {"after": 400}, {"secret": "another"}],
    ids=["the body changed", "old", "of the future", "another secret"],
)
def test_what_slack_did_not_sign_is_401_and_does_nothing(site: TestSite, headers: dict[str, Any]) -> None:
    agent_project(site, "core", visibility="public")
    linked(site, site.browser())
    body = urlencode({**ADA, "text": "trigger core"}).encode()
    sent = signed(body if headers else body + b"&x=1", **headers)
    assert post(site, body, sent).status_code == 401
    assert site.get("/builds").get_json()["items"] == []


def test_without_a_signature_it_is_401_and_without_a_secret_503(site: TestSite, tmp_path: Path) -> None:
    assert post(site, b"text=help", {}).status_code == 401
    bare = TestSite(tmp_path)
    answer = post(bare, b"text=help", {})
    assert (answer.status_code, "DOMINOCI_SLACK_SIGNING_SECRET" in answer.get_json()["detail"]) == (503, True)
    bare.close()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"text=help", "application/x-www-form-urlencoded", 400),
        (b"team_id=T1&user_id=../../x&text=help", "application/x-www-form-urlencoded", 400),
        (b"team_id=T1&user_id=" + b"U" * 41, "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(60)), "application/x-www-form-urlencoded", 400),
        (b'{"team_id": "T1"}', "application/json", 400),
        (b"x" * (65 << 10), "application/x-www-form-urlencoded", 413),
    ],
)
def test_what_is_no_command_is_refused_in_words(site: TestSite, body: bytes, kind: str, status: int) -> None:
    answer = post(site, body, signed(body), kind)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_slack_may_look_whether_the_address_is_there(site: TestSite) -> None:
    body = b"ssl_check=1&token=x"
    answer = post(site, body, signed(body))
    assert (answer.status_code, answer.get_json()["text"]) == (200, "")


def test_the_same_signed_command_again_does_nothing(site: TestSite) -> None:
    agent_project(site, "core")
    linked(site, site.browser())
    body = urlencode({**ADA, "text": "trigger core"}).encode()
    headers = signed(body)
    assert "#1 of main is queued" in post(site, body, headers).get_json()["text"]
    again = post(site, body, headers)
    assert (again.status_code, again.get_json()["text"]) == (200, "This command came before: it was not carried out again.")
    assert len(site.get("/builds").get_json()["items"]) == 1


def test_who_says_too_much_is_asked_to_wait_and_nobody_else(site: TestSite) -> None:
    for _ in range(30):
        assert command(site, "help").status_code == 200
    late = command(site, "help")
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 60
    assert command(site, "help", user_id="U2").status_code == 200


# ---- what is said


def test_help_names_every_command_and_unknown_ones_lead_to_it(site: TestSite) -> None:
    assert [line.split()[0] for line in said(site, "help")] == ["status", "tree", "why", "trigger", "cancel", "link"]
    assert said(site, "") == said(site, "help")
    assert said(site, "dance") == ["I do not know dance. Say help for what I do know."]
    assert said(site, "tree") == ["Say which: a project or a tree."]


def test_what_is_public_is_told_to_everybody(site: TestSite) -> None:
    tree = site.tree("core", "net", "app")
    for name in ("core", "net", "app"):
        site.call("PATCH", f"/api/v1/projects/{name}", json={"visibility": "public"})
    body = {"status": "FAILED", "tree_id": tree, "sub_id": "1.1", "attempt": 1}
    assert site.post("/results", body, site.project_token("net")).status_code == 201
    url = f"http://arbiter.test/trees/{tree}"
    line = f"tree of core on main: failed (1 failed, 1 skipped, 1 success) {url}"
    assert said(site, "status") == [line]
    result, newest = said(site, "status core")
    assert (result[:21], newest) == ("core: success on main", line)
    assert said(site, "tree core") == [line, "1.1 net failed: reported FAILED"]
    assert said(site, f"tree {tree}") == said(site, f"tree {url}") == said(site, "tree app") == said(site, "tree core")
    assert said(site, "why app") == ["app skipped: upstream net failed", f"{url}/events/1.1.1/why"]
    linked(site, site.browser())
    assert said(site, "status") == ["needs you: net (failed) http://arbiter.test/", line]
    because = ["1.1.1 skipped: upstream net failed", "because of net (1.1)", f"{url}/events/1.1.1/why"]
    assert said(site, f"why {tree} 1.1.1") == said(site, f"why {url}/events/1.1.1") == because


def test_what_is_private_is_told_to_nobody_who_is_not_bound_and_nothing_is_done_for_them(site: TestSite) -> None:
    tree = site.tree("hidden", "below")
    agent_project(site, "built")
    agent_project(site, "open", visibility="public")
    nothing = said(site, "status nowhere")
    for text in ("status hidden", "tree hidden", "why hidden"):
        assert said(site, text) == nothing == ["There is no such project, or you may not see it."]
    assert said(site, "status") == ["There is no tree that you may see."]
    for text in (f"tree {tree}", f"why {tree} 1.1"):
        assert said(site, text) == ["There is no such tree, or you may not see it."]
    for text in ("trigger built", "trigger open", f"cancel {tree}", "cancel built#1"):
        assert said(site, text) == [
            "I do not know you here: make a code at http://arbiter.test/me/chat, and say to me alone: link &lt;code&gt;"
        ]
    assert site.get("/builds").get_json()["items"] == []
    assert site.get(f"/trees/{tree}").get_json()["state"] == "running"


def test_a_bound_account_may_what_its_user_may(site: TestSite) -> None:
    agent_project(site, "core")
    sam = person(site, "sam")
    linked(site, sam)
    assert said(site, "status core") == ["There is no such project, or you may not see it."]
    site.call("PUT", "/api/v1/projects/core/members/sam", json={"role": "viewer"})
    assert said(site, "status core") == ["core: no result yet", "http://arbiter.test/projects/core"]
    assert said(site, "trigger core") == ["You are a viewer of core; this takes a maintainer. Its owners can give you that role."]
    site.call("PUT", "/api/v1/projects/core/members/sam", json={"role": "maintainer"})
    (line,) = said(site, "trigger core release/1 CHANNEL=nightly A=b=c")
    build = site.get("/builds?project=core").get_json()["items"][0]
    assert line == f"core #1 of release/1 is queued: {build['url']}"
    detail = site.get(f"/builds/{build['id']}").get_json()
    assert (detail["ref"], detail["parameters"]) == ("release/1", {"CHANNEL": "nightly", "A": "b=c"})
    noted = site.get("/projects/core/audit").get_json()["items"][0]
    assert (noted["action"], noted["actor"]["name"], noted["address"]) == ("build.started", "sam", "slack:T1")
    assert said(site, "cancel core#1") == [f"core #1 is cancelled {build['url']}"]
    assert said(site, "cancel core#2") == ["There is no such build, or you may not see it."]


def test_a_job_is_started_by_its_path(site: TestSite) -> None:
    agent_project(site, "core")
    assert site.post("/jobs", {"path": "tools/hello", "project": "core"}).status_code == 201
    assert said(site, "trigger tools/hello")[0].startswith("I do not know you here")
    linked(site, site.browser())
    (line,) = said(site, "trigger tools/hello main")
    build = site.get("/builds?project=core").get_json()["items"][0]
    assert line == f"tools/hello #1 of main is queued: {build['url']}"
    assert said(site, "trigger tools/nothing") == ["There is no such job, or you may not see it."]


def test_a_tree_is_cancelled_whole_or_event_by_event(site: TestSite) -> None:
    tree = site.tree("core", "net", "app")
    linked(site, site.browser())
    url = f"http://arbiter.test/trees/{tree}"
    assert said(site, f"cancel {tree} 1.1") == [f"1 event cancelled: {url}"]
    assert said(site, f"cancel {url}")[0].startswith("The tree has ended (cancelled)")
    assert said(site, "cancel core")[0].startswith("Say what to cancel")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("trigger core a b", "a b is no branch or tag: say one at most, and parameters as NAME=value."),
        ("trigger core --upload-pack=x", "Names are letters, digits and _"),
        ("trigger core -x", "-x is no branch or tag"),
        ("trigger core DOMINO_X=1", "Names are letters, digits and _"),
        ("trigger hooked", "hooked is run by webhook: start it there"),
        ("trigger", "Say which"),
    ],
)
def test_what_cannot_be_started_is_said_and_nothing_is(site: TestSite, text: str, refusal: str) -> None:
    agent_project(site, "core")
    site.project("hooked")
    linked(site, site.browser())
    assert said(site, text)[0].startswith(refusal)
    assert site.get("/builds").get_json()["items"] == []


def test_what_others_wrote_calls_nobody_and_is_one_line(site: TestSite) -> None:
    site.project("core", visibility="public")
    evil = "<!channel> & <https://evil.test|click>"
    body = {"status": "SUCCESS", "metadata": {"branch": "main", "message": evil}, "links": {"pipeline": "https://ci.test/?a=<!here>"}}
    assert site.post("/events", body, site.project_token("core")).status_code == 201
    for text in ("status core", "tree core", f"{evil} x", "dance\r\nQUIT"):
        assert not set("<>") & set("\n".join(said(site, text)))

@pytest.mark.parametrize("text", ["tree hidden", "why hidden", "status hidden"])
def test_where_others_read_along_a_refusal_about_what_they_may_not_see_is_told_to_the_speaker_alone(
    site: TestSite, text: str
) -> None:
    site.project("hidden")
    linked(site, site.browser())
    reply = Bot(site.container.transactions).answer(Speaker("slack:T1", "U1", "ada"), text, alone=False)
    assert (reply.alone, "hidden" in reply.lines[0]) == (True, True)


# ---- chat accounts


def test_a_code_binds_one_account_once_and_it_is_listed_and_removed(site: TestSite) -> None:
    sam = person(site, "sam")
    shown = conform(sam.client.get(ACCOUNTS), "GET", ACCOUNTS)
    assert shown == {"items": [], "next_cursor": None, "irc": None, "slack": True}
    made = conform(sam.write("/me/chat-codes", None), "POST", "/api/v1/me/chat-codes")
    assert made["say"] == f"link {made['code']}"
    assert said(site, f"link {made['code']}") == ["You are sam here from now on, and may do here what sam may do."]
    assert said(site, f"link {made['code']}", user_id="U2")[0].startswith("This code is not good")
    (item,) = conform(sam.client.get(ACCOUNTS), "GET", ACCOUNTS)["items"]
    assert (item["kind"], item["place"], item["account"]) == ("slack", "T1", "U1")
    other = person(site, "tim")
    assert other.client.delete(f"{ACCOUNTS}/{item['id']}", headers={"X-CSRF-Token": other.csrf}).status_code == 404
    assert sam.client.delete(f"{ACCOUNTS}/{item['id']}", headers={"X-CSRF-Token": sam.csrf}).status_code == 204
    assert sam.client.get(ACCOUNTS).get_json()["items"] == []
    assert "I do not know you" in said(site, "trigger x")[0]
    actions = [row["action"] for row in site.get("/audit").get_json()["items"]]
    assert [one for one in actions if one.startswith("chat.")] == ["chat.unlinked", "chat.linked"]


def test_a_newer_code_ends_an_older_one_and_a_token_makes_none(site: TestSite) -> None:
    sam = person(site, "sam")
    first, second = (sam.write("/me/chat-codes", None).get_json()["code"] for _ in range(2))
    assert said(site, f"link {first}")[0].startswith("This code is not good")
    assert "sam" in said(site, f"link {second}")[0]
    assert site.post("/me/chat-codes", None).status_code == 403


def test_an_account_of_somebody_who_was_switched_off_is_nobodys(site: TestSite) -> None:
    agent_project(site, "core")
    site.browser()
    linked(site, person(site, "sam"))
    site.call("PUT", "/api/v1/projects/core/members/sam", json={"role": "owner"})
    assert said(site, "status core")[0] == "core: no result yet"
    sam = next(user for user in site.get("/users?q=sam").get_json()["items"])
    assert site.call("PATCH", f"/api/v1/users/{sam['id']}", json={"disabled": True}).status_code == 200
    assert said(site, "status core") == ["There is no such project, or you may not see it."]


def test_another_users_code_moves_the_account_to_them(site: TestSite) -> None:
    linked(site, person(site, "sam"))
    tim = person(site, "tim")
    linked(site, tim)
    assert len(tim.client.get(ACCOUNTS).get_json()["items"]) == 1
    assert site.get("/audit?action=chat.linked").get_json()["items"][0]["actor"]["name"] == "tim"
