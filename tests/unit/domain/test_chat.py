"""Reading what is said in chats, and knowing whether Slack passes it on."""

from datetime import UTC, datetime, timedelta

import pytest

from dominoci.domain.chat import Command, addressed, for_irc, read_command, slack_signs

# Slack's own example (api.slack.com/authentication/verifying-requests-from-slack)
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
AT = datetime.fromtimestamp(1531420618, UTC)
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
    b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10"
    b"d2c447fce8b6703c"
)
HEADERS = {
    "x-slack-request-timestamp": "1531420618",
    "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
}


def test_slacks_own_example_is_believed() -> None:
    assert slack_signs(SECRET, HEADERS, BODY, AT)
    assert slack_signs(SECRET, HEADERS, BODY, AT + timedelta(minutes=5))


@pytest.mark.parametrize(
    "change",
    [
        {"secret": "another"},
        {"body": BODY + b" "},
        {"now": AT + timedelta(seconds=301)},
        {"now": AT - timedelta(seconds=301)},
        {"headers": {}},
        {"headers": {**HEADERS, "x-slack-signature": ""}},
        {"headers": {**HEADERS, "x-slack-signature": HEADERS["x-slack-signature"].removeprefix("v0=")}},
        {"headers": {**HEADERS, "x-slack-signature": HEADERS["x-slack-signature"].upper()}},
        {"headers": {**HEADERS, "x-slack-signature": "v0=\udc80"}},
        {"headers": {**HEADERS, "x-slack-request-timestamp": "1531420619"}},
        {"headers": {**HEADERS, "x-slack-request-timestamp": "١٥٣١٤٢٠٦١٨"}},
        {"headers": {**HEADERS, "x-slack-request-timestamp": "9" * 400}},
    ],
)
def test_anything_else_is_not(change: dict[str, object]) -> None:
    given = {"secret": SECRET, "headers": HEADERS, "body": BODY, "now": AT, **change}
    assert not slack_signs(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("status core", Command("status", ("core",))),
        ("  STATUS   Core \r\nQUIT :bye", Command("status", ("Core", "QUIT", ":bye"))),
        ("tree <https://ci.example/trees/1>", Command("tree", ("https://ci.example/trees/1",))),
        ("", Command("help", ())),
        ("\x02status\x02 core\x0f", Command("status", ("core",))),
        ("\u202estatus", Command("status", ())),
    ],
)
def test_a_command_is_a_word_and_the_words_behind_it(text: str, command: Command) -> None:
    assert read_command(text) == command


def test_a_command_of_any_length_is_read_in_bounds() -> None:
    assert len(read_command("status " + "a " * 100_000).words) < 500


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("dominoci: status core", "status core"),
        ("Dominoci, help", "help"),
        ("dominoci help", "help"),
        ("dominoci:", ""),
        ("dominocis are green", None),
        ("ask dominoci: help", None),
        ("", None),
    ],
)
def test_in_a_channel_the_bot_hears_what_is_said_to_it(text: str, rest: str | None) -> None:
    assert addressed(text, "dominoci") == rest


def test_a_line_for_irc_is_one_line_of_so_many_bytes() -> None:
    assert for_irc("a\r\nQUIT :x\x00\x01", 100) == "a QUIT :x"
    long = for_irc("漢" * 300, 100)
    assert len(long.encode()) <= 100
    assert long.endswith("…")
