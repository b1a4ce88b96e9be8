"""How each channel writes the same notice, and that nothing in it does anything (abuse cases 10 and 19)."""

import json
import re
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from dominoci.domain import notice as rules
from dominoci.notify import by_apprise, discord, irc, mail, slack, teams
from dominoci.notify.channels import known_kinds
from dominoci.notify.wording import Notice, notice
from tests.docs.pages import BY_NAME

PAGE = "https://ci.example/trees/t1/events/1.1"
ROOT = {"project": "lib-core", "commit": "9" * 40, "message": "Fix the frobnicator"}
FACTS: dict[str, Any] = {
    "kind": "first_failure",
    "project": "app-web",
    "project_id": "p1",
    "job": None,
    "pull": None,
    "state": "failed",
    "branch": "main",
    "tag": None,
    "commit": "1" * 40,
    "message": "Use the new frobnicator",
    "at": "2026-11-21T10:00:00.000Z",
    "reason": "step test failed with exit code 1",
    "url": PAGE,
    "run_url": "https://jenkins.example/job/app-web/12/",
    "root": ROOT,
    "since": {"commit": "1" * 40, "message": "Use the new frobnicator", "at": "2026-11-21T10:00:00.000Z", "root": ROOT},
    "good": {"commit": "8" * 40, "message": None, "at": "2026-11-20T09:30:00.000Z", "root": None},
    "runs": 1,
    "cut": False,
    "owners": ["#web-ci"],
}
# what people may write into a branch, a commit message, a reason, a project's contact
EVIL = [
    "\r\nQUIT :gone\r\n",
    "<!channel> <@U123|root> <https://evil.test|click>",
    "@everyone @here @channel",
    "[click](https://evil.test) ![x](https://evil.test/pixel) **bold** `code` ~~gone~~ ||spoiler|| <#1>",
    "\x1b]0;title\x07\x1b[31m \u202egnp.exe \x00 \x01VERSION\x01 \x0304red",
    "<script>alert(1)</script> &amp; <img src=x>",
    "Subject: other\nBcc: victim@example.org\n\n.\nRCPT TO:<x>",
    "x" * 5000,
]


def written(**facts: Any) -> Notice:
    """The notice of these facts."""
    return notice("m1", {**FACTS, **facts}, "Sent by DominoCI.")


def test_it_says_what_broke_since_which_commit_and_whose() -> None:
    made = written()
    assert made.headline == "app-web broke on main: it failed"
    assert made.lines == (
        ("Why", "step test failed with exit code 1"),
        ("Commit", "1111111111 “Use the new frobnicator”"),
        ("Last good", "8888888888 (2026-11-20 09:30 UTC)"),
        ("Set off by", "lib-core 9999999999 “Fix the frobnicator”"),
        ("Owners", "#web-ci"),
    )
    assert made.links == (("Open in DominoCI", PAGE), ("Open the run", "https://jenkins.example/job/app-web/12/"))


@pytest.mark.parametrize(
    ("facts", "headline"),
    [
        ({"kind": "failure", "runs": 3}, "app-web failed again on main"),
        ({"kind": "failure", "runs": 1, "state": "timed_out"}, "app-web timed out on main"),
        ({"kind": "recovery", "state": "success"}, "app-web works again on main"),
        ({"kind": "success", "state": "success", "branch": None, "tag": "v1"}, "app-web succeeded at tag v1"),
        ({"kind": "undeliverable", "state": "undeliverable"}, "app-web could not be delivered on main"),
        ({"kind": "failure", "job": "tools/hello"}, "app-web (job tools/hello) failed on main"),
    ],
)
def test_the_headline_alone_says_what_happened(facts: dict[str, Any], headline: str) -> None:
    assert written(**facts).headline == headline


def test_a_long_row_of_failures_and_its_end_say_where_they_began() -> None:
    lines = dict(written(kind="failure", runs=3, cut=True).lines)
    began = "1111111111 “Use the new frobnicator”, set off by lib-core 9999999999 “Fix the frobnicator” (2026-11-21 10:00 UTC)"
    assert lines["Broken for"] == f"at least 3 runs, from {began}"
    assert dict(written(kind="recovery", state="success", runs=1).lines)["Was broken for"] == f"1 run, from {began}"


def test_a_tree_names_what_broke_in_it() -> None:
    broken = [{"project": "app-web", "reason": "reported FAILED"}]
    facts = {"kind": "tree_failed", "project": "lib-core", "broken": broken, "more": 2, "counts": {"success": 3, "failed": 3}}
    made = written(**facts)
    assert made.headline == "The tree of lib-core on main ended, and something failed"
    assert made.lines[:2] == (("Broke", "app-web: reported FAILED"), ("Broke", "2 more"))
    assert ("Events", "3 failed, 3 success") in made.lines


def evil(text: str) -> Notice:
    """A notice in which everything that others write is `text`."""
    root = {"project": text, "commit": text, "message": text}
    told = dict.fromkeys(("project", "branch", "commit", "message", "reason", "job"), text)
    return written(**told, root=root, good={**root, "at": text, "root": root}, owners=[text], pull={"number": 1, "title": text})


@pytest.mark.parametrize("text", EVIL)
def test_irc_is_one_line_of_at_most_512_bytes_whatever_is_in_it(text: str) -> None:
    said = irc.line(evil(text))
    assert len(f"PRIVMSG #channel :{said}\r\n".encode()) < 450
    assert said.splitlines() == [said]
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e]", said)
    assert said.endswith(PAGE)


@pytest.mark.parametrize("text", EVIL)
def test_slack_reads_no_markup_in_what_others_wrote(text: str) -> None:
    body = json.loads(json.dumps(slack.written(evil(text))))
    ours = []
    for block in body["blocks"]:
        for part in [block["text"]] if "text" in block else block["elements"]:
            assert len(part["text"]) <= 3000
            if part["type"] == "mrkdwn":
                ours.append(part["text"])
            else:
                assert part["type"] == "plain_text"
    assert ours == [f":red_circle: <{PAGE}|Open in DominoCI> · <https://jenkins.example/job/app-web/12/|Open the run>"]
    assert "<" not in body["text"]
    assert body["link_names"] is False


def test_slack_gets_its_three_characters_escaped() -> None:
    assert slack.written(written(branch="<!channel>&"))["text"] == "app-web broke on &lt;!channel&gt;&amp;: it failed"


@pytest.mark.parametrize("text", EVIL)
def test_discord_calls_nobody_and_shows_markdown_as_it_is(text: str) -> None:
    body = discord.written(evil(text))
    (embed,) = body["embeds"]
    assert body["allowed_mentions"] == {"parse": []}
    assert "content" not in body
    assert len(embed["title"]) <= 256
    for said in (embed["title"], *(part["value"] for part in embed["fields"])):
        assert 0 < len(said) <= 1024
        assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|<>\[\]@#]", said), said


@pytest.mark.parametrize("text", EVIL)
def test_teams_gets_runs_of_text_that_know_no_markdown(text: str) -> None:
    (card,) = teams.written(evil(text))["attachments"]
    content = card["content"]
    assert {block["type"] for block in content["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in content["body"] for run in block["inlines"]} == {"TextRun"}
    assert [action["url"] for action in content["actions"]] == [PAGE, "https://jenkins.example/job/app-web/12/"]


@pytest.mark.parametrize("text", EVIL)
def test_a_mail_is_plain_text_with_the_headers_that_we_gave_it(text: str) -> None:
    raw = mail.written(evil(text), "DominoCI <ci@example.org>", "ada@example.org").as_bytes()
    read = message_from_bytes(raw, policy=default)
    assert set(read.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    }
    assert read["To"] == "ada@example.org"
    assert len(str(read["Subject"])) <= 160  # folding adds a space here and there
    assert read.get_content_type() == "text/plain"
    assert read["Message-ID"] == "<m1.cfe00dde46ef@example.org>"  # of the recipient: the same whoever else is still owed it


@pytest.mark.parametrize("text", EVIL)
def test_other_chats_get_nothing_that_calls_or_links(text: str) -> None:
    title, body = by_apprise.written(evil(text))
    for line in (title, *body.split("\n")):
        assert not re.search(r"@\w|\]\(|!\[|<\w", line.replace(PAGE, "")), line


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://x.test/a b", "https://x.test/\r\nQUIT", "", None])
@pytest.mark.parametrize("write", [slack.written, discord.written, teams.written], ids=["slack", "discord", "teams"])
def test_an_address_that_was_reported_ends_no_link_early(write: Callable[[Notice], Any], address: str | None) -> None:
    made = written(run_url=address)
    assert made.links == (("Open in DominoCI", PAGE),)
    assert "QUIT" not in json.dumps(write(made))


def test_an_address_with_characters_of_markup_is_encoded() -> None:
    assert written(run_url="https://x.test/a|b>c").links[1][1] == "https://x.test/a%7Cb%3Ec"


def test_the_docs_show_it_as_it_is() -> None:
    page = BY_NAME["notifications.md"]
    shown = [block.text.strip() for block in page.of("text")]
    made = written(since=None)
    assert shown == [irc.line(made), mail.written(made, "ci@x.test", "ada@x.test").get_content().rpartition("\n\n-- ")[0].strip()]
    text = page.path.read_text("utf-8")
    assert [kind for kind in rules.KINDS if f"| `{kind}` |" not in text] == []
    assert [which for which in rules.WHICH if f"| `{which}` |" not in text] == []
    assert [kind for kind in known_kinds() if f"`{kind}`" not in text] == []
