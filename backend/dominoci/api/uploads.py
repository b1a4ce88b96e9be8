"""Taking files in: the bytes of a request into the spool, and the digest that it states of them."""

import binascii
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from dominoci.api.context import site
from dominoci.domain.errors import Invalid, TooLarge
from dominoci.infra.files import CHUNK, TooMuch, Upload

SHA256_BYTES = 32
OCTETS = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}, "required": True}
DIGEST = {
    "in": "header",
    "name": "Digest",
    "required": True,
    "description": "sha-256=<base64>, RFC 3230",
    "schema": {"type": "string", "maxLength": 255},
}


@contextmanager
def received(limit: int, too_large: str) -> Iterator[Upload]:
    """The request's body as a file that is gone afterwards, unless it was moved. Raises TooLarge with this sentence, Full."""
    request.max_content_length = limit
    files = site().container.files
    try:
        upload = files.receive(_chunks(), limit)
    except TooMuch as e:
        raise TooLarge(too_large) from e
    try:
        yield upload
    finally:
        files.drop(upload)


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(CHUNK):
        yield chunk


def stated_digest() -> str:
    """The SHA-256 in hex that the request's `Digest` header states. Raises Invalid."""
    for part in request.headers.get("Digest", "").split(","):
        algorithm, _, value = part.strip().partition("=")
        if algorithm.lower() == "sha-256":
            try:
                raw = b64decode(value, validate=True)
            except (binascii.Error, ValueError):
                break
            if len(raw) == SHA256_BYTES:
                return raw.hex()
    raise Invalid("The upload needs its digest.", {"Digest": ["must be sha-256=<base64 of 32 bytes>"]})
