"""SQL on the builds that wait for an agent: whose turn it is."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import String, bindparam, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from dominoci.domain.approval import NEEDED
from dominoci.domain.fair_queue import Waiting, in_turn
from dominoci.domain.states import BuildState
from dominoci.infra.models.builds import Build
from dominoci.store.statements import table_of

QUEUED, RUNNING = BuildState.QUEUED.value, BuildState.RUNNING.value
AT_ONCE = 4  # candidates of one look: another agent may be faster with the first

_BUILDS = table_of(Build)
# what waits for an approval is no candidate yet; NULL, for all others, is unequal to nothing
_READY = or_(_BUILDS.c.approval.is_(None), _BUILDS.c.approval != NEEDED)
_OLDEST = select(Build).where(Build.state == QUEUED, _READY).order_by(Build.id).limit(AT_ONCE + 1)
_OF_IDS = select(Build).where(Build.id.in_(bindparam("ids", expanding=True)), Build.state == QUEUED, _READY)
_NEEDS = type_coerce(_BUILDS.c.needs, String).label("needs")
_ALIKE = (
    select(_BUILDS.c.project_id, _BUILDS.c.priority, _NEEDS, func.min(_BUILDS.c.id).label("id"))
    .where(_BUILDS.c.state == QUEUED, _READY)
    .group_by(_BUILDS.c.project_id, _BUILDS.c.priority, _BUILDS.c.needs)
    .subquery()
)
# the run of a workflow has no agent: its jobs are what runs
_AT_WORK = (
    select(_BUILDS.c.project_id, func.count().label("running"))
    .where(_BUILDS.c.state == RUNNING, _BUILDS.c.agent_id.is_not(None))
    .group_by(_BUILDS.c.project_id)
    .subquery()
)
_RUNNING = func.coalesce(_AT_WORK.c.running, 0).label("running")
_TAKEN = _BUILDS.alias("taken")
_LAST_TURN = select(func.max(_TAKEN.c.started_at)).where(_TAKEN.c.project_id == _ALIKE.c.project_id)
_SERVED = _LAST_TURN.scalar_subquery().label("served")
# what waits and what runs is read by the index on their states, the last turn by one look into another index, and nothing of the
# history; NULL, for never served, comes first in both databases
_TURN = (_ALIKE.c.priority.desc(), _RUNNING, _SERVED, _ALIKE.c.id)
_HEADS = select(_ALIKE, _RUNNING, _SERVED).outerjoin(_AT_WORK, _AT_WORK.c.project_id == _ALIKE.c.project_id).order_by(*_TURN)
_FIRST = (
    select(Build, _RUNNING, _SERVED)
    .join_from(_ALIKE, Build, Build.id == _ALIKE.c.id)
    .outerjoin(_AT_WORK, _AT_WORK.c.project_id == _ALIKE.c.project_id)
    .order_by(*_TURN)
    .limit(2 * AT_ONCE)
)


def next_for(session: Session, has: Collection[str]) -> list[Build]:
    """The builds whose turn it is on an agent with these labels and executors, at most AT_ONCE, the first in front.

    Most of the time little waits, and one statement tells. Of a longer queue a second one finds the heads of what is alike; only
    where the first of those are for other agents, all are looked at.
    """
    rows = {row.id: row for row in session.scalars(_OLDEST)}
    if len(rows) <= AT_ONCE and len({row.project_id for row in rows.values()}) <= 1:
        return [rows[build.id] for build in in_turn(map(_waiting, rows.values()), has)]
    first = session.execute(_FIRST).all()
    turns = in_turn([_waiting(row, running, served) for row, running, served in first], has)
    oldest, rows = list(rows.values()), {**rows, **{row.id: row for row, _, _ in first}}
    if not turns and len(first) == 2 * AT_ONCE:
        turns = in_turn(_heads(session), has)
    if turns:
        turns = [*_alike(turns[0], oldest), *turns[1:]]
    return _rows(session, rows, turns[:AT_ONCE])


def _heads(session: Session) -> list[Waiting]:
    rows = session.execute(_HEADS).all()
    return [Waiting(row.id, row.project_id, row.priority, _set(row.needs), row.running, row.served) for row in rows]


def _waiting(row: Build, running: int = 0, served: datetime | None = None) -> Waiting:
    return Waiting(row.id, row.project_id, row.priority, frozenset(row.needs or ()), running, served)


def _set(text: str | None) -> frozenset[str]:
    return frozenset(json.loads(text) or ()) if text else frozenset()


def _alike(first: Waiting, oldest: Collection[Build]) -> list[Waiting]:
    """The head and those behind it that are known: where all that waits is alike, agents that come together find one each."""
    same = [_waiting(row, first.running, first.served) for row in oldest]
    return [first, *(one for one in same if one.id != first.id and (one.project_id, one.priority, one.needs) == _kind(first))]


def _kind(build: Waiting) -> tuple[str, int, frozenset[str]]:
    return build.project_id, build.priority, build.needs


def _rows(session: Session, known: dict[str, Build], turns: Sequence[Waiting]) -> list[Build]:
    missing = [build.id for build in turns if build.id not in known]
    found = {row.id: row for row in session.scalars(_OF_IDS, {"ids": missing})} if missing else {}
    rows = {**found, **known}
    return [rows[build.id] for build in turns if build.id in rows]


def count_before(session: Session, row: Build, has: Collection[Collection[str]]) -> int:
    """How many builds that wait have waited longer or have a higher priority, of those that one of these agents (each by what it
    has) can run. Which of them really comes first depends on what their projects have running then."""
    query = select(_NEEDS, func.count().label("builds")).where(_BUILDS.c.state == QUEUED, _READY)
    first = (_BUILDS.c.priority > row.priority) | ((_BUILDS.c.priority == row.priority) & (_BUILDS.c.id < row.id))
    rows = session.execute(query.where(first).group_by(_BUILDS.c.needs)).all()
    return sum(kind.builds for kind in rows if any(_set(kind.needs).issubset(one) for one in has))
