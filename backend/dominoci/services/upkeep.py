"""What the scheduler does by the clock: rings again for missed work, returns lapsed leases, enforces deadlines, sweeps up.

Each turn is a row in the database that one scheduler takes; any number of them may run.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Concatenate, ParamSpec

import structlog

from dominoci.adapters.base import Adapter
from dominoci.domain.errors import DominoError
from dominoci.domain.reasons import Reason
from dominoci.domain.states import EventState
from dominoci.infra.git import Hosting, UntoldPush
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.reporting.statuses import CommitStatuses
from dominoci.services import (
    build_reports,
    build_statuses,
    build_stopping,
    dispatch,
    flows,
    graph_pushes,
    hook_deliveries,
    lanes,
    notification_rules,
    retention,
    schedules,
    search_documents,
    settling,
    used_tokens,
    webhooks,
)
from dominoci.services import builds as build_service
from dominoci.services.access import Principal
from dominoci.services.background import Background
from dominoci.services.leased_sending import LeasedSender
from dominoci.services.polling import Poller
from dominoci.services.repository_polls import RepositoryPolls
from dominoci.services.sending import Branches
from dominoci.services.tree_change import TreeChange
from dominoci.store import accounts, builds, chat, outbox, projects, sign_in, trees
from dominoci.store import flows as flow_store

P = ParamSpec("P")
log = structlog.get_logger()
AT_ONCE = 200
UNTOLD_AFTER_S = 15.0
AGENTS_OWN_END = timedelta(minutes=15)  # past a build's limit, which its agent enforces: who renews its lease still is stuck
SECRETS_OUTLIVE = timedelta(days=8)  # a project that was deleted: its longest run may still have to be cancelled


@dataclass(frozen=True)
class Upkeep:
    """The timers of the arbiter. `tick` is called about once a second."""

    transactions: Transactions
    adapters: Mapping[str, Adapter]
    branches: Branches | None = None
    poller: Poller | None = None
    statuses: CommitStatuses | None = None
    repository_polls: RepositoryPolls | None = None
    senders: Sequence[LeasedSender[Any]] = ()
    background: Background = field(default_factory=Background)

    @property
    def timers(self) -> Mapping[str, tuple[timedelta, Callable[[], None]]]:
        """Every timer: how often, and what it does."""
        return {
            "bell": (timedelta(seconds=3), self.ring_again),
            "leases": (timedelta(seconds=3), self.return_leases),
            "deadlines": (timedelta(seconds=5), self.enforce_deadlines),
            "lanes": (timedelta(seconds=5), self.release_lanes),
            "runs": (timedelta(seconds=5), self.end_runs),
            "polls": (timedelta(seconds=5), self.poll),
            "schedules": (timedelta(seconds=5), self.start_scheduled),
            "repositories": (timedelta(seconds=5), self.look_at_repositories),
            "pushes": (timedelta(seconds=5), self.tell_pushes),
            "messages": (timedelta(seconds=3), self.send_messages),
            "logs": (timedelta(seconds=5), self.store_logs),
            "retention": (timedelta(minutes=5), self.clean_up),
            "sweep": (timedelta(hours=1), self.sweep),
        }

    def prepare(self) -> None:
        """Makes the timers' rows."""
        self.transactions.write(lambda uow: outbox.make_timers(uow.session, list(self.timers), uow.now))

    def tick(self) -> None:
        """Runs every timer whose turn has come and that no other scheduler has taken. One that fails does not stop the others."""
        for name in self.transactions.read(lambda uow: outbox.due_timers(uow.session, uow.now)):
            every, action = self.timers.get(name, (timedelta(hours=1), _nothing))
            if self.transactions.write(_take, name, every):
                _guarded(name, action)

    def ring_again(self) -> None:
        """Rows that are due and were not taken: the bell was lost. Without Redis they are sent from here."""
        due, lapsed = self.transactions.read(lambda uow: outbox.due(uow.session, uow.now))
        if lapsed:
            log.info("leases_returned", rows=self.transactions.write(lambda uow: outbox.return_lapsed(uow.session, uow.now)))
        if due + lapsed and not self.transactions.bell.after_commit([], True, False):
            dispatch.drain(self.transactions, self.adapters, self.branches, self.statuses)

    def return_leases(self) -> None:
        """Builds of agents that fell silent go back into the queue; waiting agents are woken for what they may have missed."""
        lapsed = self.transactions.read(lambda uow: [row.id for row in builds.lapsed(uow.session, uow.now, AT_ONCE)])
        for build_id in lapsed:
            log.info("build_put_back", build=build_id)
            self._alone("build_not_put_back", _put_back, build_id)
        if self.transactions.read(lambda uow: builds.any_queued(uow.session)):
            self.transactions.bell.after_commit([], False, True)

    def enforce_deadlines(self) -> None:
        """Events past their deadline are given up; what depends on them learns of it."""
        overdue = self.transactions.read(lambda uow: [(e.id, e.tree_id) for e in trees.overdue(uow.session, uow.now, AT_ONCE)])
        for event_id, tree_id in overdue:
            self._alone("event_not_given_up", give_up, event_id, tree_id)

    def end_runs(self) -> None:
        """Runs that take too long are stopped: they hold no lease that could lapse. One whose jobs ended without it goes on. A
        build whose agent renews its lease, but never ends it, is ended here."""
        before = timedelta(seconds=self.transactions.settings.max_build_s)
        for run_id in self.transactions.read(lambda uow: flow_store.overdue(uow.session, uow.now - before, AT_ONCE)):
            self._alone("run_not_ended", flows.time_out, run_id)
        for run_id in self.transactions.read(lambda uow: flow_store.at_rest(uow.session, AT_ONCE)):
            self._alone("run_not_ended", flows.resume, run_id)
        stuck = before + AGENTS_OWN_END
        for build_id in self.transactions.read(lambda uow: flow_store.held_too_long(uow.session, uow.now - stuck, AT_ONCE)):
            log.warning("build_ended_without_its_agent", build=build_id)
            self._alone("build_not_ended", build_reports.time_out, build_id)

    def poll(self) -> None:
        """CI systems are asked for runs that say nothing, on threads of their own."""
        if self.poller:
            self.poller.turn()

    def start_scheduled(self) -> None:
        """Jobs whose schedule is due are started."""
        schedules.turn(self.transactions)

    def look_at_repositories(self) -> None:
        """Repositories whose next look is due are asked for their branches, on threads of their own."""
        if self.repository_polls:
            self.repository_polls.turn()

    def release_lanes(self) -> None:
        """Held trees whose lane is free go on, if the ring for them was missed."""
        for tree_id in self.transactions.read(lambda uow: trees.held_without_need(uow.session, AT_ONCE)):
            self._alone("tree_not_released", lanes.release, tree_id)

    def _alone(self, failure: str, work: Callable[Concatenate[UnitOfWork, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
        """One item of a turn: a row that cannot be worked on must not keep the others from theirs."""
        try:
            self.transactions.write(work, *args, **kwargs)
        except DominoError as e:
            log.warning(failure, item=args, because=e.detail)
        except Exception:  # see above; the traceback goes to the log, and the row is tried again next turn
            log.exception(failure, item=args)

    def tell_pushes(self) -> None:
        """Pushes to hosted repositories that their hook could not tell (the web process was down) become builds now."""
        settings = self.transactions.settings
        for push in Hosting(settings.data, settings.public_url).untold(UNTOLD_AFTER_S):
            try:
                self.transactions.write(_push, push)
                graph_pushes.follow(self.transactions, push.project_id, push.ref)
            except DominoError as e:
                log.warning("push_dropped", project=push.project_id, because=e.detail)
            push.file.unlink(missing_ok=True)

    def send_messages(self) -> None:
        """What webhooks, people and other systems are to be told, was not taken, or is tried again: like `ring_again`."""
        missed = [sender for sender in self.senders if _missed(sender)]
        if missed and not self.transactions.bell.after_commit([], True, False):
            for sender in missed:
                sender.begin()

    def store_logs(self) -> None:
        """Logs of finished builds move to the store, in the background."""
        self.background.begin("logs", partial(retention.store_logs, self.transactions))

    def clean_up(self) -> None:
        """Files whose time is over are removed, in the background. A store that is away is asked again next turn."""
        self.background.begin("retention", partial(retention.clean_up, self.transactions))

    def sweep(self) -> None:
        """Removes expired sessions and login links, sign-ins that were never ended, old messages of webhooks and notifications,
        documents that nobody takes, and the secrets of deleted projects."""
        self.transactions.write(lambda uow: accounts.sweep(uow.session, uow.now))
        self.transactions.write(lambda uow: sign_in.sweep(uow.session, uow.now))
        self.transactions.write(lambda uow: chat.sweep(uow.session, uow.now))
        self.transactions.write(webhooks.sweep)
        self.transactions.write(notification_rules.sweep)
        self.transactions.write(search_documents.sweep)
        self.transactions.write(used_tokens.sweep)
        self.transactions.write(hook_deliveries.sweep)
        self.transactions.write(build_statuses.sweep)
        self.transactions.write(lambda uow: projects.forget_secrets(uow.session, uow.now - SECRETS_OUTLIVE))


def _guarded(name: str, action: Callable[[], None]) -> None:
    try:
        action()
    except DominoError as e:
        log.warning("timer_failed", timer=name, because=e.detail)
    except Exception:  # its turn comes again, and until then everything else goes on
        log.exception("timer_failed", timer=name)


def _missed(sender: LeasedSender[Any]) -> bool:
    """Whether one kind of message waits; what is wrong with one must not keep the others."""
    try:
        return sender.missed()
    except Exception:  # its turn comes again; the traceback is in the log
        log.exception("messages_not_looked_at", what=sender.name)
        return False


def _nothing() -> None:
    """For a timer that an older version has left in the database."""


def _take(uow: UnitOfWork, name: str, every: timedelta) -> bool:
    return outbox.take_timer(uow.session, name, uow.now, every)


def _put_back(uow: UnitOfWork, build_id: str) -> None:
    row = builds.build(uow.session, build_id)
    if row and row.lease_until and row.lease_until < uow.now:
        build_reports.put_back(uow, build_id, "lease_lost", "no sign of life")


def _push(uow: UnitOfWork, push: UntoldPush) -> None:
    build_service.push(uow, Principal("hook", push.project_id), push.project_id, push.ref, push.before, push.after)


def give_up(uow: UnitOfWork, event_id: str, tree_id: str) -> None:
    """One event past its deadline: never started is undeliverable, started and silent is timed out."""
    change = TreeChange.of(uow, tree_id)
    event = trees.events_by_id(uow.session, [event_id])[0]
    if event.deadline_at is None or event.deadline_at >= uow.now:
        return
    target, reason = _verdict(event)
    if not change.move(event, target, reason, finished_at=uow.now, deadline_at=None):
        return
    trees.update_attempts(uow.session, [(event.id, event.attempt)], state=target.value, finished_at=uow.now)
    outbox.close_for(uow.session, [event.id], uow.now)
    if row := builds.of_attempt(uow.session, event.id, event.attempt):
        build_stopping.withdraw(uow, [row], reason)
    settling.settle(change, [event])
    change.finish()


def _verdict(event: Event) -> tuple[EventState, Reason]:
    if event.state == EventState.QUEUED.value:
        own = event.target.get("kind") == "agent"
        because = "no agent took the build" if own else "its CI system could not be reached"
        params = {"because": f"{because} within {event.start_deadline_s} s"}
        return EventState.UNDELIVERABLE, Reason("never_started", params)
    if event.state == EventState.TRIGGERED.value and _span(event) < event.finish_deadline_s:
        because = f"it was delivered, but no start was reported within {event.start_deadline_s} s"
        return EventState.TIMED_OUT, Reason("never_started", {"because": because})
    return EventState.TIMED_OUT, Reason("timed_out", {"seconds": event.finish_deadline_s})


def _span(event: Event) -> float:
    """How many seconds a delivered event was given."""
    begun = event.triggered_at
    return (event.deadline_at - begun).total_seconds() if event.deadline_at and begun else event.finish_deadline_s
