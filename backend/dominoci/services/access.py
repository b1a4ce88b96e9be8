"""Who is asking, and what they may see. The one place that turns credentials into a Principal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from dominoci.domain import credentials
from dominoci.domain.credentials import EventClaim
from dominoci.domain.errors import Forbidden, NotFound, Unauthorized
from dominoci.domain.permission import PUBLIC, Role, highest
from dominoci.domain.reasons import MOST_NAMED
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Event, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.store import accounts, builds, people, permissions, projects, trees

Kind = Literal["nobody", "user", "project", "hook", "agent", "enrolment", "build", "event"]
READ = "read"  # scope of a user's token that may only look; all others are "user"
TOUCH_EVERY = timedelta(minutes=1)
INVALID_TOKEN = "This token is not valid: unknown, expired or revoked."  # noqa: S105
NO_PROJECT = "There is no such project, or you may not see it."
NO_TREE = "There is no such tree, or you may not see it."


@dataclass(frozen=True)
class Proof:
    """The signed token that a CI job has shown: the digest by which it is known again, the trust rule that let it in, its end."""

    id: str
    rule_id: str
    expires_at: datetime


@dataclass(frozen=True)
class Principal:
    """Who is asking. `id` is the user's, project's, agent's or build's; `session_id` and `claim` only where they apply. For the
    audit log: `via` is the name of the token that was shown, `address` the IP address that the request came from. One that is
    `read_only` (a token of scope read) may only look. `acts_for` is the project whose own file in its repository speaks: it may
    configure that one, and sees what that one sees. `proof` is there where a CI job speaks for its project by a signed token."""

    kind: Kind
    id: str = ""
    name: str = ""
    is_admin: bool = False
    session_id: str | None = None
    claim: EventClaim | None = None
    read_only: bool = False
    acts_for: str | None = None
    via: str | None = field(default=None, compare=False)
    address: str | None = field(default=None, compare=False)
    proof: Proof | None = field(default=None, compare=False, repr=False)


NOBODY = Principal("nobody")
ARBITER = Principal("user", "arbiter", "the arbiter", is_admin=True)
COMMAND_LINE = Principal("user", "command-line", "the command line", is_admin=True)


def authenticate(uow: UnitOfWork, bearer: str) -> Principal:
    """Whose token this is. Raises Unauthorized for one that is unknown, malformed, expired or revoked, in the same words."""
    if claim := credentials.read_event(uow.keys, bearer):
        return Principal("event", claim.tree_id, claim.sub_id, claim=claim)
    kind = credentials.kind_of(bearer)
    found = _lease(uow, bearer) if kind == "dcb" else _stored(uow, bearer) if kind else None
    if found is None:
        raise Unauthorized(INVALID_TOKEN)
    return found


def _lease(uow: UnitOfWork, bearer: str) -> Principal | None:
    build = builds.by_token(uow.session, credentials.fingerprint(bearer))
    return Principal("build", build.id, f"build {build.project_name} #{build.number}") if build else None


def _stored(uow: UnitOfWork, bearer: str) -> Principal | None:
    token = accounts.bearer(uow.session, credentials.fingerprint(bearer))
    if token is None or token.revoked_at or (token.expires_at and token.expires_at <= uow.now):
        return None
    if token.scope == "enrolment":
        return Principal("enrolment", token.id, token.name)
    if token.kind == "dcu":
        known = token.user_name is not None and not token.disabled_at
        if not known:
            return None
        read_only = token.scope == READ
        return Principal("user", token.subject_id, token.user_name, token.is_admin, via=token.name, read_only=read_only)
    if token.kind == "dcp":
        known = token.project_name is not None and not token.deleted_at
        kind: Kind = "hook" if token.scope == "trigger" else "project"
        return Principal(kind, token.subject_id, token.project_name, via=token.name) if known else None
    return Principal("agent", token.subject_id, token.agent_name) if token.agent_name is not None else None


def note_use(uow: UnitOfWork, bearer: str) -> None:
    """Writes when a token was last used, at most once a minute."""
    token = accounts.token_by_fingerprint(uow.session, credentials.fingerprint(bearer))
    if token and (token.last_used_at is None or uow.now - token.last_used_at > TOUCH_EVERY):
        accounts.touch_token(uow.session, token.id, uow.now)
        if token.kind == "dcu" and token.subject_id:
            people.touch(uow.session, token.subject_id, uow.now)


def from_session(uow: UnitOfWork, cookie: str) -> Principal | None:
    """Who is signed in with this cookie; None when its session is unknown or has ended."""
    row = accounts.session_with_user(uow.session, credentials.fingerprint(cookie))
    if row is None or row.expires_at <= uow.now or row.disabled_at:
        return None
    return Principal("user", row.user_id, row.name, row.is_admin, session_id=row.id)


def require_user(who: Principal) -> None:
    """Only people who are signed in."""
    if who.kind == "nobody":
        raise Unauthorized("Sign in first.")
    if who.kind != "user":
        raise Forbidden("Only a signed-in user or a user's token may do this.")


def require_admin(who: Principal) -> None:
    """Only site admins."""
    require_user(who)
    if not who.is_admin:
        raise Forbidden("Only an admin may do this.")


def role_of(uow: UnitOfWork, who: Principal, project: Project) -> Role | None:
    """What `who` is to a project: None when it may not even be seen. A project's own token sees it."""
    if who.kind == "project":
        return Role.VIEWER if who.id == project.id else None
    if who.kind != "user":
        return None
    if who.is_admin:
        return Role.OWNER
    if who.acts_for:
        if who.acts_for == project.id:
            return Role.MAINTAINER
        return Role.VIEWER if project.id in sight(uow, who, [project.id]) else None
    role = highest(permissions.roles(uow.session, who.id, [project.id]).get(project.id, ()))
    return role or (Role.VIEWER if project.visibility == PUBLIC else None)


def visible_project(uow: UnitOfWork, who: Principal, key: str) -> Project:
    """The project with this id or name, if `who` may see it; else the NotFound of an unknown one."""
    return _project(uow, who, key, Role.VIEWER)


def writable_project(uow: UnitOfWork, who: Principal, key: str) -> Project:
    """The project, if `who` may run and configure it. Raises Forbidden for those who may only see it."""
    require_user(who)
    return _project(uow, who, key, Role.MAINTAINER)


def owned_project(uow: UnitOfWork, who: Principal, key: str) -> Project:
    """The project, if `who` may decide about its members, its visibility and its end."""
    require_user(who)
    return _project(uow, who, key, Role.OWNER)


def _project(uow: UnitOfWork, who: Principal, key: str, need: Role) -> Project:
    project = projects.by_id_or_name(uow.session, key)
    role = role_of(uow, who, project) if project else None
    if project is None or role is None:
        raise NotFound(NO_PROJECT)
    require_role(role, need, project.name)
    return project


def require_role(role: Role, need: Role, name: str) -> None:
    """Raises Forbidden with what would be needed."""
    if not role.includes(need):
        article = "an" if need is Role.OWNER else "a"
        raise Forbidden(f"You are a {role} of {name}; this takes {article} {need}. Its owners can give you that role.")


def require_roles(uow: UnitOfWork, who: Principal, need: Role, named: Mapping[str, str]) -> None:
    """The same for many projects (names by id): raises Forbidden with the first few on which `who` is less."""
    require_user(who)
    if who.is_admin:
        return
    known = permissions.roles(uow.session, who.id, named)
    lacking = sorted(name for id_, name in named.items() if not (highest(known.get(id_, ())) or Role.VIEWER).includes(need))
    if lacking:
        seen = sight(uow, who, named).ids
        shown = [name for name in lacking if any(named[id_] == name for id_ in seen)][:MOST_NAMED] or ["a private project"]
        raise Forbidden(f"This takes a {need} of {', '.join(shown)}{' and more' if len(lacking) > len(shown) else ''}.")


def maintained(uow: UnitOfWork, who: Principal, project_ids: Iterable[str]) -> frozenset[str]:
    """Those of these projects that `who` may run and configure."""
    asked = frozenset(project_ids)
    if who.is_admin:
        return asked
    held = permissions.roles(uow.session, who.id, asked)
    return frozenset(id_ for id_ in asked if (highest(held.get(id_, ())) or Role.VIEWER).includes(Role.MAINTAINER))


def may_act(uow: UnitOfWork, who: Principal, project_ids: Iterable[str]) -> bool:
    """Whether `who` is a person who maintains one of these projects."""
    return who.kind == "user" and not who.read_only and bool(maintained(uow, who, project_ids))


@dataclass(frozen=True)
class Sight:
    """Which of many projects a caller may see: all of them, or those with these ids."""

    everything: bool
    ids: frozenset[str] = frozenset()

    def __contains__(self, project_id: object) -> bool:
        return self.everything or project_id in self.ids


ALL = Sight(everything=True)


def sight(uow: UnitOfWork, who: Principal, project_ids: Iterable[str]) -> Sight:
    """What `who` may see of these projects. A project sees itself, public ones and its neighbours in the graph."""
    if who.is_admin:
        return ALL
    project = who.acts_for or (who.id if who.kind == "project" else None)
    if project:
        return Sight(everything=False, ids=frozenset(permissions.projects_seen_by_project(uow.session, project, project_ids)))
    return Sight(everything=False, ids=frozenset(permissions.projects_seen(uow.session, who.id, project_ids)))


def viewer(who: Principal) -> str | None:
    """Whose sight lists are cut down to: a user's id; None for admins, who see everything."""
    require_user(who)
    return None if who.is_admin else who.id


def visible_tree(uow: UnitOfWork, who: Principal, tree_id: str) -> Tree:
    """The tree, if `who` may see it: users see those in which they may see some project, projects those that they are part of."""
    tree = trees.tree(uow.session, tree_id)
    if tree is None or not _sees_tree(uow, who, tree):
        raise NotFound(NO_TREE)
    return tree


def _sees_tree(uow: UnitOfWork, who: Principal, tree: Tree) -> bool:
    if who.kind == "user":
        return who.is_admin or bool(permissions.trees_seen(uow.session, who.id, [tree.id]))
    if who.kind != "project":
        return False
    return tree.root_project_id == who.id or trees.has_project(uow.session, tree.id, who.id)


def visible_event(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str) -> Event:
    """One event of a visible tree, if `who` may see its project."""
    tree = visible_tree(uow, who, tree_id)
    event = trees.event(uow.session, tree.id, sub_id)
    if event is None or event.project_id not in sight(uow, who, [event.project_id]):
        raise NotFound("This tree has no such event, or you may not see it.")
    return event
