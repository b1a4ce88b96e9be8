"""Secrets do not get into logs, however they are cut, encoded or broken into lines."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci_agent.runtime.mask import Mask

SECRET = "s3cr3t/Tok+en="
KEY = "-----BEGIN KEY-----\nMIIEowIBAAKCAQEA7\nq8Zt0p4yX9mN3vLs\n-----END KEY-----\n"


def masked(text: bytes, *secrets: str, pieces: int | None = None) -> bytes:
    """What is shown of a text that comes in pieces of that many bytes."""
    stream = Mask(secrets).stream()
    size = pieces or len(text) or 1
    shown = b"".join(stream.feed(text[at : at + size]) for at in range(0, len(text), size))
    return shown + stream.close()


@pytest.mark.parametrize("pieces", [None, 1, 3, 7])
@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        quote(SECRET, safe=""),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"{SECRET}\n".encode()).decode(),
        base64.b64encode(f"user:{SECRET}".encode()).decode(),
        base64.b64encode(f"ab:{SECRET}!".encode()).decode(),
        base64.urlsafe_b64encode(f"x{SECRET}".encode()).decode(),
    ],
)
def test_every_spelling_is_masked_wherever_it_is_cut(spelling: str, pieces: int | None) -> None:
    shown = masked(f"before {spelling} after\n".encode(), SECRET, pieces=pieces)
    assert shown.startswith(b"before ")
    assert shown.endswith(b" after\n")
    assert b"***" in shown
    # of a base64 form the letters at its edges may stay: they say less than one character of the secret
    assert len(max(shown.split(b"***"), key=len)) <= len(b"before dXNlcjp")


def test_each_line_of_a_secret_with_several_lines_is_masked() -> None:
    shown = masked(KEY.replace("\n", "\r\n  ").encode(), KEY, pieces=5)
    assert b"MIIE" not in shown
    assert b"q8Zt" not in shown


def test_a_longer_secret_that_begins_with_a_shorter_one_leaves_no_tail() -> None:
    for pieces in (1, 2, 20):
        assert masked(b"x abcdefgh y abcdef", "abcd", "abcdefgh", pieces=pieces) == b"x *** y ***ef"


def test_text_without_secrets_is_not_touched_and_not_held_back() -> None:
    stream = Mask([SECRET]).stream()
    assert stream.feed(b"hello\n") == b"hello\n"
    assert stream.feed(b"s3cr") == b""
    assert stream.feed(b"ets of cooking\n") == b"s3crets of cooking\n"
    assert Mask([]).stream().feed(b"s3cr") == b"s3cr"


def test_words_too_short_to_be_secrets_do_not_shred_the_log() -> None:
    assert masked(b"a no b\n", "a", "no", "") == b"a no b\n"


@given(st.binary(max_size=80), st.integers(1, 9), st.sampled_from(["aba", "abab", "aaaa", "abcabd"]))
def test_the_size_of_the_pieces_changes_nothing(text: bytes, pieces: int, secret: str) -> None:
    small = bytes(b"abcd"[byte % 4] for byte in text)
    assert masked(small, secret, "abcab", pieces=pieces) == masked(small, secret, "abcab")
