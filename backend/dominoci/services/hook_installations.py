"""Installations of the arbiter's own GitHub App: each account gets a group, each of its repositories a project."""

from dominoci.domain import copies
from dominoci.domain import repository_access as access_rules
from dominoci.domain.ids import named_id
from dominoci.domain.names import name_problem, slug
from dominoci.domain.permission import Role
from dominoci.domain.repository_events import Installation, account_address
from dominoci.infra.models.graph import Project
from dominoci.infra.models.members import Owner
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, repository_access
from dominoci.services import projects as project_service
from dominoci.services.access import ARBITER
from dominoci.store import members, projects, repository_links, sign_in


def follow(uow: UnitOfWork, told: Installation) -> str:
    """What came of it, in words. An installation that ends takes away what its projects were read with; the projects stay, and
    are read again when it comes back."""
    if told.gone:
        return _end(uow, told)
    owner = _owner(uow, told)
    # other people's projects of these repositories are their own business
    there = {str(project.repository_key): project for project in repository_links.of_group(uow.session, owner.id)}
    for project in there.values():
        _renew(uow, told, project)
    new = [name for name in dict.fromkeys(told.repositories) if name.lower() not in there]
    for repository in new:
        _make(uow, told, owner, repository)
    beyond = f"; {told.more} more are to be made by hand" if told.more else ""
    return f"{_count(len(new))} of {told.named} made in group {owner.name}{beyond}"


def _count(projects: int) -> str:
    return "1 project" if projects == 1 else f"{projects} projects"


def _end(uow: UnitOfWork, told: Installation) -> str:
    """GitHub lists the repositories of an installation that ends only sometimes: all that it read are meant."""
    named = {name.lower() for name in told.repositories}
    of_it = [project for project in repository_links.of_installation(uow.session, told.number) if _by_our_app(uow, project)]
    lost = [project for project in of_it if told.whole or project.repository_key in named]
    for project in lost:
        repository_access.take_away(project)
    uow.session.flush()
    return f"the App is gone from {told.named}: {_count(len(lost))} can be read by nobody now"


def _by_our_app(uow: UnitOfWork, project: Project) -> bool:
    access = project.repository_access or {}
    app_id = uow.settings.github_app.app_id
    return access.get("kind") == access_rules.APP and str(access.get("app_id")) == app_id


def _renew(uow: UnitOfWork, told: Installation, project: Project) -> None:
    """The access of a project of the account's group, where an earlier installation gave it, or took it away."""
    key, named = project.repository_key or "", {name.lower() for name in told.repositories}
    meant = key in named or (told.whole and not named and key.startswith(f"{told.host}/{told.named}/".lower()))
    lost = project.repository_access is None or repository_access.is_ours(project)
    if meant and lost and not project.hosted and uow.settings.github_app.app_id:
        repository_access.give_ours(uow, project, told.number)


def _owner(uow: UnitOfWork, told: Installation) -> Owner:
    """The account's group. It is known again by the account's own id: whoever makes a group of the same name gains nothing."""
    id_ = named_id(account_address(told.host, told.account))
    owner = members.owner(uow.session, id_)
    if owner is None:
        names = [told.named, f"{told.named}-{told.account}", id_]  # the last one is free: it is the id of nobody else
        name = next(name for name in names if not name_problem(name) and members.owner(uow.session, name) is None)
        owner = Owner(id=id_, name=name, contact=None, url=f"https://{told.host}/{told.named}", created_at=uow.now)
        members.add_owner(uow.session, owner)
        audit.note(uow, ARBITER, "owner.created", audit.About("owner", id_, name), after={"name": name, "url": owner.url})
        _first_member(uow, told, owner)
    return owner


def _first_member(uow: UnitOfWork, told: Installation, owner: Owner) -> None:
    """Whoever installed the App owns the group, if that account of the host has signed in here; else admins give it people."""
    person = sign_in.identity(uow.session, f"https://{told.host}", told.sender) if told.sender else None
    if person:
        members.put_owner_member(uow.session, owner.id, person.user_id, Role.OWNER.value, ARBITER.id, uow.now)


def _make(uow: UnitOfWork, told: Installation, owner: Owner, repository: str) -> None:
    url, name = f"https://{repository}", repository.rpartition("/")[2]
    body = {"name": _free(uow, told, name), "repository_url": f"{url}.git", "owner": owner.id, "target": {"kind": "agent"}}
    made = project_service.create(uow, ARBITER, body)
    project = projects.by_id(uow.session, made["id"])
    if project and uow.settings.github_app.app_id:
        repository_access.give_ours(uow, project, told.number)


def _free(uow: UnitOfWork, told: Installation, name: str) -> str:
    """The repository's own name, else with the account's before it, else with digits that make it its own."""
    plain = name if not name_problem(name) else slug(name) or "project"
    for tried in (plain, f"{told.named}-{plain}", *copies.of_branch(plain, f"{told.account}/{name}")):
        if not name_problem(tried) and not projects.name_taken(uow.session, tried):
            return tried
    raise AssertionError("hashes are free in the end")
