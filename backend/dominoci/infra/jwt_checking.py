"""Signed tokens of others: whether one was signed by a published key that it names, by an algorithm that only its issuer can use.

What the claims must say besides is asked by those who know what the token is for.
"""

import json
import math
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import import_key

# signatures that only the issuer can make: with HS256 our own client secret, or the public key, would do
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
# headers by which a token brings its own key, or asks for what we do not know
REFUSED_HEADERS: Final = ("jwk", "jku", "x5u", "x5c", "crit")
LEEWAY_S: Final = 60
LONGEST: Final = 32_000


class Unbelieved(Exception):
    """A token that proves nothing; the text says why, and holds nothing of it."""


class UnknownKey(Unbelieved):
    """No key of the set has the token's `kid`: perhaps the issuer has new ones."""


def verified(token: Any, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The claims of a token that one of these JWKs has signed. Raises Unbelieved, UnknownKey among them."""
    header = _header(token)
    found = [key for key in keys if key.get("kid") == header["kid"] and key.get("use", "sig") == "sig"]
    if not found:
        raise UnknownKey("it is signed with a key that the issuer does not publish")
    try:
        claims = jwt.decode(token, import_key(dict(found[0])), algorithms=[header["alg"]]).claims
    except (JoseError, ValueError, TypeError, LookupError, RecursionError) as e:  # LookupError: a curve that is not known
        raise Unbelieved(f"its signature does not hold ({type(e).__name__})") from e
    return dict(claims)


def unverified(token: Any) -> dict[str, Any]:
    """What a token claims, so that its issuer can be looked up; to be believed in nothing. Raises Unbelieved for a token that
    could not be good whatever signed it."""
    _header(token)
    return _json(token.split(".")[1], "its claims")


def _header(token: Any) -> dict[str, Any]:
    if not isinstance(token, str) or len(token) > LONGEST or token.count(".") != 2:
        raise Unbelieved("it is no signed token")
    header = _json(token.partition(".")[0], "its header")
    if header.get("alg") not in ALGORITHMS:
        raise Unbelieved("its algorithm is not one of those that are taken")
    if brought := [name for name in REFUSED_HEADERS if name in header]:
        raise Unbelieved(f"its header says {brought[0]}")
    if not isinstance(header.get("kid"), str) or not header["kid"]:
        raise Unbelieved("it names no key")
    return header


def _json(part: str, what: str) -> dict[str, Any]:
    try:
        found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError) as e:
        raise Unbelieved(f"{what} cannot be read") from e
    if not isinstance(found, dict):
        raise Unbelieved(f"{what} cannot be read")
    return found


def time_fault(claims: Mapping[str, Any], now: float) -> str | None:
    """What is wrong with when a token is good (seconds since 1970); None when it is good now. `exp` and `iat` must be there."""
    if not is_moment(claims.get("exp")) or claims["exp"] <= now - LEEWAY_S:
        return "it has expired"
    early = any(name in claims and not _is_past(claims[name], now) for name in ("iat", "nbf"))
    return "it is not valid yet" if early or "iat" not in claims else None


def is_moment(value: Any) -> bool:
    """Whether a claim is a number of seconds."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and math.isfinite(value))


def _is_past(value: Any, now: float) -> bool:
    return is_moment(value) and bool(value <= now + LEEWAY_S)
