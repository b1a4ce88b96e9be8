"""Who is to be told of what has just ended: decided in the transaction that ended it, so that nothing is told that did not happen
and nothing that happened is forgotten. What is stored are facts; `notify` puts them into words when they are sent.

A rule of a project hears of the project's runs and of trees that it is the root of; a rule of a person of those of the projects
that it is about, as far as that person may see them. Of other projects each is told only the names that it may know."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from dominoci.domain import notice as rules
from dominoci.domain.permission import PUBLIC, highest
from dominoci.domain.reports import Report
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.notices import NotificationRule
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import notification_facts as facts
from dominoci.services.notification_facts import Outcome
from dominoci.services.veil import Veil, names_in
from dominoci.services.webhook_messages import Told
from dominoci.store import notifications as store
from dominoci.store import trees
from dominoci.store import webhooks as names
from dominoci.store.leases import fresh

View = dict[str, Any]
KNOWN_FOR: Final = timedelta(seconds=5)  # how long a process may not have heard of another's new rule
_MEMORY: Final = "notifications.listening"


@dataclass(frozen=True)
class Ended:
    """What has ended: runs, and perhaps the tree (by the id of its root's project)."""

    runs: Sequence[Outcome]
    tree: Told | None = None

    @property
    def projects(self) -> set[str]:
        """The projects that this is about."""
        return {one.project_id for one in self.runs} | ({self.tree.tree.root_project_id} if self.tree else set())


def forget(uow: UnitOfWork) -> None:
    """This process is to look again who has rules, once the transaction that changed one is committed."""
    uow.after_commit(partial(_forget, uow.memory))


def _forget(memory: dict[str, Any]) -> None:
    memory.pop(_MEMORY, None)


def tell_change(uow: UnitOfWork, told: Told) -> None:
    """Messages about a change of a tree. Nothing is asked of the database where nobody has a rule."""
    listening = _listening(uow)
    if listening.people or listening.projects & told.projects:
        _tell(uow, listening, Ended(_runs(uow, told), told if told.finished else None))


def tell_report(uow: UnitOfWork, project: Project, told: Report) -> None:
    """Messages about a run whose report opened no tree."""
    listening = _listening(uow)
    if listening.people or project.id in listening.projects:
        _tell(uow, listening, Ended([facts.of_report(uow, project, told)]))


def tell_build(uow: UnitOfWork, row: Build) -> None:
    """Messages about a build that says nothing about its project otherwise (of a pull request, or of one of several jobs)."""
    listening = _listening(uow)
    if listening.people or row.project_id in listening.projects:
        _tell(uow, listening, Ended([facts.of_build(uow, row)]))


def _runs(uow: UnitOfWork, told: Told) -> list[Outcome]:
    """The runs that this change ended; of an event that moved on twice the last."""
    ended = {event.id: (event, row) for event, row in told.changes() if event.state == row["to_state"]}
    if root := told.root:
        opened = next(row for row in told.history if row["event_id"] == root.id)
        ended[root.id] = (root, opened)
    return [facts.of_event(uow, told.tree, event, row, told.reported.get(id_)) for id_, (event, row) in ended.items()]


def _listening(uow: UnitOfWork) -> store.Listening:
    """Who has rules; remembered for KNOWN_FOR."""
    at, known = uow.memory.get(_MEMORY, (None, None))
    if at is None or not timedelta(0) <= uow.now - at < KNOWN_FOR:
        known = store.listening(uow.session)
        uow.memory[_MEMORY] = (uow.now, known)
    found: store.Listening = known
    return found


def _tell(uow: UnitOfWork, listening: store.Listening, ended: Ended) -> None:
    runs = [one for one in ended.runs if rules.of_run(one.run.state, None)]
    ended = Ended(runs, ended.tree)
    if not ended.projects:
        return
    about = _about(uow, listening, ended.projects)
    messages = [one for run in runs for one in _of_run(uow, run, about[run.project_id])]
    if ended.tree:
        messages += _of_tree(uow, ended.tree, about[ended.tree.tree.root_project_id])
    if messages:
        store.add_messages(uow.session, [row(uow, rule.id, body) for rule, body in messages])
        uow.ring()


def _about(uow: UnitOfWork, listening: store.Listening, projects: Collection[str]) -> Mapping[str, list[NotificationRule]]:
    """The rules that are about each of these projects."""
    ties = _ties(store.ties(uow.session, projects)) if listening.people else {}
    users = {user for user, _ in ties}
    own = listening.projects & set(projects)
    about: defaultdict[str, list[NotificationRule]] = defaultdict(list)
    for rule in store.told(uow.session, own, users) if own or users else ():
        if rule.project_id:
            about[rule.project_id].append(rule)
            continue
        which = rule.scope.get("projects", rules.MINE)
        for project in projects:
            tie = ties.get((rule.user_id or "", project))
            if tie and rules.concerns(which, tie):
                about[project].append(rule)
    return about


def _ties(found: Sequence[Any]) -> dict[tuple[str, str], rules.Tie]:
    """What each person has to do with each project."""
    together: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for one in found:
        together[one.user_id, one.project_id].append(one)
    made = {}
    for key, rows in together.items():
        role = highest(one.role for one in rows if one.role)
        visible = role is not None or rows[0].visibility == PUBLIC or rows[0].is_admin
        made[key] = rules.Tie(role.value if role else None, any(one.role is None for one in rows), visible)
    return made


def _of_run(uow: UnitOfWork, outcome: Outcome, heard: Sequence[NotificationRule]) -> Iterator[tuple[NotificationRule, View]]:
    """Messages about one run. How the runs before it went is asked only when a rule wants it: a transaction ends one run."""
    possible = {*rules.of_run(outcome.run.state, None), *rules.of_run(outcome.run.state, outcome.run.state), rules.RECOVERY}
    heard = [one for one in _on(heard, outcome.run.meta.branch) if possible & {*one.events}]
    if not heard:
        return
    past, job = facts.fared(uow, outcome)
    kinds = rules.of_run(outcome.run.state, past.before)
    wanting = [(one, kind) for one in heard if (kind := rules.chosen(kinds, one.events))]
    if not wanting:
        return
    roots = [run.root for run in (outcome.run, past.since, past.good) if run and run.root]
    said = names_in([outcome.reason[1]] if outcome.reason else []) | {root["project"] for root in roots}
    veils = _veils(uow, said - {outcome.project_name}, outcome.project_id, [one for one, _ in wanting])
    owners = store.whose(uow.session, [outcome.project_id]).get(outcome.project_id, [])
    for one, kind in wanting:
        yield one, {"kind": kind, **facts.written(outcome, past, job, owners, veils[one.id])}


def _on(heard: Sequence[NotificationRule], branch: str | None) -> list[NotificationRule]:
    """Those of these rules that are about this branch."""
    return [one for one in heard if rules.is_on(branch, one.scope.get("branches", ()))]


def _of_tree(uow: UnitOfWork, told: Told, heard: Sequence[NotificationRule]) -> Iterator[tuple[NotificationRule, View]]:
    """Messages about the end of a tree."""
    tree, kinds = told.tree, rules.of_tree(told.tree.state)
    wanting = [(one, kind) for one in _on(heard, tree.root_meta.get("branch")) if (kind := rules.chosen(kinds, one.events))]
    if not wanting:
        return
    broken = store.broken(uow.session, tree.id, 2 * facts.MOST_BROKEN)
    said = {one.project_name for one in broken} | names_in([one.reason_params for one in broken])
    veils = _veils(uow, said - {tree.root_project_name}, tree.root_project_id, [one for one, _ in wanting])
    owners = store.whose(uow.session, [tree.root_project_id]).get(tree.root_project_id, [])
    counts = trees.state_counts(uow.session, [tree.id])[tree.id]
    for one, kind in wanting:
        yield one, {"kind": kind, **facts.of_tree(uow, tree, counts, broken, owners, veils[one.id])}


def _veils(uow: UnitOfWork, said: set[str], project_id: str, heard: Sequence[NotificationRule]) -> dict[str, Veil]:
    """Which of these names each rule may not be told: a project knows what it depends on, a person what that person may see."""
    own = names.names_told(uow.session, said, [project_id]) if said and any(one.project_id for one in heard) else set()
    users = {one.user_id for one in heard if one.user_id and not one.project_id}
    seen = store.names_seen(uow.session, said, users) if said and users else set()
    veils = {}
    for one in heard:
        known = {name for name, whom in (own if one.project_id else seen) if whom in (None, one.project_id or one.user_id)}
        veils[one.id] = Veil((), frozenset(said - known))
    return veils


def row(uow: UnitOfWork, rule_id: str, body: View) -> View:
    """A message that is due now."""
    return {**fresh(uow.now), "rule_id": rule_id, "body": body, "reading": None, "duration_ms": None}
