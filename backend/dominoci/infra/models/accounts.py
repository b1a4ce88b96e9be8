"""Users, how they sign in, their sessions and one-time codes, and tokens of every kind. Secrets are stored as SHA-256
fingerprints only."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import TABLE_ARGS, Base, Id, Long, Sha


class User(Base):
    """A person. `password_hash` is argon2id, None until a password is set; `full_name` and `email` are what a provider told or
    the person wrote, for showing only; `settings` are choices about the page."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    password_hash: Mapped[str | None]
    is_admin: Mapped[bool]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    full_name: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    settings: Mapped[dict[str, Any] | None]
    last_seen_at: Mapped[datetime | None]


class Identity(Base):
    """Who a person is at a provider. Only (issuer, subject) ever finds a user, never a name or an e-mail address; `name` is what
    the provider calls them."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), TABLE_ARGS)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    provider: Mapped[str] = mapped_column(String(20))
    issuer: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class PendingLogin(Base):
    """A browser that was sent to a provider. `id` is the fingerprint of `state`, `browser` that of a cookie: both must come
    back."""

    __tablename__ = "pending_logins"

    id: Mapped[str] = mapped_column(Sha, primary_key=True)
    browser: Mapped[str] = mapped_column(Sha)
    provider: Mapped[str] = mapped_column(String(20))
    verifier: Mapped[str] = mapped_column(String(128))
    nonce: Mapped[str] = mapped_column(String(64))
    next_url: Mapped[str] = mapped_column(Long)
    # who links another identity to an account, and the invitation that a newcomer came with
    user_id: Mapped[str | None] = mapped_column(Id)
    invitation_id: Mapped[str | None] = mapped_column(Id)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Invitation(Base):
    """A one-use link to sign up, perhaps into a group (`owner_id`) or a project (`project_id`) with a `role`."""

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Sha, unique=True)
    note: Mapped[str | None] = mapped_column(String(200))
    owner_id: Mapped[str | None] = mapped_column(Id)
    project_id: Mapped[str | None] = mapped_column(Id)
    role: Mapped[str | None] = mapped_column(String(12))
    invited_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None] = mapped_column(Id)


class UserSession(Base):
    """A browser that is signed in. `id` is the fingerprint of what the cookie holds."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(Sha, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    user_agent: Mapped[str] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(45))


class SignInTries(Base):
    """How often something was tried of late: `id` is the fingerprint of what is counted (a name, an address), and the count
    begins anew after `until`."""

    __tablename__ = "sign_in_tries"

    id: Mapped[str] = mapped_column(Sha, primary_key=True)
    count: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)


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
    # the token that was made to take its place: until `expires_at` both are good
    replaced_by: Mapped[str | None] = mapped_column(Id)
