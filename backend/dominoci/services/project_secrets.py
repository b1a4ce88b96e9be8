"""Secrets of projects: values that the steps of their builds may ask for by name; encrypted, and never shown again."""

from datetime import timedelta
from typing import Any

from dominoci.domain.errors import Conflict, NotFound
from dominoci.domain.ids import new_id
from dominoci.infra import crypto
from dominoci.infra.models.builds import ProjectSecret
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit
from dominoci.services.access import Principal, writable_project
from dominoci.store import project_secrets

View = dict[str, Any]
MOST = 100
NOTE_EVERY = timedelta(minutes=1)


def listing(uow: UnitOfWork, who: Principal, key: str) -> View:
    """A project's secrets by name: who changed each, when, and when a build was last given it."""
    project = writable_project(uow, who, key)
    return {"items": [_view(row) for row in project_secrets.of_project(uow.session, project.id)], "next_cursor": None}


def put(uow: UnitOfWork, who: Principal, key: str, name: str, value: str) -> tuple[View, bool]:
    """Gives a project a secret, or another value to the one that it has; whether it is new. Raises Conflict beyond 100."""
    project = writable_project(uow, who, key)
    row = project_secrets.find(uow.session, project.id, name)
    encrypted, by = crypto.encrypt(uow.keys, value), who.name[:100]
    if row is None:
        if project_secrets.count(uow.session, project.id) >= MOST:
            raise Conflict(f"A project has at most {MOST} secrets: remove one that no pipeline asks for.")
        times = {"created_at": uow.now, "changed_at": uow.now, "used_at": None}
        new = ProjectSecret(id=new_id(), project_id=project.id, name=name, value=encrypted, changed_by=by, **times)
        project_secrets.add(uow.session, new)
        _note(uow, who, project, new, before=None, after={"secret": encrypted})
        return _view(new), True
    before = row.value
    row.value, row.changed_by, row.changed_at = encrypted, by, uow.now
    uow.session.flush()
    _note(uow, who, project, row, before={"secret": before}, after={"secret": row.value})
    return _view(row), False


def remove(uow: UnitOfWork, who: Principal, key: str, name: str) -> None:
    """Deletes a secret; a build that asks for it fails from now on."""
    project = writable_project(uow, who, key)
    row = project_secrets.find(uow.session, project.id, name)
    if row is None:
        raise NotFound("This project has no secret of this name.")
    _note(uow, who, project, row, before={"secret": row.value}, after=None)
    project_secrets.remove(uow.session, row)


def of_build(uow: UnitOfWork, project: Project, *, trusted: bool) -> dict[str, str]:
    """What a build's claim holds: all of its project by name, in the clear; nothing for strangers' code."""
    rows = project_secrets.of_project(uow.session, project.id) if trusted else ()
    if rows:
        project_secrets.touch(uow.session, project.id, uow.now, uow.now - NOTE_EVERY)
    opened = {row.name: crypto.decrypt(uow.keys, row.value) for row in rows}
    return {name: value for name, value in opened.items() if value is not None}


def _note(
    uow: UnitOfWork, who: Principal, project: Project, row: ProjectSecret, *, before: View | None, after: View | None
) -> None:
    action = "secret.removed" if after is None else "secret.set"
    about = audit.About("secret", row.id, f"{row.name} of {project.name}")
    audit.note(uow, who, action, about, before, after, projects=[project.id])


def _view(row: ProjectSecret) -> View:
    return {field: getattr(row, field) for field in ("name", "changed_by", "created_at", "changed_at", "used_at")}
