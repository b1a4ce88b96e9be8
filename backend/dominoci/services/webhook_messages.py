"""What webhooks are told: messages written in the transaction of the change itself, so that there is none without it.

A webhook hears of its project's own events and of trees that the project is the root of. Of other projects it is told names, and
only of public ones and of those that its project depends on.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from dominoci.domain import webhook as rules
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Report, as_json
from dominoci.domain.states import EventState
from dominoci.domain.times import rfc3339
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.plumbing import Webhook
from dominoci.infra.models.trees import Event, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import views, webhook_cdevents
from dominoci.services.veil import Veil, names_in
from dominoci.store import trees
from dominoci.store import webhooks as store
from dominoci.store.leases import fresh

View = dict[str, Any]
Change = tuple[Event, Mapping[str, Any]]  # an event, and the row of its history
KNOWN_FOR: Final = timedelta(seconds=5)  # how long a process may not have heard of another's new webhook
MOST_ARTIFACTS: Final = 100  # that one message names
_MEMORY: Final = "webhooks.listening"


@dataclass(frozen=True)
class Told:
    """What one transaction did to a tree: its events that moved, the rows of their history, what was reported for them, and
    whether the tree was opened or ended."""

    tree: Tree
    moved: Mapping[str, Event]
    history: Sequence[Mapping[str, Any]]
    reported: Mapping[str, Report]
    opened: bool
    finished: bool

    @property
    def projects(self) -> set[str]:
        """The projects that this is about."""
        return {self.tree.root_project_id, *(event.project_id for event in self.moved.values())}

    def changes(self) -> list[Change]:
        """The changes of state, each with its event."""
        return [(self.moved[row["event_id"]], row) for row in self.history if row["from_state"] != row["to_state"]]

    @property
    def root(self) -> Event | None:
        """The root event, when this opened the tree."""
        return next((self.moved[row["event_id"]] for row in self.history if row["code"] == "opened"), None)


def forget(uow: UnitOfWork) -> None:
    """This process is to look again which projects have webhooks, once the transaction that changed one is committed."""
    uow.after_commit(partial(_forget, uow.memory))


def _forget(memory: dict[str, Any]) -> None:
    memory.pop(_MEMORY, None)


def tell_change(uow: UnitOfWork, told: Told) -> None:
    """Messages about a change of a tree: one query where a project of it has a webhook, and none where no project has."""
    if not (hooks := _heard(uow, told.projects)):
        return
    changes: defaultdict[str, list[Change]] = defaultdict(list)
    for event, row in told.changes():
        changes[event.project_id].append((event, row))
    bodies = _bodies_of_changes(uow, [hook for hook in hooks if rules.EVENT_CHANGED in hook.events], changes, told)
    of_root = [hook for hook in hooks if hook.project_id == told.tree.root_project_id]
    bodies += [(hook, body) for hook in of_root for body in _of_root(uow, hook, told)]
    _send(uow, bodies)


def _bodies_of_changes(
    uow: UnitOfWork, hooks: Sequence[Webhook], changes: Mapping[str, Sequence[Change]], told: Told
) -> list[tuple[Webhook, View]]:
    veils = _veils(uow, {hook.project_id for hook in hooks}, changes)
    standard = {hook.project_id for hook in hooks if hook.format == rules.CDEVENTS}
    linked = webhook_cdevents.parents(uow, [one for id_ in standard for one in changes.get(id_, ())])
    found: list[tuple[Webhook, View]] = []
    for hook in hooks:
        for event, row in changes.get(hook.project_id, ()):
            report, veil = told.reported.get(event.id), veils[hook.project_id]
            if hook.format == rules.CDEVENTS:
                found += [(hook, body) for body in webhook_cdevents.change(uow, event, row, report, veil, linked)]
            else:
                found.append((hook, _event_changed(uow, event, row, report, veil)))
    return found


def tell_report(uow: UnitOfWork, project: Project, told: Report, reason: Reason) -> None:
    """Messages about a report that opened no tree."""
    hooks = [hook for hook in _heard(uow, {project.id}) if rules.EVENT_ACCEPTED in hook.events and hook.format == rules.JSON]
    data = {**_project(project.id, project.name), "tree": None, "event": None, **_result(told)}
    body = _body(rules.EVENT_ACCEPTED, uow.now, {**data, "reason": {"code": reason.code, "text": reason.text}})
    _send(uow, [(hook, body) for hook in hooks])


def tell_builds(uow: UnitOfWork, builds: Sequence[Build]) -> None:
    """Messages about builds on own agents that have ended."""
    hooks = _heard(uow, {build.project_id for build in builds}) if builds else ()
    listening = [hook for hook in hooks if rules.BUILD_FINISHED in hook.events]
    _send(uow, [(hook, _build(uow, build)) for hook in listening for build in builds if build.project_id == hook.project_id])


def _build(uow: UnitOfWork, build: Build) -> View:
    fields = ("id", "number", "state", "ref", "branch", "tag", "commit", "message", "cause", "tree_id", "sub_id")
    times = {name: _time(getattr(build, name)) for name in ("created_at", "started_at", "finished_at")}
    shown = {name: getattr(build, name) for name in fields}
    reason = _reason(build.reason_code, build.reason_params or {}, _hiding(build.reason_params or {}))
    url = views.build_url(uow.settings, build.id)
    data = {**_project(build.project_id, build.project_name), "build": {**shown, "reason": reason, "url": url, **times}}
    return _body(rules.BUILD_FINISHED, uow.now, data)


def _heard(uow: UnitOfWork, project_ids: Collection[str]) -> Sequence[Webhook]:
    """The webhooks of these projects. Which projects have any is remembered for KNOWN_FOR."""
    at, listening = uow.memory.get(_MEMORY, (None, frozenset()))
    if at is None or not timedelta(0) <= uow.now - at < KNOWN_FOR:
        listening = store.listening(uow.session)
        uow.memory[_MEMORY] = (uow.now, listening)
    heard = listening & set(project_ids)
    return store.told(uow.session, heard) if heard else ()


def _veils(uow: UnitOfWork, ids: Collection[str], changes: Mapping[str, Sequence[Change]]) -> dict[str, Veil]:
    """What the reasons of these changes may not name, by the project that is told of them."""
    named = {id_: names_in([row["params"] for _, row in changes.get(id_, ())]) for id_ in ids}
    everything = set().union(*named.values())
    allowed = store.names_told(uow.session, everything, ids) if everything else set()
    own = {(event.project_name, id_) for id_ in ids for event, _ in changes.get(id_, ())}
    told = {id_: {name for name, whom in allowed | own if whom in (None, id_)} for id_ in ids}
    return {id_: Veil((), frozenset(names - told[id_])) for id_, names in named.items()}


def _hiding(params: Mapping[str, Any]) -> Veil:
    return Veil((), frozenset(names_in(params)))


def _of_root(uow: UnitOfWork, hook: Webhook, told: Told) -> list[View]:
    """What the root's own webhook hears of the tree as a whole."""
    bodies: list[View] = []
    root, tree = told.root, told.tree
    if root is not None and rules.EVENT_ACCEPTED in hook.events:
        report = told.reported.get(root.id)
        if hook.format == rules.CDEVENTS:
            bodies += webhook_cdevents.ended(uow, root, EventState(root.state), uow.now, report, None)
        else:
            bodies.append(_body(rules.EVENT_ACCEPTED, uow.now, {**_event(uow, root), **_result(report), "reason": None}))
    if hook.format == rules.JSON and told.opened and rules.TREE_OPENED in hook.events:
        bodies.append(_body(rules.TREE_OPENED, uow.now, _tree(uow, tree)))
    if hook.format == rules.JSON and told.finished and rules.TREE_FINISHED in hook.events:
        counts = trees.state_counts(uow.session, [tree.id])[tree.id]
        bodies.append(_body(rules.TREE_FINISHED, uow.now, _tree(uow, tree, counts)))
    return bodies


def _event_changed(uow: UnitOfWork, event: Event, row: Mapping[str, Any], report: Report | None, veil: Veil) -> View:
    data = _event(uow, event)
    change = {"state": row["to_state"], "previous_state": row["from_state"]}
    told = {**data, "event": {**data["event"], **change}, **_result(report), "reason": _reason(row["code"], row["params"], veil)}
    return _body(rules.EVENT_CHANGED, row["at"], told)


def _reason(code: str | None, params: Mapping[str, Any], veil: Veil) -> View | None:
    return {"code": code, "text": veil.sentence(code, params)} if code else None


def _project(id_: str, name: str) -> View:
    return {"project": {"id": id_, "name": name}}


def _event(uow: UnitOfWork, event: Event) -> View:
    times = {name: _time(getattr(event, name)) for name in ("queued_at", "triggered_at", "started_at", "finished_at")}
    place = {"sub_id": event.sub_id, "attempt": event.attempt, "state": event.state, "ref": event.ref, "run_url": event.run_url}
    tree = {"id": event.tree_id, "url": views.tree_url(uow.settings, event.tree_id)}
    url = webhook_cdevents.event_url(uow, event)
    return {**_project(event.project_id, event.project_name), "tree": tree, "event": {**place, "url": url, **times}}


def _tree(uow: UnitOfWork, tree: Tree, counts: Mapping[str, int] | None = None) -> View:
    root = {name: tree.root_meta.get(name) for name in ("commit", "branch", "tag", "message", "pipeline")}
    cut = {"code": tree.reason_code, "text": _said(tree)} if tree.reason_code else None
    shown = {"id": tree.id, "url": views.tree_url(uow.settings, tree.id), "state": tree.state, "root": root, "reason": cut}
    times = {"opened_at": _time(tree.opened_at), "finished_at": _time(tree.finished_at)}
    counted = {"event_count": tree.event_count, "counts": dict(counts) if counts is not None else None}
    return {**_project(tree.root_project_id, tree.root_project_name), "tree": {**shown, **counted, **times}}


def _said(tree: Tree) -> str:
    params = tree.reason_params or {}
    return _hiding(params).sentence(tree.reason_code or "", params)


def _result(report: Report | None) -> View:
    """What was reported; of very many artifacts the first."""
    if report is None:
        return {"result": None}
    artifacts = as_json(report.artifacts[:MOST_ARTIFACTS])
    links = {"metadata": as_json(report.metadata), "links": as_json(report.links)}
    return {"result": {"status": report.status.value, **links, "artifacts": artifacts}}


def _body(kind: str, at: datetime, data: Mapping[str, Any]) -> View:
    return {"type": kind, "timestamp": rfc3339(at), "data": dict(data)}


def _time(at: datetime | None) -> str | None:
    return rfc3339(at) if at else None


def row(uow: UnitOfWork, webhook_id: str, body: View) -> View:
    """A message that is due now."""
    kind = body["type"] if "type" in body else body["context"]["type"]
    empty = {"status": None, "reading": None, "duration_ms": None}
    return {**fresh(uow.now), "webhook_id": webhook_id, "type": kind, "body": body, **empty}


def _send(uow: UnitOfWork, bodies: Sequence[tuple[Webhook, View]]) -> None:
    if bodies:
        store.add_messages(uow.session, [row(uow, hook.id, body) for hook, body in bodies])
        uow.ring()
