"""Keys are derived by RFC 5869 and can be rotated."""

import pytest

from dominoci.domain.keys import KeyRing, hkdf_sha256


def test_hkdf_gives_test_case_1_of_rfc_5869() -> None:
    material = hkdf_sha256(bytes([0x0B]) * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42)
    assert material.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


def test_hkdf_gives_test_case_3_of_rfc_5869_without_salt_and_label() -> None:
    material = hkdf_sha256(bytes([0x0B]) * 22, b"", b"", 42)
    assert material.hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )


@pytest.mark.parametrize("length", [0, -1, 255 * 32 + 1])
def test_hkdf_refuses_a_length_that_it_cannot_give(length: int) -> None:
    with pytest.raises(ValueError, match="HKDF"):
        hkdf_sha256(b"secret", b"", b"", length)


def test_two_purposes_never_share_a_key() -> None:
    ring = KeyRing(("one secret",))
    assert ring.current("event-token").secret != ring.current("session").secret
    assert ring.current("event-token").id != ring.current("session").id


def test_the_first_secret_signs_and_all_are_found() -> None:
    old, both = KeyRing(("old",)), KeyRing(("new", "old"))
    assert both.current("p") == KeyRing(("new",)).current("p")
    assert both.find("p", old.current("p").id) == old.current("p")
    assert both.all("p") == (both.current("p"), old.current("p"))


def test_a_key_that_was_rotated_away_is_not_found() -> None:
    assert KeyRing(("new",)).find("p", KeyRing(("old",)).current("p").id) is None


@pytest.mark.parametrize("secrets", [(), ("",), ("good", "")])
def test_a_ring_without_secrets_or_with_an_empty_one_is_refused(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="secret"):
        KeyRing(secrets)


def test_no_secret_shows_in_a_representation() -> None:
    ring = KeyRing(("swordfish",))
    assert "swordfish" not in repr(ring)
    assert repr(ring.current("p").secret) not in repr(ring.current("p"))
