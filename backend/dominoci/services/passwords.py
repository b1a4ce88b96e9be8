"""Passwords: argon2id, and the same time for a name that is not known."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
_hasher = PasswordHasher()  # argon2id with the library's current defaults


@cache
def nobody_hash() -> str:
    """Compared against when there is no such user, so that the answer takes as long."""
    return _hasher.hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    """As it is stored. Takes tens of milliseconds: not inside a transaction that writes."""
    return _hasher.hash(password)


def matches(stored: str, password: str) -> bool:
    """Whether this is the password. Takes as long."""
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether it should be hashed again, with the present parameters."""
    return _hasher.check_needs_rehash(stored)


def problem(password: str) -> str | None:
    """Why this cannot be a password; None when it can."""
    return None if SHORTEST <= len(password) <= LONGEST else f"must have {SHORTEST} to {LONGEST} characters"
