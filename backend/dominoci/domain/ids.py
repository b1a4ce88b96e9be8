"""Identifiers: UUID version 7 (RFC 9562), so that they sort by creation time in every index."""

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A new UUIDv7 as text: 48 bits of Unix time in milliseconds, a 12-bit counter, random bits.

    Within one process each id is greater than the one before (RFC 9562 section 6.2, method 1).
    """
    global _last  # noqa: PLW0603 - the order of ids is a property of the process
    with _lock:
        _last = max(_last + 1, time.time_ns() // 1_000_000 << 12)
        stamp, counter = divmod(_last, 1 << 12)
    noise = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1
    return str(uuid.UUID(int=stamp << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | noise))


def named_id(name: str) -> str:
    """The id that belongs to this address, always the same one (UUIDv5, RFC 9562 section 5.5)."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))
