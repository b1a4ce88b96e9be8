"""Looks at repositories that tell nobody of their pushes: what has changed since the last look starts the job.

A look is claimed by moving its trigger on, asked for on threads of their own, and booked branch by branch: whoever books a branch
has locked the trigger, so that two schedulers that look at once start it once.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Final, Protocol

import structlog

from dominoci.domain import triggers as rules
from dominoci.domain.errors import DominoError
from dominoci.domain.refs import split_ref
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Job, Trigger
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.remote_refs import RefsUnknown
from dominoci.services import job_starts, repository_access, triggers
from dominoci.services.repository_access import Access
from dominoci.store import jobs, projects
from dominoci.store import triggers as store

log = structlog.get_logger()
AT_ONCE: Final = 50
SIDE_BY_SIDE: Final = 4
MOST_STARTED: Final = 20  # builds of one look; the rest are started by the next ones
MOST_BRANCHES: Final = 500
Seen = Mapping[str, str]


class Refs(Protocol):
    """Lists the branches of repositories elsewhere. Any thread may call."""

    def branches(self, url: str, patterns: Sequence[str], access: Access | None = None) -> dict[str, str]:
        """The commits of the branches that fit one of these globs, by branch. Raises RefsUnknown."""
        ...


@dataclass(frozen=True)
class Look:
    """One look at a repository: at the branches that fit `patterns`."""

    trigger_id: str
    url: str
    patterns: Sequence[str]
    access: Access | None = field(repr=False)


@dataclass
class RepositoryPolls:
    """Any number of processes may have one. `turn` is short: repositories are asked on threads."""

    transactions: Transactions
    refs: Refs
    _busy: dict[str, Future[None]] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="repository-poll")
    )

    def turn(self) -> None:
        """Begins the looks that are due, unless as many as can be asked side by side are still under way."""
        with self._guard:
            self._busy = {key: begun for key, begun in self._busy.items() if not begun.done()}
            if len(self._busy) >= SIDE_BY_SIDE:
                return
            for look in self.transactions.write(_claim):
                self._busy[look.trigger_id] = self._pool.submit(self._look, look)

    def wait(self) -> None:
        """Until all that was begun has been booked."""
        with self._guard:
            begun = list(self._busy.values())
        wait(begun)

    def _look(self, look: Look) -> None:
        try:
            heads = self.refs.branches(look.url, look.patterns, look.access)
            self._book(look, heads)
        except RefsUnknown as error:
            self.transactions.write(_say, look.trigger_id, rules.FAILED, str(error))
        except DominoError as error:
            log.warning("repository_poll_not_booked", trigger=look.trigger_id, because=error.detail)
        except Exception:  # what was seen is as it was: the next look sees the same, and tries again
            log.exception("repository_poll_failed", trigger=look.trigger_id)

    def _book(self, look: Look, heads: Seen) -> None:
        if len(heads) > MOST_BRANCHES:
            text = f"{len(heads)} branches fit, and at most {MOST_BRANCHES} are looked at: name fewer."
            self.transactions.write(_say, look.trigger_id, rules.FAILED, text)
            return
        for branch in self.transactions.write(_compare, look, heads):
            try:
                self.transactions.write(_start, look, branch, heads[branch])
            except DominoError as error:
                self.transactions.write(_fail, look, branch, heads[branch], error.detail)


def _claim(uow: UnitOfWork) -> list[Look]:
    looks = []
    for trigger_id, due_at in store.due(uow.session, rules.POLL, uow.now, AT_ONCE):
        row = store.of_id(uow.session, trigger_id)
        if row is None or not store.take(uow.session, trigger_id, due_at, uow.now + timedelta(seconds=row.config["every_s"])):
            continue
        if look := _look_of(uow, row):
            looks.append(look)
    return looks


def _look_of(uow: UnitOfWork, row: Trigger) -> Look | None:
    """None where there is nothing to look at: the trigger then says why."""
    job, project = _whose(uow, row)
    if job is None or project is None:
        return None
    patterns = _patterns(row, job, project)
    because = _idle(job, project) or ("" if patterns else "The job builds a tag: name the branches to look at.")
    if because:
        _say(uow, row.id, rules.SKIPPED, because)
        return None
    return Look(row.id, project.repository_url, patterns, repository_access.opened(uow, project))


def _patterns(row: Trigger, job: Job, project: Project) -> list[str]:
    """The branches to look at; none where the job builds a tag and the trigger names no branches."""
    return list(row.config["branches"]) or [one for one in [split_ref(job.ref or project.default_branch)[0]] if one]


def _idle(job: Job, project: Project) -> str | None:
    if project.hosted:
        return triggers.HOSTED
    if job.closed_at:
        return "The branch of the job is closed."
    return None if job.enabled else "The job is switched off."


def _whose(uow: UnitOfWork, row: Trigger) -> tuple[Job | None, Project | None]:
    job = jobs.by_id(uow.session, row.job_id)
    project = projects.by_id(uow.session, job.project_id) if job and not job.deleted_at else None
    return job, project if project and not project.deleted_at else None


def _still(uow: UnitOfWork, look: Look) -> tuple[Trigger, Job, Project] | None:
    """The trigger, locked, with whose it is; None where it is off, gone, or looks at other branches since the look began."""
    row = store.lock(uow.session, look.trigger_id)
    job, project = _whose(uow, row) if row and row.enabled else (None, None)
    if row is None or job is None or project is None or _patterns(row, job, project) != list(look.patterns):
        return None
    return row, job, project


def _compare(uow: UnitOfWork, look: Look, heads: Seen) -> list[str]:
    """The branches that are to be built. The first look only remembers; branches that are gone are forgotten."""
    if (found := _still(uow, look)) is None:
        return []
    row, trigger_id = found[0], look.trigger_id
    if row.seen is None:
        text = f"First look: {len(heads)} branch{'es' if len(heads) != 1 else ''}; what changes from now on is built."
        store.book(uow.session, trigger_id, seen=dict(heads), last=triggers.outcome(uow.now, rules.NOTHING, text))
        return []
    left = {branch: commit for branch, commit in row.seen.items() if branch in heads}
    news = sorted(branch for branch, commit in heads.items() if left.get(branch) != commit)
    told = {} if news else {"last": triggers.outcome(uow.now, rules.NOTHING, "Nothing has changed.", row.last)}
    store.book(uow.session, trigger_id, seen=left, **told)
    return news[:MOST_STARTED]


def _start(uow: UnitOfWork, look: Look, branch: str, commit: str) -> None:
    """Builds one branch, unless somebody else has meanwhile."""
    if (found := _still(uow, look)) is None:
        return
    row, job, project = found
    if row.seen is None or row.seen.get(branch) == commit:
        return
    build = job_starts.start(uow, project, job, "poll", row.parameters, ref=branch, commit=commit)
    store.book(uow.session, row.id, seen={**row.seen, branch: commit}, last=triggers.started(uow.now, build))
    log.info("repository_poll_started", trigger=row.id, branch=branch, build=build.id)


def _fail(uow: UnitOfWork, look: Look, branch: str, commit: str, because: str) -> None:
    """A branch that cannot be built is not tried again until it changes: each look would fail alike."""
    found = _still(uow, look)
    if found and (row := found[0]).seen is not None:
        told = triggers.outcome(uow.now, rules.FAILED, f"{branch}: {because}", row.last)
        store.book(uow.session, row.id, seen={**row.seen, branch: commit}, last=told)


def _say(uow: UnitOfWork, trigger_id: str, kind: str, text: str) -> None:
    if row := store.lock(uow.session, trigger_id):
        store.book(uow.session, trigger_id, last=triggers.outcome(uow.now, kind, text, row.last))
