"""Combos as people and pipelines ask for them: which there are, what is in one, its lock file, and what differs."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from dominoci.domain import combo, lock_file
from dominoci.domain.combo import Given, Lineage, Member, Try
from dominoci.domain.errors import NotFound
from dominoci.domain.reports import Artifact
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import NO_PROJECT, Principal, require_user, sight, visible_project, visible_tree
from dominoci.store import combos
from dominoci.store.combos import After, Ids
from dominoci.store.paging import Page
from dominoci.store.statements import Columns

View = dict[str, Any]
Lineages = dict[str, Lineage]  # by tree id

NO_COMBO = "There is no such combo, or you may not see it. Its id is <tree>:<sub id>:<attempt> of an attempt that succeeded."
BRANCH_PREFIX = "refs/heads/"


def listing(uow: UnitOfWork, who: Principal, project: str | None, commit: str | None, page: Page) -> View:
    """Combos, newest first; of one project, or those in which the project itself or an ancestor has this commit."""
    if who.kind == "project":
        project = project or who.id
    else:
        require_user(who)
    project_id = visible_project(uow, who, project).id if project else None
    after = _after(page.cursor)
    if commit:
        return _with_commit(uow, who, commit, project_id, page.limit, after)
    rows = combos.newest(uow.session, project_id, page.limit + 1, after)
    looked = rows[: page.limit]
    shown = _seen(uow, who, looked)
    known = _lineages(uow, combos.ancestry([row.event_id for row in shown]))
    return _page(shown, known, _behind(looked[-1]) if len(rows) > page.limit else None)


def _seen(uow: UnitOfWork, who: Principal, rows: Sequence[Columns]) -> list[Columns]:
    """Those of projects that the caller may see: a page may be short, or empty, and still lead on."""
    seen = sight(uow, who, {row.project_id for row in rows})
    return [row for row in rows if row.project_id in seen]


def _after(cursor: str | None) -> After | None:
    parts = (cursor or "").split(":")
    if len(parts) != 3 or not (parts[2].isascii() and parts[2].isdigit()):
        return None
    return After(parts[0], parts[1], int(parts[2][:9]))


def _behind(row: Columns) -> str:
    return f"{row.tree_id}:{row.event_id}:{row.attempt}"


def _page(rows: Sequence[Columns], known: Lineages, cursor: str | None) -> View:
    return {"items": [_summary(row, known[row.tree_id]) for row in rows], "next_cursor": cursor}


def _summary(row: Columns, lineage: Lineage) -> View:
    return {**_head(row), "commit": row.commit, "members": lineage.count(_key(row))}


def _head(row: Columns) -> View:
    project = {"id": row.project_id, "name": row.project_name}
    place = {"tree_id": row.tree_id, "sub_id": row.sub_id, "attempt": row.attempt}
    return {"id": combo.combo_id(row.tree_id, row.sub_id, row.attempt), "project": project, **place, "at": row.received_at}


def _key(row: Columns) -> Try:
    return row.event_id, row.attempt


def _with_commit(
    uow: UnitOfWork, who: Principal, commit: str, project_id: str | None, limit: int, after: After | None
) -> View:
    """A page out of the newest trees that have the commit. Each holds a combo with it (the success that has it), so a few more
    trees than items are enough. The page is short, and its cursor leads on, where they hold fewer of one project, or where they
    are large: one page looks through no more events than the largest tree may have."""
    bounds = {"limit": limit + 2, "most_events": uow.settings.max_tree_events}
    tree_ids, more = combos.trees_with(uow.session, commit, project_id, after, **bounds)
    known = _lineages(uow, combos.events_in(tree_ids))
    sought = {_key(row) for row in combos.with_commit(uow.session, tree_ids, commit)}
    holding = set().union(*(lineage.holding(sought) for lineage in known.values()))
    rows = _seen(uow, who, [row for row in combos.in_trees(uow.session, tree_ids) if _key(row) in holding])
    if project_id:
        rows = [row for row in rows if row.project_id == project_id]
    if after:
        rows = [row for row in rows if (row.tree_id, row.event_id, row.attempt) < (after.tree_id, after.event_id, after.attempt)]
    if len(rows) > limit:
        return _page(rows[:limit], known, _behind(rows[limit - 1]))
    return _page(rows, known, f"{tree_ids[-1]}::0" if more else None)


def _lineages(uow: UnitOfWork, events: Ids) -> Lineages:
    """What the attempts of these events came from, by tree."""
    rows = combos.tries(uow.session, events)
    passed: dict[str, list[Try]] = {}
    if any(row.inputs is None and row.position > 0 for row in rows):
        for edge in combos.passed(uow.session, events):
            passed.setdefault(edge.child_id, []).append((edge.parent_id, edge.attempt))
    return {tree_id: Lineage(map(_given, group), passed) for tree_id, group in groupby(rows, key=lambda row: row.tree_id)}


def _given(row: Columns) -> Given:
    inputs = row.inputs if row.inputs is None else [(event_id, number) for event_id, number in row.inputs]
    return Given((row.event_id, row.number), inputs)


def get(uow: UnitOfWork, who: Principal, combo_id: str) -> View:
    """One combo with its members, the root first."""
    return _view(uow, who, _visible(uow, who, combo_id))


def last(uow: UnitOfWork, who: Principal, project: str, branch: str | None) -> View:
    """The combo of a project's last success (in a tree whose root ran on `branch`). Raises NotFound when there is none."""
    return _view(uow, who, _last(uow, who, project, branch))


def _visible(uow: UnitOfWork, who: Principal, combo_id: str) -> Columns:
    address = combo.read_id(combo_id)
    if address is None:
        raise NotFound(NO_COMBO)
    tree = visible_tree(uow, who, address[0])
    row = combos.one(uow.session, tree.id, address[1], address[2])
    if row is None or row.project_id not in sight(uow, who, [row.project_id]):
        raise NotFound(NO_COMBO)
    return row


def _last(uow: UnitOfWork, who: Principal, key: str, branch: str | None) -> Columns:
    project = visible_project(uow, who, key)
    row = combos.last(uow.session, project.id, f"{BRANCH_PREFIX}{branch}" if branch else None)
    if row is None:
        where = f"in a tree whose root ran on branch {branch}" if branch else "in any tree"
        raise NotFound(f"{project.name} has not succeeded yet {where}: its first success there is its first combo.")
    return row


def _view(uow: UnitOfWork, who: Principal, row: Columns) -> View:
    return {**_head(row), **_parts(_members(uow, who, [row]))}


def _parts(members: Sequence[Member]) -> View:
    return {"members": [_member(member) for member in members], "mixed": combo.is_mixed(members)}


def _member(member: Member) -> View:
    fields = ("sub_id", "attempt", "commit", "branch", "tag", "pipeline", "run_url")
    shown = {field: getattr(member, field) for field in fields}
    return {"project": _ref(member), **shown, "artifacts": [asdict(artifact) for artifact in member.artifacts]}


def _ref(part: Member | combo.ProjectChange) -> View:
    return {"id": part.project_id, "name": part.project}


def _members(uow: UnitOfWork, who: Principal, rows: Sequence[Columns]) -> list[Member]:
    """The members of the combos of successes in one tree, all together, without those that a user may not see. A project is told
    all of what it was built from: its lock file would be of no use without."""
    events = combos.ancestry([row.event_id for row in rows])
    wanted = _lineages(uow, events)[rows[0].tree_id].members(map(_key, rows))
    found = combos.reported(uow.session, events)
    shown = found if who.kind == "project" else _seen(uow, who, found)
    return combo.in_order(_reported(row) for row in shown if (row.event_id, row.number) in wanted)


def _reported(row: Columns) -> Member:
    return Member(
        project_id=row.project_id,
        project=row.project_name,
        sub_id=row.sub_id,
        attempt=row.number,
        **{field: row.meta.get(field) for field in ("commit", "branch", "tag", "pipeline")},
        run_url=row.run_url or row.links.get("pipeline"),
        repository=row.repository_url or row.links.get("repository"),
        artifacts=tuple(Artifact(**artifact) for artifact in row.artifacts),
    )


def last_of(uow: UnitOfWork, who: Principal, keys: Sequence[str]) -> View:
    """The last combo of a set of projects: what passed in the newest tree in which all of them succeeded."""
    require_user(who)
    known = _visible_projects(uow, who, keys)
    named = {row.id for row in known} | {row.name for row in known}
    if missing := sorted(set(keys) - named):
        raise NotFound(f"{NO_PROJECT} ({', '.join(missing)})")
    rows = combos.last_of_all(uow.session, sorted({row.id for row in known}))
    if not rows:
        raise NotFound(f"{', '.join(sorted(row.name for row in known))} have not all succeeded in one tree yet.")
    heads = sorted((_head(row) for row in rows), key=lambda head: str(head["project"]["name"]))
    newest = max(row.received_at for row in rows)
    return {"tree_id": rows[0].tree_id, "at": newest, "combos": heads, **_parts(_members(uow, who, rows))}


def _visible_projects(uow: UnitOfWork, who: Principal, keys: Sequence[str]) -> list[Columns]:
    known = combos.projects(uow.session, keys)
    seen = sight(uow, who, {row.id for row in known})
    return [row for row in known if row.id in seen]


def lock(uow: UnitOfWork, who: Principal, combo_id: str) -> tuple[View, str]:
    """The lock file of a combo, as JSON and as variables for a shell."""
    return _locked(uow, who, _visible(uow, who, combo_id))


def last_lock(uow: UnitOfWork, who: Principal, project: str, branch: str | None) -> tuple[View, str]:
    """The same for a project's last combo."""
    return _locked(uow, who, _last(uow, who, project, branch))


def _locked(uow: UnitOfWork, who: Principal, row: Columns) -> tuple[View, str]:
    name, members = combo.combo_id(row.tree_id, row.sub_id, row.attempt), _members(uow, who, [row])
    return lock_file.lock(name, members), lock_file.dotenv(name, members)


def compare(uow: UnitOfWork, who: Principal, old_id: str, new_id: str) -> View:
    """What differs from one combo to another: commits, artifacts, and which projects are in only one of them."""
    old, new = (_visible(uow, who, combo_id) for combo_id in (old_id, new_id))
    found = combo.compare(_members(uow, who, [old]), _members(uow, who, [new]))
    return {
        "a": _head(old),
        "b": _head(new),
        "changed": [{**asdict(change), "project": _ref(change)} for change in found.changed],
        "added": [_member(member) for member in found.added],
        "removed": [_member(member) for member in found.removed],
        "unchanged": found.unchanged,
    }
