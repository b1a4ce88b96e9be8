"""SQL on builds, their steps and artifacts, and agents."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from dominoci.domain.states import BuildState
from dominoci.infra.db import changed
from dominoci.infra.models.builds import Agent, Build, BuildArtifact, Step
from dominoci.store.paging import Page, fetch

RUNNING = BuildState.RUNNING.value
QUEUED = BuildState.QUEUED.value


def add(session: Session, row: Build | BuildArtifact | Agent) -> None:
    """Stores a new row."""
    session.add(row)
    session.flush()


def build(session: Session, build_id: str, *, fresh: bool = False) -> Build | None:
    """One build; `fresh` reads it again under its tree's lock."""
    return session.get(Build, build_id, populate_existing=fresh)


def lock(session: Session, build_id: str) -> Build | None:
    """The build, locked. When it belongs to a tree, lock the tree first."""
    return session.scalars(
        select(Build).where(Build.id == build_id).with_for_update().execution_options(populate_existing=True)
    ).first()


def builds(session: Session, project_id: str | None, page: Page) -> tuple[list[Build], str | None]:
    """Builds, newest first."""
    query = select(Build)
    return fetch(session, query.where(Build.project_id == project_id) if project_id else query, Build.id, page)


def of_event(session: Session, event_ids: Iterable[str]) -> dict[tuple[str, int], str]:
    """Build ids by (event id, attempt)."""
    rows = session.execute(select(Build.event_id, Build.attempt, Build.id).where(Build.event_id.in_(list(event_ids))))
    return {(row.event_id, row.attempt): row.id for row in rows}


def of_attempt(session: Session, event_id: str, attempt: int) -> Build | None:
    """The build that runs one attempt of an event."""
    return session.scalars(select(Build).where(Build.event_id == event_id, Build.attempt == attempt)).first()


def of_push(session: Session, project_id: str, ref: str, commit: str) -> Build | None:
    """The build that a push of this commit to this ref has made."""
    query = select(Build).where(Build.project_id == project_id, Build.ref == ref, Build.commit == commit, Build.cause == "push")
    return session.scalars(query.order_by(Build.id.desc())).first()


def unfinished_of(session: Session, project_id: str) -> Sequence[Build]:
    """A project's builds that wait or run, locked."""
    query = select(Build).where(Build.project_id == project_id, Build.state.in_((QUEUED, RUNNING))).order_by(Build.id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def next_queued(session: Session, limit: int) -> Sequence[Build]:
    """The builds that have waited longest."""
    return session.scalars(select(Build).where(Build.state == QUEUED).order_by(Build.id).limit(limit)).all()


def any_queued(session: Session) -> bool:
    """Whether any build waits for an agent."""
    return session.scalars(select(Build.id).where(Build.state == QUEUED).limit(1)).first() is not None


def move(session: Session, build_id: str, source: BuildState, **values: Any) -> bool:
    """Compare-and-set on the build's state; True when this transaction owns the change."""
    query = update(Build).where(Build.id == build_id, Build.state == source.value)
    return changed(session.execute(query.values(**values).execution_options(synchronize_session=False))) == 1


def renew_lease(session: Session, token: str, until: datetime) -> bool:
    """Prolongs the lease that `token` (a fingerprint) stands for; False when it was lost."""
    query = update(Build).where(Build.token == token, Build.state == RUNNING).values(lease_until=until)
    return changed(session.execute(query.execution_options(synchronize_session=False))) == 1


def by_token(session: Session, token: str) -> Build | None:
    """The build whose current lease has this token (a fingerprint)."""
    return session.scalars(select(Build).where(Build.token == token)).first()


def lapsed(session: Session, now: datetime, limit: int) -> Sequence[Build]:
    """Running builds whose agent has fallen silent."""
    return session.scalars(select(Build).where(Build.state == RUNNING, Build.lease_until < now).limit(limit)).all()


def move_folders(session: Session, project_id: str, name: str) -> None:
    """Books that the files of a project's builds lie under another name."""
    folder = literal(f"{name}/").concat(cast(Build.number, String(12)))
    session.execute(update(Build).where(Build.project_id == project_id).values(folder=folder))


def last_built_commit(session: Session, project_id: str, branch: str) -> str | None:
    """The commit of the newest finished build of a branch: what changed paths are counted from."""
    done = [BuildState.SUCCESS.value, BuildState.FAILED.value]
    query = select(Build.commit).where(Build.project_id == project_id, Build.branch == branch, Build.state.in_(done))
    return session.scalars(query.order_by(Build.id.desc()).limit(1)).first()


def steps(session: Session, build_id: str) -> Sequence[Step]:
    """The steps of a build in order."""
    return session.scalars(select(Step).where(Step.build_id == build_id).order_by(Step.n)).all()


def step(session: Session, build_id: str, n: int) -> Step | None:
    """One step."""
    return session.get(Step, (build_id, n))


def write_steps(session: Session, new: Sequence[dict[str, Any]], known: Sequence[tuple[Step, dict[str, Any]]]) -> None:
    """Adds new steps with one statement, and changes known ones."""
    if new:
        session.execute(insert(Step), new)
    for row, values in known:
        for key, value in values.items():
            setattr(row, key, value)
    session.flush()


def forget_steps(session: Session, build_id: str) -> None:
    """Removes the steps and artifacts of a lost lease: the build starts anew."""
    session.execute(delete(Step).where(Step.build_id == build_id))
    session.execute(delete(BuildArtifact).where(BuildArtifact.build_id == build_id))


def artifacts(session: Session, build_id: str) -> Sequence[BuildArtifact]:
    """The artifacts of a build by name."""
    query = select(BuildArtifact).where(BuildArtifact.build_id == build_id).order_by(BuildArtifact.name)
    return session.scalars(query).all()


def artifact(session: Session, build_id: str, name: str) -> BuildArtifact | None:
    """One artifact."""
    return session.get(BuildArtifact, (build_id, name))


def agent(session: Session, agent_id: str) -> Agent | None:
    """One agent."""
    return session.get(Agent, agent_id)


def agents(session: Session) -> Sequence[Agent]:
    """All agents by name."""
    return session.scalars(select(Agent).order_by(Agent.name, Agent.id)).all()


def touch_agent(session: Session, agent_id: str, now: datetime) -> None:
    """Notes that an agent was heard of."""
    session.execute(update(Agent).where(Agent.id == agent_id).values(last_seen_at=now))


def running_by_agent(session: Session) -> dict[str, list[Build]]:
    """Running builds by agent."""
    found: dict[str, list[Build]] = {}
    for row in session.scalars(select(Build).where(Build.state == RUNNING, Build.agent_id.is_not(None))):
        found.setdefault(str(row.agent_id), []).append(row)
    return found


def count_by_state(session: Session) -> dict[str, int]:
    """How many builds wait and how many run."""
    query = select(Build.state, func.count()).where(Build.state.in_((QUEUED, RUNNING))).group_by(Build.state)
    return dict(session.execute(query).all())
