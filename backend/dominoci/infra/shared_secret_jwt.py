"""Tokens that somebody has signed with a secret which both sides know (JWT, HS256), and what must hold for one to be believed."""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from dominoci.infra.jwt_checking import LEEWAY_S, LONGEST, REFUSED_HEADERS, Unbelieved, is_moment

ALGORITHM: Final = "HS256"


def verified(token: str, secret: str, clock: Callable[[], float] = time.time) -> dict[str, Any]:
    """The claims of a token that was signed with `secret`, by HS256 and nothing else, and that is good now: `exp` counts to the
    second, `nbf` and `iat` with a minute's leeway, each only where it stands. Raises Unbelieved."""
    if not secret or len(token) > LONGEST or token.count(".") != 2 or not token.isascii():
        raise Unbelieved("it is no signed token")
    try:
        found = jwt.decode(token, _key(secret), algorithms=[ALGORITHM])
    except (JoseError, ValueError, TypeError, LookupError, RecursionError) as error:
        raise Unbelieved("its signature does not hold") from error
    if brought := [name for name in REFUSED_HEADERS if name in found.header]:
        raise Unbelieved(f"its header says {brought[0]}")
    claims = dict(found.claims)
    if fault := _time_fault(claims, clock()):
        raise Unbelieved(fault)
    return claims


@lru_cache(maxsize=4)
def _key(secret: str) -> OctKey:
    """Not by `import_key`: it warns of short secrets, and whoever has issued tokens with one cannot give it another length."""
    raw = secret.encode()
    return OctKey(raw, raw)


def _time_fault(claims: dict[str, Any], now: float) -> str | None:
    moments = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if not all(is_moment(value) for value in moments.values()):
        return "its times are no numbers"
    if moments.get("exp", now + 1) <= now:
        return "it has expired"
    early = any(moments.get(name, now) > now + LEEWAY_S for name in ("nbf", "iat"))
    return "it is not valid yet" if early else None
