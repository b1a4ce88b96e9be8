"""Sending over one live socket: whole frames in order, whoever sends, and never a wait for who sends to many."""

import socket
import threading
from collections.abc import Iterator

import pytest

from dominoci.web.outlet import Outlet

PAIR = tuple[Outlet, socket.socket, list[int]]


@pytest.fixture
def pair() -> Iterator[PAIR]:
    """An outlet, who reads from it, and how often the outlet has called for its thread."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    woken: list[int] = []
    with ours, theirs:
        theirs.settimeout(10)
        yield Outlet(ours, lambda: woken.append(1)), theirs, woken


def drain(theirs: socket.socket, size: int) -> bytes:
    """So many bytes."""
    found = b""
    while len(found) < size:
        found += theirs.recv(size - len(found))
    return found


def test_an_offer_is_taken_at_once_or_not_at_all(pair: PAIR) -> None:
    outlet, theirs, woken = pair
    taken = 0
    while outlet.offer(bytes([taken % 256]) * 1000):
        taken += 1
    assert taken > 1
    assert not outlet.offer(b"never")
    reader = threading.Thread(target=lambda: found.append(drain(theirs, taken * 1000 + 4)))
    found: list[bytes] = []
    reader.start()
    outlet.flush()
    outlet.send(b"last")
    reader.join()
    assert found == [b"".join(bytes([n % 256]) * 1000 for n in range(taken)) + b"last"]
    assert len(woken) <= 1


def test_a_frame_that_was_begun_is_ended_before_the_next(pair: PAIR) -> None:
    outlet, theirs, woken = pair
    large = bytes(range(256)) * 4096
    assert outlet.offer(large)
    assert woken == [1]
    assert not outlet.offer(b"x")
    sender = threading.Thread(target=outlet.send, args=(b"end",))
    sender.start()
    assert drain(theirs, len(large) + 3) == large + b"end"
    sender.join()
    assert outlet.offer(b"again")


def test_a_closed_socket_takes_nothing_and_says_so_to_its_own_thread(pair: PAIR) -> None:
    outlet, theirs, _ = pair
    theirs.close()
    outlet.offer(b"x")
    assert not outlet.offer(b"x")
    with pytest.raises(BrokenPipeError):
        outlet.send(b"x")
