"""Commit statuses at GitHub (reporting.statuses.Writer)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dominoci.domain.mirror import CONTEXT, CommitStatus
from dominoci.outbound.exchange import Caller
from dominoci.vendors.github import GitHub


@dataclass(frozen=True)
class GitHubStatuses:
    """With the token or App that starts workflows. GitHub keeps up to 1,000 of one name on a commit, and shows the last."""

    caller: Caller

    def can_write(self, fields: Mapping[str, Any], secrets: Mapping[str, str]) -> bool:
        """Any credentials may be allowed to."""
        return GitHub.signs_in(fields, secrets)

    def set_status(
        self, fields: Mapping[str, Any], secrets: Mapping[str, str], commit: str, status: CommitStatus, link: str
    ) -> None:
        """Writes it. Raises ExchangeFailed."""
        GitHub.of(self.caller, fields, secrets).set_status(commit, status.state, CONTEXT, link, status.text)
