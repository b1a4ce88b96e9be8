"""SQL on how the arbiter itself is doing."""

from datetime import datetime

from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from dominoci.infra.models.plumbing import DeliveryRow, Outbox, Timer
from dominoci.store.leases import LEASE


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the row that has been due for longest waits to be sent."""
    query = select(func.min(Outbox.next_at)).where(Outbox.state == "pending", Outbox.next_at <= now)
    return session.execute(query).scalar_one()


def leases(session: Session, now: datetime) -> tuple[int, int, datetime | None]:
    """How many rows are being sent, how many of these leases have lapsed, and when the newest was taken."""
    held = select(func.count(), func.max(Outbox.lease_until)).where(Outbox.state == "leased")
    count, until = session.execute(held).one()
    lapsed = select(func.count()).where(Outbox.state == "leased", Outbox.lease_until < now)
    return count, session.execute(lapsed).scalar_one(), until - LEASE if until else None


def timers(session: Session) -> dict[str, datetime]:
    """When each timer is due next."""
    return dict(session.execute(select(Timer.name, Timer.due_at)).all())


def last_send(session: Session) -> datetime | None:
    """When something was last sent to a CI system."""
    return session.scalars(select(DeliveryRow.requested_at).order_by(DeliveryRow.id.desc()).limit(1)).first()


def database(session: Session) -> tuple[str, str, str | None]:
    """The database's kind and version, and the revision of its tables (None when no migration made them)."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        kind, version = "SQLite", session.execute(text("SELECT sqlite_version()")).scalar_one()
    else:
        version = session.execute(text("SELECT VERSION()")).scalar_one()
        kind = "MariaDB" if "mariadb" in version.lower() else "MySQL"
    known = inspect(connection).has_table("alembic_version")
    revision = session.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
    return kind, str(version), revision
