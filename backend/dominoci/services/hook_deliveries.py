"""Webhooks that were taken: remembered, so that each counts once for each project, and shown with what came of them."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from dominoci.adapters.hook import Hook
from dominoci.domain.ids import new_id
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import HookDelivery
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import views
from dominoci.services.access import Principal, writable_project
from dominoci.store import hooks as store
from dominoci.store import repository_links
from dominoci.store.paging import Page, listing

View = dict[str, Any]
KEPT = timedelta(days=30)  # GitHub offers a delivery again for three days
MOST_TEXT = 500


def identity(hook: Hook, project_id: str) -> str:
    """Under what a delivery is remembered for a project. GitHub gives the webhooks of one event the same id, so that a
    repository's and an App's count once; one without an id is like no other."""
    return digest(hook.repository or "", hook.delivery_id or new_id(), hook.kind, project_id)


def digest(repository: str, delivery: str, event: str, project_id: str) -> str:
    """The same of its parts."""
    parts = (repository.partition("/")[0], delivery, event, project_id)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def fresh(uow: UnitOfWork, hook: Hook, project_ids: Iterable[str]) -> dict[str, str]:
    """The projects for which a delivery was not taken yet, each with the identity under which it is to be remembered."""
    named = {identity(hook, id_): id_ for id_ in project_ids}
    before = store.known(uow.session, named.keys())
    return {id_: key for key, id_ in named.items() if key not in before}


def remember(
    uow: UnitOfWork, hook: Hook, key: str, project_id: str, text: str, made: Sequence[Build] = (), *, replayed: bool = False
) -> None:
    """Writes down that it was taken for a project ("" for an App's installation), and what came of it."""
    told = {"repository": (hook.repository or "")[:300], "event": hook.kind[:40], "delivery": (hook.delivery_id or "")[:100]}
    outcome = {"project": project_id, "text": text[:MOST_TEXT], "builds": [made_view(uow, row) for row in made]}
    store.add(uow.session, {"id": key, **told, "outcome": outcome, "replayed": replayed, "received_at": uow.now})


def remember_missed(uow: UnitOfWork, project: Project, event: str, delivery: str, text: str) -> None:
    """Writes down that a delivery which GitHub sent in vain could not be taken later, either."""
    repository = project.repository_key or ""
    told = {"repository": repository, "event": event[:40], "delivery": delivery[:100], "replayed": True}
    outcome = {"project": project.id, "text": text[:MOST_TEXT], "builds": []}
    key = digest(repository, delivery, event, project.id)
    store.add(uow.session, {"id": key, **told, "outcome": outcome, "received_at": uow.now})


def made_view(uow: UnitOfWork, row: Build) -> View:
    """A build that a delivery started."""
    return {"id": row.id, "number": row.number, "url": views.build_url(uow.settings, row.id)}


def of_project(uow: UnitOfWork, who: Principal, key: str, page: Page) -> View:
    """The deliveries that were taken for a project, newest first; its maintainers may read them."""
    project = writable_project(uow, who, key)
    rows, cursor = store.of_project(uow.session, project.id, repositories(uow, project), page)
    return listing(rows, cursor, _view)


def repositories(uow: UnitOfWork, project: Project) -> set[str]:
    """The repositories elsewhere that concern a project: its own, the one of its target, and those its jobs are linked to."""
    linked = {row.repository for row in repository_links.of_project(uow.session, project.id)}
    of_target = {project.target_key.partition(":")[2]} if project.target_key else set()
    return {*([project.repository_key] if project.repository_key else []), *linked, *of_target}


def sweep(uow: UnitOfWork) -> None:
    """Forgets deliveries that no host would send again."""
    store.sweep(uow.session, uow.now - KEPT)


def _view(row: HookDelivery) -> View:
    fields = ("id", "repository", "event", "delivery", "replayed", "received_at")
    outcome = {"text": row.outcome.get("text", ""), "builds": row.outcome.get("builds", [])}
    return {**{field: getattr(row, field) for field in fields}, **outcome}
