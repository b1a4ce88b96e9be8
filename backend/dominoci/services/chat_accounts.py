"""Accounts of chats that people have bound to themselves: by a one-time code, made in the browser and said in the chat."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from dominoci.config import Settings
from dominoci.domain.credentials import fingerprint
from dominoci.domain.errors import Conflict, Forbidden, Gone, NotFound, TooMany
from dominoci.domain.ids import new_id
from dominoci.infra.models.notices import ChatAccount
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, tries
from dominoci.services.access import TOUCH_EVERY, Principal, require_user
from dominoci.store import chat as store

View = dict[str, Any]
CODE_LIFE: Final = timedelta(minutes=10)
CODE_BYTES: Final = 10
MOST: Final = 20
LONGEST_ADDRESS: Final = 45


@dataclass(frozen=True)
class Speaker:
    """Who says something in a chat: `network` is `slack:<team>` or `irc:<server>`, `account` what is known of them there and
    cannot be taken by somebody else, `name` what they are called."""

    network: str
    account: str
    name: str


def hear(uow: UnitOfWork, speaker: Speaker) -> Principal:
    """Who speaks: the user that the account is bound to, or somebody who sees what is public and may change nothing. Counts the
    command. Raises TooMany."""
    if wait := tries.count(uow, {"command": f"{speaker.network} {speaker.account}"}):
        raise TooMany("Too many commands: wait a minute.", retry_after=wait)
    row = store.bound(uow.session, speaker.network, speaker.account)
    if row is None:
        return stranger(speaker)
    if row.used_at is None or uow.now - row.used_at > TOUCH_EVERY:
        store.touch(uow.session, row.id, uow.now)
    # the audit log shows the chat where it shows the address that others came from
    return Principal("user", row.user_id, row.name, row.is_admin, address=speaker.network[:LONGEST_ADDRESS])


def stranger(speaker: Speaker) -> Principal:
    """Somebody whose account is bound to nobody."""
    return Principal("user", "", speaker.name, read_only=True, address=speaker.network[:LONGEST_ADDRESS])


def link(uow: UnitOfWork, speaker: Speaker, code: str) -> str:
    """Binds the speaker's account to the user who made this code; answers that user's name. One that was another user's is theirs
    no more: who speaks has shown both. Raises Gone, Conflict."""
    user = store.use_code(uow.session, fingerprint(code), uow.now)
    if user is None:
        raise Gone("This code is not good: it works once, and for ten minutes. Make a new one on your account's page.")
    row = store.account(uow.session, speaker.network, speaker.account)
    if row is None:
        if store.count_of(uow.session, user.id) >= MOST:
            raise Conflict(f"{user.name} has {MOST} chat accounts: remove one on the account's page first.")
        place = {"network": speaker.network, "account": speaker.account}
        row = ChatAccount(id=new_id(), user_id=user.id, **place, bound_at=uow.now, used_at=None)
        store.add(uow.session, row)
    row.user_id, row.bound_at = user.id, uow.now
    uow.session.flush()
    who = Principal("user", user.id, user.name, address=speaker.network[:LONGEST_ADDRESS])
    _note(uow, who, "chat.linked", row)
    return user.name


def burn(uow: UnitOfWork, code: str) -> None:
    """Ends a code that was said where others could read it."""
    store.use_code(uow.session, fingerprint(code), uow.now)


def make_code(uow: UnitOfWork, who: Principal) -> View:
    """A new one-time code, in the answer this once; an earlier one ends. Raises Forbidden for tokens: what is bound with it would
    outlive them."""
    require_user(who)
    if who.session_id is None:
        raise Forbidden("A token cannot bind a chat account: sign in with a browser.")
    code, expires_at = secrets.token_hex(CODE_BYTES), uow.now + CODE_LIFE
    store.put_code(uow.session, who.id, fingerprint(code), expires_at)
    return {"code": code, "expires_at": expires_at, "say": f"link {code}"}


def listing(uow: UnitOfWork, who: Principal) -> View:
    """One's own chat accounts, and the chats in which the arbiter listens."""
    require_user(who)
    items = [_view(row) for row in store.accounts_of(uow.session, who.id)]
    return {"items": items, "next_cursor": None, **chats(uow.settings)}


def chats(settings: Settings) -> View:
    """Where one may speak to the arbiter; None and False where that is not set up."""
    irc = settings.chat.irc
    shown = {"server": irc.host, "channel": irc.channel, "nick": irc.nick, "tls": irc.tls} if irc else None
    return {"irc": shown, "slack": bool(settings.chat.slack_signing_secret)}


def remove(uow: UnitOfWork, who: Principal, account_id: str) -> None:
    """Unbinds one of one's own. Raises NotFound."""
    require_user(who)
    row = store.account_of(uow.session, who.id, account_id)
    if row is None:
        raise NotFound("You have no such chat account.")
    _note(uow, who, "chat.unlinked", row)
    store.remove(uow.session, row)


def _note(uow: UnitOfWork, who: Principal, action: str, row: ChatAccount) -> None:
    kept = {"network": row.network, "account": row.account}
    change = {"before": kept} if action == "chat.unlinked" else {"after": kept}
    audit.note(uow, who, action, audit.About("user", who.id, who.name), **change)


def _view(row: ChatAccount) -> View:
    kind, _, place = row.network.partition(":")
    shown = {"kind": kind, "place": place, "account": row.account}
    return {"id": row.id, **shown, "bound_at": row.bound_at, "used_at": row.used_at}

