"""New accounts: who gets one, what they are called, and what an invitation brings."""

from typing import Any

from dominoci.config import Settings
from dominoci.domain import sign_up as rules
from dominoci.domain.errors import Invalid
from dominoci.domain.ids import new_id
from dominoci.domain.names import name_problem
from dominoci.domain.sign_up import REFUSALS, Person, Refused
from dominoci.infra.models.accounts import Identity, User
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, invitations, passwords
from dominoci.services.access import Principal
from dominoci.store import accounts
from dominoci.store import sign_in as store


def sentence(settings: Settings, reason: str, provider: str | None = None) -> str:
    """Why nobody was signed in, in words; `provider` is a provider's id."""
    names = {one.kind: one.name for one in settings.providers}
    who = settings.contact or "an admin of this DominoCI"
    said = REFUSALS[reason].format(provider=names.get(provider or "", "your provider"), who=who, members=_members(settings))
    return said[0].upper() + said[1:]


def _members(settings: Settings) -> str:
    policy = settings.sign_up
    who = [f"members of {', '.join(policy.organisations)}"] if policy.organisations else []
    mail = [f"people with an address at {', '.join(policy.domains)}"] if policy.domains else []
    return " and ".join([*who, *mail]) or "members"


def refuse(uow: UnitOfWork, reason: str, provider: str | None = None) -> Refused:
    """The refusal to raise."""
    return Refused(reason, sentence(uow.settings, reason, provider))


def by_provider(uow: UnitOfWork, person: Person, invitation_id: str | None, address: str | None) -> User:
    """A new user for whoever came back from a provider, by invitation or by the policy. Raises Refused."""
    policy = uow.settings.sign_up
    invited = invitations.valid(uow, invitation_id) if invitation_id else None
    if invitation_id and invited is None:
        raise refuse(uow, "invitation_over")
    if not invited and (reason := rules.refusal(policy.policy, policy.domains, policy.organisations, person)):
        raise refuse(uow, reason, person.provider)
    base = rules.base_name(person.login)
    name = rules.free_name(base, store.namesakes(uow.session, base))
    user = _create(uow, name, person.full_name, person.confirmed[0] if person.confirmed else None)
    remember(uow, user, person)
    _noted(uow, user, address, person.provider)
    if invited:
        invitations.use(uow, invited, user, address)
    return user


def remember(uow: UnitOfWork, user: User, person: Person) -> Identity:
    """From now on this person signs in as `user`."""
    row = Identity(
        id=new_id(),
        user_id=user.id,
        provider=person.provider,
        issuer=person.issuer,
        subject=person.subject,
        name=person.login[:200],
        created_at=uow.now,
        last_used_at=uow.now,
    )
    store.add(uow.session, row)
    return row


def with_password(uow: UnitOfWork, body: dict[str, Any], hashed: str, address: str | None) -> User:
    """A new user with a password, by invitation (`code`) or where everybody may. Raises Refused, Invalid, Gone."""
    invited = invitations.by_code(uow, body["code"]) if body.get("code") else None
    if not invited and uow.settings.sign_up.policy != "open":
        policy = uow.settings.sign_up.policy
        raise refuse(uow, "members" if policy == "organisation" else policy)
    if accounts.user_by_name(uow.session, body["name"]):
        raise Invalid("That name is taken.", {"name": ["is taken"]})
    user = _create(uow, body["name"], body.get("full_name"), None)
    user.password_hash = hashed
    _noted(uow, user, address, "password")
    if invited:
        invitations.use(uow, invited, user, address)
    return user


def check(body: dict[str, Any]) -> None:
    """Whether name and password can be used at all. Raises Invalid with the fields."""
    errors = {}
    if problem := name_problem(body["name"]):
        errors["name"] = [problem]
    if problem := passwords.problem(body["password"]):
        errors["password"] = [problem]
    if errors:
        raise Invalid("The account cannot be made like this.", errors)


def _create(uow: UnitOfWork, name: str, full_name: str | None, email: str | None) -> User:
    user = User(
        id=new_id(), name=name, password_hash=None, is_admin=False, created_at=uow.now, full_name=full_name, email=email
    )
    accounts.add(uow.session, user)
    return user


def _noted(uow: UnitOfWork, user: User, address: str | None, by: str) -> None:
    who = Principal("user", user.id, user.name, address=address)
    audit.note(uow, who, "user.signed_up", audit.About("user", user.id, user.name), after={"by": by})

