"""SQL on documents that Elasticsearch is still to be told."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from dominoci.infra.models.notices import SearchDocument
from dominoci.store.leases import Leases
from dominoci.store.statements import insert_rows

_DOCUMENTS = Leases(SearchDocument)
claim, book, due, return_lapsed = _DOCUMENTS.claim, _DOCUMENTS.book, _DOCUMENTS.due, _DOCUMENTS.return_lapsed
ROWS_AT_ONCE = 1000
SWEPT_AT_ONCE = 10_000


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Stores documents, all with the same columns, with one statement."""
    insert_rows(session, SearchDocument, rows)


def forget(session: Session, ids: Collection[str], owner: str | None) -> None:
    """Elasticsearch has these: nothing of them is kept. Those whose lease has lapsed are told again, which does no harm."""
    rows = (SearchDocument.id.in_(ids), SearchDocument.state == "leased", SearchDocument.lease_owner == owner)
    session.execute(delete(SearchDocument).where(*rows))


def put_back(session: Session, ids: Collection[str], owner: str | None, reading: str) -> None:
    """These were not told; they are due as before."""
    rows = (SearchDocument.id.in_(ids), SearchDocument.state == "leased", SearchDocument.lease_owner == owner)
    free = {"state": "pending", "lease_owner": None, "lease_until": None, "reading": reading[:500]}
    session.execute(update(SearchDocument).where(*rows).values(**free))


def sweep(session: Session, before: datetime) -> int:
    """Removes documents that were due before then and were never taken, at most SWEPT_AT_ONCE; answers how many."""
    old = (SearchDocument.state.in_(("pending", "dead")), SearchDocument.next_at < before)
    ids = session.scalars(select(SearchDocument.id).where(*old).limit(SWEPT_AT_ONCE)).all()
    for start in range(0, len(ids), ROWS_AT_ONCE):
        session.execute(delete(SearchDocument).where(SearchDocument.id.in_(ids[start : start + ROWS_AT_ONCE])))
    return len(ids)
