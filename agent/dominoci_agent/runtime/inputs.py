"""Bringing the upstreams' artifacts to where steps look for them: `$DOMINO_INPUTS/<project>/<name>`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from dominoci_agent.runtime.artifacts import SAFE_NAME

_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class InputError(Exception):
    """An input that cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Input:
    """An artifact of an upstream project, with what it must be: `sha256` in hex, `size` in bytes (None: not told)."""

    project: str
    name: str
    url: str
    sha256: str
    size: int | None = None


Download = Callable[[str], AbstractContextManager[Iterator[bytes]]]


def bring(inputs: Iterable[Input], folder: Path, download: Download) -> None:
    """Download all into `folder`. InputError when a name is unsafe, or when a file is not the one it should be: a step never
    sees an input that was not verified."""
    for wanted in inputs:
        if not _PROJECT.fullmatch(wanted.project) or not SAFE_NAME.fullmatch(wanted.name):
            raise InputError(f"the input {wanted.project[:80]!r}/{wanted.name[:80]!r} has an unsafe name")
        target = folder / wanted.project / wanted.name
        target.parent.mkdir(parents=True, exist_ok=True)
        _bring_one(wanted, target, download)


def _bring_one(wanted: Input, target: Path, download: Download) -> None:
    digest, size = hashlib.sha256(), 0
    partial = target.with_name(f".{target.name}.part")
    with download(wanted.url) as chunks, partial.open("wb") as stream:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            if wanted.size is not None and size > wanted.size:
                break
            stream.write(chunk)
    if (wanted.size is not None and size != wanted.size) or digest.hexdigest() != wanted.sha256.lower():
        partial.unlink()
        raise InputError(f"the input {wanted.project}/{wanted.name} is not the file that was announced (size or sha256)")
    partial.rename(target)
