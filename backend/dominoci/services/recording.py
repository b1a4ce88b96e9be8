"""How results are written down, whoever reported them."""

from typing import Any

from dominoci.domain.reports import Report, as_json
from dominoci.domain.times import rfc3339
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import ResultRow


def result_row(event_id: str, attempt: int, told: Report, now: Any, *, late: bool) -> ResultRow:
    """A result as it is stored."""
    return ResultRow(
        event_id=event_id,
        attempt=attempt,
        digest=told.digest(),
        status=told.status.value,
        meta=as_json(told.metadata),
        links=as_json(told.links),
        artifacts=as_json(told.artifacts),
        late=late,
        received_at=now,
    )


def note_last(project: Project, told: Report, now: Any, tree_id: str | None, sub_id: str | None) -> None:
    """Keeps the project's last result, for lists and badges."""
    project.last_result = {
        "status": told.status.value,
        "at": rfc3339(now),
        "commit": told.metadata.commit,
        "branch": told.metadata.branch,
        "tree_id": tree_id,
        "sub_id": sub_id,
        "url": told.links.pipeline,
    }
