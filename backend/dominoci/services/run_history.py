"""How the runs of a project went before: the newest of the same branch and job, wherever they ran, and since when it broke."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from dominoci.domain import notice as rules
from dominoci.domain.refs import split_ref
from dominoci.domain.reports import Metadata
from dominoci.infra.models.builds import Build
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import views
from dominoci.store import run_history as store
from dominoci.store.statements import Columns

NOT_STORED: Final = ""  # of a report, whose row's id nobody tells
_OUTCOMES: Final = rules.BAD | {rules.GOOD}


@dataclass(frozen=True)
class Run:
    """One run of a project that has ended. `order` sorts runs by when they ended: the moment, the id of the event, report or
    build, the attempt. `build_id` is that of a build of ours; `root` what set it off, where that was another project."""

    order: tuple[datetime, str, int]
    state: str
    meta: Metadata
    build_id: str | None
    root: Mapping[str, Any] | None = None

    @property
    def place(self) -> tuple[str | None, str | None]:
        """The branch or tag: only runs of the same one are compared."""
        return self.meta.branch, self.meta.tag


@dataclass(frozen=True)
class Fared:
    """How the runs before it went: how the last one ended, the first one that failed since the last good one, that good one, how
    many failed in a row (this one too), and whether there may have been more than was looked at."""

    before: str | None
    since: Run | None
    good: Run | None
    failures: int
    cut: bool


def fared(uow: UnitOfWork, project_id: str, mine: Run, given_up: str | None) -> tuple[Fared, Columns | None]:
    """How the runs of a project before this one went, on the same branch and of the same job, and that job (`job_id`, `path`,
    `pull`) if it is of one. `given_up` is how this run itself had been given up, when its result came late."""
    own = [mine.build_id] if mine.build_id else []
    job = store.jobs_of(uow.session, project_id, own).get(mine.build_id or "")
    known = _of_job(uow, job.job_id) if job else _of_project(uow, project_id)
    comparable = [run for run in known if run.place == mine.place and run.state in _OUTCOMES and not _is_same(run, mine)]
    earlier = sorted(comparable, key=lambda run: run.order, reverse=True)
    if given_up:
        earlier.insert(0, replace(mine, state=given_up))
    failed, good = _row_of_failures(earlier)
    bad_now = [mine] if mine.state in rules.BAD else []
    since = failed[-1] if failed else (mine if bad_now else None)
    cut = good is None and len(known) >= store.LOOKED_BACK
    return Fared(earlier[0].state if earlier else None, since, good, len(failed) + len(bad_now), cut), job


def _of_job(uow: UnitOfWork, job_id: str) -> list[Run]:
    """The newest builds of a job, in whatever tree or in none."""
    rows = store.builds_of_job(uow.session, job_id)
    return [Run((row.finished_at, row.id, 0), row.state, meta_of(row), row.id) for row in rows]


def _of_project(uow: UnitOfWork, project_id: str) -> list[Run]:
    """The newest runs of a project in trees, and those that opened none; but for builds of its jobs."""
    runs = [_of_attempt(uow, row) for row in store.runs(uow.session, project_id)]
    runs += [_of_row(uow, row) for row in store.told_without_tree(uow.session, project_id)]
    jobs = store.jobs_of(uow.session, project_id, {run.build_id for run in runs if run.build_id})
    return [run for run in runs if run.build_id not in jobs]


def _row_of_failures(runs: Iterable[Run]) -> tuple[list[Run], Run | None]:
    """The failures in a row at the head of these runs (newest first), and the success behind them."""
    failed: list[Run] = []
    for run in runs:
        if run.state == rules.GOOD:
            return failed, run
        failed.append(run)
    return failed, None


def _is_same(run: Run, mine: Run) -> bool:
    """Whether `run` is what has just been written about `mine`: the same build, the same attempt of an event, or the report of
    now."""
    if mine.build_id or mine.order[1] != NOT_STORED:
        return run.build_id == mine.build_id if mine.build_id else run.order[1:] == mine.order[1:]
    return run.order[0] == mine.order[0] and run.meta == mine.meta


def _of_attempt(uow: UnitOfWork, row: Columns) -> Run:
    meta = placed(Metadata(**row.meta) if row.meta else Metadata(), row.ref or row.default_branch)
    root = None if row.position == 0 else root_of(row.root_project_name, row.root_meta)
    return Run((row.finished_at, row.id, row.number), row.state, meta, build_of(uow, row.run_url), root=root)


def _of_row(uow: UnitOfWork, row: Columns) -> Run:
    build_id = build_of(uow, row.links.get("pipeline"))
    return Run((row.received_at, row.id, 0), row.status.lower(), Metadata(**row.meta), build_id)


def placed(meta: Metadata, ref: str) -> Metadata:
    """The metadata, with the branch or tag of `ref` where none was reported."""
    if meta.branch or meta.tag:
        return meta
    branch, tag = split_ref(ref)
    return replace(meta, branch=branch, tag=tag)


def root_of(name: str, meta: Mapping[str, Any]) -> Mapping[str, Any]:
    """What set a tree off: the project, commit and message of its root."""
    return {"project": name, "commit": meta.get("commit"), "message": meta.get("message")}


def build_of(uow: UnitOfWork, address: str | None) -> str | None:
    """The build of ours that an address is of."""
    prefix = views.build_url(uow.settings, "")
    return address.removeprefix(prefix)[:36] if address and address.startswith(prefix) else None


def meta_of(row: Build | Columns) -> Metadata:
    """What a build knows of where it ran."""
    return Metadata(branch=row.branch, tag=row.tag, commit=row.commit, message=row.message)
