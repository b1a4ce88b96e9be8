"""Following a log: from any offset, as it grows, whole characters only."""

import json
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from dominoci.config import StorageSettings
from dominoci.infra.files import BuildFiles, Place
from dominoci.infra.storage import Storage
from dominoci.web.outlet import text_frame
from dominoci.web.tail import PIECE, Log, Replaced, Tail, unfinished

NUMBERS = count()
LINES = "grüße 日本 🎲\n"


def read(frame: bytes) -> dict[str, Any]:
    """What a frame says."""
    found: dict[str, Any] = json.loads(frame[{126: 4, 127: 10}.get(frame[1], 2) :])
    return found


def frames(tail: Tail, *, complete: bool = False) -> list[dict[str, Any]]:
    """All that the tail has to say now."""
    tail.complete = complete
    found = [read(frame) for frame in tail.frames()]
    while tail.behind:
        found += [read(frame) for frame in tail.frames()]
    return found


def shared(log: Path) -> Log:
    """A log that several may follow."""
    files = BuildFiles(log.parent, Storage(StorageSettings(), log.parent))
    return Log("t", 1, files.log_file(Place("", "b"), log.name))


def follow(topic: str, step: int, log: Path, offset: int) -> Tail:
    """A reader of this log."""
    files = BuildFiles(log.parent, Storage(StorageSettings(), log.parent))
    return Tail(Log(topic, step, files.log_file(Place("", "b"), log.name)), offset)


class Viewer:
    """One who follows a log: what came, and whether more would be taken."""

    def __init__(self, log: Log, offset: int = 0) -> None:
        self.heard: list[bytes] = []
        self.takes, self.woken = True, 0
        self.tail = Tail(log, offset, offer=self._offer, wake=self._wake)
        self.catch_up()

    def _offer(self, frame: bytes) -> bool:
        if self.takes:
            self.heard.append(frame)
        return self.takes

    def _wake(self) -> None:
        self.woken += 1

    def catch_up(self) -> None:
        """What its own thread does while it is behind."""
        while self.tail.behind:
            self.heard += self.tail.frames()

    @property
    def text(self) -> str:
        """All that it has read, which has no gap and no repeat."""
        said = [read(frame) for frame in self.heard]
        assert all(a["next"] == b["offset"] for a, b in pairwise(said))
        return "".join(one["data"] for one in said)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "01-unit.log"


def test_a_log_that_is_not_there_yet_says_nothing(log: Path) -> None:
    assert frames(follow("t", 1, log, 0)) == []


def test_a_log_is_replayed_and_then_followed(log: Path) -> None:
    tail = follow("t", 2, log, 0)
    log.write_bytes(b"one\n")
    assert frames(tail) == [{"topic": "t", "step": 2, "offset": 0, "data": "one\n", "next": 4, "eof": False}]
    assert frames(tail) == []
    with log.open("ab") as file:
        file.write(b"two\n")
    assert [(f["offset"], f["data"], f["next"]) for f in frames(tail)] == [(4, "two\n", 8)]


def test_it_begins_anywhere(log: Path) -> None:
    log.write_bytes(b"0123456789")
    assert [f["data"] for f in frames(follow("t", 1, log, 7))] == ["789"]


def test_a_complete_log_ends_with_eof_once(log: Path) -> None:
    log.write_bytes(b"one\n")
    tail = follow("t", 1, log, 0)
    assert [(f["data"], f["eof"]) for f in frames(tail, complete=True)] == [("one\n", False), ("", True)]
    assert tail.ended


def test_an_empty_complete_log_is_just_its_end(log: Path) -> None:
    assert [(f["data"], f["next"], f["eof"]) for f in frames(follow("t", 1, log, 0), complete=True)] == [("", 0, True)]


def test_half_a_character_waits_for_its_other_half(log: Path) -> None:
    tail = follow("t", 1, log, 0)
    whole = "é".encode()
    log.write_bytes(b"a" + whole[:1])
    assert [f["data"] for f in frames(tail)] == ["a"]
    assert frames(tail) == []
    with log.open("ab") as file:
        file.write(whole[1:])
    assert [(f["offset"], f["data"]) for f in frames(tail)] == [(1, "é")]


def test_half_a_character_at_the_very_end_is_shown_as_such(log: Path) -> None:
    log.write_bytes(b"a\xc3")
    found = frames(follow("t", 1, log, 0), complete=True)
    assert "".join(f["data"] for f in found) == "a\ufffd"
    assert found[-1]["eof"]


def test_bytes_that_are_no_text_do_not_hold_the_log_up(log: Path) -> None:
    log.write_bytes(b"a\xff\xfe\x80b")
    assert [f["next"] for f in frames(follow("t", 1, log, 0))] == [5]


def test_a_log_that_has_become_shorter_is_another_one(log: Path) -> None:
    log.write_bytes(b"0123456789")
    tail = follow("t", 1, log, 10)
    log.unlink()
    log.write_bytes(b"new")
    with pytest.raises(Replaced):
        frames(tail)


def test_a_log_of_the_same_name_is_not_mistaken_for_the_old_one(log: Path) -> None:
    log.write_bytes(b"old")
    assert [f["data"] for f in frames(follow("t", 1, log, 0))] == ["old"]
    log.rename(log.with_suffix(".gone"))
    log.write_bytes(b"new")
    assert [f["data"] for f in frames(follow("t", 1, log, 0))] == ["new"]


def test_a_long_log_comes_in_pieces_without_gap_or_repeat(log: Path) -> None:
    content = (LINES * 50_000).encode()
    log.write_bytes(content)
    found = frames(follow("t", 1, log, 0), complete=True)
    assert "".join(f["data"] for f in found).encode() == content
    assert all(a["next"] == b["offset"] for a, b in pairwise(found))
    assert max(len(f["data"].encode()) for f in found) <= PIECE


@given(st.lists(st.binary(max_size=20) | st.text(max_size=10).map(lambda t: t.encode()), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_in_whatever_chunks_reads_as_the_whole_would(tmp_path: Path, chunks: list[bytes]) -> None:
    # a name of its own for every example: the frames of one log are shared by all who read it
    log = tmp_path / f"{next(NUMBERS)}.log"
    tail = follow("t", 1, log, 0)
    found: list[dict[str, Any]] = []
    for chunk in chunks:
        with log.open("ab") as file:
            file.write(chunk)
        found += frames(tail)
    found += frames(tail, complete=True)
    whole = b"".join(chunks)
    assert sum(f["next"] - f["offset"] for f in found) == len(whole)
    assert found[-1] == {"topic": "t", "step": 1, "offset": len(whole), "data": "", "next": len(whole), "eof": True}
    if whole.decode("utf-8", "ignore").encode() == whole:
        assert "".join(f["data"] for f in found).encode() == whole


def add(path: Path, text: str, log: Log) -> None:
    """The log grows, and the pump hears of it."""
    with path.open("ab") as file:
        file.write(text.encode())
    log.grow()


def test_all_who_are_live_get_the_very_same_frame(log: Path) -> None:
    one = shared(log)
    viewers = [Viewer(one) for _ in range(3)]
    add(log, "first\n", one)
    add(log, "second\n", one)
    assert {viewer.text for viewer in viewers} == {"first\nsecond\n"}
    together = zip(*(viewer.heard for viewer in viewers), strict=True)
    assert [len({id(frame) for frame in frames}) for frames in together] == [1, 1]
    assert all(not viewer.woken for viewer in viewers)


def test_who_does_not_take_it_falls_behind_alone_and_joins_again(log: Path) -> None:
    one = shared(log)
    quick, slow = Viewer(one), Viewer(one)
    slow.takes = False
    for n in range(5):
        add(log, f"{n}\n", one)
    assert (quick.text, slow.text, slow.woken) == ("0\n1\n2\n3\n4\n", "", 1)
    slow.takes = True
    slow.catch_up()
    add(log, "5\n", one)
    assert slow.text == quick.text == "0\n1\n2\n3\n4\n5\n"
    assert slow.heard[-1] is quick.heard[-1]


def test_one_who_comes_while_the_log_grows_is_told_all_of_it(log: Path) -> None:
    one = shared(log)
    first = Viewer(one)
    log.write_bytes(b"written before the pump heard of it\n")
    second = Viewer(one)
    assert first.text == second.text == "written before the pump heard of it\n"
    add(log, "more\n", one)
    assert first.text == second.text


def test_one_who_begins_within_a_character_waits_for_the_next_bytes_and_harms_nobody(log: Path) -> None:
    log.write_bytes("日".encode()[:2])
    one = shared(log)
    first, odd = Viewer(one), Viewer(one, offset=1)
    with log.open("ab") as file:
        file.write("日".encode()[2:])
    add(log, "本\n", one)
    odd.catch_up()
    assert first.text == "日本\n"
    assert odd.text.endswith("本\n")


def test_a_log_that_begins_anew_is_noticed_by_each(log: Path) -> None:
    log.write_bytes(b"old content")
    one = shared(log)
    viewers = [Viewer(one), Viewer(one)]
    log.unlink()
    log.write_bytes(b"new")
    one.grow()
    for viewer in viewers:
        assert viewer.woken == 1
        with pytest.raises(Replaced):
            viewer.catch_up()


def test_the_end_is_asked_once_for_each_version_of_the_build(log: Path) -> None:
    one, asked = shared(log), []

    def look(answer: bool) -> bool:
        asked.append(answer)
        return answer

    assert [one.complete(3, lambda: look(False)) for _ in range(5)] == [False] * 5
    assert [one.complete(4, lambda: look(True)) for _ in range(5)] == [True] * 5
    assert asked == [False, True]


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_a_frame_is_what_a_websocket_client_reads(size: int) -> None:
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(text_frame("x" * size))
    (message,) = [event for event in client.events() if isinstance(event, TextMessage)]
    assert (message.data, message.message_finished) == ("x" * size, True)


@pytest.mark.parametrize(
    ("content", "held"),
    [
        (b"", 0),
        (b"a", 0),
        (b"\xc3", 1),
        (b"a\xe6\x97", 2),
        (b"\xf0\x9f\x8e", 3),
        ("é".encode(), 0),
        (b"\x80\x80", 0),
        (b"\xff", 1),
    ],
)
def test_how_much_of_the_end_is_unfinished(content: bytes, held: int) -> None:
    assert unfinished(content) == held
