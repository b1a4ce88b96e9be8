"""Things that only one process may do at a time, whichever it is: it holds a lease in the database, by the database's clock."""

from datetime import timedelta
from typing import Final

from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.store import chat as store

LEASE: Final = timedelta(seconds=20)


def hold(uow: UnitOfWork, name: str, owner: str) -> bool:
    """Takes or prolongs a lease for LEASE from now; False while another owner holds it."""
    return store.hold_lease(uow.session, name, owner, uow.now, uow.now + LEASE)


def release(uow: UnitOfWork, name: str, owner: str) -> None:
    """Gives it back before its time, so that the next process need not wait."""
    store.release_lease(uow.session, name, owner)
