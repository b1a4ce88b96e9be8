"""SQL on webhooks that GitHub and GitLab sent, and on which repositories' own webhooks are to be seen to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from dominoci.domain.ids import new_id
from dominoci.infra.db import changed
from dominoci.infra.models.builds import Build
from dominoci.infra.models.jobs import HookDelivery
from dominoci.infra.models.notices import NamedLease
from dominoci.store.paging import Page
from dominoci.store.statements import insert_rows

ERRAND: Final = "hook:"  # before a project's id, the name of the lease on seeing to its repository's webhook
MOST_LOOKED_AT: Final = 1000  # of the deliveries since one that was missed
AT_ONCE = 10_000  # rows that one sweep removes


# ---- deliveries


def known(session: Session, ids: Collection[str]) -> set[str]:
    """Those of these deliveries that were taken."""
    return set(session.scalars(select(HookDelivery.id).where(HookDelivery.id.in_(ids)))) if ids else set()


def add(session: Session, row: dict[str, Any]) -> None:
    """Remembers a delivery. IntegrityError where it was taken meanwhile: the whole transaction is then tried again."""
    insert_rows(session, HookDelivery, [row])


def of_project(
    session: Session, project_id: str, repositories: Collection[str], page: Page
) -> tuple[list[HookDelivery], str | None]:
    """What was taken for a project, of its repository or one that its jobs are linked to, newest first."""
    query = select(HookDelivery).where(HookDelivery.repository.in_(sorted(repositories)))
    query = query.where(HookDelivery.outcome["project"].as_string() == project_id)
    if page.cursor:  # ids are digests: the order is that of the times
        last = select(HookDelivery.received_at).where(HookDelivery.id == page.cursor).scalar_subquery()
        same = and_(HookDelivery.received_at == last, HookDelivery.id < page.cursor)
        query = query.where(or_(HookDelivery.received_at < last, same))
    newest = query.order_by(HookDelivery.received_at.desc(), HookDelivery.id.desc())
    rows = list(session.scalars(newest.limit(page.limit + 1)))
    return rows[: page.limit], rows[page.limit - 1].id if len(rows) > page.limit else None


def made_since(session: Session, repository: str, project_id: str, after: datetime) -> set[str]:
    """The builds that came of webhooks of a repository for a project, as far as they arrived by themselves after then."""
    query = select(HookDelivery.outcome).where(HookDelivery.repository == repository, HookDelivery.received_at > after)
    newest = query.where(HookDelivery.replayed.is_(False)).order_by(HookDelivery.received_at.desc()).limit(MOST_LOOKED_AT)
    mine = [outcome for outcome in session.scalars(newest) if outcome.get("project") == project_id]
    return {str(build["id"]) for outcome in mine for build in outcome.get("builds", [])}


def any_of_branch(session: Session, builds: Collection[str], branch: str, job_id: str | None) -> bool:
    """Whether one of these builds is of this branch, and of this job (None: of none)."""
    if not builds:
        return False
    query = select(Build.id).where(Build.id.in_(sorted(builds)), Build.branch == branch)
    return session.scalars(query.where(Build.job_id == job_id if job_id else Build.job_id.is_(None)).limit(1)).first() is not None


def sweep(session: Session, before: datetime) -> None:
    """Forgets what was taken before then, at most AT_ONCE: the next sweep goes on."""
    ids = session.scalars(select(HookDelivery.id).where(HookDelivery.received_at < before).limit(AT_ONCE)).all()
    for start in range(0, len(ids), 1000):
        session.execute(delete(HookDelivery).where(HookDelivery.id.in_(ids[start : start + 1000])))


# ---- errands: a project whose repository's webhook is to be made, or looked after, at a time


@dataclass(frozen=True)
class Errand:
    """A project's turn, held by `owner` until its lease is over."""

    project_id: str
    owner: str


def want(session: Session, project_id: str, at: datetime) -> None:
    """The project's webhook is to be seen to at this moment."""
    row = session.get(NamedLease, f"{ERRAND}{project_id}")
    if row is None:
        insert_rows(session, NamedLease, [{"name": f"{ERRAND}{project_id}", "owner": None, "until": at}])
    else:
        row.owner, row.until = None, at
        session.flush()


def due(session: Session, now: datetime) -> int:
    """How many projects' turns have come, or are held by somebody who died."""
    return session.execute(select(func.count()).select_from(NamedLease).where(*_due(now))).scalar_one()


def _due(now: datetime) -> tuple[Any, Any, Any]:
    end = f"{ERRAND[:-1]}{chr(ord(ERRAND[-1]) + 1)}"  # a range of the primary key
    return NamedLease.name > ERRAND, NamedLease.name < end, NamedLease.until <= now


def claim(session: Session, now: datetime, lease: timedelta, limit: int) -> list[Errand]:
    """Projects whose turn it is, under a lease: by compare-and-set, so that each is one sender's."""
    rows = session.execute(
        select(NamedLease.name, NamedLease.until).where(*_due(now)).order_by(NamedLease.until).limit(limit)
    ).all()
    taken = []
    for row in rows:
        owner = new_id()
        mine = update(NamedLease).where(NamedLease.name == row.name, NamedLease.until == row.until)
        if changed(session.execute(mine.values(owner=owner, until=now + lease))) == 1:
            taken.append(Errand(row.name.removeprefix(ERRAND), owner))
    return taken


def settle(session: Session, errand: Errand, again_at: datetime | None) -> bool:
    """Ends a turn; the next one is at `again_at`, None: never, unless it is wanted. False for a turn that was asked for anew
    meanwhile, or taken by somebody else: that one stays as it is."""
    mine = (NamedLease.name == f"{ERRAND}{errand.project_id}", NamedLease.owner == errand.owner)
    if again_at is None:
        return changed(session.execute(delete(NamedLease).where(*mine))) == 1
    return changed(session.execute(update(NamedLease).where(*mine).values(owner=None, until=again_at))) == 1
