"""Whether the arbiter can work, and the figures behind /metrics."""

from typing import Any

from dominoci.domain.errors import DominoError, Unavailable
from dominoci.infra.files import BuildFiles
from dominoci.infra.unit_of_work import Transactions
from dominoci.store import builds, outbox


def readiness(transactions: Transactions) -> dict[str, Any]:
    """`database`, `redis`, `disk` (there is room on it) and `storage` (where files are kept) as booleans. Without Redis all goes
    on, slower; without room or store no file is taken in; without the database nothing goes."""
    files = BuildFiles.of(transactions.settings)
    return {
        "database": _database(transactions),
        "redis": transactions.bell.ping(),
        "disk": files.has_room(),
        "storage": _storage(files),
    }


def _storage(files: BuildFiles) -> bool:
    try:
        files.storage.check()
    except DominoError:
        return False
    return True


def _database(transactions: Transactions) -> bool:
    try:
        transactions.read(lambda uow: builds.any_queued(uow.session))
    except Unavailable:
        return False
    return True


def gauges(transactions: Transactions) -> dict[str, dict[str, int]]:
    """How many outbox rows and builds stand in which state."""
    return transactions.read(lambda uow: {"outbox": outbox.depth(uow.session), "builds": builds.count_by_state(uow.session)})
