"""When a tree will be done, by what its projects took before; of a finished tree, what really took longest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dominoci.domain.eta import Estimate, Late, Schedule, Task, estimate, late, schedule
from dominoci.domain.states import ACTIVE, EventState
from dominoci.infra.models.trees import Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import veil
from dominoci.services.access import Principal, visible_tree
from dominoci.services.veil import Veil
from dominoci.store import history
from dominoci.store.statements import Columns

View = dict[str, Any]
NO_HISTORY = Estimate()


@dataclass(frozen=True)
class Timeline:
    """A tree's events as tasks, in the order of freezing, and when they start and end."""

    tree: Tree
    rows: Sequence[Columns]
    links: Sequence[Columns]
    tasks: Sequence[Task]
    plan: Schedule

    def moment(self, seconds: float) -> datetime:
        """So many seconds after the tree was opened."""
        return self.tree.opened_at + timedelta(seconds=seconds)

    @property
    def path(self) -> list[str]:
        """The sub ids of the critical path."""
        return [str(self.rows[i].sub_id) for i in self.plan.path]


def of_tree(uow: UnitOfWork, who: Principal, tree_id: str, *, events: bool = True) -> View:
    """`GET /trees/<tree>/forecast`: the expected end, the critical path, and with `events` what is expected of each that is not
    done."""
    tree = visible_tree(uow, who, tree_id)
    rows = history.timeline(uow.session, tree.id)
    estimates = of_projects(uow, {row.project_id for row in rows if not EventState(row.state).final})
    line = timeline(uow, tree, rows, estimates)
    to_run = [task.expected for task in line.tasks if not task.skipped and task.ended_s is None]
    ends = certainty(to_run)
    done = tree.finished_at
    known = done is None and ends["certainty"] != "none"
    return {
        "tree_id": tree.id,
        "state": tree.state,
        "expected_end": line.moment(max(line.plan.ends_s)) if known else done,
        "pessimistic_end": line.moment(max(line.plan.pessimistic_ends_s)) if known else done,
        **ends,
        "critical_path": line.path,
        "critical_s": rounded(line.plan.critical_s),
        "events": _events(uow, line, veil.of(uow, who, rows)) if events else [],
    }


def of_projects(uow: UnitOfWork, project_ids: set[str]) -> dict[str, Estimate]:
    """How long each of these projects takes, from queued to finished; those without history are left out."""
    past = history.durations(uow.session, project_ids)
    return {project_id: estimate([one.total_s for one in found]) for project_id, found in past.items()}


def timeline(uow: UnitOfWork, tree: Tree, rows: Sequence[Columns], estimates: Mapping[str, Estimate]) -> Timeline:
    """When the events `rows` of a tree (all, parents first) started and ended, or are expected to."""
    links = history.links(uow.session, tree.id)
    parents = _parents(rows, links)
    tasks: list[Task] = []
    for row, before in zip(rows, parents, strict=True):
        skipped = not _runs(row) or (row.state == EventState.WAITING.value and _is_blocked(row, before, tasks))
        tasks.append(_task(tree, row, before, skipped, estimates.get(row.project_id, NO_HISTORY)))
    now_s = max((uow.now - tree.opened_at).total_seconds(), 0.0)
    return Timeline(tree, rows, links, tasks, schedule(tasks, now_s))


def _parents(rows: Sequence[Columns], links: Iterable[Columns]) -> list[list[int]]:
    place = {row.id: index for index, row in enumerate(rows)}
    found: dict[str, list[int]] = defaultdict(list)
    for link in links:
        found[link.child_id].append(place[link.parent_id])
    return [sorted(found[row.id]) for row in rows]


def _runs(row: Columns) -> bool:
    """Whether an event ran, runs or may still run."""
    if row.state == EventState.SKIPPED.value:
        return bool(row.reason_code == "reported_skipped")
    return row.state != EventState.CANCELLED.value or row.queued_at is not None


def _is_blocked(row: Columns, parents: Sequence[int], tasks: Sequence[Task]) -> bool:
    """Whether a waiting event is sure to be skipped: a parent has failed, or will be skipped for that reason itself."""
    return row.blocked > 0 or any(tasks[p].skipped and tasks[p].ended_s is None for p in parents)


def _task(tree: Tree, row: Columns, parents: Sequence[int], skipped: bool, expected: Estimate) -> Task:
    if row.state == EventState.WAITING.value:
        return Task(parents, expected, skipped=skipped)
    # a root was never queued: it was there when the tree was opened
    began = (row.queued_at or row.started_at or row.finished_at or tree.opened_at) - tree.opened_at
    ended = (row.finished_at - tree.opened_at).total_seconds() if row.finished_at else None
    return Task(parents, expected, began.total_seconds(), ended, skipped)


def certainty(expected: Sequence[Estimate]) -> View:
    """How much an end may be trusted that rests on these estimates: how many are without history, and one word for all."""
    without = sum(one.samples == 0 for one in expected)
    if expected and without == len(expected):
        return {"certainty": "none", "without_history": without}
    return {"certainty": "history" if all(one.reliable for one in expected) else "about", "without_history": without}


def expectation(expected: Estimate) -> View:
    """An estimate as the API shows it."""
    return {"p50_s": rounded(expected.p50_s), "p90_s": rounded(expected.p90_s), "samples": expected.samples}


def rounded(seconds: float | None) -> float | None:
    """Seconds to the millisecond."""
    return None if seconds is None else round(seconds, 3)


def _events(uow: UnitOfWork, line: Timeline, hidden: Veil) -> list[View]:
    critical = set(line.plan.path)
    return [
        hidden.box(row.project_id, _event(uow, line, index, index in critical))
        for index, row in enumerate(line.rows)
        if index in critical or not EventState(row.state).final
    ]


def _event(uow: UnitOfWork, line: Timeline, index: int, critical: bool) -> View:
    row, task = line.rows[index], line.tasks[index]
    known = not task.skipped and (task.ended_s is not None or task.expected.samples > 0)
    queued, ran = spans(row, uow.now)
    return {
        "sub_id": row.sub_id,
        "project": {"id": row.project_id, "name": row.project_name},
        "state": row.state,
        "critical": critical,
        **expectation(task.expected),
        "expected_start": None if task.skipped else line.moment(line.plan.starts_s[index]),
        "expected_end": line.moment(line.plan.ends_s[index]) if known else None,
        "overdue": lateness(row, task.expected, uow.now) is not None,
        "queued_s": rounded(queued),
        "run_s": rounded(ran),
    }


def spans(row: Columns, now: datetime) -> tuple[float | None, float | None]:
    """How long an event waited for its start after it was queued, and how long it ran, in seconds and up to now; None where
    that has not begun."""
    if row.queued_at is None:
        return None, None
    until = row.finished_at or now
    queued = ((row.started_at or until) - row.queued_at).total_seconds()
    return queued, (until - row.started_at).total_seconds() if row.started_at else None


def lateness(row: Columns, expected: Estimate, now: datetime) -> Late | None:
    """Why an event is overdue, or about to be; None when it is not, or does not run."""
    if row.queued_at is None or EventState(row.state) not in ACTIVE:
        return None
    left = (row.deadline_at - now).total_seconds() if row.deadline_at else None
    return late((now - row.queued_at).total_seconds(), expected, left, _span(row))


def _span(row: Columns) -> float:
    """How many seconds an event was given until its present deadline."""
    if row.state == EventState.QUEUED.value:
        return float(row.start_deadline_s)
    if row.state == EventState.TRIGGERED.value and row.deadline_at and row.triggered_at:
        return float((row.deadline_at - row.triggered_at).total_seconds())
    return float(row.finish_deadline_s)
