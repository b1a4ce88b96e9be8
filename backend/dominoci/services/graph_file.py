"""Graph files: what applying one would do, applying it in one transaction, and writing the graph as one.

The changes themselves are made by `services.projects` and `services.dependencies`, so that their rules and their rows in the
audit log are the same whoever asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dominoci.domain.errors import Conflict, Invalid
from dominoci.domain.filters import filters_from_json, filters_to_json
from dominoci.domain.graph_file.check import check
from dominoci.domain.graph_file.faults import Faults, Refused
from dominoci.domain.graph_file.fields import PROJECT, Secret
from dominoci.domain.graph_file.model import GraphFile, Present, PresentDependency, PresentProject
from dominoci.domain.graph_file.parse import parse
from dominoci.domain.graph_file.plan import SECRETS, Change, NamedSecret, Plan, lines, plan
from dominoci.domain.graph_file.write import write
from dominoci.domain.target import HOOK_SECRET, JOB_ID
from dominoci.infra import crypto
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.client import GuardedClient
from dominoci.services import audit, targets
from dominoci.services.access import Principal, require_user, sight, visible_project, writable_project
from dominoci.services.graph_work import Looked, Work, sent_of, target_of
from dominoci.store import graph_file as store
from dominoci.store import projects as project_store
from dominoci.store.statements import Columns

View = dict[str, Any]
MOST_KEPT = 1000


@dataclass(frozen=True)
class Asked:
    """A file and how it is to be applied. `project`: whose own file it is; `secrets`: values of what it names; `digest`: of the
    plan that somebody looked at."""

    text: str
    prune: bool = False
    project: str | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    digest: str | None = None


def planned(transactions: Transactions, outbound: GuardedClient, who: Principal, asked: Asked) -> View:
    """What applying the file would do. Raises Refused with every fault. Never to be called inside a transaction."""
    looked = transactions.read(_look, who, asked)
    _check_targets(outbound, looked, asked)
    _refuse(looked.faults)
    return _view(looked)


def apply(transactions: Transactions, outbound: GuardedClient, who: Principal, asked: Asked) -> View:
    """Does what the file says, all of it or nothing; what is so already stays as it is. Raises Refused with every fault, Conflict
    when the plan is not the one of `asked.digest` any more. Never to be called inside a transaction."""
    looked = transactions.read(_look, who, asked)
    _demand_secrets(looked, asked)
    _check_targets(outbound, looked, asked)
    _refuse(looked.faults)
    if looked.plan.empty and asked.digest in (None, looked.plan.digest):
        return _view(looked)
    return transactions.write(carry_out, who, asked)


def carry_out(uow: UnitOfWork, who: Principal, asked: Asked) -> View:
    """`apply` within one transaction, for a file whose targets have been checked."""
    project_store.lock_graph(uow.session)
    looked = _look(uow, who, asked)
    _demand_secrets(looked, asked)
    _refuse(looked.faults)
    if asked.digest not in (None, looked.plan.digest):
        raise Conflict("The graph has changed since this plan was made: look at the new plan, then apply that.")
    if not looked.plan.empty:
        Work(uow, who, looked, asked.secrets).do()
        _note_applied(uow, who, looked)
    return _view(looked)


def export(uow: UnitOfWork, who: Principal, keys: Sequence[str]) -> str:
    """The graph as a file, or of it the projects with these ids or names."""
    require_user(who)
    names = {visible_project(uow, who, key).name for key in keys}
    return write(_present(uow, who), names or None)


def _look(uow: UnitOfWork, who: Principal, asked: Asked) -> Looked:
    require_user(who)
    only = writable_project(uow, who, asked.project).name if asked.project else None
    faults = Faults()
    file = parse(asked.text, only, faults)
    present = _present(uow, who)
    prune = asked.prune or file.prune
    check(file, present, prune, faults)
    gone = present.projects.keys() - file.projects.keys() if prune and only is None else set()
    unfinished = store.unfinished(uow.session, [present.projects[name].id for name in gone]) if gone else {}
    # a file with faults has no plan: what could not be read would be missing from it
    found = Plan((), (), (), ()) if faults.in_order() else plan(file, present, prune, _new_secrets(uow, file, asked), unfinished)
    return Looked(file, present, found, faults)


def _present(uow: UnitOfWork, who: Principal) -> Present:
    """The graph as far as `who` may see it."""
    every = store.projects(uow.session)
    seen = sight(uow, who, [row.id for row in every])
    rows = [row for row in every if row.id in seen]
    names = {row.id: row.name for row in rows}
    return Present(
        {row.name: _present_project(uow, row) for row in rows},
        {
            (names[row.downstream_id], names[row.upstream_id]): PresentDependency(row.id, _rules(row))
            for row in store.dependencies(uow.session)
            if row.downstream_id in names and row.upstream_id in names
        },
    )


def _present_project(uow: UnitOfWork, row: Columns) -> PresentProject:
    settings = {known.stored: getattr(row, known.stored) for known in PROJECT}
    settings["target"] = {name: value for name, value in row.target.items() if name != JOB_ID}
    if row.hosted:
        settings["repository_url"] = None
    clone = f"{uow.settings.public_url}/git/{row.name}.git" if row.hosted else None
    return PresentProject(row.id, settings, clone, frozenset((row.target_secrets or {}).keys() - {HOOK_SECRET}))


def _rules(row: Columns) -> View:
    ref = {"use": row.ref.get("use", "default"), "value": row.ref.get("value")}
    filters = filters_to_json(filters_from_json(row.filters))
    return {"join": row.join_rule, "enabled": row.enabled, **filters, "ref": ref, "parameters": dict(row.parameters)}


def _new_secrets(uow: UnitOfWork, file: GraphFile, asked: Asked) -> set[NamedSecret]:
    """The secrets of projects for which another value was sent than the one that is stored."""
    sent = {(project, name): value for project, wanted in file.projects.items() for name, value in sent_of(wanted, asked.secrets)}
    stored = {row.name: row.target_secrets or {} for row in store.projects(uow.session)} if sent else {}
    known = {key: stored[key[0]][key[1]]["value"] for key in sent if key[1] in stored.get(key[0], {})}
    return {key for key, kept in known.items() if crypto.decrypt(uow.keys, kept) != sent[key]}


def _demand_secrets(looked: Looked, asked: Asked) -> None:
    for secret in _named(looked.file):
        if secret.env not in asked.secrets:
            looked.faults.add(secret.mark, f"The secret {secret.env} was not sent: set {secret.env} where the file is applied.")


def _named(file: GraphFile) -> list[Secret]:
    return [secret for wanted in file.projects.values() for secret in wanted.secrets.values()]


def _check_targets(outbound: GuardedClient, looked: Looked, asked: Asked) -> None:
    """Notes targets that the arbiter would never send to. Only those that are new: looking names up takes time."""
    for change in (*looked.plan.added, *looked.plan.changed):
        if change.upstream is None and {"target", *SECRETS} & {part.field for part in change.fields}:
            wanted = looked.file.projects[change.project]
            try:
                targets.check(outbound, target_of(wanted, asked.secrets))
            except Invalid as e:
                for problem in (text for texts in e.errors.values() for text in texts):
                    looked.faults.add(wanted.marks.get("target", wanted.mark), problem)


def _refuse(faults: Faults) -> None:
    if found := faults.in_order():
        raise Refused(found)


def _note_applied(uow: UnitOfWork, who: Principal, looked: Looked) -> None:
    only, found = looked.file.only, looked.plan
    id_ = looked.present.projects[only].id if only else "graph"
    about = audit.About("graph", id_, f"file of {only}" if only else "file")
    counts = {"added": len(found.added), "changed": len(found.changed), "removed": len(found.removed)}
    audit.note(uow, who, "graph.applied", about, after=counts, projects=[id_] if only else [])


def _view(looked: Looked) -> View:
    found = looked.plan
    parts = {"added": found.added, "changed": found.changed, "removed": found.removed, "kept": found.kept[:MOST_KEPT]}
    return {
        "digest": found.digest,
        **{name: [_change_view(change) for change in part] for name, part in parts.items()},
        "secrets": sorted({secret.env for secret in _named(looked.file)}),
        "text": lines(found),
    }


def _change_view(change: Change) -> View:
    fields = [{"field": part.field, "before": part.before, "after": part.after} for part in change.fields]
    ends = {"project": change.project, "upstream": change.upstream}
    return {"kind": change.kind, **ends, "fields": fields, "cancels": change.cancels}
