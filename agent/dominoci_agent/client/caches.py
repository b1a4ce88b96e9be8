"""The project's caches at the arbiter, as the runtime sees a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dominoci_agent.client.arbiter import BuildClient, LeaseLost, Refused, Unreachable
from dominoci_agent.runtime.cache import CacheError, Kept


@dataclass(frozen=True)
class ArbiterCaches:
    """A `runtime.cache.CacheStore`. A lost lease is noticed by the heartbeats; here it is one more thing that went wrong."""

    client: BuildClient

    @contextmanager
    def get(self, key: str, prefix: str) -> Iterator[Kept | None]:
        """See CacheStore."""
        try:
            with self.client.cache_get(key, prefix) as kept:
                yield kept
        except (Unreachable, Refused, LeaseLost) as error:
            raise CacheError(str(error)) from None

    def put(self, key: str, file: Path, sha256: str) -> None:
        """See CacheStore."""
        try:
            self.client.cache_put(key, file, sha256)
        except (Unreachable, Refused, LeaseLost) as error:
            raise CacheError(str(error)) from None
