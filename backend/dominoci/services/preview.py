"""A look ahead: which events a report would set off, in which order, what every filter would drop, and how long it would take."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dominoci.domain.eta import Estimate, Schedule, Task, schedule
from dominoci.domain.joins import Parent, SettledEdge, decide, outcome_of
from dominoci.domain.reasons import Reason, rule_sentence
from dominoci.domain.reports import Metadata, Report
from dominoci.domain.states import EdgeOutcome, EventState, ResultStatus
from dominoci.domain.tree import Dependency, FrozenEvent, FrozenTree, TreeTooDeep, TreeTooLarge, freeze, sub_id_key
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import forecast, lanes, veil
from dominoci.services.access import Principal, require_user, visible_project
from dominoci.services.liveness import condition
from dominoci.services.starting import split_ref
from dominoci.services.veil import Veil
from dominoci.store import builds, projects, trees
from dominoci.store.statements import Columns

View = dict[str, Any]
MOST_WARNINGS = 100
MOST_DROPPED = 1000
NOTHING: View = {
    **{"tree_id": None, "reason": None, "events": [], "dropped": [], "warnings": [], "critical_path": []},
    **{"expected_s": None, "pessimistic_s": None, "certainty": "none", "without_history": 0},
}


@dataclass
class Ahead:
    """What would become of each event of a tree, parents first; the root is settled at the beginning."""

    frozen: FrozenTree
    touched: Mapping[str, Columns]
    root: Metadata
    settled: list[Parent] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    keys: list[tuple[int, ...]] = field(default_factory=list)
    dropped: list[View] = field(default_factory=list)
    warnings: list[View] = field(default_factory=list)

    def runs(self, index: int) -> bool:
        """Whether the event's pipeline would run, and succeed."""
        return self.settled[index].state is EventState.SUCCESS

    @cached_property
    def to_run(self) -> list[Columns]:
        """The projects whose pipelines would run, each once, in the order in which they would start."""
        order = sorted(range(1, len(self.settled)), key=lambda i: self.ranks[i])
        found = {self.frozen.events[i].project: None for i in order if self.runs(i)}
        return [self.touched[id_] for id_ in found]


def preview(uow: UnitOfWork, who: Principal, project: Project, told: Report, kinds: Collection[str]) -> View:
    """What would fall if this report came now and everything after it succeeded. Nothing is changed.

    An event is taken to run, and to report, its project's default branch, or the ref that its dependency fixes. `kinds` are the
    kinds of target that this arbiter can trigger.
    """
    return view(uow, who, project, told, look(uow, project, told), kinds)


def of_project(uow: UnitOfWork, who: Principal, key: str, wanted: Metadata, kinds: Collection[str]) -> View:
    """`POST /projects/<project>/preview`: the same for a success that a user imagines."""
    require_user(who)
    project = visible_project(uow, who, key)
    return preview(uow, who, project, imagined(project, wanted), kinds)


def imagined(project: Project, wanted: Metadata) -> Report:
    """A success with this metadata; of the default branch where no ref is named."""
    ref = wanted if wanted.branch or wanted.tag else Metadata(project.default_branch, None, wanted.pipeline, wanted.commit)
    return Report(ResultStatus.SUCCESS, ref)


def look(uow: UnitOfWork, project: Project, told: Report) -> Ahead | str:
    """What would become of each event, or why there would be no tree, as a sentence."""
    if told.status is not ResultStatus.SUCCESS:
        return Reason("not_success", {"status": told.status.value}).text
    if not project.enabled:
        return Reason("project_disabled", {"project": project.name}).text
    dependencies, touched = projects.reachable(uow.session, project.id)
    names = {id_: p.name for id_, p in touched.items()}
    try:
        frozen = freeze(project.id, dependencies, names, uow.settings.max_tree_events)
    except (TreeTooLarge, TreeTooDeep) as e:
        return str(e)
    return _simulated(Ahead(frozen, touched, told.metadata))


def view(
    uow: UnitOfWork, who: Principal, project: Project, told: Report, ahead: Ahead | str, kinds: Collection[str]
) -> View:
    """A look ahead as the API shows it to `who`."""
    if isinstance(ahead, str):
        return {**NOTHING, "reason": ahead}
    expected = forecast.of_projects(uow, {row.id for row in ahead.to_run})
    tasks = _tasks(ahead, expected)
    plan = schedule(tasks)
    found = {
        **NOTHING,
        "events": [_event(ahead, index, task, plan) for index, task in enumerate(tasks) if index],
        "dropped": ahead.dropped[:MOST_DROPPED],
        "warnings": _warnings(uow, project, told, ahead, kinds)[:MOST_WARNINGS],
        **_outlook([task.expected for task in tasks[1:] if not task.skipped], plan),
        "critical_path": [ahead.frozen.events[i].sub_id for i in plan.path],
    }
    return _without(veil.of_names(uow, who, ((row.id, row.name) for row in ahead.touched.values())), found)


def _without(hidden: Veil, view: View) -> View:
    """The view without what is told of hidden projects; living projects have names of their own."""
    if not hidden.names:
        return view
    events = []
    for event in view["events"]:
        reason = {**event["reason"], "params": hidden.params(event["reason"]["params"])}
        reason["text"] = hidden.sentence(reason["code"], reason["params"])
        unseen = {"project": None, "reason": None} if event["project"] in hidden.names else {"reason": reason}
        events.append({**event, **unseen})
    ends = [{one["upstream"]["project"], one["downstream"]["project"]} for one in view["dropped"]]
    dropped = [one for one, names in zip(view["dropped"], ends, strict=True) if not names & set(hidden.names)]
    warnings = [one for one in view["warnings"] if one["project"] not in hidden.names]
    return {**view, "events": events, "dropped": dropped, "warnings": warnings}


def _simulated(ahead: Ahead) -> Ahead:
    for index, event in enumerate(ahead.frozen.events):
        ahead.ranks.append(1 + max((ahead.ranks[parent] for parent, _ in event.parents), default=-1))
        ahead.keys.append(sub_id_key(event.sub_id))
        if index == 0:
            name = ahead.touched[event.project].name
            ahead.settled.append(Parent(event.sub_id, name, EventState.SUCCESS, metadata=ahead.root))
            ahead.reasons.append(Reason("opened", {}))
        else:
            _settle(ahead, event)
    return ahead


def _settle(ahead: Ahead, event: FrozenEvent) -> None:
    edges = []
    for index, dependency in sorted(event.parents, key=lambda parent: ahead.keys[parent[0]]):
        outcome, detail = outcome_of(ahead.settled[index], dependency.filters)
        edges.append((dependency, SettledEdge(outcome, ahead.settled[index], detail)))
    decision = decide([edge for _, edge in edges], event.join)
    project, reason = ahead.touched[event.project], decision.reason
    runs = decision.state is EventState.QUEUED
    metadata = _reported(ahead, event, project, edges) if runs else None
    state = EventState.SUCCESS if runs else decision.state
    ahead.settled.append(Parent(event.sub_id, project.name, state, reason.code, dict(reason.params), metadata))
    ahead.reasons.append(reason)
    dropped = [edge for _, edge in edges if edge.outcome is EdgeOutcome.FILTERED]
    ahead.dropped.extend(_dropped(event, project, edge) for edge in dropped)


def _reported(
    ahead: Ahead, event: FrozenEvent, project: Columns, edges: Sequence[tuple[Dependency, SettledEdge]]
) -> Metadata:
    """What the event's pipeline would report of itself: the ref that the first dependency that passed has it run."""
    dependency, edge = next((d, e) for d, e in edges if e.outcome is EdgeOutcome.PASSED)
    if dependency.ref.use == "fixed" and dependency.ref.value:
        return Metadata(*split_ref(dependency.ref.value))
    followed = edge.parent.metadata.branch if dependency.ref.use == "same" and edge.parent.metadata else None
    if followed and followed != project.default_branch:
        text = f"{project.name} ({event.sub_id}) runs {followed} if it has that branch: {project.default_branch} is taken here"
        ahead.warnings.append(_warning("branch_unknown", text, project.name))
    return Metadata(branch=project.default_branch)


def _dropped(event: FrozenEvent, project: Columns, edge: SettledEdge) -> View:
    rule = {"parent": edge.parent.project, **(edge.detail or {})}
    return {
        "upstream": {"sub_id": edge.parent.sub_id, "project": edge.parent.project},
        "downstream": {"sub_id": event.sub_id, "project": project.name},
        "text": rule_sentence(rule),
    }


def _tasks(ahead: Ahead, expected: Mapping[str, Estimate]) -> list[Task]:
    tasks = [Task(began_s=0.0, ended_s=0.0)]
    for index, event in enumerate(ahead.frozen.events[1:], start=1):
        parents = [parent for parent, _ in event.parents]
        tasks.append(Task(parents, expected.get(event.project, forecast.NO_HISTORY), skipped=not ahead.runs(index)))
    return tasks


def _event(ahead: Ahead, index: int, task: Task, plan: Schedule) -> View:
    event = ahead.frozen.events[index]
    return {
        "sub_id": event.sub_id,
        "project": ahead.touched[event.project].name,
        "would_run": not task.skipped,
        "join": event.join,
        "reason": ahead.reasons[index].view(),
        "rank": ahead.ranks[index],
        **forecast.expectation(task.expected),
        "starts_after_s": None if task.skipped else forecast.rounded(plan.starts_s[index]),
    }


def _outlook(expected: Sequence[Estimate], plan: Schedule) -> View:
    """How long the whole would take, None where nothing is known."""
    told = forecast.certainty(expected)
    known = told["certainty"] != "none"
    return {
        "expected_s": forecast.rounded(max(plan.ends_s, default=0.0)) if known else None,
        "pessimistic_s": forecast.rounded(max(plan.pessimistic_ends_s, default=0.0)) if known else None,
        **told,
    }


def _warning(code: str, text: str, project: str | None = None, tree_id: str | None = None) -> View:
    return {"code": code, "text": text, "project": project, "tree_id": tree_id}


def _warnings(uow: UnitOfWork, project: Project, told: Report, ahead: Ahead, kinds: Collection[str]) -> list[View]:
    return [
        *(_in_the_way(uow, project, told.metadata.lane) if len(ahead.frozen.events) > 1 else ()),
        *_of_agents(uow, ahead),
        *_of_targets(ahead, kinds),
        *_left_out(ahead),
        *ahead.warnings,
    ]


def _in_the_way(uow: UnitOfWork, project: Project, lane: str) -> list[View]:
    """What the project's rule would do about older trees of the same branch (services.lanes)."""
    rule = project.on_new_event
    older = trees.in_lane(uow.session, project.id, lane) if rule != lanes.PARALLEL else []
    if not older:
        return []
    held = [tree.id for tree in older if tree.held]
    ended = {lanes.SUPERSEDE: [tree.id for tree in older], lanes.COALESCE: held}.get(rule, [])
    found = [_warning("would_supersede", f"would take the place of tree {id_}, which is cancelled", tree_id=id_) for id_ in ended]
    if rule in (lanes.QUEUE, lanes.COALESCE):
        first = next((tree.id for tree in older if not tree.held), older[-1].id)
        found.append(_warning("would_wait", f"would wait until tree {first} has ended", tree_id=first))
    return found


def _of_agents(uow: UnitOfWork, ahead: Ahead) -> list[View]:
    own = [row.name for row in ahead.to_run if row.target.get("kind") == "agent"]
    if not own or any(condition(row, uow.now) != "silent" for row in builds.agents(uow.session)):
        return []
    text = f"no agent is connected: {len(own)} of these projects would wait for one (start one with `dominoci-agent run`)"
    return [_warning("no_agent", text)]


def _of_targets(ahead: Ahead, kinds: Collection[str]) -> list[View]:
    found = [(row.name, row.target.get("kind")) for row in ahead.to_run]
    return [
        _warning("unknown_target", f"this arbiter cannot trigger {name}: its target is of kind {kind}", name)
        for name, kind in found
        if kind not in kinds
    ]


def _left_out(ahead: Ahead) -> list[View]:
    off = sorted(row.name for id_, row in ahead.touched.items() if not row.enabled)
    return [
        _warning("project_disabled", f"{name} is switched off: it and what only it leads to are left out", name) for name in off
    ]
