"""The audit log: who changed what. One row a change, in the change's own transaction: neither is there without the other."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from dominoci.domain.audit import ACTIONS, About, kept, sentence
from dominoci.domain.ids import new_id
from dominoci.infra.models.audit import AuditRow
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal, require_admin, writable_project
from dominoci.store import accounts
from dominoci.store import audit as log
from dominoci.store.paging import Page, listing

__all__ = ["About", "note", "of_project", "search"]  # other services take `About` from here

View = dict[str, Any]
LONGEST_ACTOR, LONGEST_OBJECT, LONGEST_ADDRESS = 140, 300, 45


def note(
    uow: UnitOfWork,
    who: Principal,
    action: str,
    about: About,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    *,
    projects: Iterable[str] = (),
) -> None:
    """Writes one row: `who` did `action` (a key of `domain.audit.ACTIONS`) to `about`.

    Of `before` and `after` it keeps the fields that differ, without secrets; when both are given and nothing differs, nothing
    was changed and no row is written. `projects` are ids under which the row is to be found besides its object's own.
    """
    if action not in ACTIONS:
        raise KeyError(action)
    old, new = kept(before, after)
    if old == {} and new == {}:
        return
    row = {
        "id": new_id(),
        "at": uow.now,
        **_actor(who),
        "action": action,
        "object_kind": about.kind,
        "object_id": about.id,
        "object_name": about.name[:LONGEST_OBJECT],
        "before": old,
        "after": new,
        "address": who.address[:LONGEST_ADDRESS] if who.address else None,
    }
    log.add(uow.session, row, {*projects, *([about.id] if about.kind == "project" else [])})


def _actor(who: Principal) -> View:
    name = f"{who.name} (token {who.via})" if who.via else who.name
    return {"actor_kind": who.kind, "actor_id": who.id, "actor_name": name[:LONGEST_ACTOR]}


def search(uow: UnitOfWork, who: Principal, query: Mapping[str, Any], page: Page) -> View:
    """The whole log, newest first; `query` may hold who (a user's name, or any id), action, object (an id), since, until."""
    require_admin(who)
    rows, cursor = log.search(uow.session, _wanted(uow, query), page)
    return listing(rows, cursor, _view)


def _wanted(uow: UnitOfWork, query: Mapping[str, Any]) -> log.Wanted:
    actor: str | None = query.get("who")
    if actor and (user := accounts.user_by_name(uow.session, actor)):
        actor = user.id
    since: datetime | None = query.get("since")
    return log.Wanted(actor, query.get("action"), query.get("object"), since, query.get("until"))


def of_project(uow: UnitOfWork, who: Principal, key: str, page: Page) -> View:
    """What was done to a project, its dependencies, tokens and builds, newest first; its maintainers may read it."""
    rows, cursor = log.of_project(uow.session, writable_project(uow, who, key).id, page)
    return listing(rows, cursor, _view)


def _view(row: AuditRow) -> View:
    about = About(row.object_kind, row.object_id, row.object_name)
    return {
        "id": row.id,
        "at": row.at,
        "actor": {"kind": row.actor_kind, "id": row.actor_id, "name": row.actor_name},
        "action": row.action,
        "text": sentence(row.actor_name, row.action, about, row.before, row.after),
        "object": about._asdict(),
        "before": row.before,
        "after": row.after,
        "address": row.address,
    }
