"""How results are written down, whoever reported them."""

from typing import Any

from dominoci.domain.reports import Report, as_json
from dominoci.domain.times import rfc3339
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import ResultRow
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.store.statements import change_by_key, insert_rows


def write_result(uow: UnitOfWork, event_id: str, attempt: int, told: Report, *, late: bool) -> None:
    """Stores the result of one attempt."""
    key = {"event_id": event_id, "attempt": attempt, "received_at": uow.now, "late": late, "commit": told.metadata.commit}
    insert_rows(uow.session, ResultRow, [{**key, **content(told)}])


def content(told: Report) -> dict[str, Any]:
    """What a report says, as rows keep it."""
    return {
        "digest": told.digest(),
        "status": told.status.value,
        "meta": as_json(told.metadata),
        "links": as_json(told.links),
        "artifacts": as_json(told.artifacts),
    }


def note_last(uow: UnitOfWork, project_id: str, told: Report, tree_id: str | None, sub_id: str | None) -> None:
    """Keeps the project's last result, for lists and badges."""
    last = {
        "status": told.status.value,
        "at": rfc3339(uow.now),
        "commit": told.metadata.commit,
        "branch": told.metadata.branch,
        "tree_id": tree_id,
        "sub_id": sub_id,
        "url": told.links.pipeline,
    }
    change_by_key(uow.session, Project, {"id": project_id}, {"last_result": last})
