"""The tokens of koalaCI's callers, and the names that they give."""

from typing import Final

import structlog

from dominoci.domain.errors import Unauthorized, Unavailable
from dominoci.infra.jwt_checking import Unbelieved
from dominoci.infra.shared_secret_jwt import verified

log = structlog.get_logger()
OFF: Final = "This API is off: JWT_SECRET is not set"
UNBELIEVED: Final = "The Authorization header must be: Bearer <a JWT, signed with HS256 and JWT_SECRET, that names a user_id>"
LONGEST_ID: Final = 200


def authenticate(authorization: str | None, secret: str) -> str:
    """The `user_id` of a caller. Raises Unauthorized, always in the same words, and Unavailable where no secret is set."""
    if not secret:
        raise Unavailable(OFF, retry_after=60)
    scheme, _, token = (authorization or "").partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise Unbelieved("there is none")
        user_id = verified(token.strip(), secret).get("user_id")
        if not isinstance(user_id, str) or id_problem(user_id):
            raise Unbelieved("it names no user_id")
        return user_id
    except Unbelieved as error:
        log.info("koala_token_refused", because=str(error))
        raise Unauthorized(UNBELIEVED) from error


def id_problem(text: str) -> str | None:
    """Why a name of the caller's own cannot be kept, as a sentence; None when it can. MySQL takes texts for equal that differ in
    spaces at their end, and one user's must never be another's."""
    if not 1 <= len(text) <= LONGEST_ID:
        return f"Must have 1 to {LONGEST_ID} characters."
    if text != text.strip() or not text.isprintable():
        return "Must be one line without spaces at its ends."
    return None
