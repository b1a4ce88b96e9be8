"""Commit statuses that are remembered, or refused as a test says."""

from collections.abc import Mapping
from typing import Any

from dominoci.domain.mirror import CommitStatus
from dominoci.outbound.exchange import ExchangeFailed


class ShownStatuses:
    """Takes what an API token is there for."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, CommitStatus, str]] = []
        self.failures: list[ExchangeFailed] = []

    def can_write(self, fields: Mapping[str, Any], secrets: Mapping[str, str]) -> bool:
        """With an API token."""
        return "api_token" in secrets

    def set_status(
        self, fields: Mapping[str, Any], secrets: Mapping[str, str], commit: str, status: CommitStatus, link: str
    ) -> None:
        """Remembers it, or fails with the next failure."""
        if self.failures:
            raise self.failures.pop(0)
        self.shown.append((commit, status, link))
