"""Projects: create, list, change, remove."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from dominoci.domain import pasted
from dominoci.domain.errors import Conflict, Invalid
from dominoci.domain.graph import distances
from dominoci.domain.ids import new_id
from dominoci.domain.names import name_problem
from dominoci.domain.permission import Role, highest
from dominoci.domain.reasons import Reason
from dominoci.infra.files import BuildFiles
from dominoci.infra.git import Hosting
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, build_stopping, cancelling, job_ending, owners, repository_access, targets
from dominoci.services.access import Principal, owned_project, require_user, sight, viewer, visible_project, writable_project
from dominoci.services.tree_change import TreeChange
from dominoci.services.webhook_sending import switch_off
from dominoci.store import accounts, builds, forgetting, jobs, members, permissions, project_secrets, projects, trees, webhooks
from dominoci.store.paging import Page, listing

OF_OWNERS = frozenset({"visibility", "owner"})  # what only owners of a project may change
PLAIN_FIELDS = (
    "name",
    "default_branch",
    "visibility",
    "owners_url",
    "contact",
    "on_new_event",
    "start_deadline_s",
    "finish_deadline_s",
    "accept_event_token",
    "enabled",
)


def create(uow: UnitOfWork, who: Principal, body: Mapping[str, Any], *, demo: bool = False) -> dict[str, Any]:
    """A new project. Without `repository_url` it is hosted by the arbiter (the git door makes the repository).

    Raises Invalid, or Conflict when the name is taken.
    """
    require_user(who)
    _check_name(uow, body["name"])
    project_id = new_id()
    url = body.get("repository_url")
    row = Project(
        id=project_id,
        hosted=url is None,
        demo=demo,
        target={},
        next_build=jobs.highest_number(uow.session, body["name"]) + 1,
        created_at=uow.now,
        deleted_at=None,
        last_result=None,
        **{key: body.get(key, _DEFAULTS[key]) for key in PLAIN_FIELDS},
    )
    _point(row, url or f"{uow.settings.public_url}/git/{body['name']}.git")
    targets.check_priority(uow, who, body.get("target"))
    targets.save(uow, row, body.get("target") or {"kind": "agent"})
    projects.add(uow.session, row)
    _belongs(uow, who, row, body.get("owner"))
    audit.note(uow, who, "project.created", _about(row), after=_settings(row))
    return _view(uow, who, row)


def _point(row: Project, url: str) -> None:
    """The project's repository is there from now on."""
    row.repository_url = url
    row.repository_key = None if row.hosted else (pasted.repository(url) or "").lower()[:300] or None


def _belongs(uow: UnitOfWork, who: Principal, row: Project, owner: str | None) -> None:
    """A new project belongs to the group that was named, else to whoever made it."""
    if owner:
        row.owner_id = owners.giving(uow, who, owner).id
    elif members.is_person(uow.session, who.id):
        members.put_project_member(uow.session, row.id, who.id, Role.OWNER.value, who.id, uow.now)


_DEFAULTS: Mapping[str, Any] = {
    "name": "",
    "default_branch": "main",
    "visibility": "private",
    "owners_url": None,
    "contact": None,
    "on_new_event": "parallel",
    "start_deadline_s": 3600,
    "finish_deadline_s": 21600,
    "accept_event_token": False,
    "enabled": True,
}


def _check_name(uow: UnitOfWork, name: str, but: str | None = None) -> None:
    if problem := name_problem(name):
        raise Invalid("The project's name cannot be used.", {"name": [problem]})
    if projects.name_taken(uow.session, name, but):
        raise Conflict(f"There is already a project called {name}.", errors={"name": ["is taken"]})
    if jobs.of_other_project(uow.session, name, but):
        text = f"There is a job {name} at the top, whose builds lie where this project's would: move it into a folder first."
        raise Conflict(text, errors={"name": ["is taken by a job"]})
    if but and jobs.highest_number(uow.session, name, but=but):
        text = f"Builds of something that was called {name} before still lie under that name: take another one."
        raise Conflict(text, errors={"name": ["was used before"]})


def search(
    uow: UnitOfWork,
    who: Principal,
    needle: str,
    page: Page,
    *,
    starred: bool = False,
    owner: str | None = None,
    ci: str | None = None,
    state: str | None = None,
) -> dict[str, Any]:
    """Projects by part of their name or repository URL: of those that the caller may see, those that it `starred`, of one owner
    (id or name), of one kind of target, with one last result."""
    wanted = projects.ProjectFilter(needle, viewer(who), who.id if starred else None, owner, ci, state)
    rows, cursor = projects.search(uow.session, wanted, page)
    return listing(rows, cursor, _viewing(uow, who, rows))


def get(uow: UnitOfWork, who: Principal, key: str) -> dict[str, Any]:
    """One project by id or name."""
    return _view(uow, who, visible_project(uow, who, key))


def change(uow: UnitOfWork, who: Principal, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Changes what `body` names."""
    row = (owned_project if OF_OWNERS & body.keys() else writable_project)(uow, who, key)
    before = _settings(row)
    if "name" in body and body["name"] != row.name:
        _check_name(uow, body["name"], row.id)
        _rename(uow, row, body["name"])
    for field in PLAIN_FIELDS:
        if field in body:
            setattr(row, field, body[field])
    if body.get("repository_url") and not row.hosted:
        repository_access.move(row, body["repository_url"])
        _point(row, body["repository_url"])
    if target := body.get("target"):
        targets.check_priority(uow, who, target, row.target)
        targets.save(uow, row, target)
    if "owner" in body:
        row.owner_id = owners.giving(uow, who, body["owner"]).id if body["owner"] else None
    uow.session.flush()
    audit.note(uow, who, "project.changed", _about(row), before, _settings(row))
    return _view(uow, who, row)


def _about(row: Project) -> audit.About:
    return audit.About("project", row.id, row.name)


def _settings(row: Project) -> dict[str, Any]:
    """What the audit log compares; it keeps no secret."""
    fields = ("repository_url", "hosted", "target", "owner_id", *PLAIN_FIELDS)
    return {**{field: getattr(row, field) for field in fields}, **targets.for_audit(row), **repository_access.for_audit(row)}


def remove(uow: UnitOfWork, who: Principal, key: str) -> None:
    """Deletes a project: its tokens and dependencies go, unfinished events are cancelled, history keeps its name."""
    row = owned_project(uow, who, key)
    audit.note(uow, who, "project.deleted", _about(row), before=_settings(row))
    projects.remove_dependencies_of(uow.session, row.id)
    accounts.revoke_tokens_of(uow.session, row.id, uow.now)
    for tree_id in trees.unfinished_trees_of(uow.session, row.id):
        _cancel_events(TreeChange.of(uow, tree_id), row)
    for build in builds.unfinished_of(uow.session, row.id):
        build_stopping.withdraw(uow, [build], Reason("project_deleted", {"project": row.name}))
    for hook in webhooks.of_project(uow.session, row.id):
        switch_off(uow, hook, "The project was deleted.")
    project_secrets.remove_all(uow.session, row.id)
    row.repository_access = row.repository_secrets = None
    job_ending.retire(uow, jobs.of_project(uow.session, row.id))
    row.deleted_at = uow.now
    _remove_repositories(uow, [row.id])
    _rename(uow, row, f"{row.name} (deleted {row.id[-12:]})")
    uow.session.flush()


def _rename(uow: UnitOfWork, row: Project, name: str) -> None:
    """Logs and artifacts move along: a project that gets the free name must not write into them."""
    builds.move_folders(uow.session, row.id, row.name, name)
    uow.after_commit(partial(BuildFiles.of(uow.settings).rename, row.name, name))
    row.name = name


def _cancel_events(change: TreeChange, project: Project) -> None:
    """Cancels what a tree still had to run of a project that goes away."""
    own = [event for event in trees.events(change.uow.session, change.tree.id) if event.project_id == project.id]
    cancelling.cancel(change, own, Reason("project_deleted", {"project": project.name}))
    change.finish()


def graph(uow: UnitOfWork, who: Principal, key: str, direction: str) -> dict[str, Any]:
    """The projects up- and downstream of one, with their distance (upstream is negative), and the edges between them."""
    start = visible_project(uow, who, key)
    rows = projects.edges_around(uow.session, start.id, direction)
    edges = [(row.upstream_id, row.downstream_id) for row in rows]
    found = {start.id: 0}
    if direction in ("down", "both"):
        found |= distances(edges, start.id)
    if direction in ("up", "both"):
        found |= {id_: -steps for id_, steps in distances([(b, a) for a, b in edges], start.id).items() if steps}
    seen = sight(uow, who, found)
    found = {id_: steps for id_, steps in found.items() if id_ in seen}
    known = projects.of_ids(uow.session, found)
    nodes = [{"id": p.id, "name": p.name, "last_result": p.last_result, "distance": found[p.id]} for p in known.values()]
    shown = [
        {"id": r.id, "upstream": r.upstream_id, "downstream": r.downstream_id, "join": r.join_rule, "enabled": r.enabled}
        for r in rows
        if r.upstream_id in found and r.downstream_id in found
    ]
    return {"nodes": sorted(nodes, key=lambda n: (n["distance"], n["name"])), "edges": shown}


def _view(uow: UnitOfWork, who: Principal, row: Project) -> dict[str, Any]:
    return _viewing(uow, who, [row])(row)


def _viewing(uow: UnitOfWork, who: Principal, rows: Sequence[Project]) -> Callable[[Project], dict[str, Any]]:
    """Shows these projects to `who`, with a fixed number of queries for all of them."""
    ids = [row.id for row in rows]
    up, down = projects.edge_counts(uow.session, ids)
    roles = {} if who.is_admin or who.kind != "user" else permissions.roles(uow.session, who.id, ids)
    groups = members.owner_names(uow.session, {row.owner_id for row in rows if row.owner_id})
    starred = members.starred(uow.session, who.id, ids) if who.kind == "user" else set()

    def show(row: Project) -> dict[str, Any]:
        role = Role.OWNER if who.is_admin else highest(roles.get(row.id, ())) or Role.VIEWER
        group = {"id": row.owner_id, "name": groups[row.owner_id]} if row.owner_id else None
        mine = {"role": role.value, "owner": group, "starred": row.id in starred}
        return {**view(uow, row, up.get(row.id, 0), down.get(row.id, 0)), **mine}

    return show


def view(uow: UnitOfWork, row: Project, upstream: int, downstream: int) -> dict[str, Any]:
    """A project in the API; secrets never come back."""
    fields = ("id", "hosted", "demo", "created_at", "last_result", *PLAIN_FIELDS)
    clone = f"{uow.settings.public_url}/git/{row.name}.git" if row.hosted else row.repository_url
    return {
        **{field: getattr(row, field) for field in fields},
        "repository_url": clone if row.hosted else row.repository_url,
        "clone_url": clone,
        "target": targets.view(row),
        "upstream_count": upstream,
        "downstream_count": downstream,
    }


def demo_ids(uow: UnitOfWork) -> dict[str, str]:
    """The demo's projects: ids by name."""
    return {row.name: row.id for row in projects.demo_projects(uow.session)}


def forget_demo(uow: UnitOfWork, who: Principal) -> list[str]:
    """Removes the demo's projects with their trees and builds; answers their ids, for what lies outside the database."""
    require_user(who)
    ids = list(demo_ids(uow).values())
    audit.note(uow, who, "demo.removed", audit.About("demo", "demo", "projects"), projects=ids)
    forgetting.forget_projects(uow.session, ids)
    _remove_repositories(uow, ids)
    uow.publish("feed", {"version": 0})
    return ids


def _remove_repositories(uow: UnitOfWork, ids: list[str]) -> None:
    hosting = Hosting(uow.settings.data, uow.settings.public_url)
    for project_id in ids:
        uow.after_commit(partial(hosting.remove, project_id))
