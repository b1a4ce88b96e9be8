"""How a build of a push or pull request stands, shown on its commit at GitHub or GitLab."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import structlog

from dominoci.domain import backoff
from dominoci.domain import build_status as rules
from dominoci.domain.ids import new_id
from dominoci.domain.mirror import CommitStatus
from dominoci.domain.reasons import sentence
from dominoci.domain.states import BuildState
from dominoci.domain.target import GITHUB
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.notices import BuildStatus
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.outbound.client import all_within
from dominoci.outbound.exchange import Caller, ExchangeFailed
from dominoci.services import repository_host, views
from dominoci.services.leased_sending import LeasedSender
from dominoci.services.repository_host import Host
from dominoci.store import build_statuses as store
from dominoci.store import builds, projects
from dominoci.vendors.github import GitHub
from dominoci.vendors.gitlab import GitLab

log = structlog.get_logger()
PULL = "pull"
CAUSES = ("push", PULL)
AT_ONCE = 4  # as many as are sent side by side: what waits here holds a lease of 20 seconds
SEND_S = 15.0
KEPT = timedelta(days=14)


@dataclass(frozen=True)
class Shown:
    """One leased row: a build's status as it is now, on its way to its commit. `host` is None where nobody may write it."""

    row_id: str
    owner: str | None
    tries: int
    build_id: str
    host: Host | None
    commit: str
    context: str
    status: CommitStatus
    link: str


def note(uow: UnitOfWork, rows: Iterable[Build]) -> None:
    """These builds stand otherwise now: it is shown on their commits, where a push or pull request caused them. Without such
    builds this asks the database nothing."""
    concerned = {row.id: row for row in rows if row.cause in CAUSES and row.commit and not row.job}
    if not concerned:
        return
    known = projects.of_ids(uow.session, {row.project_id for row in concerned.values()})
    able = {id_ for id_, project in known.items() if not project.hosted and project.repository_access}
    told = [id_ for id_, row in concerned.items() if row.project_id in able]
    if not told:
        return
    waiting = store.waiting(uow.session, told)
    blank = {"state": "pending", "tries": 0, "next_at": uow.now, "created_at": uow.now}
    store.add(uow.session, [{"id": new_id(), "build_id": id_, **blank} for id_ in told if id_ not in waiting])
    uow.ring()


@dataclass
class BuildStatusSender(LeasedSender[Shown]):
    """Any number of processes may have one; any thread may call."""

    caller: Caller
    name: ClassVar[str] = "build_status"

    def due(self, uow: UnitOfWork) -> tuple[int, int]:
        """See the base."""
        return store.due(uow.session, uow.now)

    def put_back(self, uow: UnitOfWork) -> None:
        """See the base."""
        store.return_lapsed(uow.session, uow.now)

    def claim(self) -> list[Shown]:
        """The next statuses, under a lease."""
        return self.transactions.write(_claim)

    def send(self, item: Shown) -> None:
        """Shows one status, and books what came of it."""
        if item.host is None:
            self.transactions.write(_book, item, "The project's access may not set statuses.")
            return
        try:
            with all_within(SEND_S):
                _show(self.caller, item.host, item)
        except ExchangeFailed as error:
            self.transactions.write(_book_failed, item, error)
        else:
            self.transactions.write(_book, item, f"Shown: {item.status.text}")


def _show(caller: Caller, host: Host, item: Shown) -> None:
    state, text = item.status.state, item.status.text
    if host.kind == GITHUB:
        GitHub.of(caller, host.fields, host.secrets).set_status(item.commit, state, item.context, item.link, text)
    else:
        GitLab.of(caller, host.fields, host.secrets).set_status(item.commit, state, item.context, item.link, text)


def _claim(uow: UnitOfWork) -> list[Shown]:
    rows = store.claim(uow.session, uow.now, AT_ONCE)
    if not rows:
        return []
    told = store.builds_of(uow.session, rows)
    paths = store.job_paths(uow.session, {build.job_id for build in told.values() if build.job_id})
    known = projects.of_ids(uow.session, {build.project_id for build in told.values()})
    return [_shown(uow, row, told[row.build_id], known[told[row.build_id].project_id], paths) for row in rows]


def _shown(uow: UnitOfWork, row: BuildStatus, build: Build, project: Project, paths: dict[str, str]) -> Shown:
    because = sentence(build.reason_code, build.reason_params or {}) if build.reason_code else None
    named = paths.get(build.job_id or "", project.name)
    return Shown(
        row.id,
        row.lease_owner,
        row.tries + 1,
        build.id,
        None if project.deleted_at else repository_host.opened(uow, project),
        str(build.commit),
        rules.context(named, pull=build.cause == PULL),
        rules.status_of(build.number, BuildState(build.state), build.approval, because),
        views.build_url(uow.settings, build.id),
    )


def _book(uow: UnitOfWork, item: Shown, reading: str) -> None:
    told = {"tries": item.tries, "reading": reading[:500], "finished_at": uow.now}
    store.book(uow.session, item.row_id, item.owner, state="done", **told)
    row = builds.build(uow.session, item.build_id)
    if row and item.host and rules.state_of(BuildState(row.state)) != item.status.state:
        note(uow, [row])  # it ended while this was on its way, and may have been shown before this came


def _book_failed(uow: UnitOfWork, item: Shown, error: ExchangeFailed) -> None:
    again = error.retry and item.tries < backoff.MAX_TRIES
    log.info("build_status_not_shown", build=item.build_id, tries=item.tries, again=again, because=error.reading)
    told = {"tries": item.tries, "reading": error.reading[:500]}
    if again:
        at = uow.now + backoff.delay(item.tries, error.retry_after_s)
        store.book(uow.session, item.row_id, item.owner, state="pending", next_at=at, **told)
    else:
        store.book(uow.session, item.row_id, item.owner, state="dead", finished_at=uow.now, **told)


def sweep(uow: UnitOfWork) -> None:
    """Removes what was over long ago."""
    store.sweep(uow.session, uow.now - KEPT)
