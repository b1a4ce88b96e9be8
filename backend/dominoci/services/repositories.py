"""The repositories that the arbiter hosts: who may read and write them, and that they are there."""

from collections.abc import Mapping
from dataclasses import dataclass

from dominoci.domain.errors import Forbidden, NotFound
from dominoci.domain.names import variable_problem
from dominoci.domain.permission import Role
from dominoci.domain.states import BuildState
from dominoci.infra.git import Hosting
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.runs import Runs
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import tokens
from dominoci.services.access import NO_PROJECT, Principal, require_role, role_of
from dominoci.store import builds, projects


@dataclass(frozen=True)
class Repository:
    """A hosted project's repository; `variables` makes it the one of a run, with what its jobs begin with."""

    project_id: str
    name: str
    default_branch: str
    variables: Mapping[str, str] | None = None


def enter(uow: UnitOfWork, who: Principal, key: str, *, write: bool) -> Repository:
    """The repository of the project with this id or name: who may see it reads, maintainers write, a running build reads its own
    project's. Or the one of the run with this id: its running jobs read and write it, who may see the run reads.

    Raises NotFound for everybody else, as for one that does not exist; Forbidden when a viewer or a build wants to write.
    """
    run = builds.build(uow.session, key)
    if run is not None and run.plan:
        return _of_run(uow, who, run, write=write)
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


def _of_run(uow: UnitOfWork, who: Principal, run: Build, *, write: bool) -> Repository:
    job = builds.build(uow.session, who.id) if who.kind == "build" else None
    project = projects.by_id(uow.session, run.project_id)
    own = job is not None and job.parent_id == run.id and job.state == BuildState.RUNNING.value
    if project is None or not (own or role_of(uow, who, project)):
        raise NotFound(NO_PROJECT)
    if run.expired_at:
        raise NotFound("The files of this run were removed: it is older than files are kept here.")
    if write and not own:
        raise Forbidden("Only the jobs of a run write its repository.")
    given = {name: value for name, value in run.parameters.items() if variable_problem(name) is None}
    return Repository(run.id, f"{project.name} #{run.number}", "main", given)


def _role(uow: UnitOfWork, who: Principal, project: Project) -> Role | None:
    return role_of(uow, who, project) or (Role.VIEWER if _runs(uow, who, project) else None)


def _runs(uow: UnitOfWork, who: Principal, project: Project) -> bool:
    build = builds.build(uow.session, who.id) if who.kind == "build" else None
    running = build is not None and build.state == BuildState.RUNNING.value and not build.plan
    return build is not None and running and build.project_id == project.id


def ensure(transactions: Transactions, hosting: Hosting, repository: Repository) -> None:
    """Makes the repository if it is not there yet, with a new token for its hook. Never to be called inside a transaction."""
    if repository.variables is not None:
        Runs(hosting).ensure(repository.project_id, repository.variables)
        return
    hosting.ensure(
        repository.project_id,
        repository.default_branch,
        lambda: transactions.write(tokens.trigger_token, repository.project_id),
    )
