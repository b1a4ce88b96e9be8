"""Secrets at rest: Fernet (AES-128-CBC with HMAC-SHA256, `cryptography`), keys derived from the operator's secrets."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from dominoci.domain.keys import KeyRing

PURPOSE = "secrets-at-rest"


def _box(keys: KeyRing) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(key.secret)) for key in keys.all(PURPOSE)])


def encrypt(keys: KeyRing, secret: str) -> str:
    """`secret` as it may lie in the database."""
    return _box(keys).encrypt(secret.encode()).decode()


def decrypt(keys: KeyRing, stored: str) -> str | None:
    """What `encrypt` took; None when no key opens it (the operator's secret was replaced without keeping the old one)."""
    try:
        return _box(keys).decrypt(stored.encode()).decode()
    except InvalidToken:
        return None
