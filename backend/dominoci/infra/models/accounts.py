"""Users, their sessions and one-time codes, and tokens of every kind. Secrets are stored as SHA-256 fingerprints only."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import Base, Id, Sha


class User(Base):
    """A person. `password_hash` is argon2id, None until a password is set."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    password_hash: Mapped[str | None]
    is_admin: Mapped[bool]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class UserSession(Base):
    """A browser that is signed in. `id` is the fingerprint of what the cookie holds."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(Sha, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    user_agent: Mapped[str] = mapped_column(String(200))


class LoginCode(Base):
    """A one-time login link's code."""

    __tablename__ = "login_codes"

    id: Mapped[str] = mapped_column(Sha, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Token(Base):
    """A bearer token. `kind` is its prefix without the underscore; `subject_id` is the project, user or agent it speaks for."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    subject_id: Mapped[str | None] = mapped_column(Id, index=True)
    scope: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(20))
    fingerprint: Mapped[str] = mapped_column(Sha, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
