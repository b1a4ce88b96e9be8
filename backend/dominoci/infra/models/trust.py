"""Whose signed tokens are believed: issuers that an admin has listed, the rules by which a project trusts some of their jobs, and
the tokens that were used."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dominoci.infra.models.base import TABLE_ARGS, Base, Id, Long, Sha


class Issuer(Base):
    """Who may sign tokens of CI jobs. `kind` (github, gitlab or other) says which claims tell of the repository."""

    __tablename__ = "issuers"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    url: Mapped[str] = mapped_column(String(500))
    url_digest: Mapped[str] = mapped_column(Sha, unique=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(12))
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class TrustRule(Base):
    """Jobs that speak for a project: of this issuer, of the repository with this id (`subject`, compared as text), and with these
    further `claims` (globs by name). Jobs of pull requests only where `pull_requests` says so."""

    __tablename__ = "trust_rules"
    __table_args__ = (
        UniqueConstraint("project_id", "issuer_id", "subject"),
        Index("ix_trust_rules_issuer_id_subject", "issuer_id", "subject"),
        TABLE_ARGS,
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    issuer_id: Mapped[str] = mapped_column(Id, ForeignKey("issuers.id"))
    subject: Mapped[str] = mapped_column(String(200))
    claims: Mapped[dict[str, Any]]
    pull_requests: Mapped[bool]
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class UsedToken(Base):
    """A signed token that was used, by the digest of issuer and `jti`; `purpose` is the digest of what for."""

    __tablename__ = "used_tokens"

    id: Mapped[str] = mapped_column(Sha, primary_key=True)
    purpose: Mapped[str] = mapped_column(Sha)
    detail: Mapped[str | None] = mapped_column(Long)
    expires_at: Mapped[datetime] = mapped_column(index=True)
