"""Who is asking, and what they may see. The one place that turns credentials into a Principal."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from dominoci.domain import credentials
from dominoci.domain.credentials import EventClaim
from dominoci.domain.errors import Forbidden, NotFound, Unauthorized
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Event, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.store import accounts, builds, projects, trees

Kind = Literal["nobody", "user", "project", "hook", "agent", "enrolment", "build", "event"]
TOUCH_EVERY = timedelta(minutes=1)
NO_PROJECT = "There is no such project, or you may not see it."
NO_TREE = "There is no such tree, or you may not see it."


@dataclass(frozen=True)
class Principal:
    """Who is asking. `id` is the user's, project's, agent's or build's; `session_id` and `claim` only where they apply. For the
    audit log: `via` is the name of the token that was shown, `address` the IP address that the request came from."""

    kind: Kind
    id: str = ""
    name: str = ""
    is_admin: bool = False
    session_id: str | None = None
    claim: EventClaim | None = None
    via: str | None = field(default=None, compare=False)
    address: str | None = field(default=None, compare=False)


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
        raise Unauthorized("This token is not valid: unknown, expired or revoked.")
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
        return Principal("user", token.subject_id, token.user_name, token.is_admin, via=token.name) if known else None
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


def visible_project(uow: UnitOfWork, who: Principal, key: str) -> Project:
    """The project with this id or name, if `who` may see it; else the NotFound of an unknown one."""
    project = projects.by_id_or_name(uow.session, key)
    if project is None or not (who.kind == "user" or (who.kind == "project" and who.id == project.id)):
        raise NotFound(NO_PROJECT)
    return project


def writable_project(uow: UnitOfWork, who: Principal, key: str) -> Project:
    """The project, if `who` may change it."""
    project = visible_project(uow, who, key)
    require_user(who)
    return project


def visible_tree(uow: UnitOfWork, who: Principal, tree_id: str) -> Tree:
    """The tree, if `who` may see it: users do, projects see the trees that they are part of."""
    tree = trees.tree(uow.session, tree_id)
    if tree is None or not (who.kind == "user" or _takes_part(uow, who, tree)):
        raise NotFound(NO_TREE)
    return tree


def _takes_part(uow: UnitOfWork, who: Principal, tree: Tree) -> bool:
    if who.kind != "project":
        return False
    return tree.root_project_id == who.id or trees.has_project(uow.session, tree.id, who.id)


def visible_event(uow: UnitOfWork, who: Principal, tree_id: str, sub_id: str) -> Event:
    """One event of a visible tree."""
    tree = visible_tree(uow, who, tree_id)
    event = trees.event(uow.session, tree.id, sub_id)
    if event is None:
        raise NotFound("This tree has no such event.")
    return event
