"""Sends the documents that wait to Elasticsearch: many in one request, under a lease, until they are taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

import structlog

from dominoci.domain import search_document as rules
from dominoci.infra.failpoints import failpoint
from dominoci.infra.models.notices import SearchDocument
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.reporting.elasticsearch import Document, NotTaken, SearchServer
from dominoci.services.leased_sending import LeasedSender
from dominoci.store import search_documents as store

log = structlog.get_logger()
NOT_REACHED: Final = "Elasticsearch took the documents before this one too slowly."


@dataclass(frozen=True)
class Batch:
    """Documents of one request. `tries` says how often each was refused."""

    owner: str | None
    documents: Sequence[Document]
    tries: Mapping[str, int]

    @property
    def ids(self) -> list[str]:
        """Of the rows."""
        return [document.id for document in self.documents]


@dataclass
class SearchSender(LeasedSender[Batch]):
    """Any number of processes may have one; any thread may call. A server that fails is left alone for a while: meanwhile the
    documents stay as they are."""

    server: SearchServer
    _failures: int = field(default=0, init=False)
    _rest_until: datetime | None = field(default=None, init=False)
    name: ClassVar[str] = "search_document"
    senders: ClassVar[int] = 1

    def due(self, uow: UnitOfWork) -> tuple[int, int]:
        """See the base."""
        return store.due(uow.session, uow.now)

    def put_back(self, uow: UnitOfWork) -> None:
        """See the base."""
        store.return_lapsed(uow.session, uow.now)

    def claim(self) -> list[Batch]:
        """The next documents, under a lease."""
        return self.transactions.write(self._claim)

    def _claim(self, uow: UnitOfWork) -> list[Batch]:
        if self._rest_until is not None and uow.now < self._rest_until:
            return []
        rows = store.claim(uow.session, uow.now, rules.at_once(self._failures))
        return [_batch(rows)] if rows else []

    def send(self, item: Batch) -> None:
        """One request, and what came of it."""
        try:
            told = self.server.store(item.documents)
        except NotTaken as error:
            self._failures += 1
            self.transactions.write(self._put_off, item, error.reading)
            return
        failpoint("search_documents_sent")
        self._failures = 0
        self.transactions.write(_book, item, told)

    def _put_off(self, uow: UnitOfWork, item: Batch, reading: str) -> None:
        self._rest_until = uow.now + rules.rest(self._failures)
        log.warning("search_documents_not_taken", because=reading, failures=self._failures)
        store.put_back(uow.session, item.ids, item.owner, reading)


def _batch(rows: Sequence[SearchDocument]) -> Batch:
    documents = [Document(row.id, row.kind, row.subject_id, row.body) for row in rows]
    return Batch(rows[0].lease_owner, documents, {row.id: row.tries for row in rows})


def _book(uow: UnitOfWork, item: Batch, told: Mapping[str, str | None]) -> None:
    """What was taken is forgotten; what was refused is tried again, with the others in between, and at last given up. What was
    not reached is due as before."""
    store.forget(uow.session, [id_ for id_, reading in told.items() if reading is None], item.owner)
    if missed := [id_ for id_ in item.ids if id_ not in told]:
        store.put_back(uow.session, missed, item.owner, NOT_REACHED)
    refused = {id_: reading for id_, reading in told.items() if reading is not None}
    for id_, reading in refused.items():
        tries = item.tries[id_] + 1
        wait = rules.pause(tries)
        again = {"state": "pending", "next_at": uow.now + wait} if wait else {"state": "dead", "finished_at": uow.now}
        store.book(uow.session, id_, item.owner, tries=tries, reading=reading[:500], **again)
    if refused:
        log.warning("search_documents_refused", documents=len(refused), because=next(iter(refused.values())))
