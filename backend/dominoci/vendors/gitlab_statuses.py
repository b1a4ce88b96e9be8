"""Commit statuses at GitLab (reporting.statuses.Writer)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dominoci.domain.mirror import CONTEXT, CommitStatus
from dominoci.outbound.exchange import Caller
from dominoci.vendors.gitlab import GitLab


@dataclass(frozen=True)
class GitLabStatuses:
    """With a target's API token. GitLab takes no second pending: the text of the first stays until the end."""

    caller: Caller

    def can_write(self, fields: Mapping[str, Any], secrets: Mapping[str, str]) -> bool:
        """A trigger token may start pipelines, and nothing else."""
        return GitLab.of(self.caller, fields, secrets).sets_statuses

    def set_status(
        self, fields: Mapping[str, Any], secrets: Mapping[str, str], commit: str, status: CommitStatus, link: str
    ) -> None:
        """Writes it. Raises ExchangeFailed."""
        GitLab.of(self.caller, fields, secrets).set_status(commit, status.state, CONTEXT, link, status.text)
