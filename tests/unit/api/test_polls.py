"""Long polls: answered at once, woken, ended, and not more than there are threads for."""

import socket
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from dominoci.api.context import EXTENSION, caller_is_gone
from dominoci.domain.errors import TooMany
from dominoci.web.closing import CLOSING
from dominoci.web.polls import Polls
from tests.unit.api.site import TestSite
from tests.waiting import until


class Work:
    """Work that may come later; counts how often somebody looked."""

    def __init__(self) -> None:
        self.found: str | None = None
        self.looks = 0

    def look(self) -> str | None:
        self.looks += 1
        return self.found


def in_background(call: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """`call` in a thread, and where its answer will be."""
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(call()))
    thread.start()
    return thread, answers


def test_work_that_is_there_is_given_at_once() -> None:
    work, heard = Work(), []
    work.found = "build"
    assert Polls(1, lambda: heard.append(1)).take(work.look, 60) == "build"
    assert heard == []


def test_no_wait_is_no_wait() -> None:
    assert Polls(1, lambda: None).take(Work().look, 0) is None


def test_a_ring_wakes_whoever_waits() -> None:
    work, polls = Work(), Polls(2, lambda: None)
    thread, answers = in_background(lambda: polls.take(work.look, 60))
    until(lambda: work.looks, "a first look")
    work.found = "build"
    polls.wake()
    until(lambda: answers, "an answer")
    thread.join()
    assert answers == ["build"]


def test_a_lost_ring_costs_a_moment_only() -> None:
    work, polls = Work(), Polls(1, lambda: None)
    thread, answers = in_background(lambda: polls.take(work.look, 60))
    until(lambda: work.looks, "a first look")
    work.found = "build"
    until(lambda: answers, "an answer without a ring", 10)
    thread.join()
    assert answers == ["build"]


def test_after_its_time_a_poll_ends_with_nothing() -> None:
    assert Polls(1, lambda: None).take(Work().look, 0.05) is None


def test_above_the_cap_a_poll_is_sent_away_and_below_it_again_taken() -> None:
    work, polls = Work(), Polls(1, lambda: None)
    thread, answers = in_background(lambda: polls.take(work.look, 60))
    until(lambda: work.looks, "a first look")
    with pytest.raises(TooMany):
        until(lambda: polls.take(Work().look, 0.01), "a refusal")
    work.found = "build"
    polls.wake()
    thread.join()
    assert answers == ["build"]
    assert polls.take(Work().look, 0.01) is None


def test_a_process_that_stops_ends_its_polls() -> None:
    work, polls = Work(), Polls(1, lambda: None)
    thread, answers = in_background(lambda: polls.take(work.look, 60))
    until(lambda: work.looks, "a first look")
    CLOSING.set()
    try:
        until(lambda: answers, "an end", 5)
    finally:
        CLOSING.clear()
    thread.join()
    assert answers == [None]


def test_nothing_is_taken_for_a_caller_that_is_gone() -> None:
    work, polls, gone = Work(), Polls(1, lambda: None), threading.Event()
    thread, answers = in_background(lambda: polls.take(work.look, 60, gone.is_set))
    until(lambda: work.looks, "a first look")
    gone.set()
    work.found = "build"
    polls.wake()
    until(lambda: answers, "an end", 5)
    thread.join()
    assert (answers, work.looks) == ([None], 1)


def test_a_closed_connection_is_seen_and_an_idle_one_is_not(site: TestSite) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, site.app.test_request_context(environ_overrides={"gunicorn.socket": ours}):
        assert not caller_is_gone()
        theirs.send(b"the next request")
        assert not caller_is_gone()
        ours.recv(100)
        theirs.close()
        assert caller_is_gone()
    with site.app.test_request_context():
        assert not caller_is_gone()


def test_an_agent_above_the_cap_is_told_when_to_come_again(site: TestSite) -> None:
    class Full:
        def take(self, look: object, wait_s: float, gone: object) -> None:
            raise TooMany("full", retry_after=2)

    mine = site.app.extensions[EXTENSION]
    site.app.extensions[EXTENSION] = replace(mine, polls=Full())
    try:
        answer = site.post("/agents/claim?wait=30", {}, site.agent_token())
    finally:
        site.app.extensions[EXTENSION] = mine
    assert (answer.status_code, answer.headers["Retry-After"], answer.data) == (204, "2", b"")
