"""Fanning out what is published, and what a page may ask for."""

import json

import pytest

from dominoci.domain.errors import BadRequest
from dominoci.infra.redis import AGENTS_CHANNEL, CHANNEL
from dominoci.web.hub import MOST_FRAMES, Frame, Hub, Mailbox
from dominoci.web.visit import read_wish


def hub() -> Hub:
    """A hub that hears only what the test tells it."""
    return Hub("unix:///nowhere")


def message(topic: str, version: int = 1, **more: object) -> bytes:
    """Something published."""
    return json.dumps({"topic": topic, "version": version, **more}).encode()


def test_a_message_goes_to_those_who_joined_its_topic() -> None:
    made, rung = hub(), []
    one, other = Mailbox(lambda: rung.append("one")), Mailbox(lambda: rung.append("other"))
    made.join("tree:1", one)
    made.join("tree:2", other)
    made.heard(CHANNEL, message("tree:1", 5))
    assert [(frame.topic, frame.version) for frame in one.take()] == [("tree:1", 5)]
    assert (other.take(), rung) == ([], ["one"])


def test_all_readers_share_one_frame() -> None:
    made = hub()
    mailboxes = [Mailbox(lambda: None) for _ in range(3)]
    for mailbox in mailboxes:
        made.join("feed", mailbox)
    made.heard(CHANNEL, message("feed"))
    assert len({id(mailbox.take()[0]) for mailbox in mailboxes}) == 1


def test_after_leaving_nothing_comes() -> None:
    made, mailbox = hub(), Mailbox(lambda: None)
    made.join("feed", mailbox)
    made.leave("feed", mailbox)
    made.leave("feed", mailbox)
    made.heard(CHANNEL, message("feed"))
    assert mailbox.take() == []


def test_a_slow_readers_mailbox_stays_bounded_and_says_so() -> None:
    mailbox = Mailbox(lambda: None)
    for number in range(MOST_FRAMES + 10):
        mailbox.put(Frame("t", number, "x"))
    assert mailbox.overrun
    assert len(mailbox.take()) == MOST_FRAMES


def test_large_messages_count_by_their_size() -> None:
    mailbox = Mailbox(lambda: None)
    for number in range(3):
        mailbox.put(Frame("t", number, "x" * (1 << 20)))
    assert mailbox.overrun
    assert len(mailbox.take()) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b"{}", b"\xff"])
def test_a_message_that_cannot_be_read_hurts_nobody(content: bytes) -> None:
    hub().heard(CHANNEL, content)


def test_many_sockets_look_less_often() -> None:
    made = hub()
    mailboxes = [Mailbox(lambda: None) for _ in range(1000)]
    made.enter(mailboxes[0])
    assert made.pace(5.0, 0.004) == 5.0
    for mailbox in mailboxes:
        made.enter(mailbox)
        made.pace(5.0, 0.004)
    assert made.pace(5.0, 0.004) == pytest.approx(40, rel=0.01)
    for mailbox in mailboxes:
        made.exit(mailbox, [])
    assert made.pace(5.0, 0.004) == 5.0


def test_the_agents_bell_wakes_long_polls() -> None:
    made, woken = hub(), []
    made.on_agents(lambda: woken.append(1))
    made.heard(AGENTS_CHANNEL, b"1")
    assert woken == [1]


def test_a_wish_is_read() -> None:
    wish = read_wish('{"op": "subscribe", "topic": "build:1:log", "step": 2, "from": 10}')
    assert wish == {"op": "subscribe", "topic": "build:1:log", "step": 2, "from": 10}
    assert read_wish('{"op": "unsubscribe", "topic": "feed"}') == {"op": "unsubscribe", "topic": "feed", "step": None, "from": 0}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "5",
        "{}",
        "[" * 5000,
        '{"op": "subscribe"}',
        '{"op": "shout", "topic": "feed"}',
        '{"op": "subscribe", "topic": 5}',
        '{"op": "subscribe", "topic": "%s"}' % ("x" * 201),
        '{"op": "subscribe", "topic": "a:log", "from": -1}',
        '{"op": "subscribe", "topic": "a:log", "from": 1.5}',
        '{"op": "subscribe", "topic": "a:log", "step": true}',
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        read_wish(text)
