"""What is overdue: events that take longer than they used to, or whose deadline has passed or is about to."""

from typing import Any

from dominoci.domain.eta import Late
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import forecast
from dominoci.services.access import Principal, require_user, sight
from dominoci.store import history
from dominoci.store.statements import Columns

View = dict[str, Any]
LOOKED_AT = 2000


def listing(uow: UnitOfWork, who: Principal, limit: int) -> View:
    """`GET /overdue`: at most `limit` events, the most urgent first, of the LOOKED_AT whose deadlines come first.

    The order changes with every second that passes, so that there is no next page: `total` says how many there are, and `cut`
    whether more events are under way than were looked at.
    """
    require_user(who)
    looked = history.in_flight(uow.session, LOOKED_AT)
    seen = sight(uow, who, {row.project_id for row in looked})
    rows = [row for row in looked if row.project_id in seen]
    expected = forecast.of_projects(uow, {row.project_id for row in rows})
    found = []
    for row in rows:
        estimate = expected.get(row.project_id, forecast.NO_HISTORY)
        if late := forecast.lateness(row, estimate, uow.now):
            found.append((late, row, estimate.p90_s))
    found.sort(key=lambda one: (one[0].urgency, one[1].tree_id, one[1].sub_id))
    items = [_view(uow, *one) for one in found[:limit]]
    return {"items": items, "next_cursor": None, "total": len(found), "cut": len(looked) == LOOKED_AT}


def _view(uow: UnitOfWork, late: Late, row: Columns, p90_s: float | None) -> View:
    return {
        "tree_id": row.tree_id,
        "sub_id": row.sub_id,
        "project": {"id": row.project_id, "name": row.project_name},
        "state": row.state,
        "since": row.queued_at,
        "elapsed_s": forecast.rounded((uow.now - row.queued_at).total_seconds()),
        "expected_p90_s": forecast.rounded(p90_s),
        "deadline_at": row.deadline_at,
        "because": late.because,
    }
