"""Commit statuses at GitHub and GitLab, with the credentials of the root project's target."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from dominoci.domain.mirror import CommitStatus


class Writer(Protocol):
    """One vendor's commit statuses. Any thread may call."""

    def can_write(self, fields: Mapping[str, Any], secrets: Mapping[str, str]) -> bool:
        """Whether a target's credentials allow to write statuses (a trigger token alone does not)."""
        ...

    def set_status(
        self, fields: Mapping[str, Any], secrets: Mapping[str, str], commit: str, status: CommitStatus, link: str
    ) -> None:
        """Writes the status under the name `domain.mirror.CONTEXT`. Raises ExchangeFailed."""
        ...


@dataclass(frozen=True)
class CommitStatuses:
    """The vendors that have commit statuses, by kind of target."""

    writers: Mapping[str, Writer]

    def can_write(self, fields: Mapping[str, Any], secrets: Mapping[str, str]) -> bool:
        """Whether the target's CI system has commit statuses, and its credentials allow to write them."""
        writer = self.writers.get(fields["kind"])
        return writer is not None and writer.can_write(fields, secrets)

    def write(
        self, fields: Mapping[str, Any], secrets: Mapping[str, str], commit: str, status: CommitStatus, link: str
    ) -> None:
        """Shows the status on the commit. Raises ExchangeFailed."""
        self.writers[fields["kind"]].set_status(fields, secrets, commit, status, link)
