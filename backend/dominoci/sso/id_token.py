"""Whether an ID token says who came back: signed by the issuer's key, for us, for this very sign-in, and not long ago."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from dominoci.domain.credentials import same
from dominoci.sso.base import SsoError

# signatures that only the issuer can make: with HS256 our own client secret, or the public key, would do
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
LEEWAY_S: Final = 60
LONGEST: Final = 32_000
LONGEST_SUBJECT: Final = 255


class UnknownKey(SsoError):
    """No key of the set has the token's `kid`: perhaps the issuer has new ones."""


def claims(
    token: Any, keys: Sequence[Mapping[str, Any]], *, issuer: str, client_id: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """The claims of a token that can be believed. `keys` are the issuer's JWKs. Raises SsoError, UnknownKey among them."""
    header = _header(token)
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise _untrusted("its algorithm is not one of those that are taken")
    if not isinstance(kid, str) or not kid:
        raise _untrusted("it names no key")
    found = [key for key in keys if key.get("kid") == kid and key.get("use", "sig") == "sig"]
    if not found:
        raise UnknownKey("identity", "the ID token is signed with a key that the issuer does not publish")
    try:
        told = jwt.decode(token, import_key(dict(found[0])), algorithms=[algorithm]).claims
    except (JoseError, ValueError, TypeError) as e:
        raise _untrusted(f"its signature does not hold ({type(e).__name__})") from e
    _check(told, issuer, client_id, nonce, now.timestamp())
    return dict(told)


def _header(token: Any) -> dict[str, Any]:
    if not isinstance(token, str) or len(token) > LONGEST or token.count(".") != 2:
        raise _untrusted("it is no signed token")
    part = token.partition(".")[0]
    try:
        header = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError as e:
        raise _untrusted("its header cannot be read") from e
    if not isinstance(header, dict):
        raise _untrusted("its header cannot be read")
    return header


def _check(told: Mapping[str, Any], issuer: str, client_id: str, nonce: str, now: float) -> None:
    audience = told.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = told.get("azp", client_id if len(audiences) == 1 else None)
    subject = told.get("sub")
    faults = {
        "another issuer made it": told.get("iss") != issuer,
        "it is for another client": client_id not in audiences or party != client_id,
        "it is of another sign-in": not same(_text(told.get("nonce")), nonce),
        "it has expired": not _moment(told.get("exp")) or told["exp"] <= now - LEEWAY_S,
        "it is not valid yet": any(name in told and not _by(told[name], now) for name in ("iat", "nbf")) or "iat" not in told,
        "it names nobody": not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT,
    }
    for fault, found in faults.items():
        if found:
            raise _untrusted(fault)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _by(value: Any, now: float) -> bool:
    return _moment(value) and value <= now + LEEWAY_S


def _untrusted(fault: str) -> SsoError:
    return SsoError("identity", f"the ID token is not believed: {fault}")
