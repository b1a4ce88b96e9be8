"""SQL on repositories elsewhere: which jobs they are linked to, and which copies those jobs have."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from dominoci.domain.repository_access import APP
from dominoci.domain.target import HOOK_SECRET
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Job, RepositoryLink

MOST = 100  # projects of one repository


def add(session: Session, row: RepositoryLink) -> None:
    """Stores a new link."""
    session.add(row)
    session.flush()


def remove(session: Session, row: RepositoryLink) -> None:
    """Deletes a link."""
    session.delete(row)
    session.flush()


def link(session: Session, repository: str, kind: str) -> RepositoryLink | None:
    """The link of a repository of this kind."""
    query = select(RepositoryLink).where(RepositoryLink.repository == repository, RepositoryLink.kind == kind)
    return session.scalars(query).first()


def by_id(session: Session, link_id: str) -> RepositoryLink | None:
    """One link."""
    return session.get(RepositoryLink, link_id)


def of_repository(session: Session, repository: str) -> dict[str, Job]:
    """The live jobs that a repository is linked to, by kind."""
    query = select(RepositoryLink.kind, Job).join(Job, Job.id == RepositoryLink.job_id)
    rows = session.execute(query.where(RepositoryLink.repository == repository, Job.deleted_at.is_(None)))
    return {kind: job for kind, job in rows}  # noqa: C416 - of rows mypy takes no dict()


def of_job(session: Session, job_id: str) -> Sequence[RepositoryLink]:
    """The links of one job: at most two a repository."""
    query = select(RepositoryLink).where(RepositoryLink.job_id == job_id).order_by(RepositoryLink.id).limit(MOST)
    return session.scalars(query).all()


def of_project(session: Session, project_id: str) -> Sequence[RepositoryLink]:
    """The links of all live jobs of a project."""
    query = select(RepositoryLink).join(Job, Job.id == RepositoryLink.job_id)
    return session.scalars(query.where(Job.project_id == project_id, Job.deleted_at.is_(None)).limit(MOST)).all()


def projects_at(session: Session, repository: str, group: str | None = None) -> Sequence[Project]:
    """Live projects of a repository, and those whose jobs it is linked to, as far as a webhook could be believed for them: they
    have a secret for it, access by an App, or are this group's; the oldest first."""
    linked = select(Job.project_id).join(RepositoryLink, RepositoryLink.job_id == Job.id)
    linked = linked.where(RepositoryLink.repository == repository, Job.deleted_at.is_(None))
    # anybody can make projects without end that name the repository: they are not to crowd out those that count
    secret, access = Project.repository_secrets[HOOK_SECRET]["value"], Project.repository_access["kind"]
    proving = [secret.as_string().is_not(None), access.as_string() == APP, *([Project.owner_id == group] if group else [])]
    live = and_(Project.deleted_at.is_(None), or_(*proving))
    # two queries, each by its index: an OR over both reads every project
    found: dict[str, Project] = {}
    for where in (Project.repository_key == repository, Project.id.in_(linked)):
        found |= {row.id: row for row in session.scalars(select(Project).where(where, live).order_by(Project.id).limit(MOST))}
    return [found[id_] for id_ in sorted(found)]


def of_group(session: Session, group: str) -> Sequence[Project]:
    """A group's live projects that have their repository elsewhere."""
    mine = (Project.owner_id == group, Project.repository_key.is_not(None), Project.deleted_at.is_(None))
    return session.scalars(select(Project).where(*mine).order_by(Project.id)).all()


def of_installation(session: Session, number: str) -> Sequence[Project]:
    """Live projects whose repository is read by this installation of an App."""
    mine = Project.repository_access["installation_id"].as_string() == number
    return session.scalars(select(Project).where(mine, Project.deleted_at.is_(None)).order_by(Project.id)).all()


def copy_of(session: Session, job_id: str, kind: str, ref: str) -> Job | None:
    """The copy of a job for this exact ref, open or closed."""
    mine = (Job.copied_from == job_id, Job.kind == kind, Job.ref == ref, Job.deleted_at.is_(None))
    return session.scalars(select(Job).where(*mine).order_by(Job.id)).first()
