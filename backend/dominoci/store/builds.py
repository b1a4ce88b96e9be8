"""SQL on builds, their steps and artifacts, and agents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, cast, delete, func, literal, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement

from dominoci.domain.approval import NEEDED
from dominoci.domain.states import BuildState
from dominoci.infra.db import changed
from dominoci.infra.models.builds import Agent, Build, BuildArtifact, Step
from dominoci.infra.models.graph import Project
from dominoci.store import permissions
from dominoci.store.paging import Keep, Page, fetch
from dominoci.store.statements import Columns, insert_rows, shown, table_of

RUNNING = BuildState.RUNNING.value
QUEUED = BuildState.QUEUED.value

_BUILDS, _AGENTS, _STEPS, _ARTIFACTS = (table_of(model) for model in (Build, Agent, Step, BuildArtifact))
_THIS = _BUILDS.c.id == bindparam("build")
_LOCK = select(Build).where(Build.id == bindparam("build")).with_for_update().execution_options(populate_existing=True)
_PLACE = select(_BUILDS.c.tree_id, _BUILDS.c.event_id, _BUILDS.c.cause, _BUILDS.c.parent_id).where(_THIS)
# what waits for an approval waits for no agent; NULL, for all others, is unequal to nothing
_APPROVED = or_(_BUILDS.c.approval.is_(None), _BUILDS.c.approval != NEEDED)
_ANY_QUEUED = select(_BUILDS.c.id).where(_BUILDS.c.state == QUEUED, _APPROVED).limit(1)
_MOVE = update(_BUILDS).where(_THIS, _BUILDS.c.state == bindparam("source"))
_RENEW = update(_BUILDS).where(_BUILDS.c.token == bindparam("lease"), _BUILDS.c.state == RUNNING)
_HOLDER = select(_BUILDS.c.id, _BUILDS.c.project_name, _BUILDS.c.number).where(_BUILDS.c.token == bindparam("lease"))
_OF_ATTEMPT = select(_BUILDS.c.id).where(_BUILDS.c.event_id == bindparam("event"), _BUILDS.c.attempt == bindparam("number"))
_STEPS_OF = select(Step).where(Step.build_id == bindparam("build")).order_by(Step.n)
_STEP = update(_STEPS).where(_STEPS.c.build_id == bindparam("build"), _STEPS.c.n == bindparam("step"))
_ARTIFACTS_OF = (
    select(_ARTIFACTS.c.build_id, _ARTIFACTS.c.name, _ARTIFACTS.c.size, _ARTIFACTS.c.sha256)
    .where(_ARTIFACTS.c.build_id == bindparam("build"))
    .order_by(_ARTIFACTS.c.name)
)
_TOUCH = update(_AGENTS).where(_AGENTS.c.id == bindparam("agent"))


def add(session: Session, row: Build | BuildArtifact | Agent) -> None:
    """Stores a new row."""
    session.add(row)
    session.flush()


def build(session: Session, build_id: str, *, fresh: bool = False) -> Build | None:
    """One build; `fresh` reads it again under its tree's lock."""
    return session.get(Build, build_id, populate_existing=fresh)


def lock(session: Session, build_id: str) -> Build | None:
    """The build, locked. When it belongs to a tree, lock the tree first."""
    return session.scalars(_LOCK, {"build": build_id}).first()


def place(session: Session, build_id: str) -> Columns | None:
    """Where a build belongs, before it is locked: `tree_id`, `event_id`, `cause` and `parent_id`."""
    return session.execute(_PLACE, {"build": build_id}).first()


@dataclass(frozen=True)
class Wanted:
    """Which builds a list is of: those of a project (its id), in a state, of a branch; None is any."""

    project_id: str | None = None
    state: str | None = None
    branch: str | None = None


def builds(session: Session, wanted: Wanted, page: Page, keep: Keep[Build] | None = None) -> tuple[list[Build], str | None]:
    """Builds, newest first, those that `keep` leaves."""
    query = select(Build).where(Build.job == "")
    for column, value in ((Build.project_id, wanted.project_id), (Build.state, wanted.state), (Build.branch, wanted.branch)):
        query = query.where(column == value) if value is not None else query
    return fetch(session, query, Build.id, page, keep)


def of_event(session: Session, event_ids: Iterable[str]) -> dict[tuple[str, int], str]:
    """Build ids by (event id, attempt)."""
    rows = session.execute(select(Build.event_id, Build.attempt, Build.id).where(Build.event_id.in_(list(event_ids))))
    return {(row.event_id, row.attempt): row.id for row in rows}


def of_attempt(session: Session, event_id: str, attempt: int) -> Build | None:
    """The build that runs one attempt of an event."""
    return session.scalars(select(Build).where(Build.event_id == event_id, Build.attempt == attempt)).first()


def has_attempt(session: Session, event_id: str, attempt: int) -> bool:
    """Whether a build runs this attempt of an event, or ran it."""
    return session.execute(_OF_ATTEMPT, {"event": event_id, "number": attempt}).first() is not None


def of_push(session: Session, project_id: str, ref: str, commit: str) -> Build | None:
    """The build that a push of this commit to this ref has made."""
    query = select(Build).where(Build.project_id == project_id, Build.ref == ref, Build.commit == commit, Build.cause == "push")
    return session.scalars(query.order_by(Build.id.desc())).first()


def unfinished_of(session: Session, project_id: str) -> Sequence[Build]:
    """A project's builds that wait or run, locked."""
    query = select(Build).where(Build.project_id == project_id, Build.state.in_((QUEUED, RUNNING))).order_by(Build.id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def unfinished_of_events(session: Session, event_ids: Sequence[str]) -> Sequence[Build]:
    """The builds of these events that wait or run, locked (lock their tree first)."""
    query = select(Build).where(Build.event_id.in_(event_ids), Build.state.in_((QUEUED, RUNNING))).order_by(Build.id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def any_queued(session: Session) -> bool:
    """Whether any build waits for an agent."""
    return session.execute(_ANY_QUEUED).first() is not None


def move(session: Session, build_id: str, source: BuildState, **values: Any) -> bool:
    """Compare-and-set on the build's state; True when this transaction owns the change."""
    plain = {name: value for name, value in values.items() if not isinstance(value, ClauseElement)}
    counted = {name: value for name, value in values.items() if name not in plain}
    query = _MOVE.values(**counted) if counted else _MOVE
    return changed(session.execute(query, {"build": build_id, "source": source.value, **plain})) == 1


def renew_lease(session: Session, token: str, until: datetime) -> bool:
    """Prolongs the lease that `token` (a fingerprint) stands for; False when it was lost."""
    return changed(session.execute(_RENEW, {"lease": token, "lease_until": until})) == 1


def by_token(session: Session, token: str) -> Columns | None:
    """The build (`id`, `project_name`, `number`) whose current lease has this token (a fingerprint)."""
    return session.execute(_HOLDER, {"lease": token}).first()


def lapsed(session: Session, now: datetime, limit: int) -> Sequence[Build]:
    """Running builds whose agent has fallen silent."""
    return session.scalars(select(Build).where(Build.state == RUNNING, Build.lease_until < now).limit(limit)).all()


def move_folders(session: Session, project_id: str, old: str, new: str) -> None:
    """Books that the files of a project's builds that lay right below its old name, as those of its jobs in folders do not, lie
    under another one."""
    # what stands behind the name: the number, and of a job of a run its own folder
    number = cast(Build.number, String)
    behind = func.substr(Build.folder, len(old) + 2)
    right_below = or_(behind == number, func.substr(behind, 1, func.length(number) + 1) == number.concat("/"))
    own = (Build.project_id == project_id, Build.folder > f"{old}/", Build.folder < f"{old}0")
    folder = literal(f"{new}/").concat(behind)
    session.execute(update(Build).where(*own, right_below).values(folder=folder).execution_options(synchronize_session=False))


def last_built_commit(session: Session, project_id: str, branch: str, job_id: str | None = "") -> str | None:
    """The commit of the newest finished build of a branch, which changed paths are counted from: of a job's, of the project's own
    definition (None), or of any ("")."""
    done = [BuildState.SUCCESS.value, BuildState.FAILED.value]
    of_branch = (Build.project_id == project_id, Build.branch == branch, Build.job == "")
    query = select(Build.commit).where(*of_branch, Build.state.in_(done))
    if job_id != "":
        query = query.where(Build.job_id == job_id)
    return session.scalars(query.order_by(Build.id.desc()).limit(1)).first()


def steps(session: Session, build_id: str) -> Sequence[Step]:
    """The steps of a build in order."""
    return session.scalars(_STEPS_OF, {"build": build_id}).all()


def step(session: Session, build_id: str, n: int) -> Step | None:
    """One step."""
    return session.get(Step, (build_id, n))


def write_steps(session: Session, new: Sequence[dict[str, Any]], known: Sequence[tuple[Step, dict[str, Any]]]) -> None:
    """Adds new steps with one statement, and changes known ones with another."""
    insert_rows(session, Step, new)
    if known:
        session.execute(_STEP, [{"build": row.build_id, "step": row.n, **values} for row, values in known])
    for row, values in known:
        shown(row, values)


def forget_steps(session: Session, build_id: str) -> None:
    """Removes the steps and artifacts of a lost lease: the build starts anew."""
    session.execute(delete(Step).where(Step.build_id == build_id))
    session.execute(delete(BuildArtifact).where(BuildArtifact.build_id == build_id))


def artifacts(session: Session, build_id: str) -> Sequence[Columns]:
    """The artifacts of a build (`build_id`, `name`, `size`, `sha256`) by name."""
    return session.execute(_ARTIFACTS_OF, {"build": build_id}).all()


def artifact(session: Session, build_id: str, name: str) -> BuildArtifact | None:
    """One artifact."""
    return session.get(BuildArtifact, (build_id, name))


def remove_artifact(session: Session, row: BuildArtifact) -> None:
    """Removes the row of an artifact."""
    session.delete(row)
    session.flush()


def agent(session: Session, agent_id: str) -> Agent | None:
    """One agent."""
    return session.get(Agent, agent_id)


def agents(session: Session) -> Sequence[Agent]:
    """All agents by name."""
    return session.scalars(select(Agent).order_by(Agent.name, Agent.id)).all()


def remove_agent(session: Session, row: Agent) -> None:
    """Forgets an agent; builds keep its name."""
    session.delete(row)
    session.flush()


def held_by(session: Session, agent_id: str) -> Sequence[Build]:
    """The builds that an agent runs, by tree, so that whoever locks their trees does it in one order."""
    query = select(Build).where(Build.state == RUNNING, Build.agent_id == agent_id)
    return session.scalars(query.order_by(Build.tree_id, Build.id)).all()


def last_of_agent(session: Session, agent_id: str, viewer: str | None, limit: int) -> Sequence[Build]:
    """The newest builds that an agent took, of projects that the user `viewer` may see (None: of all)."""
    query = select(Build).where(Build.agent_id == agent_id).order_by(Build.id.desc()).limit(limit)
    if viewer is not None:
        query = query.join(Project, Project.id == Build.project_id).where(permissions.seen_by(viewer))
    return session.scalars(query).all()


def touch_agent(session: Session, agent_id: str, now: datetime) -> None:
    """Notes that an agent was heard of."""
    session.execute(_TOUCH, {"agent": agent_id, "last_seen_at": now})


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
