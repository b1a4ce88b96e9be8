"""The repositories that the arbiter hosts: who may read and write them, and that they are there."""

from dataclasses import dataclass

from dominoci.domain.errors import Forbidden, NotFound
from dominoci.domain.permission import Role
from dominoci.domain.states import BuildState
from dominoci.infra.git import Hosting
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import tokens
from dominoci.services.access import NO_PROJECT, Principal, require_role, role_of
from dominoci.store import builds, projects


@dataclass(frozen=True)
class Repository:
    """A hosted project's repository."""

    project_id: str
    name: str
    default_branch: str


def enter(uow: UnitOfWork, who: Principal, key: str, *, write: bool) -> Repository:
    """The repository of the project with this id or name: who may see it reads, maintainers write, a running build reads its own
    project's.

    Raises NotFound for everybody else, as for one that does not exist; Forbidden when a viewer or a build wants to write.
    """
    project = projects.by_id_or_name(uow.session, key)
    role = _role(uow, who, project) if project else None
    if project is None or not project.hosted or role is None:
        raise NotFound(NO_PROJECT)
    if write and who.kind != "user":
        raise Forbidden("A build may read its repository; it may not push to it.")
    if write and who.read_only:
        raise Forbidden("This token may only read (its scope is read): push with one of scope user.")
    require_role(role, Role.MAINTAINER if write else Role.VIEWER, project.name)
    return Repository(project.id, project.name, project.default_branch)


def _role(uow: UnitOfWork, who: Principal, project: Project) -> Role | None:
    return role_of(uow, who, project) or (Role.VIEWER if _runs(uow, who, project) else None)


def _runs(uow: UnitOfWork, who: Principal, project: Project) -> bool:
    build = builds.build(uow.session, who.id) if who.kind == "build" else None
    return build is not None and build.project_id == project.id and build.state == BuildState.RUNNING.value


def ensure(transactions: Transactions, hosting: Hosting, repository: Repository) -> None:
    """Makes the repository if it is not there yet, with a new token for its hook. Never to be called inside a transaction."""
    hosting.ensure(
        repository.project_id,
        repository.default_branch,
        lambda: transactions.write(tokens.trigger_token, repository.project_id),
    )
