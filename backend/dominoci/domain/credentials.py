"""Tokens: how they are made, told apart, stored and compared. Random tokens (dcp_ project, dcu_ user, dca_ agent,
dcb_ one build) are stored as a fingerprint only; event tokens (dce_) are not stored at all but made again from keys."""

import hashlib
import hmac
import secrets
import string
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

from dominoci.domain.keys import KEY_ID_BYTES, KeyRing

BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
KINDS: Final = ("dcp", "dcu", "dca", "dcb")
RANDOM_LENGTH: Final = 32  # base62 digits: 190 bits
CHECKSUM_LENGTH: Final = 6  # 62**6 > 2**32, so every CRC32 fits
PREFIX_LENGTH: Final = 8  # "dcp_" and four characters: enough to tell tokens apart, useless to guess the rest

EVENT_KIND: Final = "dce"
EVENT_PURPOSE: Final = "event-token"
MAC_BYTES: Final = 32
MAX_EVENT_TOKEN: Final = 1024  # the longest sub id is 100 levels of up to five digits


@dataclass(frozen=True)
class EventClaim:
    """What a valid event token says: this attempt of this event of this tree."""

    tree_id: str
    sub_id: str
    attempt: int


def mint(kind: str) -> str:
    """A new random token `<kind>_<32 base62><6 base62 checksum>`; ValueError for an unknown kind."""
    if kind not in KINDS:
        raise ValueError(f"no such kind of token: {kind!r}")
    body = f"{kind}_" + "".join(secrets.choice(BASE62) for _ in range(RANDOM_LENGTH))
    return body + _checksum(body)


def kind_of(token: str) -> str | None:
    """`dcp`, `dcu`, `dca` or `dcb` when prefix, length and checksum are right, else None. A typo, or a token of some
    other system, is refused here without a look into the database."""
    kind, separator, rest = token.partition("_")
    if kind not in KINDS or not separator or len(rest) != RANDOM_LENGTH + CHECKSUM_LENGTH:
        return None
    if not set(rest) <= set(BASE62):
        return None
    return kind if same(_checksum(token[:-CHECKSUM_LENGTH]), token[-CHECKSUM_LENGTH:]) else None


def prefix_of(token: str) -> str:
    """The beginning of a token, to be shown in lists beside its name."""
    return token[:PREFIX_LENGTH]


def fingerprint(token: str) -> str:
    """What the database keeps of a token: SHA-256 in hex. Tokens have 190 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def same(a: str, b: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(a.encode("utf-8", "surrogatepass"), b.encode("utf-8", "surrogatepass"))


def mint_event(keys: KeyRing, tree_id: str, sub_id: str, attempt: int) -> str:
    """The token that lets a pipeline report on this attempt. The same arguments and key give the same token, so it is
    made again for every send and kept nowhere."""
    if ":" in sub_id or attempt < 0:
        raise ValueError(f"not an attempt of an event: {sub_id!r}, attempt {attempt}")
    key = keys.current(EVENT_PURPOSE)
    claim = f"{attempt}:{sub_id}:{tree_id}".encode()
    mac = hmac.digest(key.secret, key.id + claim, "sha256")
    return f"{EVENT_KIND}_" + urlsafe_b64encode(key.id + mac + claim).decode().rstrip("=")


def read_event(keys: KeyRing, token: str) -> EventClaim | None:
    """What the token claims when one of our keys made it, else None; never an exception, whatever the text."""
    raw = _unpack_event(token)
    if raw is None:
        return None
    key_id, mac, claim = raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:][:MAC_BYTES], raw[KEY_ID_BYTES + MAC_BYTES :]
    key = keys.find(EVENT_PURPOSE, key_id)
    if key is None or not hmac.compare_digest(mac, hmac.digest(key.secret, key_id + claim, "sha256")):
        return None
    attempt, sub_id, tree_id = claim.decode().split(":", 2)
    return EventClaim(tree_id=tree_id, sub_id=sub_id, attempt=int(attempt))


def _unpack_event(token: str) -> bytes | None:
    kind, _, text = token.partition("_")
    if kind != EVENT_KIND or len(token) > MAX_EVENT_TOKEN or not text.isascii():
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    # base64 has several spellings of one value (spare bits, ignored characters): only ours is taken
    return raw if urlsafe_b64encode(raw).decode().rstrip("=") == text else None


def _checksum(text: str) -> str:
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(BASE62))
        digits = BASE62[digit] + digits
    return digits
