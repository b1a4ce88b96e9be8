"""Numbers of one tree, and of one project over some days: how many children failed, how long things took, what blocks most, and
what fails by chance. A constant number of queries, each bounded: where a bound cut something, the answer says so."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dominoci.domain.eta import estimate
from dominoci.domain.numbers import FAILED, Run, Share, blast_radius, flakiness, percent, share
from dominoci.domain.states import FINAL, EdgeOutcome, EventState
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import forecast, veil
from dominoci.services.access import Principal, sight, visible_project, visible_tree
from dominoci.services.forecast import rounded
from dominoci.services.veil import Veil
from dominoci.store import history, numbers, projects
from dominoci.store.statements import Columns

View = dict[str, Any]
TREES, TREE_EVENTS = 500, 10_000  # of a project, newest first: whichever is reached first
EVENTS, ATTEMPTS, REPORTS = 1_000, 3_000, 1_000  # of a project, newest first
PARENTS = 2_000  # whose commits are compared
WORST, LAST = 10, 20
ROOT = "1"


def of_tree(uow: UnitOfWork, who: Principal, tree_id: str) -> View:
    """`GET /trees/<tree>/numbers`. Children are all events but the root; the first level are the root's own children."""
    tree = visible_tree(uow, who, tree_id)
    rows = history.timeline(uow.session, tree.id)
    line = forecast.timeline(uow, tree, rows, {})
    spans, hidden = [forecast.spans(row, uow.now) for row in rows], veil.of(uow, who, rows)
    return {
        "tree_id": tree.id,
        "state": tree.state,
        "counts": dict(Counter(row.state for row in rows)),
        "first_level": _share(share(Counter(row.state for row in rows if row.sub_id.count(".") == 1))),
        "all_levels": _share(share(Counter(row.state for row in rows[1:]))),
        "wall_s": rounded(((tree.finished_at or uow.now) - tree.opened_at).total_seconds()),
        "queued_s": rounded(sum(queued or 0 for queued, _ in spans)),
        "run_s": rounded(sum(ran or 0 for _, ran in spans)),
        "critical_path": line.path,
        "critical_s": rounded(line.plan.critical_s),
        "blocks_most": _blockers(line, hidden),
    }


def _share(found: Share) -> View:
    counted = {"settled": found.settled, "failed": found.failed, "skipped": found.skipped}
    return {**counted, "failed_percent": found.failed_percent}


def _blockers(line: forecast.Timeline, hidden: Veil) -> list[View]:
    """The events that keep most others from running: those at the root of it, not what was itself skipped because of them."""
    place = {row.id: index for index, row in enumerate(line.rows)}
    blocked = [(place[x.parent_id], place[x.child_id]) for x in line.links if x.outcome == EdgeOutcome.BLOCKED.value]
    behind = blast_radius(len(line.rows), blocked)
    found = [
        (count, row) for count, row in zip(behind, line.rows, strict=True) if count and row.state != EventState.SKIPPED.value
    ]
    found.sort(key=lambda one: -one[0])
    return [
        {"sub_id": row.sub_id, "project": hidden.ref(row.project_id, row.project_name), "state": row.state, "blocks": count}
        for count, row in found[:WORST]
    ]


def _ref(row: Columns) -> View:
    return {"id": row.project_id, "name": row.project_name}


def of_project(uow: UnitOfWork, who: Principal, key: str, days: int) -> View:
    """`GET /projects/<project>/numbers`: of the trees that it opened in the last `days`, and of its own runs in that time."""
    project = visible_project(uow, who, key)
    since = uow.now - timedelta(days=days)
    trees, cut = _trees(uow, project.id, since)
    children = numbers.children(uow.session, [row.id for row in trees])
    read = numbers.runs(uow.session, project.id, EVENTS, ATTEMPTS)
    rows = [row for row in read if row.position > 0]
    reported = [row for row in numbers.reports(uow.session, project.id, REPORTS) if row.sub_id in (None, ROOT)]
    recent = [row for row in rows if (_at(row) or uow.now) >= since]
    unseen = veil.of(uow, who, children).names
    return {
        "project": {"id": project.id, "name": project.name},
        "days": days,
        "since": since,
        "trees": _tree_numbers(trees, children, cut),
        "dependents": [view for view in _dependents(children) if view["project"]["name"] not in unseen][:WORST],
        "blocks_most": _causes((row.cause, row.events) for row in children if row.cause not in unseen),
        "runs": _run_numbers(recent, [row for row in reported if row.received_at >= since], _is_cut(read, since)),
        "blocked_by": _blocked_by(uow, who, recent),
        "flakiness": _flakiness(uow, recent),
        "last": _last(rows, reported),
    }


def _trees(uow: UnitOfWork, project_id: str, since: datetime) -> tuple[list[Columns], bool]:
    """The newest trees that were opened `since`, as many as the bounds allow, and whether there were more."""
    rows = numbers.newest_trees(uow.session, project_id, TREES + 1)
    recent = [row for row in rows if row.opened_at >= since]
    kept: list[Columns] = []
    left = TREE_EVENTS
    for row in recent[:TREES]:
        left -= row.event_count
        if kept and left < 0:
            break
        kept.append(row)
    return kept, len(kept) < len(recent)


def _tree_numbers(trees: Sequence[Columns], children: Iterable[Columns], cut: bool) -> View:
    first, every = Counter[str](), Counter[str]()
    for row in children:
        every[row.state] += row.events
        first[row.state] += row.events * row.first_level
    ended = [row for row in trees if row.finished_at and row.event_count > 1]
    took = estimate([(row.finished_at - row.opened_at).total_seconds() for row in ended])
    return {
        "count": len(trees),
        "by_state": dict(Counter(row.state for row in trees)),
        "first_level": _share(share(first)),
        "all_levels": _share(share(every)),
        **_percentiles("duration", took.p50_s, took.p90_s),
        "cut": cut,
    }


def _percentiles(what: str, p50_s: float | None, p90_s: float | None) -> View:
    return {f"{what}_p50_s": rounded(p50_s), f"{what}_p90_s": rounded(p90_s)}


def _dependents(children: Iterable[Columns]) -> list[View]:
    """The direct dependents that fail most, in percent of their runs."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    refs: dict[str, View] = {}
    for row in children:
        if row.first_level:
            counts[row.project_id][row.state] += row.events
            refs[row.project_id] = _ref(row)
    found = [(refs[id_], share(states)) for id_, states in counts.items()]
    ran = [(ref, part) for ref, part in found if part.settled]
    ran.sort(key=lambda one: (-(one[1].failed_percent or 0), -one[1].settled, one[0]["name"]))
    return [
        {"project": ref, "runs": part.settled, "failed": part.failed, "failed_percent": part.failed_percent}
        for ref, part in ran
    ]


def _at(row: Columns) -> datetime | None:
    """When a run ended, or was queued while it goes on; of what was skipped, when it was."""
    at: datetime | None = row.attempt_finished_at or row.attempt_queued_at or row.finished_at
    return at


def _is_cut(rows: Sequence[Columns], since: datetime) -> bool:
    """Whether there may have been more runs `since` than were read."""
    full = len(rows) == ATTEMPTS or len({row.id for row in rows}) == EVENTS
    oldest = _at(rows[-1]) if rows else None
    return full and oldest is not None and oldest >= since


def _ended(rows: Iterable[Columns]) -> list[Columns]:
    """The attempts that have ended."""
    return [row for row in rows if row.attempt_finished_at and row.attempt_state in FINAL]


def _run_numbers(rows: Sequence[Columns], reported: Sequence[Columns], cut: bool) -> View:
    ended = _ended(rows)
    states = Counter(row.attempt_state for row in ended) + Counter(row.status.lower() for row in reported)
    success = states[EventState.SUCCESS]
    passed = [row for row in ended if row.attempt_state == EventState.SUCCESS]
    return {
        "count": states.total(),
        "by_state": dict(states),
        "success_percent": percent(success, success + sum(states[state] for state in FAILED)),
        **_times("run", passed, lambda row: _seconds(row.attempt_started_at, row.attempt_finished_at)),
        **_times("queued", passed, lambda row: _seconds(row.attempt_queued_at, row.attempt_started_at)),
        "cut": cut or len(reported) == REPORTS,
    }


def _times(what: str, rows: Iterable[Columns], take: Callable[[Columns], float | None]) -> View:
    took = estimate([seconds for row in rows if (seconds := take(row)) is not None])
    return _percentiles(what, took.p50_s, took.p90_s)


def _seconds(begin: datetime | None, end: datetime | None) -> float | None:
    return (end - begin).total_seconds() if begin and end else None


def _blocked_by(uow: UnitOfWork, who: Principal, rows: Iterable[Columns]) -> list[View]:
    """Of the projects that kept this one from running those that the caller may see."""
    found = _causes({row.id: (row.cause, 1) for row in rows}.values())
    named = projects.ids_named(uow.session, [view["project"] for view in found])
    seen = sight(uow, who, named.values())
    return [view for view in found if who.is_admin or named.get(view["project"]) in seen]


def _causes(skipped: Iterable[tuple[str | None, int]]) -> list[View]:
    """The projects, however far upstream, because of which most events were skipped."""
    counted = Counter[str]()
    for project, events in skipped:
        if project:
            counted[project] += events
    return [{"project": name, "skipped": count} for name, count in counted.most_common(WORST)]


def _flakiness(uow: UnitOfWork, rows: Iterable[Columns]) -> View:
    ended = _ended(rows)
    runs = [run for row in ended if (run := _run(row))]
    parents = _parents_to_compare(runs)
    found = flakiness(runs, numbers.commits(uow.session, parents))
    places = {row.id: {"tree_id": row.tree_id, "sub_id": row.sub_id} for row in ended}
    return {
        "compared": found.compared,
        "flaky": len(found.flaky),
        "flaky_percent": percent(len(found.flaky), found.compared),
        "examples": [{"events": [places[id_] for id_ in group[:WORST]]} for group in found.flaky[:WORST]],
    }


def _run(row: Columns) -> Run | None:
    """An attempt that says something of its project: cancelled and undeliverable ones do not."""
    if row.attempt_state not in (EventState.SUCCESS, EventState.FAILED, EventState.TIMED_OUT):
        return None
    inputs = None if row.attempt_inputs is None else tuple((str(id_), int(number)) for id_, number in row.attempt_inputs)
    return Run(row.id, inputs, row.commit, row.attempt_state == EventState.SUCCESS)


def _parents_to_compare(runs: Iterable[Run]) -> list[str]:
    """The parents of runs whose own commit was run in several events: only these need a look at what they were given."""
    by_commit: Mapping[str, list[Run]] = defaultdict(list)
    for run in runs:
        if run.commit:
            by_commit[run.commit].append(run)
    several = [group for group in by_commit.values() if len({run.event_id for run in group}) > 1]
    wanted = {id_: None for group in several for run in group for id_, _ in run.inputs or ()}
    return list(wanted)[:PARENTS]


def _last(rows: Iterable[Columns], reported: Iterable[Columns]) -> list[View]:
    """The last results, newest first; what a project reports on its own says no duration."""
    found = [
        {
            "tree_id": row.tree_id,
            "sub_id": row.sub_id,
            "state": row.attempt_state,
            "at": row.attempt_finished_at,
            "duration_s": rounded(_seconds(row.attempt_started_at, row.attempt_finished_at)),
        }
        for row in _ended(rows)
    ]
    found += [
        {
            "tree_id": row.tree_id,
            "sub_id": row.sub_id,
            "state": row.status.lower(),
            "at": row.received_at,
            "duration_s": None,
        }
        for row in reported
    ]
    return sorted(found, key=lambda one: one["at"], reverse=True)[:LAST]
