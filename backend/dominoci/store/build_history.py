"""SQL on the builds before one: the last green, and what the last were told of their pipelines; how far running ones are."""

from collections.abc import Sequence

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from dominoci.domain.states import BuildState
from dominoci.infra.models.builds import Build, BuildArtifact, Step
from dominoci.store.statements import Columns, table_of

Progress = dict[str, tuple[int, int]]  # by build id: how many steps have ended, and how many there are

_STEPS = table_of(Step)
_PROGRESS = (
    select(
        _STEPS.c.build_id,
        func.count().label("steps"),
        func.sum(case((_STEPS.c.state.in_(("waiting", "running")), 0), else_=1)).label("done"),
    )
    .where(_STEPS.c.build_id.in_(bindparam("builds", expanding=True)))
    .group_by(_STEPS.c.build_id)
)


def last_green(session: Session, row: Build) -> Build | None:
    """The newest success of the same project, job and branch (or, of a build of a tag, of any tag) before this build, jobs of
    runs left out."""
    same = (Build.project_id == row.project_id, Build.job_id == row.job_id, Build.branch == row.branch, Build.job == "")
    query = select(Build).where(*same, Build.state == BuildState.SUCCESS.value, Build.id < row.id)
    return session.scalars(query.order_by(Build.id.desc()).limit(1)).first()


def last_told(session: Session, project_id: str, limit: int, job_id: str | None = None) -> Sequence[Columns]:
    """`ref` and `pipelines` of the newest builds of a project's own definition, or of one of its jobs, without jobs of runs."""
    query = select(Build.ref, Build.pipelines).where(Build.project_id == project_id, Build.job_id == job_id, Build.job == "")
    return session.execute(query.order_by(Build.id.desc()).limit(limit)).all()


def with_jobs(session: Session, build_id: str) -> list[str]:
    """The build's id, and those of the builds that run its jobs where it is a run, oldest first."""
    jobs = select(Build.id).where(Build.parent_id == build_id).order_by(Build.id)
    return [build_id, *session.scalars(jobs)]


def steps_of(session: Session, build_ids: Sequence[str]) -> Sequence[Step]:
    """The steps of these builds, one build after the other."""
    return session.scalars(select(Step).where(Step.build_id.in_(build_ids)).order_by(Step.build_id, Step.n)).all()


def artifacts_of(session: Session, build_ids: Sequence[str]) -> Sequence[BuildArtifact]:
    """The artifacts of these builds, one build after the other."""
    query = select(BuildArtifact).where(BuildArtifact.build_id.in_(build_ids))
    return session.scalars(query.order_by(BuildArtifact.build_id, BuildArtifact.name)).all()


def progress(session: Session, build_ids: Sequence[str]) -> Progress:
    """How far these builds are; those without steps are left out."""
    rows = session.execute(_PROGRESS, {"builds": list(build_ids)}).all() if build_ids else ()
    return {row.build_id: (int(row.done), int(row.steps)) for row in rows}
