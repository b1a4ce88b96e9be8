"""The project that stands for a `project_id` of a koalaCI user (docs/decisions/koala.md)."""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from dominoci.domain.errors import Conflict
from dominoci.domain.ids import new_id
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Deployment
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import projects, repository_access
from dominoci.services.access import Principal
from dominoci.store import builds as build_store
from dominoci.store import deployments as store
from dominoci.store import jobs
from dominoci.store import projects as project_store

ELSEWHERE: Final = "Another deployment of this project is still being built from another repository: wait for its end"
KEPT: Final = "\n"  # begins the names of rows that keep a project its user's; no caller can give such a name
NAMES: Final = 20  # of one project: as many may be taken by others


def of(uow: UnitOfWork, who: Principal, user_id: str, payload: Mapping[str, str]) -> Project:
    """The project that stands for this user's `project_id`, locked, with the payload's repository; made where there is none.
    Raises Conflict when the repository is another one than that from which a build of it still waits or runs."""
    names = _names(user_id, payload["project_id"])
    taken = project_store.ids_named(uow.session, names)
    own = store.projects_of(uow.session, user_id, taken.values())
    key = next((taken[name] for name in names if taken.get(name) in own), None) or _make(uow, who, names, taken, payload)
    project_store.lock(uow.session, key)
    project = project_store.of_ids(uow.session, [key])[key]
    if project.repository_url != payload["project_repo_url"]:
        # a build that waits is given the address that its project has when an agent takes it
        if build_store.unfinished_of(uow.session, key):
            raise Conflict(ELSEWHERE)
        if project.repository_access:
            # an admin gave it for one repository; a caller must not have it shown to another one of the same server
            repository_access.remove(uow, who, key)
        projects.change(uow, who, key, {"repository_url": payload["project_repo_url"]})
    return project


def remember(uow: UnitOfWork, user_id: str, row: Deployment, project: Project) -> None:
    """A deployment goes on in another project: its build before stays known as this user's, so that its project does, too."""
    before = build_store.build(uow.session, row.build_id)
    if before is None or before.project_id == project.id:
        return
    name = f"{KEPT}{before.project_id}"
    if store.of_user(uow.session, user_id, name) is None:
        made = {"user_id": user_id, "deployment_id": name, "build_id": before.id, "created_at": uow.now}
        store.add(uow.session, Deployment(id=new_id(), **made))


def _names(user_id: str, project_id: str) -> list[str]:
    """The names that such a project may have. One is its own only when a deployment of this user was built in it (that is asked
    of the database, not of the name): whoever took the first one in time has won nothing."""
    digest = hashlib.sha256(json.dumps([user_id, project_id]).encode()).hexdigest()[:16]
    return [f"koala-{digest}", *(f"koala-{digest}-{number}" for number in range(2, NAMES + 1))]


def _make(uow: UnitOfWork, who: Principal, names: list[str], taken: Mapping[str, str], payload: Mapping[str, str]) -> str:
    name = next((name for name in names if name not in taken and not jobs.path_taken(uow.session, name)), None)
    if name is None:
        raise Conflict("The names for this project are all taken by others: ask an admin")
    told = {"repository_url": payload["project_repo_url"], "default_branch": payload["project_branch"]}
    made = projects.create(uow, who, {"name": name, **told, "contact": f"koalaCI: {payload['project_id']}"[:255]})
    return str(made["id"])
