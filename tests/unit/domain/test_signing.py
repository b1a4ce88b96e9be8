"""Outgoing webhooks carry Standard Webhooks signatures over the exact bytes."""

from datetime import UTC, datetime, timedelta

import pytest

from dominoci.domain import signing

# the vector that the standard's reference libraries are tested with
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def headers(**changed: str) -> dict[str, str]:
    return signing.sign(SECRET, MESSAGE, AT, BODY) | {name.replace("_", "-"): value for name, value in changed.items()}


def test_the_standards_vector_is_signed_as_published() -> None:
    assert signing.sign(SECRET, MESSAGE, AT, BODY) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNATURE,
    }


def test_what_was_signed_verifies() -> None:
    assert signing.verify(SECRET, headers(), BODY, AT)


def test_one_good_signature_among_others_is_enough() -> None:
    assert signing.verify(SECRET, headers(webhook_signature=f"v1,AAAA v1a,BBBB {SIGNATURE}"), BODY, AT)


def test_a_changed_byte_does_not_verify() -> None:
    assert not signing.verify(SECRET, headers(), BODY + b" ", AT)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook_id": "msg_other"},
        {"webhook_id": ""},
        {"webhook_timestamp": "1614265331"},
        {"webhook_timestamp": ""},
        {"webhook_timestamp": "now"},
        {"webhook_timestamp": "１６１４２６５３３０"},  # noqa: RUF001  digits of another script
        {"webhook_signature": ""},
        {"webhook_signature": SIGNATURE.removeprefix("v1,")},
        {"webhook_signature": SIGNATURE.replace("v1,", "v2,")},
        {"webhook_signature": "v1,é"},
    ],
)
def test_a_changed_or_missing_header_does_not_verify(changed: dict[str, str]) -> None:
    assert not signing.verify(SECRET, headers(**changed), BODY, AT)


@pytest.mark.parametrize(("seconds", "good"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_a_signature_is_good_for_five_minutes_either_way(seconds: int, good: bool) -> None:
    assert signing.verify(SECRET, headers(), BODY, AT + timedelta(seconds=seconds)) is good


def test_another_secret_does_not_verify() -> None:
    assert not signing.verify(signing.mint_secret(), headers(), BODY, AT)


def test_a_minted_secret_has_32_bytes_and_is_new_each_time() -> None:
    first, second = signing.mint_secret(), signing.mint_secret()
    assert first.startswith("whsec_")
    assert first != second
    assert len(signing.secret_bytes(first)) == 32


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64!", "whsec_é"])
def test_a_secret_that_is_not_base64_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        signing.secret_bytes(secret)
