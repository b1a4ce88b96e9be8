"""Whether the arbiter can work, and the figures behind /metrics."""

from typing import Any

from dominoci.domain.errors import Unavailable
from dominoci.infra.unit_of_work import Transactions
from dominoci.store import builds, outbox


def readiness(transactions: Transactions) -> dict[str, Any]:
    """`database` and `redis` as booleans. Without Redis everything goes on, slower; without the database nothing does."""
    return {"database": _database(transactions), "redis": transactions.bell.ping()}


def _database(transactions: Transactions) -> bool:
    try:
        transactions.read(lambda uow: builds.any_queued(uow.session))
    except Unavailable:
        return False
    return True


def gauges(transactions: Transactions) -> dict[str, dict[str, int]]:
    """How many outbox rows and builds stand in which state."""
    return transactions.read(lambda uow: {"outbox": outbox.depth(uow.session), "builds": builds.count_by_state(uow.session)})
