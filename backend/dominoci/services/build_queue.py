"""The port through which the `agent` adapter sees the build queue."""

from dominoci.domain.states import BuildState
from dominoci.infra.models.builds import Build
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import agents, builds, views
from dominoci.services.access import ARBITER
from dominoci.store import builds as build_store
from dominoci.store import trees


class DatabaseQueue:
    """The build queue in the database; every call is a transaction of its own."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def agents_alive(self) -> int:
        """How many agents are not silent."""
        listed = self._transactions.read(agents.listing, ARBITER)["items"]
        return sum(agent["state"] != "silent" for agent in listed)

    def find(self, tree_id: str, sub_id: str, attempt: int) -> tuple[str, str | None] | None:
        """The page of an attempt's build, and its status once it is final."""

        def look(uow: UnitOfWork) -> tuple[str, str | None] | None:
            row = _build(uow, tree_id, sub_id, attempt)
            if row is None:
                return None
            return views.build_url(uow.settings, row.id), row.state.upper() if BuildState(row.state).final else None

        return self._transactions.read(look)

    def cancel(self, tree_id: str, sub_id: str, attempt: int) -> None:
        """Cancels an attempt's build; one that is not there is no error."""

        def stop(uow: UnitOfWork) -> None:
            if row := _build(uow, tree_id, sub_id, attempt):
                builds.cancel(uow, ARBITER, row.id)

        self._transactions.write(stop)


def _build(uow: UnitOfWork, tree_id: str, sub_id: str, attempt: int) -> Build | None:
    event = trees.event(uow.session, tree_id, sub_id)
    return build_store.of_attempt(uow.session, event.id, attempt) if event else None
