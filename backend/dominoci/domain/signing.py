"""Signatures of outgoing webhooks after Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, with a secret
spelled `whsec_<base64>`. Receivers can check them with any library of that standard."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Final

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  the public prefix, not a secret
SECRET_BYTES: Final = 32
TOLERANCE_S: Final = 300


def mint_secret() -> str:
    """A new signing secret, `whsec_<base64 of 32 random bytes>`."""
    return SECRET_PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def secret_bytes(secret: str) -> bytes:
    """The key behind `whsec_<base64>` (the prefix may be missing, as in the standard's own libraries); ValueError when
    it is not base64 or is empty."""
    try:
        key = b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise ValueError("a signing secret is whsec_ and base64")
    return key


def sign(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers that go with `body`. `message_id` stays the same over retries, `at` (aware) is this send."""
    timestamp = str(int(at.timestamp()))
    signature = _signature(secret_bytes(secret), message_id, timestamp, body)
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": f"v1,{signature}"}


def verify(
    secret: str, headers: Mapping[str, str], body: bytes, now: datetime, tolerance_s: int = TOLERANCE_S
) -> bool:
    """Whether `headers` (lower-case names) sign exactly this raw body, not more than `tolerance_s` before or after
    `now`. Several signatures may stand in the header, parted by spaces: one good `v1` is enough."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    # isdecimal alone would take other scripts' digits; the length keeps the number a plausible time
    if not message_id or not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > tolerance_s:
        return False
    expected = f"v1,{_signature(secret_bytes(secret), message_id, timestamp, body)}".encode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected, one.encode("utf-8", "surrogatepass")) for one in given)


def _signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode("utf-8", "surrogatepass") + body
    return b64encode(hmac.digest(key, signed, "sha256")).decode()
