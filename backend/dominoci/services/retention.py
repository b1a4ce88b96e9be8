"""What becomes of the files of finished builds: logs move to the store, and what is older than the settings say is removed."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from dominoci.domain.errors import DominoError
from dominoci.infra.files import BuildFiles, Place
from dominoci.infra.git import Hosting
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import caches as cache_service
from dominoci.store import caches, retention

log = structlog.get_logger()
AT_ONCE = 200
LOGS_TURN_S = 2.0
# pages that follow a log have read its end by then, and whoever reads it after that asks the store
STORED_AFTER = timedelta(seconds=30)
LOOKED_AT = "retention_looked_at"


def store_logs(transactions: Transactions) -> None:
    """Moves logs of finished builds from this machine to the store, where that is elsewhere, for about LOGS_TURN_S."""
    files, until = BuildFiles.of(transactions.settings), time.monotonic() + LOGS_TURN_S
    if files.storage.by_name:
        return
    with files.moving_logs() as may:
        found = files.logs_here(AT_ONCE) if may else {}
        for place in transactions.read(_ended, list(found)) if found else []:
            try:
                files.store_logs(place, found[place.folder], until)
            except DominoError as e:
                log.warning("logs_not_stored", build=place.build, because=e.detail)
                return  # the store is away: they stay here, and are readable here
            if time.monotonic() > until:
                return


def _ended(uow: UnitOfWork, folders: list[str]) -> list[Place]:
    rows = retention.ended(uow.session, folders, uow.now - STORED_AFTER)
    return [Place(row.folder, row.id) for row in rows]


def clean_up(transactions: Transactions) -> None:
    """One batch of each: builds whose time is over, caches that nobody uses, uploads that a process left behind."""
    files, keeping = BuildFiles.of(transactions.settings), transactions.settings.keeping
    if keeping.days:
        _remove_builds(transactions, files)
    if keeping.cache_days:
        _remove_caches(transactions, files)
    files.sweep_spool()


def _remove_builds(transactions: Transactions, files: BuildFiles) -> None:
    """Files first: a process that dies in between finds the builds again, where files without an entry would stay for ever."""
    places = transactions.read(_over, transactions.memory)
    hosting = Hosting(transactions.settings.data, transactions.settings.public_url)
    for place in places:
        files.remove(place)
        if hosting.exists(place.build):  # the pipeline repository of a run
            hosting.remove(place.build)
    if places:
        transactions.write(_expire, [place.build for place in places])
        log.info("build_files_removed", builds=len(places))


def _over(uow: UnitOfWork, memory: dict[str, tuple[datetime, str] | None]) -> list[Place]:
    """The builds of the next batch that nothing keeps. What is kept is passed by, and looked at again once the end is reached."""
    keeping = uow.settings.keeping
    before = uow.now - timedelta(days=keeping.days)
    seen = retention.oldest(uow.session, memory.get(LOOKED_AT), before, keeping.builds, AT_ONCE)
    memory[LOOKED_AT] = (seen[-1].finished_at, seen[-1].id) if len(seen) == AT_ONCE else None
    rows = [row for row in seen if not row.last and not row.newest_green]
    needed = retention.needed_trees(uow.session, {row.tree_id for row in rows if row.tree_id}) if rows else set()
    gone = [row for row in rows if row.tree_id not in needed]
    jobs = retention.jobs_of(uow.session, [row.id for row in gone]) if gone else []
    return [Place(row.folder, row.id) for row in (*jobs, *gone)]


def _expire(uow: UnitOfWork, build_ids: list[str]) -> None:
    retention.expire(uow.session, build_ids, uow.now)


def _remove_caches(transactions: Transactions, files: BuildFiles) -> None:
    rows = transactions.read(_unused)
    for cache_id, (project_id, name) in rows.items():
        files.remove_cache(project_id, name)
        log.info("cache_removed", cache=cache_id)
    if rows:
        transactions.write(lambda uow: caches.remove(uow.session, list(rows)))


def _unused(uow: UnitOfWork) -> Mapping[str, tuple[str, str]]:
    before = uow.now - timedelta(days=uow.settings.keeping.cache_days)
    rows = caches.unused(uow.session, before, AT_ONCE)
    return {row.id: (row.project_id, cache_service.name_of(row)) for row in rows}
