"""How the arbiter proves to CI systems who it is: a short-lived signed token with every trigger, and the keys to check it."""

from datetime import timedelta
from typing import Any, Final

from dominoci.domain import target
from dominoci.domain.keys import KeyRing
from dominoci.infra import jwt_signing
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import UnitOfWork

PURPOSE: Final = "identity"
LIFE: Final = timedelta(hours=1)
KEYS_PATH: Final = "/.well-known/jwks.json"
CLAIMS: Final = ("iss", "aud", "sub", "project", "tree_id", "sub_id", "attempt", "jti", "iat", "nbf", "exp")


def mint(uow: UnitOfWork, event: Event, attempt: int, delivery_id: str) -> str:
    """The token of one send: for the server of the event's target, and for an hour. No query, under a millisecond."""
    now = int(uow.now.timestamp())
    claims = {
        "iss": uow.settings.public_url,
        "aud": target.origin(event.target) or uow.settings.public_url,
        "sub": event.project_id,
        "project": event.project_name,
        "tree_id": event.tree_id,
        "sub_id": event.sub_id,
        "attempt": attempt,
        "jti": delivery_id,
        "iat": now,
        "nbf": now,
        "exp": now + int(LIFE.total_seconds()),
    }
    return jwt_signing.sign(uow.keys.current(PURPOSE), claims)


def published(keys: KeyRing) -> dict[str, Any]:
    """The public keys as a JWK set (RFC 7517), the newest secret's first. Any of them may have signed what is still good."""
    return {"keys": [jwt_signing.public_jwk(key) for key in keys.all(PURPOSE)]}


def discovery(public_url: str) -> dict[str, Any]:
    """The discovery document (OpenID Connect Discovery 1.0, section 3), as far as it concerns those who only check tokens."""
    return {
        "issuer": public_url,
        "jwks_uri": f"{public_url}{KEYS_PATH}",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [jwt_signing.ALGORITHM],
        "claims_supported": list(CLAIMS),
    }
