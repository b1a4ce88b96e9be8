"""SQL on consents: whether a private project agrees to be the upstream of another one."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from dominoci.infra.models.accounts import User
from dominoci.infra.models.graph import Project
from dominoci.infra.models.members import Consent
from dominoci.store.statements import Columns

_UP, _DOWN, _ASKED, _ANSWERED = aliased(Project), aliased(Project), aliased(User), aliased(User)
_SHOWN = (
    select(
        *(Consent.id, Consent.state, Consent.asked_at, Consent.answered_at, Consent.upstream_id, Consent.downstream_id),
        *(_UP.name.label("upstream"), _DOWN.name.label("downstream")),
        *(_ASKED.name.label("asked_by"), _ANSWERED.name.label("answered_by")),
    )
    .join(_UP, _UP.id == Consent.upstream_id)
    .join(_DOWN, _DOWN.id == Consent.downstream_id)
    .outerjoin(_ASKED, _ASKED.id == Consent.asked_by)
    .outerjoin(_ANSWERED, _ANSWERED.id == Consent.answered_by)
)
MOST = 500


def add(session: Session, row: Consent) -> None:
    """Stores a new one."""
    session.add(row)
    session.flush()


def between(session: Session, upstream_id: str, downstream_id: str) -> Consent | None:
    """The consent of one project to another one, in whatever state."""
    query = select(Consent).where(Consent.upstream_id == upstream_id, Consent.downstream_id == downstream_id)
    return session.scalars(query).first()


def by_id(session: Session, consent_id: str) -> Consent | None:
    """One."""
    return session.get(Consent, consent_id)


def shown(session: Session, consent_id: str) -> Columns:
    """One with the names of its projects and people."""
    return session.execute(_SHOWN.where(Consent.id == consent_id)).one()


def of_project(session: Session, project_id: str) -> Sequence[Columns]:
    """Those in which a project is either end, newest first."""
    query = _SHOWN.where(or_(Consent.upstream_id == project_id, Consent.downstream_id == project_id))
    return session.execute(query.order_by(Consent.id.desc()).limit(MOST)).all()
