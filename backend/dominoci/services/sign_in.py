"""The ways in that need nobody else: password, login link, sign-up. What a password costs to check happens outside of
transactions that write."""

from dataclasses import dataclass
from typing import Any

from dominoci.domain.errors import Forbidden, Gone, Unauthorized
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import failures, invitations, passwords, sessions, sign_up, tries
from dominoci.services.sessions import WRONG, Browser, Opened
from dominoci.store import accounts

NO_PASSWORDS = "Signing in with a password is switched off here: use one of the buttons, or a login link."
MANY_SIGN_UPS = "Too many accounts or invitations were tried from your address. Wait, then try again."


@dataclass(frozen=True)
class SignIn:
    """The door of one arbiter. Any thread may call."""

    transactions: Transactions

    def with_password(self, name: str, password: str, browser: Browser) -> Opened:
        """A new session. Raises Unauthorized in the same words and time for all causes, TooMany, Forbidden."""
        self._want_passwords()
        failures.count(self.transactions, {"name": name, "address": browser.address}, tries.WORDS)
        try:
            user_id = self.transactions.read(sessions.holder, name, password)
        except Unauthorized:
            failures.note(self.transactions, "password", browser, name=name)
            raise
        return self.transactions.write(_enter, user_id, name, password, browser)

    def with_code(self, code: str, browser: Browser) -> Opened:
        """A new session by a one-time link's code. Raises Gone, TooMany."""
        failures.count(self.transactions, {"address": browser.address}, tries.WORDS)
        try:
            return self.transactions.write(_enter_by_code, code, browser)
        except Gone:
            failures.note(self.transactions, "login link", browser)
            raise

    def sign_up(self, body: dict[str, Any], browser: Browser) -> Opened:
        """A new account with a password, and its first session. Raises Refused, Invalid, Gone, TooMany, Forbidden."""
        self._want_passwords()
        sign_up.check(body)
        failures.count(self.transactions, {"sign_up": browser.address}, MANY_SIGN_UPS)
        return self.transactions.write(_enter_anew, body, passwords.hashed(body["password"]), browser)

    def look_at_invitation(self, code: str, browser: Browser) -> dict[str, Any]:
        """What an invitation is for. Raises Gone, TooMany."""
        failures.count(self.transactions, {"address": browser.address}, MANY_SIGN_UPS)
        found = self.transactions.read(invitations.look, code)
        self.transactions.write(tries.forgive, None, browser.address)
        return found

    def _want_passwords(self) -> None:
        if not self.transactions.settings.password_login:
            raise Forbidden(NO_PASSWORDS)


def _enter(uow: UnitOfWork, user_id: str, name: str, password: str, browser: Browser) -> Opened:
    user = accounts.user(uow.session, user_id)
    if user is None or user.disabled_at:
        raise Unauthorized(WRONG)
    if user.password_hash and passwords.outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    tries.forgive(uow, name, browser.address)
    return sessions.enter(uow, user, browser, "password")


def _enter_by_code(uow: UnitOfWork, code: str, browser: Browser) -> Opened:
    tries.forgive(uow, None, browser.address)
    return sessions.sign_in_with_code(uow, code, browser.user_agent, browser.address, browser.cookie)


def _enter_anew(uow: UnitOfWork, body: dict[str, Any], hashed: str, browser: Browser) -> Opened:
    user = sign_up.with_password(uow, body, hashed, browser.address)
    return sessions.enter(uow, user, browser, "sign-up")
