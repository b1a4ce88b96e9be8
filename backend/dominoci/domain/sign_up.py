"""Who may have an account, and what is said to those who may not. Pure: what a provider told goes in, a word comes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from dominoci.domain.errors import Forbidden
from dominoci.domain.names import MAX_LENGTH, name_problem, slug

POLICIES: Final = ("closed", "invitation", "organisation", "open")
_PROVIDER_FAULT: Final = "Try again; if it stays so, an admin finds the cause in the log."
# {provider} is its name, {who} whom to ask, {members} whose members may sign up
REFUSALS: Final[Mapping[str, str]] = {
    "state": "This sign-in was not begun in this browser, or it is over already. Begin again.",
    "expired": "This sign-in took longer than ten minutes. Begin again.",
    "denied": "{provider} was not allowed to tell who you are. Begin again, and allow it there.",
    "unreachable": f"{{provider}} cannot be reached. {_PROVIDER_FAULT}",
    "provider": f"{{provider}} did not let the sign-in end. {_PROVIDER_FAULT}",
    "identity": f"What {{provider}} said about who you are cannot be trusted, so nobody was signed in. {_PROVIDER_FAULT}",
    "disabled": "This account is disabled. Ask {who}.",
    "closed": "There is no account for you here, and only an admin can invite you. Ask {who}.",
    "invitation": "There is no account for you here: it takes an invitation, by an admin or by an owner of a group or project. "
    "Ask {who}.",
    "members": "Accounts here are for {members}: sign in with your provider, and you have one. Others need an invitation. "
    "Ask {who}.",
    "organisation": "There is no account for you here. Accounts are for {members}, and {provider} did not say that you are one "
    "of them; others need an invitation. Ask {who}.",
    "email": "{provider} did not confirm your e-mail address, and accounts here are for {members}. Confirm it there and begin "
    "again, or ask {who}.",
    "invitation_over": "This invitation has been used, withdrawn, or is older than a week. Ask whoever sent it for a new one.",
    "linked_elsewhere": "This account of {provider} belongs to another user here. Sign in with it, and unlink it there first.",
    "other_session": "You were no longer signed in as the user who began to link {provider}. Sign in and begin again.",
    "unavailable": "The sign-in could not be ended just now. Begin again in a moment.",
    "too_many": "Too many sign-ins failed from your address. Wait a quarter of an hour, then begin again.",
}


class Refused(Forbidden):
    """Nobody was signed in; `reason` is a key of `REFUSALS`, `next_path` where the next try is to lead."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.next_path: str | None = None


@dataclass(frozen=True)
class Person:
    """Whom a provider knows. Only issuer and subject say who it is; everything else is for showing and for the policy.

    `confirmed` and `unconfirmed` are e-mail addresses, the main one first; `organisations` are GitHub's organisations or groups.
    """

    provider: str
    issuer: str
    subject: str
    login: str
    full_name: str | None = None
    confirmed: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


def refusal(policy: str, domains: Iterable[str], organisations: Iterable[str], person: Person) -> str | None:
    """Why a newcomer without an invitation gets no account: a key of `REFUSALS`; None when they get one."""
    if policy == "open":
        return None
    if policy != "organisation":
        return policy
    if _member(person, organisations) or _at(person.confirmed, domains):
        return None
    return "email" if _at(person.unconfirmed, domains) else "organisation"


def _member(person: Person, organisations: Iterable[str]) -> bool:
    """An organisation may be named with its provider, `github:acme`; without one it is that of any of them."""
    mine = {known.lower() for name in person.organisations for known in (name, f"{person.provider}:{name}")}
    return any(wanted.lower() in mine for wanted in organisations)


def _at(addresses: Iterable[str], domains: Iterable[str]) -> bool:
    wanted = set(domains)
    return any(address.rpartition("@")[2].lower() in wanted for address in addresses)


def base_name(login: str) -> str:
    """What a newcomer is called here, unless that is taken: a valid name made of what the provider calls them."""
    name = slug(login)
    return name if not name_problem(name) else f"user-{name}".rstrip("-")[:60].replace(".json", "").replace(".svg", "")


def free_name(base: str, taken: Iterable[str]) -> str:
    """`base`, or `base` with the lowest free number from 2."""
    used = set(taken)
    number, name = 1, base
    while name in used:
        number += 1
        name = f"{base[: MAX_LENGTH - 8]}-{number}"
    return name
