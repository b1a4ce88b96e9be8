"""What people do to a tree under way or at its end: cancel, run again, deliver again."""

from collections.abc import Collection
from typing import Any

from dominoci.domain.errors import Conflict, Forbidden
from dominoci.domain.reasons import Reason, sentence
from dominoci.domain.states import EventState
from dominoci.domain.tree import sub_id_key
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, cancelling, rerunning, veil, views
from dominoci.services.access import Principal, maintained, require_user, sight, visible_event, visible_tree
from dominoci.services.audit import About
from dominoci.services.tree_change import TreeChange
from dominoci.store import projects, trees

View = dict[str, Any]
SHOWN = 200  # events named in an answer


def cancel_tree(uow: UnitOfWork, who: Principal, tree_id: str) -> View:
    """Cancels all that is unfinished. Raises Conflict when the tree has ended."""
    change = _changing(uow, who, tree_id)
    cancelled = cancelling.cancel(change, trees.events(uow.session, tree_id), _cancelled_by(who))
    if not cancelled:
        raise Conflict(f"The tree has ended ({change.tree.state}): there is nothing to cancel.")
    return _acted(change, who, "tree.cancelled", cancelled, f"{_events(len(cancelled))} cancelled")


def cancel_event(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str, scope: str) -> View:
    """Cancels one event, or with `scope` "branch" also what is unfinished behind it. Raises Conflict when nothing is."""
    change, event = _changing_event(uow, who, tree_id, sub_id)
    chosen = [event]
    if scope == "branch":
        behind = rerunning.one(change, event, downstream=True).anew
        chosen += trees.events_by_id(uow.session, sorted(behind)) if behind else []
    cancelled = cancelling.cancel(change, chosen, _cancelled_by(who))
    if not cancelled:
        raise Conflict(f"Event {sub_id} has ended ({event.state}): there is nothing to cancel.")
    return _acted(change, who, "event.cancelled", cancelled, f"{_events(len(cancelled))} cancelled", event)


def rerun_tree(uow: UnitOfWork, who: Principal, tree_id: str, scope: str) -> View:
    """Runs again what did not pass (`failed`), or everything behind the root (`all`). Raises Conflict when there is nothing to
    run, or when all of a tree that is still running is asked for."""
    change = _changing(uow, who, tree_id)
    gone = projects.deleted_in_tree(uow.session, tree_id)
    if scope == "all" and change.tree.unfinished:
        raise Conflict("The tree is still running: wait for its end, or cancel it first.")
    chosen = (rerunning.everything if scope == "all" else rerunning.failed)(change, gone)
    if not chosen.starts:
        raise Conflict("Nothing in this tree can be run again." if scope == "all" else "Nothing in this tree has failed.")
    return _rerun(change, who, "tree.rerun", chosen)


def rerun_event(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str, downstream: bool) -> View:
    """Runs one event again on the same inputs. Raises Conflict, saying what to do instead, where it cannot be."""
    change, event = _changing_event(uow, who, tree_id, sub_id)
    _refuse_rerun(event, projects.deleted_in_tree(uow.session, tree_id))
    return _rerun(change, who, "event.rerun", rerunning.one(change, event, downstream=downstream), event)


def _refuse_rerun(event: Event, gone: Collection[str]) -> None:
    if event.project_id in gone:
        raise Conflict(f"Project {event.project_name} was deleted: it cannot run again.")
    if event.join_rule == "root":
        raise Conflict(
            f"The root is what {event.project_name} itself reported: run its pipeline again for a new tree, or rerun the tree."
        )
    if not EventState(event.state).final:
        raise Conflict(f"Event {event.sub_id} is {event.state}: cancel it first.")
    if event.queued_at is None and event.state == EventState.SKIPPED.value:
        why = sentence(event.reason_code, event.reason_params)
        raise Conflict(f"Event {event.sub_id} never ran ({why}): rerun what kept it from running.")


def redeliver(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str) -> View:
    """Sends the last attempt of an undeliverable event again. Raises Conflict for an event in another state."""
    change, event = _changing_event(uow, who, tree_id, sub_id)
    if event.state != EventState.UNDELIVERABLE.value:
        raise Conflict(f"Event {sub_id} is {event.state}: only an undeliverable one is delivered again.")
    if event.project_id in projects.deleted_in_tree(uow.session, tree_id):
        raise Conflict(f"Project {event.project_name} was deleted: nothing can be delivered to it.")
    rerunning.redeliver(change, event, who.name)
    return _acted(change, who, "event.redelivered", [event], f"{event.project_name} is delivered again", event)


def _changing(uow: UnitOfWork, who: Principal, tree_id: str) -> TreeChange:
    tree = visible_tree(uow, who, tree_id)
    _require_maintainer(uow, who, {tree.root_project_id: tree.root_project_name})
    return TreeChange.of(uow, tree.id)


def _changing_event(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str) -> tuple[TreeChange, Event]:
    """The tree, locked, and its event as it is under that lock."""
    seen, tree = visible_event(uow, who, tree_id, sub_id), visible_tree(uow, who, tree_id)
    _require_maintainer(uow, who, {seen.project_id: seen.project_name, tree.root_project_id: tree.root_project_name})
    change = TreeChange.of(uow, tree.id)
    return change, trees.events_by_id(uow.session, [seen.id])[0]


def _require_maintainer(uow: UnitOfWork, who: Principal, named: dict[str, str]) -> None:
    """Maintainers of the event's project may act on it, and so may those of the root's, whose tree it is."""
    require_user(who)
    if not maintained(uow, who, named):
        seen = sight(uow, who, named)
        names = " or ".join(name if id_ in seen else "the private project at its root" for id_, name in named.items())
        raise Forbidden(f"This takes a maintainer of {names}.")


def _cancelled_by(who: Principal) -> Reason:
    return Reason("cancelled_by", {"who": who.name})


def _rerun(change: TreeChange, who: Principal, action: str, chosen: rerunning.Selection, event: Event | None = None) -> View:
    rerunning.rerun(change, chosen, who.name)
    started = [moved for moved in change.moved.values() if moved.state == EventState.QUEUED.value]
    waiting = sum(moved.state == EventState.WAITING.value for moved in change.moved.values())
    text = f"{_events(len(started))} started again" + (f", {waiting} wait{'s' * (waiting == 1)} behind" if waiting else "")
    return _acted(change, who, action, started, text, event)


def _acted(
    change: TreeChange, who: Principal, action: str, acted_on: Collection[Event], text: str, event: Event | None = None
) -> View:
    tree, shown = change.tree, sorted(change.moved.values(), key=lambda moved: sub_id_key(moved.sub_id))[:SHOWN]
    change.finish()
    hidden = veil.of(change.uow, who, shown)
    name = f"{tree.root_project_name} {event.sub_id if event else tree.id[-12:]}"
    about = About("event" if event else "tree", event.id if event else tree.id, name)
    after = {"tree": tree.id, "events": [moved.sub_id for moved in acted_on][:SHOWN]}
    involved = {tree.root_project_id, *([event.project_id] if event else [])}
    audit.note(change.uow, who, action, about, None, after, projects=involved)
    return {
        "tree_id": tree.id,
        "url": views.tree_url(change.uow.settings, tree.id),
        "state": tree.state,
        "count": len(acted_on),
        "events": [hidden.box(e.project_id, _shown(e)) for e in shown],
        "text": text,
    }


def _shown(event: Event) -> View:
    return {"sub_id": event.sub_id, "project": event.project_name, "state": event.state, "attempt": event.attempt}


def _events(count: int) -> str:
    return f"{count} event{'s' * (count != 1)}"
