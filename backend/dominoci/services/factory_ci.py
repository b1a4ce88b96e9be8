"""FactoryCI's projects: the projects that there are, under the names that its document gives their parts."""

from collections.abc import Callable, Mapping
from typing import Any, ParamSpec

from dominoci.domain.errors import Conflict, Invalid, NotFound
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import hook_secrets, owners, projects, repository_access
from dominoci.services.access import NO_PROJECT, Principal, visible_project, writable_project
from dominoci.store import members

P = ParamSpec("P")
View = dict[str, Any]
OURS = {"project": "name", "url": "repository_url"}  # what is called otherwise here


def get(uow: UnitOfWork, who: Principal, project_id: str) -> View:
    """One project that `who` may see."""
    return _view(uow, _exact(visible_project(uow, who, project_id), project_id))


def create(uow: UnitOfWork, who: Principal, body: Mapping[str, Any]) -> View:
    """A new project of own agents, and its owner where there is none of that name. Raises Conflict for names that are taken."""
    owner = _owner(uow, who, body["owner"])
    new = {"name": body["project"], "repository_url": body["url"], "owner": owner, "target": {"kind": "agent"}}
    made = _named(projects.create, uow, who, new)
    project = writable_project(uow, who, made["id"])
    _set_secret(uow, who, project, body)
    return _view(uow, project)


def change(uow: UnitOfWork, who: Principal, project_id: str, body: Mapping[str, Any]) -> View:
    """Changes what `body` names. Raises Invalid for another address of a repository that is hosted here."""
    project = _exact(writable_project(uow, who, project_id), project_id)
    if "url" in body and project.hosted:
        raise Invalid("The address cannot be changed.", {"url": ["This repository is hosted here."]})
    new = {OURS.get(name, name): value for name, value in body.items() if name != "webhook_secret"}
    if "owner" in new:
        new["owner"] = _owner(uow, who, new["owner"])
    secret = repository_access.hook_secret(uow, project)
    if new:
        _named(projects.change, uow, who, project.id, new)
    if secret and repository_access.hook_secret(uow, project) is None:  # what was not named stays, at another address, too
        repository_access.set_hook_secret(uow, project, secret)
    _set_secret(uow, who, project, body)
    return _view(uow, project)


def remove(uow: UnitOfWork, who: Principal, project_id: str) -> None:
    """Deletes the project."""
    _exact(visible_project(uow, who, project_id), project_id)
    projects.remove(uow, who, project_id)


def _named(work: Callable[P, View], *args: P.args, **kwargs: P.kwargs) -> View:
    """The same, where a name that is taken is called as it was sent."""
    try:
        return work(*args, **kwargs)
    except Conflict as e:
        if "name" in e.extra.get("errors", {}):
            raise Conflict(e.detail, errors={"project": e.extra["errors"]["name"]}) from e
        raise


def _exact(project: Project, project_id: str) -> Project:
    """FactoryCI's ids are ids: a name is none."""
    if project.id != project_id:
        raise NotFound(NO_PROJECT)
    return project


def _owner(uow: UnitOfWork, who: Principal, name: str) -> str:
    """The id of the group of this name, made where there is none."""
    if (known := members.owner(uow.session, name)) is None:
        return str(owners.create(uow, who, {"name": name})["id"])
    try:
        return owners.giving(uow, who, known.id).id
    except Invalid as e:
        raise Conflict(
            f"{name} is a group that you are not in: its owners can take you in.", errors={"owner": ["is taken"]}
        ) from e


def _set_secret(uow: UnitOfWork, who: Principal, project: Project, body: Mapping[str, Any]) -> None:
    if secret := body.get("webhook_secret"):
        hook_secrets.put(uow, who, project, secret)


def _view(uow: UnitOfWork, project: Project) -> View:
    group = members.owner_names(uow.session, [project.owner_id]) if project.owner_id else {}
    owner = {"id": project.owner_id, "name": group[project.owner_id]} if project.owner_id else None
    url = f"{uow.settings.public_url}/git/{project.name}.git" if project.hosted else project.repository_url
    return {"id": project.id, "owner": owner, "project": project.name, "url": url}
