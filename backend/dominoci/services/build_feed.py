"""What live pages and the feed are told of a build."""

from typing import Any

from dominoci.infra.models.builds import Build
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import views

View = dict[str, Any]


def publish(uow: UnitOfWork, row: Build) -> None:
    """Counts a change of a build, and tells the live pages and the feed of it; the caller flushes."""
    row.version += 1
    tell(uow, row, [])


def tell(uow: UnitOfWork, row: Build, steps: list[View], *, feed: bool = True) -> None:
    """Tells the live pages of a build, and the feed, what has changed; the row's version counts it already. The feed is not told
    of the jobs of a run: it shows the run."""
    fields = ("id", "number", "state", "commit", "message", "started_at", "finished_at", "cancel_requested")
    shown = {field: getattr(row, field) for field in fields}
    shown["reason"] = views.reason(row.reason_code, row.reason_params)
    uow.publish(f"build:{row.id}", {"version": row.version, "build": shown, "steps": steps})
    if feed and not row.job:
        uow.publish("feed", {"version": 0, "build": {**shown, "project": row.project_name}})
