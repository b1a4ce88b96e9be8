"""What every way in does beside letting people in: counts tries before they are made, and notes those that failed."""

from collections.abc import Mapping

import structlog

from dominoci.domain.errors import TooMany
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import audit, tries
from dominoci.services.access import Principal
from dominoci.services.sessions import Browser
from dominoci.store import accounts

log = structlog.get_logger()
STRANGER = "somebody"


def count(transactions: Transactions, what: Mapping[str, str | None], words: str) -> None:
    """Counts a try before it is made. Raises TooMany, with these words, when there were too many of late.

    What is refused is not counted on: whoever goes on trying costs one look, and is let in when the time is over.
    """
    wait = transactions.read(tries.wait_s, what) or transactions.write(tries.count, what)
    if wait:
        log.info("sign_in_slowed", kinds=sorted(what), wait_s=wait)
        raise TooMany(words, wait)


def note(transactions: Transactions, by: str, browser: Browser, *, name: str | None = None, reason: str | None = None) -> None:
    """Writes a failed sign-in to the audit log; after a thousand within an hour, to the process's log only."""
    log.info("sign_in_failed", by=by, reason=reason, address=browser.address)
    transactions.write(_note, by, browser, name, reason)


def _note(uow: UnitOfWork, by: str, browser: Browser, name: str | None, reason: str | None) -> None:
    if tries.wait_s(uow, {"noted": ""}) or tries.count(uow, {"noted": ""}):
        return
    user = accounts.user_by_name(uow.session, name) if name else None
    # a name that nobody has is not kept: now and then it is the password, typed into the wrong field
    about = audit.About("user", user.id, user.name) if user else audit.About("user", "", "nobody known")
    who = Principal("nobody", "", STRANGER, address=browser.address)
    after = {"by": by, "reason": reason, "browser": browser.user_agent[:200]}
    audit.note(uow, who, "session.failed", about, after=after)
