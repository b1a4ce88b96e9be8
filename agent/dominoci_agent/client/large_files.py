"""Large files of a run's pipeline repository at the arbiter, by the batch API of git-lfs.

https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md, basic transfer. git-lfs itself is not needed on an agent.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from dominoci_agent.client.arbiter import BuildClient, Refused, Unreachable
from dominoci_agent.runtime.git import GitError
from dominoci_agent.runtime.snapshot import Pointer

_MEDIA = {"Accept": "application/vnd.git-lfs+json", "Content-Type": "application/vnd.git-lfs+json"}
_AT_ONCE = 100
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class ArbiterLargeFiles:
    """A `runtime.pipeline_repo.LargeFiles` of the repository at `url` (a path at the arbiter)."""

    client: BuildClient
    url: str

    def put(self, files: Mapping[Pointer, Path]) -> None:
        """See LargeFiles; only what is not there already is sent."""
        asked = iter(files.items())
        while part := dict(islice(asked, _AT_ONCE)):
            for pointer, way in self._missing(list(part)):
                self._send(way, pointer, part[pointer])

    def get(self, pointer: Pointer, target: Path) -> bool:
        """See LargeFiles."""
        half, digest = target.with_name(f"{target.name}.{uuid.uuid4().hex[:8]}"), hashlib.sha256()
        try:
            with self._answering("GET", f"{self.url}/info/lfs/objects/{pointer.oid}") as response, half.open("wb") as out:
                for chunk in response.iter_bytes(_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
            if digest.hexdigest() != pointer.oid:
                raise GitError("a large file of the workspace arrived damaged", permanent=False)
            half.replace(target)
        except _Missing:
            return False
        finally:
            half.unlink(missing_ok=True)
        return True

    def _missing(self, pointers: Sequence[Pointer]) -> Iterator[tuple[Pointer, str]]:
        """Those that the arbiter wants to be sent, each with the path to send it to."""
        objects = [{"oid": one.oid, "size": one.size} for one in pointers]
        body = {"operation": "upload", "transfers": ["basic"], "objects": objects}
        with self._answering("POST", f"{self.url}/info/lfs/objects/batch", json=body, headers=_MEDIA) as response:
            response.read()
            answers: list[dict[str, Any]] = response.json().get("objects", [])
        for pointer, answer in zip(pointers, answers, strict=True):
            if "error" in answer:
                raise GitError(f"a large file of the workspace was refused: {answer['error'].get('message')}", permanent=True)
            if href := answer.get("actions", {}).get("upload", {}).get("href"):
                # the arbiter is where it was reached before, by whatever name it knows itself: the token goes nowhere else
                yield pointer, urlsplit(str(href)).path

    def _send(self, way: str, pointer: Pointer, path: Path) -> None:
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(pointer.size)}
        with path.open("rb") as stream:
            chunks = iter(lambda: stream.read(_CHUNK), b"")
            with self._answering("PUT", way, headers=headers, content=chunks):
                return

    @contextmanager
    def _answering(self, method: str, path: str, **more: Any) -> Iterator[httpx.Response]:
        try:
            with self.client.arbiter.transfer(method, path, self.client.claim.token, self.client.stop, **more) as response:
                yield response
        except Refused as error:
            if error.status == httpx.codes.NOT_FOUND:
                raise _Missing(str(error), permanent=True) from None
            raise GitError(f"a large file of the workspace: {error}", permanent=True) from None
        except Unreachable as error:
            raise GitError(f"a large file of the workspace: {error}", permanent=False) from None


class _Missing(GitError):
    """There is no such file."""
