"""The repositories that the arbiter hosts: who may read and write them, and that they are there."""

from dataclasses import dataclass

from dominoci.domain.errors import Forbidden, NotFound
from dominoci.domain.states import BuildState
from dominoci.infra.git import Hosting
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import tokens
from dominoci.services.access import NO_PROJECT, Principal
from dominoci.store import builds, projects


@dataclass(frozen=True)
class Repository:
    """A hosted project's repository."""

    project_id: str
    name: str
    default_branch: str


def enter(uow: UnitOfWork, who: Principal, key: str, *, write: bool) -> Repository:
    """The repository of the project with this id or name: users read and write, a running build reads its own project's.

    Raises NotFound for everybody else, as for one that does not exist; Forbidden when a build wants to write.
    """
    project = projects.by_id_or_name(uow.session, key)
    if project is None or not project.hosted or not _sees(uow, who, project):
        raise NotFound(NO_PROJECT)
    if write and who.kind != "user":
        raise Forbidden("A build may read its repository; it may not push to it.")
    return Repository(project.id, project.name, project.default_branch)


def _sees(uow: UnitOfWork, who: Principal, project: Project) -> bool:
    if who.kind == "user":
        return True
    build = builds.build(uow.session, who.id) if who.kind == "build" else None
    return build is not None and build.project_id == project.id and build.state == BuildState.RUNNING.value


def ensure(transactions: Transactions, hosting: Hosting, repository: Repository) -> None:
    """Makes the repository if it is not there yet, with a new token for its hook. Never to be called inside a transaction."""
    hosting.ensure(
        repository.project_id,
        repository.default_branch,
        lambda: transactions.write(tokens.trigger_token, repository.project_id),
    )
