"""Finding in logs: the same lines that the page shows, wherever the file was cut into pieces."""

import tracemalloc

import pytest

from dominoci.domain.log_text import find, plain


def cut(content: bytes, size: int) -> list[bytes]:
    """`content` in pieces of `size` bytes."""
    return [content[at : at + size] for at in range(0, len(content), size)]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_lines_are_numbered_however_the_log_is_cut(size: int) -> None:
    content = "one Error\ntwo\nthrée ERROR error\nfour\nerror".encode()
    found = find(cut(content, size), "error", 10)
    assert (found.count, found.lines) == (3, [1, 3, 5])


def test_the_count_is_true_beyond_what_is_numbered() -> None:
    found = find([b"error\n" * 100_000], "error", 10)
    assert (found.count, found.lines) == (100_000, list(range(1, 11)))


def test_colours_within_a_word_do_not_hide_it() -> None:
    found = find([b"fine\nan \x1b[31mer\x1b[0mror\n"], "error", 10)
    assert found.lines == [2]


def test_the_text_of_an_escape_is_not_found() -> None:
    assert find([b"\x1b]0;title\x07shown\n"], "title", 10).count == 0


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("10%\r50%\r100%", "100%"), ("windows\r", "windows"), ("\x1b[1mbold\x1b[0m", "bold"), ("plain", "plain")],
)
def test_a_line_as_a_terminal_leaves_it(raw: str, shown: str) -> None:
    assert plain(raw) == shown


def test_an_empty_log_holds_nothing() -> None:
    assert find([], "x", 10).count == 0


@pytest.mark.parametrize(
    ("line", "there"),
    [
        (b"x" * 3_000_000 + b"needle" + b"x" * 3_000_000, True),
        (b"x" * (1 << 20) + b"needle", True),
        ("é".encode() * 1_500_000 + b"nee\x1b[31mdle", True),
        (b"needle" + b"x" * 3_000_000 + b"\rshort", False),
        (b"x" * 3_000_000 + b"\rneedle\r", True),
        (b"x" * 3_000_000, False),
    ],
)
def test_a_line_of_any_length_is_one_line(line: bytes, there: bool) -> None:
    log = b"needle\n" + line + b"\nneedle\n"
    chunks = (log[at : at + 65536] for at in range(0, len(log), 65536))
    assert find(chunks, "NEEDLE", 10).lines == ([1, 2, 3] if there else [1, 3])


def test_a_line_without_end_takes_little_memory() -> None:
    tracemalloc.start()
    found = find((b"x" * 65536 for _ in range(800)), "y", 10)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.count == 0
    assert most < 24 * 1024 * 1024
