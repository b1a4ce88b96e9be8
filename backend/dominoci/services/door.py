"""What is told to whoever stands before the door: how one can sign in, and why it did not work."""

from typing import Any

from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import access, sessions, sign_up


def look(uow: UnitOfWork, cookie: str | None, refused: str | None = None, provider: str | None = None) -> dict[str, Any]:
    """The ways in; who holds this session cookie, if it is valid; and for a reason and a provider's id the refusal in words."""
    settings = uow.settings
    who = access.from_session(uow, cookie) if cookie else None
    return {
        "signed_in": who is not None,
        "me": sessions.me(uow, who) if who else None,
        "providers": [{"id": one.kind, "name": one.name} for one in settings.providers],
        "password": settings.password_login,
        "sign_up": settings.sign_up.policy,
        "contact": settings.contact or None,
        "refusal": sign_up.sentence(settings, refused, provider) if refused else None,
    }
