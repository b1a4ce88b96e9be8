"""SQL on issuers, the rules by which projects trust their jobs, and tokens that were used."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from dominoci.infra.models.graph import Project
from dominoci.infra.models.trust import Issuer, TrustRule, UsedToken
from dominoci.store.statements import Columns, insert_rows

MOST_ISSUERS = 200
MOST_RULES = 100  # of one project, and of all projects for one repository


def add(session: Session, row: Issuer | TrustRule) -> None:
    """Stores a new row."""
    session.add(row)
    session.flush()


def remove(session: Session, row: TrustRule) -> None:
    """Deletes a rule."""
    session.execute(delete(TrustRule).where(TrustRule.id == row.id))


def issuers(session: Session) -> Sequence[Issuer]:
    """All that are listed, by name."""
    return session.scalars(select(Issuer).order_by(Issuer.name, Issuer.id).limit(MOST_ISSUERS)).all()


def count_issuers(session: Session) -> int:
    """How many are listed."""
    return session.execute(select(func.count()).select_from(Issuer)).scalar_one()


def issuer(session: Session, issuer_id: str) -> Issuer | None:
    """One."""
    return session.get(Issuer, issuer_id)


def issuer_by_digest(session: Session, digest: str) -> Issuer | None:
    """The one whose address has this SHA-256."""
    return session.scalars(select(Issuer).where(Issuer.url_digest == digest)).first()


def remove_issuer(session: Session, issuer_id: str) -> Sequence[Columns]:
    """Deletes an issuer and every rule about it; answers the projects (`id`, `name`) that had one."""
    about = TrustRule.issuer_id == issuer_id
    of_projects = select(Project.id, Project.name).join(TrustRule, TrustRule.project_id == Project.id).where(about)
    touched = session.execute(of_projects).all()
    session.execute(delete(TrustRule).where(about))
    session.execute(delete(Issuer).where(Issuer.id == issuer_id))
    return touched


def _shown() -> Select[TrustRule, Issuer]:
    return select(TrustRule, Issuer).join(Issuer, Issuer.id == TrustRule.issuer_id)


def rules_of_project(session: Session, project_id: str) -> list[tuple[TrustRule, Issuer]]:
    """A project's rules with their issuers, newest first."""
    query = _shown().where(TrustRule.project_id == project_id).order_by(TrustRule.id.desc()).limit(MOST_RULES)
    return [(row[0], row[1]) for row in session.execute(query)]


def rule(session: Session, rule_id: str) -> tuple[TrustRule, Issuer] | None:
    """One rule with its issuer."""
    row = session.execute(_shown().where(TrustRule.id == rule_id)).first()
    return (row[0], row[1]) if row else None


def known_rule(session: Session, project_id: str, issuer_id: str, subject: str) -> TrustRule | None:
    """A project's rule about one repository."""
    mine = (TrustRule.project_id == project_id, TrustRule.issuer_id == issuer_id, TrustRule.subject == subject)
    return session.scalars(select(TrustRule).where(*mine)).first()


def rules_about(session: Session, issuer_id: str, subject: str, project: str | None) -> Sequence[Columns]:
    """The rules about one repository (`id`, `subject`, `claims`, `pull_requests`, `project_id`, `project_name`) of projects that
    are there; only of the one with this name or id where `project` says it."""
    query = (
        select(
            *(TrustRule.id, TrustRule.subject, TrustRule.claims, TrustRule.pull_requests, TrustRule.project_id),
            Project.name.label("project_name"),
        )
        .join(Project, Project.id == TrustRule.project_id)
        .where(TrustRule.issuer_id == issuer_id, TrustRule.subject == subject, Project.deleted_at.is_(None))
    )
    if project is not None:
        query = query.where(or_(Project.name == project, Project.id == project))
    return session.execute(query.order_by(TrustRule.id).limit(MOST_RULES)).all()


def touch_rule(session: Session, rule_id: str, now: datetime, before: datetime) -> None:
    """Notes that a rule was used, unless that was noted after `before`."""
    stale = or_(TrustRule.last_used_at.is_(None), TrustRule.last_used_at < before)
    session.execute(update(TrustRule).where(TrustRule.id == rule_id, stale).values(last_used_at=now))


def used(session: Session, token_id: str) -> UsedToken | None:
    """What a token was used for."""
    return session.get(UsedToken, token_id)


def use(session: Session, row: dict[str, Any]) -> None:
    """Notes what a token is used for. Two at once: a duplicate key, and the second transaction begins again."""
    insert_rows(session, UsedToken, [row])


def sweep(session: Session, before: datetime) -> None:
    """Removes used tokens that have expired."""
    session.execute(delete(UsedToken).where(UsedToken.expires_at < before))
