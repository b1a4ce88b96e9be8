"""A log arrives once, whole and in order, whatever happens on the way, and never fills the memory."""

from __future__ import annotations

import random

import pytest

from dominoci_agent.runtime.log import CHUNK, MOST_AT_ONCE, Offset, StepLog
from dominoci_agent.runtime.mask import Mask


class Lost(Exception):
    """The answer did not come."""


class Server:
    """Stores a log as the arbiter does. `trouble` says what happens to the next sends: "lost" (stored, no answer), "down"
    (not stored), "" (fine)."""

    def __init__(self, *trouble: str, stored: bytes = b"") -> None:
        self.stored = stored
        self.trouble = list(trouble)
        self.sends = 0

    def send(self, offset: int, data: bytes) -> Offset | None:
        self.sends += 1
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble == "down":
            raise Lost
        if offset != len(self.stored):
            return Offset(len(self.stored))
        self.stored += data
        if trouble == "lost":
            raise Lost
        return None


def step_log(*secrets: str, **more: int) -> StepLog:
    return StepLog(Mask(secrets), lambda _urgent: None, **more)


def flush(log: StepLog, server: Server) -> None:
    """Flush until nothing is left, as a reporter does."""
    while log.pending():
        try:
            log.flush(server.send)
        except Lost:
            continue


def test_a_chunk_whose_answer_was_lost_is_not_stored_twice() -> None:
    log, server = step_log(), Server("lost", "down")
    log.write(b"one ")
    with pytest.raises(Lost):
        log.flush(server.send)
    log.write(b"two")
    flush(log, server)
    assert server.stored == b"one two"


def test_a_chunk_that_was_never_stored_is_sent_again() -> None:
    log, server = step_log(), Server("down", "down")
    log.write(b"hello")
    flush(log, server)
    assert server.stored == b"hello"


def test_any_row_of_troubles_leaves_the_log_as_it_was_written() -> None:
    chance = random.Random(1)
    for _ in range(200):
        server = Server(*chance.choices(["lost", "down", ""], k=8))
        log, written = step_log(), b""
        for number in range(6):
            piece = b"%d;" % number * chance.randint(1, 9)
            written += piece
            log.write(piece)
            try:
                log.flush(server.send)
            except Lost:
                continue
        flush(log, server)
        assert server.stored == written


def test_a_log_that_another_attempt_began_is_continued_at_its_end() -> None:
    log, server = step_log(), Server(stored=b"earlier\n")
    log.write(b"this attempt\n")
    flush(log, server)
    log.write(b"goes on\n")
    flush(log, server)
    assert server.stored == b"earlier\nthis attempt\ngoes on\n"


def test_a_receiver_that_lost_a_part_gets_the_rest() -> None:
    log, server = step_log(), Server()
    log.write(b"abc")
    flush(log, server)
    server.stored = b"a"
    log.write(b"def")
    flush(log, server)
    assert server.stored == b"adef"


def test_much_is_sent_in_pieces_and_waits_for_room() -> None:
    log, server = step_log(capacity=2 * MOST_AT_ONCE), Server()
    log.write(b"x" * MOST_AT_ONCE)
    assert log.room()
    log.write(b"x" * MOST_AT_ONCE)
    assert not log.room()
    flush(log, server)
    assert log.room()
    assert (server.sends, len(server.stored)) == (2, 2 * MOST_AT_ONCE)


def test_a_log_without_end_is_cut_with_a_word_about_it() -> None:
    log, server = step_log(limit=10), Server()
    for _ in range(5):
        log.write(b"12345678")
    flush(log, server)
    assert server.stored.startswith(b"1234567812\n[the log ends here")


def test_what_could_be_half_a_secret_waits_for_the_rest() -> None:
    log, server = step_log("hunter22"), Server()
    log.write(b"password: hunt")
    flush(log, server)
    assert server.stored == b"password: "
    log.write(b"er22 and hunt")
    log.close()
    flush(log, server)
    assert server.stored == b"password: *** and hunt"


def test_the_sender_is_woken_at_once_only_for_a_whole_chunk() -> None:
    calls: list[bool] = []
    log = StepLog(Mask([]), calls.append)
    log.write(b"x")
    log.write(b"x" * CHUNK)
    assert calls == [False, True]
