"""SQL on who people are at providers, browsers on their way there and back, and how often something was tried."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from dominoci.infra.db import changed
from dominoci.infra.models.accounts import Identity, PendingLogin, SignInTries, User
from dominoci.store.statements import insert_rows

MOST_NAMESAKES = 10_000


def add(session: Session, row: Identity | PendingLogin) -> None:
    """Stores a new row."""
    session.add(row)
    session.flush()


def pending(session: Session, state: str) -> PendingLogin | None:
    """The journey with this fingerprint of its state."""
    return session.get(PendingLogin, state)


def use_pending(session: Session, row: PendingLogin) -> bool:
    """Ends a journey; True for the one caller that did. What was read of it stays readable."""
    session.expunge(row)
    return changed(session.execute(delete(PendingLogin).where(PendingLogin.id == row.id))) == 1


def identity(session: Session, issuer: str, subject: str) -> Identity | None:
    """Whoever is this at that issuer."""
    return session.scalars(select(Identity).where(Identity.issuer == issuer, Identity.subject == subject)).first()


def identities(session: Session, user_id: str) -> Sequence[Identity]:
    """Who a user is at providers, in the order in which they were linked."""
    return session.scalars(select(Identity).where(Identity.user_id == user_id).order_by(Identity.id)).all()


def remove_identity(session: Session, identity_id: str) -> None:
    """Forgets it."""
    session.execute(delete(Identity).where(Identity.id == identity_id))


def namesakes(session: Session, base: str) -> list[str]:
    """The names that are taken of `base`, `base-2`, …"""
    query = select(User.name).where(or_(User.name == base, User.name.startswith(f"{base}-", autoescape=True)))
    return list(session.scalars(query.limit(MOST_NAMESAKES)))


def tries(session: Session, key: str, now: datetime) -> tuple[int, datetime] | None:
    """How often, and until when that counts; None when it counts no more."""
    row = session.execute(select(SignInTries.count, SignInTries.until).where(SignInTries.id == key)).first()
    if row is None:
        return None
    count, until = row
    return (count, until) if until > now else None


def count_try(session: Session, key: str, now: datetime, span: timedelta) -> tuple[int, datetime]:
    """Counts one more, and answers the new count and until when it counts. The first one begins the span."""
    mine = SignInTries.id == key
    again = update(SignInTries).where(mine, SignInTries.until > now).values(count=SignInTries.count + 1)
    if changed(session.execute(again)) != 1:
        anew = update(SignInTries).where(mine).values(count=1, until=now + span)
        if changed(session.execute(anew)) != 1:
            insert_rows(session, SignInTries, [{"id": key, "count": 1, "until": now + span}])
    return tries(session, key, now) or (1, now + span)


def uncount_try(session: Session, key: str) -> None:
    """Takes one back."""
    query = update(SignInTries).where(SignInTries.id == key, SignInTries.count > 0)
    session.execute(query.values(count=SignInTries.count - 1))


def forget_tries(session: Session, key: str) -> None:
    """Begins anew."""
    session.execute(delete(SignInTries).where(SignInTries.id == key))


def sweep(session: Session, now: datetime) -> None:
    """Removes what has expired. Sign-ins stay a day longer, so that a late one hears that it was late."""
    session.execute(delete(PendingLogin).where(PendingLogin.expires_at < now - timedelta(days=1)))
    session.execute(delete(SignInTries).where(SignInTries.until < now))
