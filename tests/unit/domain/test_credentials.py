"""Tokens are told apart by kind and checksum, event tokens are read only by the keys that made them."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain import credentials
from dominoci.domain.credentials import EventClaim, mint_event, read_event
from dominoci.domain.keys import KeyRing

KEYS = KeyRing(("current",))
TREE = "01935f5e-7c1a-7000-8000-0123456789ab"


@pytest.mark.parametrize("kind", ["dcp", "dcu", "dca", "dcb"])
def test_a_minted_token_is_of_its_kind_and_of_fixed_length(kind: str) -> None:
    token = credentials.mint(kind)
    assert credentials.kind_of(token) == kind
    assert len(token) == 42
    assert token != credentials.mint(kind)


def test_an_unknown_kind_cannot_be_minted() -> None:
    with pytest.raises(ValueError, match="dce"):
        credentials.mint("dce")


def test_the_checksum_is_the_crc32_of_everything_before_it() -> None:
    # 0xCBF43926 is the published check value of CRC32
    assert credentials._checksum("123456789") == _base62(0xCBF43926)


def _base62(number: int) -> str:
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    return "".join(digits[number // 62**power % 62] for power in range(5, -1, -1))


@given(st.integers(min_value=0, max_value=41), st.sampled_from(string.digits + string.ascii_letters))
def test_a_token_with_one_character_changed_is_of_no_kind(place: int, character: str) -> None:
    token = credentials.mint("dcp")
    changed = token[:place] + character + token[place + 1 :]
    assert changed == token or credentials.kind_of(changed) is None


@pytest.mark.parametrize(
    "token", ["", "dcp", "dcp_", "ghp_" + "a" * 38, "dcp_" + "é" * 38, "dcp_" + "a" * 40, "_" * 42]
)
def test_what_is_no_token_is_of_no_kind(token: str) -> None:
    assert credentials.kind_of(token) is None


@given(st.text())
def test_any_text_has_a_fingerprint_and_no_kind_by_chance(text: str) -> None:
    assert credentials.kind_of(text) is None
    assert len(credentials.fingerprint(text)) == 64
    assert credentials.same(text, text)


def test_the_display_prefix_shows_the_kind_and_four_characters() -> None:
    token = credentials.mint("dcu")
    assert credentials.prefix_of(token) == token[:8]


def test_an_event_token_carries_tree_sub_id_and_attempt() -> None:
    token = mint_event(KEYS, TREE, "1.2.1", 3)
    assert token.startswith("dce_")
    assert read_event(KEYS, token) == EventClaim(tree_id=TREE, sub_id="1.2.1", attempt=3)


def test_an_event_token_is_the_same_each_time_it_is_made() -> None:
    assert mint_event(KEYS, TREE, "1.1", 1) == mint_event(KEYS, TREE, "1.1", 1)


def test_an_old_key_still_reads_after_rotation_and_a_removed_one_does_not() -> None:
    token = mint_event(KeyRing(("old",)), TREE, "1", 1)
    assert read_event(KeyRing(("new", "old")), token) is not None
    assert read_event(KeyRing(("new",)), token) is None


@given(st.data())
def test_an_event_token_with_anything_changed_says_nothing(data: st.DataObject) -> None:
    token = mint_event(KEYS, TREE, "1.2", 1)
    place = data.draw(st.integers(min_value=0, max_value=len(token) - 1))
    character = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_=. é"))
    changed = token[:place] + character + token[place + 1 :]
    assert changed == token or read_event(KEYS, changed) is None


@given(st.text())
def test_no_text_makes_the_reader_of_event_tokens_fail(text: str) -> None:
    assert read_event(KEYS, text) is None
    assert read_event(KEYS, "dce_" + text) is None


@pytest.mark.parametrize("suffix", ["=", "==", "\n", " ", "A"])
def test_an_event_token_has_one_spelling_only(suffix: str) -> None:
    assert read_event(KEYS, mint_event(KEYS, TREE, "1", 1) + suffix) is None


def test_a_sub_id_that_could_blur_the_fields_is_refused() -> None:
    with pytest.raises(ValueError, match="1:2"):
        mint_event(KEYS, TREE, "1:2", 1)
