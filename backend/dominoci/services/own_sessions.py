"""The browsers in which one is signed in, and the way out of each."""

from typing import Any

from dominoci.domain.browsers import browser
from dominoci.domain.errors import NotFound
from dominoci.infra.models.accounts import UserSession
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit
from dominoci.services.access import Principal, require_user
from dominoci.store import people

View = dict[str, Any]
# enough of the fingerprint to name a session among one person's, too little to be of use for anything else
ID_LENGTH = 16


def note_use(uow: UnitOfWork, fingerprint: str) -> None:
    """Writes when a browser was last used; the gate asks at most once a minute."""
    people.touch_session(uow.session, fingerprint, uow.now)


def listing(uow: UnitOfWork, who: Principal) -> View:
    """One's sessions, the last used first."""
    require_user(who)
    rows = people.sessions_of(uow.session, who.id, uow.now)
    return {"items": [_view(row, who) for row in rows], "next_cursor": None}


def end(uow: UnitOfWork, who: Principal, session_id: str) -> None:
    """Signs one of one's browsers out, at once. Raises NotFound for what is no session of one's own."""
    require_user(who)
    row = people.session_of(uow.session, who.id, session_id) if len(session_id) == ID_LENGTH else None
    if row is None:
        raise NotFound("You have no such session: it has ended already.")
    uow.session.delete(row)
    audit.note(uow, who, "session.ended", _about(who), before={"browser": browser(row.user_agent), "address": row.address})


def end_others(uow: UnitOfWork, who: Principal) -> View:
    """Signs all of one's browsers out but this one (all of them, when a token asks)."""
    require_user(who)
    count = people.end_other_sessions(uow.session, who.id, who.session_id or "")
    if count:
        audit.note(uow, who, "session.ended", _about(who), before={"sessions": count})
    return {"count": count}


def _about(who: Principal) -> audit.About:
    return audit.About("user", who.id, who.name)


def _view(row: UserSession, who: Principal) -> View:
    return {
        "id": row.id[:ID_LENGTH],
        "browser": browser(row.user_agent),
        "address": row.address,
        "created_at": row.created_at,
        "last_used_at": row.last_used_at,
        "expires_at": row.expires_at,
        "current": row.id == who.session_id,
    }
