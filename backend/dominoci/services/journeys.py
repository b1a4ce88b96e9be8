"""A browser's journey to a provider and back: begun with secrets that only it and we know, ended once, within ten minutes.

What a provider is asked happens between transactions: it may take seconds.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import structlog

from dominoci.domain.credentials import fingerprint, same
from dominoci.domain.errors import DominoError, Gone, NotFound, TooMany
from dominoci.domain.own_paths import own_path
from dominoci.domain.sign_up import Person, Refused
from dominoci.infra.models.accounts import PendingLogin, User
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import access, failures, identities, invitations, sessions, sign_up, tries
from dominoci.services.access import Principal
from dominoci.services.sessions import Browser
from dominoci.sso.base import Asking, Provider, SsoError
from dominoci.store import accounts
from dominoci.store import sign_in as store

T = TypeVar("T")
log = structlog.get_logger()
LIFE = timedelta(minutes=10)
MANY = "Too many sign-ins were begun from your address. Wait a quarter of an hour."
# the codes of RFC 6749 and OpenID Connect that mean that a person said no
DENIED = frozenset({"access_denied", "login_required", "interaction_required", "consent_required"})


@dataclass(frozen=True)
class Begun:
    """Where the browser goes, and the secret that it keeps meanwhile in a cookie."""

    url: str
    binding: str


@dataclass(frozen=True)
class Wish:
    """What a journey is for: where to go in the end, an invitation's code, or an account to link (`user_id`)."""

    next_path: str | None = None
    code: str | None = None
    user_id: str | None = None


@dataclass(frozen=True)
class Arrived:
    """The new session's cookie (None where an account was linked to the present one), and where to go."""

    cookie: str | None
    path: str


@dataclass(frozen=True)
class Journeys:
    """Those of one arbiter. Any thread may call."""

    transactions: Transactions
    providers: Mapping[str, Provider]

    def begin(self, provider_id: str, wish: Wish, browser: Browser, binding: str | None) -> Begun:
        """Sends a browser off; `binding` is what it keeps already, of a journey in another tab. Raises NotFound, Gone,
        TooMany, Refused."""
        provider = self._provider(provider_id)
        failures.count(self.transactions, {"begin": browser.address}, MANY)
        asking = self._asking(provider_id, *(secrets.token_urlsafe(32) for _ in range(3)))
        url = self._asked(provider, lambda: provider.authorization_url(asking))
        kept = binding or secrets.token_urlsafe(32)
        self.transactions.write(_remember, provider_id, wish, asking, kept)
        return Begun(url, kept)

    def finish(self, provider_id: str, answer: Mapping[str, str], browser: Browser, binding: str | None) -> Arrived:
        """Takes a browser that came back with this query. Raises Refused, and NotFound of an unknown provider."""
        provider = self._provider(provider_id)
        try:
            failures.count(self.transactions, {"address": browser.address}, MANY)
            return self._arrive(provider, answer, browser, binding or "")
        except Refused as e:
            failures.note(self.transactions, provider.name, browser, reason=e.reason)
            raise
        except TooMany as e:
            raise self._refused("too_many", provider_id) from e
        except Gone as e:
            raise self._refused("invitation_over", provider_id) from e
        except DominoError as e:
            log.warning("sign_in_not_ended", provider=provider_id, because=e.detail)
            raise self._refused("unavailable", provider_id) from e

    def _arrive(self, provider: Provider, answer: Mapping[str, str], browser: Browser, binding: str) -> Arrived:
        state = answer.get("state", "")
        fault, pending = self.transactions.write(_take, provider.id, fingerprint(state), fingerprint(binding))
        if pending is None:
            raise self._refused(fault, provider.id)
        try:
            return self.transactions.write(_enter, pending, self._person(provider, answer, state, pending), browser)
        except Refused as e:
            e.next_path = pending.next_url
            raise

    def _person(self, provider: Provider, answer: Mapping[str, str], state: str, pending: PendingLogin) -> Person:
        if (error := answer.get("error")) or not answer.get("code"):
            log.info("sso_refused", provider=provider.id, error=(error or "no code")[:100])
            raise self._refused("denied" if error in DENIED else "provider", provider.id)
        asking = self._asking(provider.id, state, pending.nonce, pending.verifier)
        return self._asked(provider, lambda: provider.person(asking, answer))

    def _asking(self, provider_id: str, state: str, nonce: str, verifier: str) -> Asking:
        home = self.transactions.settings.public_url
        return Asking(f"{home}/login/{provider_id}/callback", state, nonce, verifier)

    def _asked(self, provider: Provider, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except SsoError as e:
            log.warning("sso_failed", provider=provider.id, reason=e.reason, because=str(e))
            raise self._refused(e.reason, provider.id) from e

    def _provider(self, provider_id: str) -> Provider:
        found = self.providers.get(provider_id)
        if found is None:
            raise NotFound("Nobody can sign in with that here.")
        return found

    def _refused(self, reason: str, provider_id: str) -> Refused:
        return Refused(reason, sign_up.sentence(self.transactions.settings, reason, provider_id))


def _remember(uow: UnitOfWork, provider_id: str, wish: Wish, asking: Asking, binding: str) -> None:
    row = PendingLogin(
        id=fingerprint(asking.state),
        browser=fingerprint(binding),
        provider=provider_id,
        verifier=asking.verifier,
        nonce=asking.nonce,
        next_url=own_path(wish.next_path),
        user_id=wish.user_id,
        invitation_id=invitations.by_code(uow, wish.code).row.id if wish.code else None,
        expires_at=uow.now + LIFE,
    )
    store.add(uow.session, row)


def _take(uow: UnitOfWork, provider_id: str, state: str, browser: str) -> tuple[str, PendingLogin | None]:
    """The journey that ends here, once; else why not. Another browser cannot use it up for the one that began it."""
    pending = store.pending(uow.session, state)
    if pending is None or not same(pending.browser, browser) or pending.provider != provider_id:
        return "state", None
    if not store.use_pending(uow.session, pending):
        return "state", None
    return ("", pending) if pending.expires_at > uow.now else ("expired", None)


def _enter(uow: UnitOfWork, pending: PendingLogin, person: Person, browser: Browser) -> Arrived:
    tries.forgive(uow, None, browser.address)
    if pending.user_id:
        _link(uow, pending.user_id, person, browser)
        return Arrived(None, pending.next_url)
    user = _known(uow, pending, person, browser) or sign_up.by_provider(uow, person, pending.invitation_id, browser.address)
    return Arrived(sessions.enter(uow, user, browser, person.provider)[0], pending.next_url)


def _link(uow: UnitOfWork, user_id: str, person: Person, browser: Browser) -> None:
    who = access.from_session(uow, browser.cookie or "")
    user = accounts.lock_user(uow.session, user_id)
    if who is None or user is None or who.id != user_id:
        raise sign_up.refuse(uow, "other_session", person.provider)
    identities.link(uow, Principal("user", who.id, who.name, who.is_admin, address=browser.address), user, person)


def _known(uow: UnitOfWork, pending: PendingLogin, person: Person, browser: Browser) -> User | None:
    """The user who is this person, found by issuer and subject and nothing else. Raises Refused when disabled."""
    identity = store.identity(uow.session, person.issuer, person.subject)
    user = accounts.user(uow.session, identity.user_id) if identity else None
    if identity is None or user is None:
        return None
    if user.disabled_at:
        raise sign_up.refuse(uow, "disabled", person.provider)
    identity.last_used_at, identity.name = uow.now, person.login[:200]
    if pending.invitation_id and (invited := invitations.valid(uow, pending.invitation_id)):
        invitations.use(uow, invited, user, browser.address)
    return user
