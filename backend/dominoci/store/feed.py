"""SQL behind the feeds: recent trees, and what came of a project's reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dominoci.domain.combo import commit_range
from dominoci.infra.models.trees import ReportRow, Tree
from dominoci.store.paging import Keep, Page, fetch

SKEW = timedelta(minutes=5)  # ids are made by the clocks of web processes, `opened_at` by the database's


@dataclass(frozen=True)
class TreeFilter:
    """Which trees: all that is not None must hold. `commit` is whole or a prefix, of the root; `since` when they were opened."""

    project_id: str | None = None
    state: str | None = None
    lane: str | None = None
    commit: str | None = None
    since: datetime | None = None


def trees(
    session: Session, wanted: TreeFilter, page: Page, keep: Keep[Tree] | None = None
) -> tuple[list[Tree], str | None]:
    """Trees, newest first, those that `keep` leaves."""
    plain = {Tree.root_project_id: wanted.project_id, Tree.state: wanted.state, Tree.lane: wanted.lane}
    query = select(Tree).where(*(column == value for column, value in plain.items() if value is not None))
    if wanted.commit:
        span = commit_range(wanted.commit)
        low, high = span or (wanted.commit, wanted.commit)
        query = query.where(Tree.root_commit >= low, Tree.root_commit < high if span else Tree.root_commit <= high)
    if wanted.since:
        query = query.where(Tree.id >= _first_id(wanted.since - SKEW), Tree.opened_at >= wanted.since)
    return fetch(session, query, Tree.id, page, keep)


def _first_id(moment: datetime) -> str:
    """What every id made since `moment` is greater than: ids begin with the time (RFC 9562, version 7), so that the primary key
    tells where to stop, and no index on the time is needed."""
    millis = f"{max(0, int(moment.timestamp() * 1000)):012x}"
    return f"{millis[:8]}-{millis[8:]}"


def reports(session: Session, project_id: str, page: Page) -> tuple[list[ReportRow], str | None]:
    """A project's root reports, newest first."""
    return fetch(session, select(ReportRow).where(ReportRow.project_id == project_id), ReportRow.id, page)


def trees_of(session: Session, ids: Sequence[str]) -> dict[str, Tree]:
    """Trees by id."""
    return {row.id: row for row in session.scalars(select(Tree).where(Tree.id.in_(ids)))}
