"""Large files of a hosted repository (git-lfs): stored beside it by their SHA-256, `lfs/objects/<aa>/<bb>/<oid>`."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dominoci.domain.errors import Invalid, TooLarge
from dominoci.infra.storage import room

_OID = re.compile(r"[0-9a-f]{64}")
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize (\d{1,18})\n"
)
LONGEST_POINTER = 1024  # the specification's own limit


@dataclass(frozen=True)
class Pointer:
    """What stands in git for a large file: its SHA-256 (hex) and its size in bytes."""

    oid: str
    size: int


def pointer(content: bytes) -> Pointer | None:
    """What a blob points to; None for a blob that is a file itself (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md)."""
    found = _POINTER.fullmatch(content) if len(content) <= LONGEST_POINTER else None
    return Pointer(found[1].decode(), int(found[2])) if found else None


def is_oid(text: str) -> bool:
    """Whether `text` can name an object."""
    return _OID.fullmatch(text) is not None


@dataclass(frozen=True)
class LargeObjects:
    """The objects of one repository. Any thread of any process may call any method; an object appears as a whole."""

    repository: Path

    def path(self, oid: str) -> Path:
        """Where an object lies or would lie. Raises ValueError for what cannot name one."""
        if not is_oid(oid):
            raise ValueError(f"not an object's id: {oid!r}")
        return self.repository / "lfs" / "objects" / oid[:2] / oid[2:4] / oid

    def size(self, oid: str) -> int | None:
        """An object's size in bytes; None when it is not here."""
        try:
            return self.path(oid).stat().st_size
        except FileNotFoundError:
            return None

    def receive(self, oid: str, chunks: Iterable[bytes], limit: int) -> None:
        """Stores an object. Raises TooLarge above `limit` bytes, Invalid when the content is another, Full without room; then
        nothing is kept."""
        with room():
            self._receive(oid, chunks, limit)

    def _receive(self, oid: str, chunks: Iterable[bytes], limit: int) -> None:
        place = self.path(oid)
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".new-", dir=place.parent)
        half, digest, size = Path(name), hashlib.sha256(), 0
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise TooLarge(f"A file may have {limit >> 20} MiB.")
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            if digest.hexdigest() != oid:
                raise Invalid("The upload is damaged.", {"oid": [f"does not match: received {digest.hexdigest()}"]})
            half.replace(place)
        finally:
            half.unlink(missing_ok=True)
