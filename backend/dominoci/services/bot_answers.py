"""What the bot says: the answers to its commands, as lines of text. Each asks the services that the page asks, as the same
person: a chat shows nobody more, and lets nobody do more."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from dominoci.domain.errors import Invalid, NotFound
from dominoci.domain.names import variable_problem
from dominoci.domain.refs import is_ref_name
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import access, builds, feed, home, job_changes, jobs, projects, tree_actions, tree_views, views, why
from dominoci.services.access import Principal, visible_project
from dominoci.services.veil import PRIVATE
from dominoci.store import activity, search
from dominoci.store.paging import Page
from dominoci.store.statements import Columns

View = Mapping[str, Any]
Lines = list[str]
Words = Sequence[str]
Answer = Callable[[UnitOfWork, Principal, Words], Lines]

SHORT: Final = 12  # characters of a commit
NEWEST, TROUBLED = 3, 4  # trees and events that one answer names
_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TREE: Final = re.compile(rf"(?:\S*/trees/)?({_ID})(?:/events/([1-9][\d.]*))?(?:/\w*)?")
_BUILD: Final = re.compile(rf"\S*/builds/({_ID})(?:/\S*)?")
_NUMBER: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,99})#([1-9]\d{0,8})")
_SUB_ID: Final = re.compile(r"[1-9]\d{0,5}(?:\.[1-9]\d{0,5}){0,99}")


class Place(NamedTuple):
    """A tree, and an event of it where one is named."""

    tree_id: str
    sub_id: str | None


def status(uow: UnitOfWork, who: Principal, words: Words) -> Lines:
    """How a project stands; without one, what needs the speaker, and the newest trees."""
    if not words:
        items = feed.recent_trees(uow, who, Page(NEWEST))["items"]
        return [*_needs(uow, who), *map(_tree_line, items)] or ["There is no tree that you may see."]
    project = projects.get(uow, who, words[0])
    running = builds.listing(uow, who, {"project": project["name"], "state": "running"}, Page(NEWEST))["items"]
    newest = feed.recent_trees(uow, who, Page(1), project=project["name"])["items"]
    said = [_last_result(project), *(_build_line(build) for build in running), *(_tree_line(tree) for tree in newest)]
    return said if len(said) > 1 else [*said, f"{uow.settings.public_url}/projects/{project['name']}"]


def _needs(uow: UnitOfWork, who: Principal) -> Lines:
    """The speaker's own projects whose last run went wrong, in one line; none where there are none."""
    found = home.get(uow, who, home.MINE) if who.id else {"needs_you": []}
    named = [f"{need['project']['name']} ({need['state']})" for need in found["needs_you"][:TROUBLED]]
    more = [f"{found['total'] - len(named)} more"] if named and found["total"] > len(named) else []
    return [f"needs you: {', '.join([*named, *more])} {uow.settings.public_url}/"] if named else []


def _last_result(project: View) -> str:
    last = project["last_result"]
    if last is None:
        return f"{project['name']}: no result yet"
    told = f"{project['name']}: {last['status'].lower()}{_on(last['branch'], last['commit'])}"
    return f"{told}, {last['at'][:16].replace('T', ' ')} UTC" + (f" {last['url']}" if last["url"] else "")


def _on(ref: str | None, commit: str | None) -> str:
    return (f" on {ref}" if ref else "") + (f" ({commit[:SHORT]})" if commit else "")


def _build_line(build: View) -> str:
    return f"{_name(build)}: {build['state']}{_on(build['ref'], build['commit'])} {build['url']}"


def _tree_line(tree: View) -> str:
    root = tree["root"]
    name = root["project"]["name"] if root["project"] else PRIVATE
    counts = ", ".join(f"{count} {state}" for state, count in sorted(tree["counts"].items()))
    return f"tree of {name}{_on(root['branch'] or root['tag'], root['commit'])}: {tree['state']} ({counts}) {tree['url']}"


def tree(uow: UnitOfWork, who: Principal, words: Words) -> Lines:
    """How a tree stands, and what went wrong in it: the newest one of a project, or one that is named."""
    place = _place(words) or _newest(uow, who, _first(words, "a project or a tree"))
    shown = tree_views.get(uow, who, place.tree_id)
    wrong = [event for event in shown["events"] if event["state"] in activity.BAD]
    more = [f"and {len(wrong) - TROUBLED} more"] if len(wrong) > TROUBLED else []
    return [_tree_line(shown), *(_event_line(event) for event in wrong[:TROUBLED]), *more]


def _event_line(event: View) -> str:
    if event["project"] is None:
        return f"{event['sub_id']} {PRIVATE}: {event['state']}"
    because = f": {event['reason']['text']}" if event["reason"] else ""
    return f"{event['sub_id']} {event['project']['name']} {event['state']}{because}"


def explain(uow: UnitOfWork, who: Principal, words: Words) -> Lines:
    """Why an event ran, waits, or did not run: of a project in its newest tree (or in one that is named behind it), or one event
    of a tree."""
    place = _place(words)
    if place is None:
        return _of_project(uow, who, _first(words, "a project, or a tree and a sub id"), _place(words[1:]))
    if place.sub_id is None:
        return tree(uow, who, words)
    told = why.of_event(uow, who, place.tree_id, place.sub_id)
    root = [f"because of {told['root']['project']} ({told['root']['sub_id']})"] if told["root"] else []
    return [f"{place.sub_id} {told['state']}: {told['sentence']}", *root, _event_url(uow, place)]


def _of_project(uow: UnitOfWork, who: Principal, key: str, named: Place | None) -> Lines:
    place = named or _newest(uow, who, key)
    told = why.of_project(uow, who, place.tree_id, key)
    states = {event["sub_id"]: event["state"] for event in told["events"]}
    state = f" {states[place.sub_id]}" if place.sub_id in states else ""
    return [f"{told['project']['name']}{state}: {told['sentence']}", _event_url(uow, place)]


def _event_url(uow: UnitOfWork, place: Place) -> str:
    return views.tree_url(uow.settings, place.tree_id) + (f"/events/{place.sub_id}/why" if place.sub_id else "")


def trigger(uow: UnitOfWork, who: Principal, words: Words) -> Lines:
    """Starts a build of a project on own agents, or of a job (its path): of a ref, with parameters."""
    key = _first(words, "a project, or a job's path")
    pairs = {name: value for word in words[1:] for name, equals, value in [word.partition("=")] if equals}
    refs = [word for word in words[1:] if "=" not in word]
    for name in pairs:
        if problem := variable_problem(name):
            raise Invalid(problem)
    if len(refs) > 1 or not all(map(is_ref_name, refs)):
        raise Invalid(f"{' '.join(refs)} is no branch or tag: say one at most, and parameters as NAME=value.")
    build = _start(uow, who, key, refs[0] if refs else None, pairs)
    return [f"{_name(build)} of {build['ref']} is {build['state']}: {build['url']}"]


def _name(build: View) -> str:
    return f"{(build.get('of_job') or {}).get('path') or build['project']['name']} #{build['number']}"


def _start(uow: UnitOfWork, who: Principal, key: str, ref: str | None, parameters: dict[str, str]) -> View:
    if "/" in key:
        return job_changes.start(uow, who, key, ref, parameters)
    try:
        visible_project(uow, who, key)
    except NotFound:
        return job_changes.start(uow, who, key, ref, parameters)
    return builds.start(uow, who, key, ref, parameters)


def cancel(uow: UnitOfWork, who: Principal, words: Words) -> Lines:
    """Cancels a tree, one event of it, or a build."""
    place, build_id = _place(words), _build_id(uow, words)
    if place is not None:
        if place.sub_id is None:
            done = tree_actions.cancel_tree(uow, who, place.tree_id)
        else:
            done = tree_actions.cancel_event(uow, who, place.tree_id, place.sub_id, "event")
        return [f"{done['text']}: {done['url']}"]
    if build_id is None:
        raise Invalid("Say what to cancel: a tree's id (and a sub id), a build as project#number, or the address of either.")
    row = builds.cancel(uow, who, build_id)
    stopped = {"cancelled": "is cancelled", "running": "is asked to stop"}
    return [f"{_name(row)} {stopped.get(row['state'], 'has ended before: ' + row['state'])} {row['url']}"]


def may_see(uow: UnitOfWork, who: Principal, words: Words) -> bool:
    """Whether `who` sees the tree, build, project or job that the first word names; nothing that is not there is seen."""
    try:
        if place := _place(words):
            access.visible_tree(uow, who, place.tree_id)
        elif build_id := _build_id(uow, words):
            builds.visible_build(uow, who, build_id)
        elif words and "/" in words[0]:
            jobs.visible(uow, who, words[0])
        else:
            visible_project(uow, who, words[0] if words else "")
    except NotFound:
        return False
    return True


def _build_id(uow: UnitOfWork, words: Words) -> str | None:
    text = words[0] if words else ""
    if found := _BUILD.fullmatch(text):
        return found[1]
    named = _NUMBER.fullmatch(text)
    if named is None:
        return None
    rows = search.builds_by_number(uow.session, int(named[2]), named[1])
    if not rows:
        raise NotFound("There is no such build, or you may not see it.")
    return str(rows[0].id)


def _first(words: Words, what: str) -> str:
    if not words:
        raise Invalid(f"Say which: {what}.")
    return words[0]


def _place(words: Words) -> Place | None:
    """The tree or event that the first words name, by ids or by the address of its page; None when they name something else."""
    found = _TREE.fullmatch(words[0]) if words else None
    if found is None:
        return None
    behind = words[1] if len(words) > 1 and _SUB_ID.fullmatch(words[1]) else None
    return Place(found[1], found[2] or behind)


def _newest(uow: UnitOfWork, who: Principal, key: str) -> Place:
    """The newest event of a project. Raises NotFound."""
    row = visible_project(uow, who, key)
    events: Sequence[Columns] = activity.last_events(uow.session, [row.id]).get(row.id, [])
    if not events:
        raise NotFound(f"{row.name} has been in no tree yet.")
    return Place(events[0].tree_id, events[0].sub_id)
