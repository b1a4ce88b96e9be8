"""SQL on tables of what is sent under a lease (`infra.models.plumbing.Leased`): claiming, booking, finding what was missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Select, Table, Update, bindparam, func, select, update
from sqlalchemy.orm import Session

from dominoci.domain.ids import new_id
from dominoci.infra.db import changed
from dominoci.infra.models.base import Base
from dominoci.store.statements import table_of

# longer than one send may take (services.sending.SEND_S), and short enough that work goes on within 30 s of a sender's death
LEASE: Final = timedelta(seconds=20)

Row = TypeVar("Row", bound=Base)


def fresh(now: datetime) -> dict[str, Any]:
    """The columns of a new row that is due now (`Leased`), with an id of its own."""
    nothing = {"lease_until": None, "lease_owner": None, "finished_at": None}
    return {"id": new_id(), "state": "pending", "tries": 0, "next_at": now, "created_at": now, **nothing}


@dataclass(frozen=True)
class Leases(Generic[Row]):
    """The rows of one such table. The statements are built once."""

    model: type[Row]

    def claim(self, session: Session, now: datetime, limit: int) -> Sequence[Row]:
        """Takes up to `limit` due rows under a lease: nobody else sends them until it lapses."""
        ids = list(session.scalars(self._due, {"now": now, "limit": limit}))
        if not ids:
            return []
        owner = new_id()
        session.execute(self._take, {"ids": ids, "state": "leased", "lease_owner": owner, "lease_until": now + LEASE})
        return session.scalars(self._taken, {"owner": owner}).all()

    def book(self, session: Session, row_id: str, owner: str | None, **values: object) -> bool:
        """Ends this lease with new values; False when it had lapsed and somebody else took the row."""
        told = {"row": row_id, "owner": owner, "lease_owner": None, "lease_until": None, **values}
        return changed(session.execute(self._book, told)) == 1

    def return_lapsed(self, session: Session, now: datetime, **values: object) -> int:
        """Puts rows of dead senders back, with these values beside; answers how many."""
        query = update(self._table).where(self._table.c.state == "leased", self._table.c.lease_until < now)
        free = {"state": "pending", "lease_owner": None, "lease_until": None, "next_at": now}
        return changed(session.execute(query.values(**free, **values)))

    def due(self, session: Session, now: datetime) -> tuple[int, int]:
        """How many rows are due to be sent, and how many leases have lapsed."""
        rows = self._table.c
        pending = select(func.count()).where(rows.state == "pending", rows.next_at <= now)
        lapsed = select(func.count()).where(rows.state == "leased", rows.lease_until < now)
        return session.execute(pending).scalar_one(), session.execute(lapsed).scalar_one()

    @cached_property
    def _table(self) -> Table:
        return table_of(self.model)

    @cached_property
    def _due(self) -> Select[Any]:
        rows = self._table.c
        query = select(rows.id).where(rows.state == "pending", rows.next_at <= bindparam("now")).order_by(rows.next_at)
        return query.limit(bindparam("limit")).with_for_update(skip_locked=True)

    @cached_property
    def _take(self) -> Update:
        rows = self._table.c
        return update(self._table).where(rows.id.in_(bindparam("ids", expanding=True)), rows.state == "pending")

    @cached_property
    def _taken(self) -> Select[Any]:
        rows = self._table.c
        return select(self.model).where(rows.lease_owner == bindparam("owner"), rows.state == "leased")

    @cached_property
    def _book(self) -> Update:
        rows = self._table.c
        mine = (rows.id == bindparam("row"), rows.state == "leased", rows.lease_owner == bindparam("owner"))
        return update(self._table).where(*mine)
