"""Whether an ID token says who came back: signed by the issuer's key, for us, for this very sign-in, and not long ago."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dominoci.domain.credentials import same
from dominoci.infra import jwt_checking
from dominoci.sso.base import SsoError

LONGEST_SUBJECT: Final = 255


class UnknownKey(SsoError):
    """No key of the set has the token's `kid`: perhaps the issuer has new ones."""


def claims(
    token: Any, keys: Sequence[Mapping[str, Any]], *, issuer: str, client_id: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """The claims of a token that can be believed. `keys` are the issuer's JWKs. Raises SsoError, UnknownKey among them."""
    try:
        told = jwt_checking.verified(token, keys)
    except jwt_checking.UnknownKey as e:
        raise UnknownKey("identity", f"the ID token is not believed: {e}") from e
    except jwt_checking.Unbelieved as e:
        raise _untrusted(str(e)) from e
    _check(told, issuer, client_id, nonce, now.timestamp())
    return told


def _check(told: Mapping[str, Any], issuer: str, client_id: str, nonce: str, now: float) -> None:
    audience = told.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = told.get("azp", client_id if len(audiences) == 1 else None)
    subject = told.get("sub")
    faults = {
        "another issuer made it": told.get("iss") != issuer,
        "it is for another client": client_id not in audiences or party != client_id,
        "it is of another sign-in": not same(_text(told.get("nonce")), nonce),
        "it names nobody": not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT,
    }
    wrong = [fault for fault, found in faults.items() if found]
    if fault := jwt_checking.time_fault(told, now) or next(iter(wrong), None):
        raise _untrusted(fault)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _untrusted(fault: str) -> SsoError:
    return SsoError("identity", f"the ID token is not believed: {fault}")
