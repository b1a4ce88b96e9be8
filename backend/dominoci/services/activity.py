"""What happened last to projects: their last events as ticks, how long they take, and the tree that they were in last."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from dominoci.domain.eta import estimate
from dominoci.domain.states import EventState
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal, require_user, sight
from dominoci.services.forecast import rounded
from dominoci.store import activity, projects, trees
from dominoci.store.statements import Columns

View = dict[str, Any]


def listing(uow: UnitOfWork, who: Principal, wanted: Sequence[str]) -> View:
    """`GET /activity`: of those of these projects (ids) that exist and may be seen."""
    require_user(who)
    seen = sight(uow, who, wanted)
    names = {id_: name for id_, name in projects.names_of(uow.session, wanted).items() if id_ in seen}
    last = activity.last_events(uow.session, names)
    known = trees.of_ids(uow.session, sorted({rows[0].tree_id for rows in last.values()}))

    def view(id_: str) -> View:
        rows = last.get(id_, [])
        tree = known.get(rows[0].tree_id) if rows else None
        counts = ("id", "state", "event_count", "unfinished")
        return {
            "project": {"id": id_, "name": names[id_]},
            "last": ticks(rows),
            "p50_s": rounded(estimate(durations(rows)).p50_s),
            "tree": {field: getattr(tree, field) for field in counts} if tree else None,
        }

    return {"items": [view(id_) for id_ in wanted if id_ in names], "next_cursor": None}


def ticks(rows: Iterable[Columns]) -> list[View]:
    """Events as marks beside each other, newest first; those that have not begun are left out."""
    return [
        {"tree_id": row.tree_id, "sub_id": row.sub_id, "state": row.state, "at": at, "duration_s": rounded(_ran_s(row))}
        for row in rows
        if (at := moment(row))
    ]


def moment(row: Columns) -> datetime | None:
    """When an event came to stand where it stands, as nearly as it is known."""
    at: datetime | None = row.finished_at or row.started_at or row.queued_at
    return at


def durations(rows: Iterable[Columns]) -> list[float]:
    """How long each success took, from started to finished, in seconds."""
    return [took for row in rows if row.state == EventState.SUCCESS.value and (took := _ran_s(row)) is not None]


def _ran_s(row: Columns) -> float | None:
    return (row.finished_at - row.started_at).total_seconds() if row.started_at and row.finished_at else None
