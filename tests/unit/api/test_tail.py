"""Following a log: from any offset, as it grows, whole characters only."""

import json
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dominoci.config import StorageSettings
from dominoci.infra.files import BuildFiles, Place
from dominoci.infra.storage import Storage
from dominoci.web.tail import PIECE, Replaced, Tail, unfinished

NUMBERS = count()
LINES = "grüße 日本 🎲\n"


def frames(tail: Tail, *, complete: bool = False) -> list[dict[str, Any]]:
    """All that the tail has to say now."""
    found = [json.loads(text) for text in tail.frames(complete)]
    while tail.behind:
        found += [json.loads(text) for text in tail.frames(complete)]
    return found


def follow(topic: str, step: int, log: Path, offset: int) -> Tail:
    """A reader of this log."""
    files = BuildFiles(log.parent, Storage(StorageSettings(), log.parent))
    return Tail(topic, step, files.log_file(Place("", "b"), log.name), offset)


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
