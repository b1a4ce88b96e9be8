"""Asks CI systems for runs that say nothing: the last rung of the ladder. Paced by how often a run was asked for, one after
another on each server, and a server that wants peace is left in peace."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

import structlog

from dominoci.adapters.base import Adapter, Run, Started, Target
from dominoci.domain import backoff
from dominoci.domain.dispatch import Trigger
from dominoci.domain.errors import DominoError
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.exchange import ExchangeFailed
from dominoci.services import inputs, observing, targets
from dominoci.store import projects, runs

log = structlog.get_logger()
AT_ONCE = 200
SERVERS = 8  # asked side by side by one process
LEASE = timedelta(minutes=5)  # longer than a turn at one server takes; after it a dead poller's runs are asked for by another
PER_TURN = 15  # runs that one server is asked for in a row
PEACE_S = 60.0  # for a server that fails, unless it says for how long


@dataclass(frozen=True)
class Silent:
    """A run that is to be asked for."""

    event_id: str
    number: int
    polls: int
    tree_id: str
    target: Target
    trigger: Trigger
    started: Started

    @property
    def key(self) -> tuple[str, int]:
        """The attempt."""
        return self.event_id, self.number


@dataclass
class Poller:
    """Any number of processes may have one. `turn` is short: servers are asked on threads, each by one at a time."""

    transactions: Transactions
    adapters: Mapping[str, Adapter]
    _busy: dict[str, Future[None]] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(SERVERS, thread_name_prefix="poller"))

    def turn(self) -> None:
        """Begins to ask for what is due."""
        with self._guard:
            _tell_failures(asked for asked in self._busy.values() if asked.done())
            self._busy = {server: asked for server, asked in self._busy.items() if not asked.done()}
            for server, silent in self._claimed().items():
                if server not in self._busy:
                    self._busy[server] = self._pool.submit(self._ask_all, silent)

    def wait(self) -> None:
        """Until all that was begun has been booked."""
        with self._guard:
            begun = list(self._busy.values())
        wait(begun)

    def _claimed(self) -> dict[str, list[Silent]]:
        """What is due, by server. Those of a server that is being asked already, or has enough, wait for their lease to end."""
        found: defaultdict[str, list[Silent]] = defaultdict(list)
        for silent in self.transactions.write(_claim):
            adapter = self.adapters.get(silent.target.kind)
            server = adapter.watches(silent.target) if adapter else None
            if server:
                found[server].append(silent)
        return found

    def _ask_all(self, silent: Sequence[Silent]) -> None:
        for place, each in enumerate(silent[:PER_TURN]):
            try:
                run = self.adapters[each.target.kind].find(each.target, each.trigger, each.started)
                self.transactions.write(_book, each, run)
            except ExchangeFailed as error:
                if error.retry:  # a server that fails, or wants peace, fails for all
                    self.transactions.write(_leave, [each, *silent[place + 1 :]], error)
                    return
                log.info("poll_refused", event_id=each.event_id, kind=each.target.kind, because=error.reading)
                self.transactions.write(_pace, each)  # what can never work is this target's own fault
            except DominoError as error:
                log.warning("poll_not_booked", event_id=each.event_id, because=error.detail)
            except Exception:  # this run must not keep the others of its server from being asked for
                log.exception("poll_failed", event_id=each.event_id)
        self.transactions.write(_later, silent[PER_TURN:])


def _tell_failures(ended: Iterable[Future[None]]) -> None:
    """What could not even be booked (the database was away): its leases lapse, and it is asked for again."""
    for asked in ended:
        if error := asked.exception():
            log.error("poll_not_booked", because=str(error))


def _claim(uow: UnitOfWork) -> list[Silent]:
    rows = runs.claim_due(uow.session, uow.now, LEASE, AT_ONCE)
    starts = inputs.starts_of(uow, [(row.event_id, row.number) for row in rows])
    known = projects.of_ids(uow.session, {start.event.project_id for start in starts.values()})
    return [
        Silent(
            row.event_id,
            row.number,
            row.polls,
            row.tree_id,
            targets.opened(uow, start.event.target, known[start.event.project_id]),
            start.trigger(uow),
            Started(start.attempt.run_url, start.attempt.run_ref),
        )
        for row in rows
        if (start := starts.get((row.event_id, row.number)))
    ]


def _book(uow: UnitOfWork, silent: Silent, run: Run | None) -> None:
    said = observing.observe(uow, silent.tree_id, silent.event_id, silent.number, run, observing.POLL) if run else "not found"
    _pace(uow, silent)  # last: the tree is locked before its attempts are
    log.info("polled", tree=silent.tree_id, sub_id=silent.trigger.sub_id, kind=silent.target.kind, outcome=said)


def _pace(uow: UnitOfWork, silent: Silent) -> None:
    polls = silent.polls + 1
    runs.ask_again(uow.session, silent.event_id, silent.number, polls, backoff.next_poll(uow.now, polls))


def _leave(uow: UnitOfWork, silent: Sequence[Silent], error: ExchangeFailed) -> None:
    """These runs are not asked for before the server may be: it failed, or wants peace."""
    seconds = min(max(error.retry_after_s or PEACE_S, PEACE_S), 3600.0)
    runs.postpone(uow.session, [each.key for each in silent], uow.now + timedelta(seconds=seconds))
    log.info("not_polled", kind=silent[0].target.kind, runs=len(silent), seconds=seconds, because=error.reading)


def _later(uow: UnitOfWork, silent: Sequence[Silent]) -> None:
    runs.postpone(uow.session, [each.key for each in silent], uow.now)
