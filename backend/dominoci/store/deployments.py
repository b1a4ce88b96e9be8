"""SQL on what the koalaCI API was asked for."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Deployment


def add(session: Session, row: Deployment) -> None:
    """Stores a new deployment."""
    session.add(row)
    session.flush()


def of_user(session: Session, user_id: str, deployment_id: str, *, lock: bool = False) -> Deployment | None:
    """A user's deployment by the name that the user gave it; with `lock`, kept from others until the transaction ends."""
    query = select(Deployment).where(Deployment.user_id == user_id, Deployment.deployment_id == deployment_id)
    return session.scalars(query.with_for_update() if lock else query).first()


def projects_of(session: Session, user_id: str, project_ids: Iterable[str]) -> set[str]:
    """Those of these projects in which a deployment of this user was built."""
    of_user = select(Deployment.id).join(Build, Build.id == Deployment.build_id)
    built = of_user.where(Build.project_id == Project.id, Deployment.user_id == user_id).exists()
    return set(session.scalars(select(Project.id).where(Project.id.in_(sorted(project_ids)), built)))
