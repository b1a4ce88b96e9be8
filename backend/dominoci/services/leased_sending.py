"""Sending what waits in a table of leased rows, beside whatever else the process does: one loop for webhooks, notifications and
the other things that are told outside."""

from abc import abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import ClassVar, Generic, TypeVar

import structlog

from dominoci.infra.failpoints import failpoint
from dominoci.infra.unit_of_work import Transactions, UnitOfWork

Item = TypeVar("Item")
log = structlog.get_logger()


@dataclass
class LeasedSender(Generic[Item]):
    """One kind of thing that is sent under leases (`store.leases`). `name` is in threads and logs, `senders` how many items are
    sent side by side: a receiver that hangs holds up none of another kind."""

    transactions: Transactions
    _guard: Lock = field(default_factory=Lock, init=False)
    _wanted: bool = field(default=False, init=False)
    _busy: bool = field(default=False, init=False)
    name: ClassVar[str]
    senders: ClassVar[int] = 4

    @abstractmethod
    def due(self, uow: UnitOfWork) -> tuple[int, int]:
        """How many items are to be sent now, and how many are held by senders that died. Nothing is locked for it."""

    def put_back(self, uow: UnitOfWork) -> None:
        """What senders that died have held is due again."""

    @abstractmethod
    def claim(self) -> list[Item]:
        """The next items that are due, under a lease; empty when there are none."""

    @abstractmethod
    def send(self, item: Item) -> None:
        """Sends one item and books what came of it. Raises nothing: a failure is booked, too."""

    def missed(self) -> bool:
        """Whether anything is to be sent now; what senders that died have held is due again."""
        waiting, lapsed = self.transactions.read(self.due)
        if lapsed:
            self.transactions.write(self.put_back)
        return waiting + lapsed > 0

    def begin(self) -> None:
        """Sends what is due on a thread of its own; one that is at work already looks once more."""
        with self._guard:
            self._wanted = True
            if self._busy:
                return
            self._busy = True
        # what a process leaves behind when it ends is taken up when its lease is over
        Thread(target=self._work, name=f"{self.name}s", daemon=True).start()

    def _work(self) -> None:
        while self._go_on():
            try:
                self.send_due()
            except Exception:  # the next bell tries again; the traceback goes to the log
                log.exception("not_sent", what=self.name)

    def _go_on(self) -> bool:
        with self._guard:
            self._busy, self._wanted = self._wanted, False
            return self._busy

    def send_due(self) -> int:
        """Sends everything that is due now; answers how many items that were. Every bell comes here, mostly for nothing."""
        done = 0
        if not self.transactions.read(self.due)[0]:
            return done
        with ThreadPoolExecutor(self.senders, thread_name_prefix=self.name) as pool:
            while items := self.claim():
                failpoint(f"{self.name}s_claimed")
                list(pool.map(self.send, items))
                done += len(items)
        return done
