"""The keys that everything secret hangs on: one list of operator's secrets, and from each a separate key for every
purpose, by HKDF-SHA256 (RFC 5869). The first secret signs, all of them verify, so that a secret can be rotated."""

import hashlib
import hmac
from dataclasses import dataclass, field

HASH_BYTES = hashlib.sha256().digest_size
KEY_ID_BYTES = 4
SALT = b"dominoci/1"


def hkdf_sha256(secret: bytes, salt: bytes, label: bytes, length: int) -> bytes:
    """`length` bytes (at most 255 * 32) of key material from `secret`, bound to `label` (RFC 5869)."""
    if not 0 < length <= 255 * HASH_BYTES:
        raise ValueError(f"HKDF-SHA256 gives 1 to {255 * HASH_BYTES} bytes, not {length}")
    pseudo_random_key = hmac.digest(salt or bytes(HASH_BYTES), secret, "sha256")
    block, material, counter = b"", b"", 0
    while len(material) < length:
        counter += 1
        block = hmac.digest(pseudo_random_key, block + label + bytes([counter]), "sha256")
        material += block
    return material[:length]


@dataclass(frozen=True)
class Key:
    """One derived key. `id` names it in public (it tells nothing about the secret); `secret` is 32 bytes."""

    id: bytes
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class KeyRing:
    """The operator's secrets, newest first. Purposes never share a key: a leaked webhook key opens no event token."""

    secrets: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.secrets or not all(self.secrets):
            raise ValueError("a key ring needs at least one secret, and none of them empty")

    def current(self, purpose: str) -> Key:
        """The key to sign or encrypt with."""
        return _derive(self.secrets[0], purpose)

    def all(self, purpose: str) -> tuple[Key, ...]:
        """Every key that may still verify or decrypt, newest first."""
        return tuple(_derive(secret, purpose) for secret in self.secrets)

    def find(self, purpose: str, key_id: bytes) -> Key | None:
        """The key of that id, or None when its secret has been rotated away."""
        return next((key for key in self.all(purpose) if hmac.compare_digest(key.id, key_id)), None)


def _derive(secret: str, purpose: str) -> Key:
    material = hkdf_sha256(secret.encode(), SALT, purpose.encode(), KEY_ID_BYTES + HASH_BYTES)
    return Key(id=material[:KEY_ID_BYTES], secret=material[KEY_ID_BYTES:])
