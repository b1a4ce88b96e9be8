"""Reads refs of a bare repository straight from its files: finding a commit stands in the way of every build that is
claimed, and a process for it would cost more than the claim itself."""

import re
from pathlib import Path

from dominoci.domain.refs import is_ref_name

HEADS, TAGS = "refs/heads/", "refs/tags/"
_SHA = re.compile(r"[0-9a-f]{40}")


def is_sha(text: str) -> bool:
    """Whether `text` is a full commit id: 40 lower-case hex digits."""
    return _SHA.fullmatch(text) is not None


def head_branch(repository: Path) -> str | None:
    """The branch that HEAD of a bare repository names."""
    try:
        text = (repository / "HEAD").read_text().strip()
    except OSError:
        return None
    return text.removeprefix(f"ref: {HEADS}") if text.startswith(f"ref: {HEADS}") else None


def read(repository: Path, name: str) -> str | None:
    """The object id that the full ref `name` stands for, None when there is none. The repository keeps refs as files.

    Loose first, then packed: git writes the packed file before it removes the loose one, so a ref is never missed.
    """
    if not is_ref_name(name):
        return None
    try:
        loose = (repository / name).read_text().strip()
    except (OSError, ValueError):
        return _packed(repository, name)
    return loose if is_sha(loose) else None


def _packed(repository: Path, name: str) -> str | None:
    try:
        text = (repository / "packed-refs").read_bytes()
    except OSError:
        return None
    end = text.find(f" {name}\n".encode())
    found = text[max(end - 40, 0) : end].decode(errors="replace") if end >= 0 else ""
    return found if is_sha(found) else None
