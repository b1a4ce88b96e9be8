"""The end of jobs: nothing starts them any more, and their path is free; builds that have ended stay as builds are kept."""

from collections.abc import Sequence

from dominoci.infra.models.jobs import Job
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.store import jobs

LONGEST_KEPT = 400  # of a path, so that what is written behind it fits


def retire(uow: UnitOfWork, rows: Sequence[Job]) -> None:
    """Deletes these jobs with their triggers and links; their rows stay, for their builds name them."""
    if not rows:
        return
    jobs.unbind(uow.session, [row.id for row in rows])
    for row in rows:
        row.deleted_at, row.enabled, row.folder_id = uow.now, False, None
        row.path = f"{row.path[:LONGEST_KEPT]} (deleted {row.id})"
    uow.session.flush()
