"""How GitHub shows a run of a workflow, and what that means for a tree: the same in an answer of its API and in its webhook."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dominoci.adapters.base import Run
from dominoci.domain.addresses import link
from dominoci.domain.states import ResultStatus

LAST_TITLE: Final = 2000
# whoever may push writes the titles of other runs: they are commit messages and names of pull requests
OURS: Final = ("workflow_dispatch", "repository_dispatch")
# docs.github.com, "Workflow run statuses and conclusions"; what is not listed has failed in a way that is new
CONCLUSIONS: Final[Mapping[str, ResultStatus]] = {
    "success": ResultStatus.SUCCESS,
    "neutral": ResultStatus.SUCCESS,
    "failure": ResultStatus.FAILED,
    "action_required": ResultStatus.FAILED,
    "stale": ResultStatus.FAILED,
    "startup_failure": ResultStatus.FAILED,
    "cancelled": ResultStatus.CANCELLED,
    "skipped": ResultStatus.SKIPPED,
    "timed_out": ResultStatus.TIMED_OUT,
}
_MARKER: Final = re.compile(r"\[domino:([A-Za-z0-9_-]{1,80})/([0-9.]{1,700})(?:/([0-9]{1,6}))?\]")


@dataclass(frozen=True)
class Marker:
    """What a run's name says of its event: `[domino:TREE/SUB]`, or `[domino:TREE/SUB/ATTEMPT]`."""

    tree_id: str
    sub_id: str
    attempt: int | None


def marker(shown: Mapping[str, Any]) -> Marker | None:
    """The marker in the name of a run that was dispatched; None for other runs, whose names anybody may have written."""
    if shown.get("event") not in OURS:
        return None
    for title in (shown.get("display_title"), shown.get("name")):
        found = _MARKER.search(title[:LAST_TITLE]) if isinstance(title, str) else None
        if found:
            return Marker(found[1], found[2], int(found[3]) if found[3] else None)
    return None


def run_of(shown: Mapping[str, Any], tag: str | None = None) -> Run:
    """The run; `tag` where it is known that one was built, which GitHub shows as the branch."""
    number, branch = shown.get("id"), _text(shown.get("head_branch"))
    return Run(
        url=link(shown.get("html_url")),
        status=_status(shown),
        running=shown.get("status") == "in_progress",
        ref=str(number) if isinstance(number, int) and not isinstance(number, bool) else None,
        commit=_text(shown.get("head_sha")),
        branch=None if tag else branch,
        tag=tag,
    )


def _status(shown: Mapping[str, Any]) -> str | None:
    conclusion = shown.get("conclusion")
    if shown.get("status") != "completed" or not isinstance(conclusion, str):
        return None
    return CONCLUSIONS.get(conclusion, ResultStatus.FAILED).value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= 255 and value.isprintable() else None
