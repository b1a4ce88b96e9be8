"""Signed tokens of our own: compact JWS with Ed25519 (RFC 7515, RFC 8037).

Put together here and not by joserfc, which calls the algorithm's old name deprecated: it is the name that verifiers know.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dominoci.domain.keys import Key

ALGORITHM: Final = "EdDSA"


def sign(key: Key, claims: Mapping[str, Any]) -> str:
    """A token with these claims. The key's secret is the seed of an Ed25519 key, its id in hex the `kid`."""
    signed = f"{_part({'alg': ALGORITHM, 'kid': key.id.hex(), 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_text(_private(key.secret).sign(signed.encode()))}"


def public_jwk(key: Key) -> dict[str, str]:
    """The public half of a key as a JWK (RFC 8037, section 2)."""
    public = _private(key.secret).public_key().public_bytes_raw()
    return {"kty": "OKP", "crv": "Ed25519", "x": _text(public), "kid": key.id.hex(), "use": "sig", "alg": ALGORITHM}


@lru_cache(maxsize=16)
def _private(seed: bytes) -> Ed25519PrivateKey:
    """Making it takes longer than signing with it."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def _part(content: Mapping[str, Any]) -> str:
    return _text(json.dumps(content, separators=(",", ":")).encode())


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
