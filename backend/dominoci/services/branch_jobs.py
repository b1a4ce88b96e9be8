"""Copies of a job for the branches and pull requests of a linked repository: each with the definition as it was at the push, its
exact ref, and builds of its own; closed when the branch or pull request is, and opened again with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dominoci.domain import copies
from dominoci.domain.approval import NEEDED
from dominoci.domain.errors import Conflict, DominoError
from dominoci.domain.ids import new_id
from dominoci.domain.names import LONGEST_PATH
from dominoci.domain.reasons import Reason
from dominoci.domain.repository_events import BRANCH, PULL_REQUEST, Pull, Push
from dominoci.domain.states import BuildState
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Job, JobDefinition
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, build_statuses, build_stopping, job_builds
from dominoci.services.access import Principal
from dominoci.store import builds, hooks, jobs, projects
from dominoci.store import repository_links as store

PUSH, PULL = "push", "pull"  # causes of builds
OFF = "{path} is switched off"
LATE = "it came late: {path} was closed after it"


@dataclass(frozen=True)
class Followed:
    """What came of something that a repository's host told: in words, and the builds that were started."""

    text: str
    builds: tuple[Build, ...] = ()


def pushed(uow: UnitOfWork, job: Job, project: Project, repository: str, push: Push, at: datetime | None = None) -> Followed:
    """A branch or tag of a repository that is linked to `job` was pushed or deleted. `at` is when, where that was not just now.

    A tag makes no copy: the job itself is built at it.
    """
    if push.branch is None:
        return _tagged(uow, job, project, push)
    known = _known(uow, job, BRANCH, push.ref)
    if known and at and known.closed_at and at < known.closed_at:
        return Followed(LATE.format(path=known.path))
    if known and at and pushed_since(uow, project, repository, push.branch, at, known):
        return Followed(f"it came late: {known.path} was pushed to after it")
    if push.after is None:
        return _close(uow, known, f"branch {push.branch}", at) if known else Followed(f"branch {push.branch} had no job")
    if not job.enabled:
        return Followed(OFF.format(path=job.path))
    copy = _copy(uow, known, job, project, _Wanted(BRANCH, push.ref, copies.of_branch(job.name, push.branch)))
    row = _start(uow, project, copy, PUSH, push.after, push.before)
    return row if isinstance(row, Followed) else Followed(f"{copy.path} builds {push.after[:12]}", (row,))


def pushed_since(uow: UnitOfWork, project: Project, repository: str, branch: str, at: datetime, copy: Job | None = None) -> bool:
    """Whether a webhook that came by itself after `at` has started a build of this branch: what was missed before is older."""
    made = hooks.made_since(uow.session, repository, project.id, at)
    return hooks.any_of_branch(uow.session, made, branch, copy.id if copy else None)


def _known(uow: UnitOfWork, job: Job, kind: str, ref: str) -> Job | None:
    """The copy for a ref, locked: two webhooks at once make it, or compare what they tell with it, one after the other."""
    copy = store.copy_of(uow.session, job.id, kind, ref)
    if copy is None:
        jobs.lock(uow.session, job.id)
        copy = store.copy_of(uow.session, job.id, kind, ref)
    return jobs.lock(uow.session, copy.id) if copy else None


def pulled(uow: UnitOfWork, job: Job, project: Project, pull: Pull) -> Followed:
    """Something happened to a pull request of a repository that is linked to `job`. One from a fork is built without secrets, and
    only after a maintainer has approved its head."""
    known = _known(uow, job, PULL_REQUEST, pull.ref)
    if known and _older(pull, known.pull or {}):
        return Followed(f"it came late: what {known.path} knows of #{pull.number} is newer")
    if pull.closed:
        return _closed(uow, known, pull) if known else Followed(f"pull request #{pull.number} had no job")
    if not pull.builds:
        if known:
            known.pull = _shown(pull, known.pull)
        return Followed(f"nothing is to be built for #{pull.number}")
    if not job.enabled:
        return Followed(OFF.format(path=job.path))
    before = known.pull if known else None
    names = copies.of_pull(job.name, pull.number)
    copy = _copy(uow, known, job, project, _Wanted(PULL_REQUEST, pull.ref, names, _shown(pull, before)))
    _withdraw(uow, copy, Reason("newer_push", {"commit": pull.head[:12]}), unapproved=True)
    row = _start(uow, project, copy, PULL, pull.head, pull.base, fork=pull.fork)
    if isinstance(row, Followed):
        return row
    waits = ", once a maintainer has approved it" if row.approval == NEEDED else ""
    return Followed(f"{copy.path} builds {pull.head[:12]}{waits}", (row,))


@dataclass(frozen=True)
class _Wanted:
    """A copy as it is to be."""

    kind: str
    ref: str
    names: Iterable[str]
    pull: Mapping[str, Any] | None = None


def _older(pull: Pull, known: Mapping[str, Any]) -> bool:
    """Whether this was told before what is known: webhooks come in any order, and missed ones are taken later. What opens, builds
    or closes it is compared with such alone: a label that was told of first is no reason to leave out the push before it."""
    told = known.get("moved_at" if pull.builds or pull.closed else "updated_at")
    return bool(pull.at and told and pull.at < datetime.fromisoformat(told))


def _shown(pull: Pull, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What is kept of it: as it was told last, when that was, and (`moved_at`) when what opened, built or closed it was."""
    before, at = known or {}, pull.at.isoformat() if pull.at else None
    newer = bool(pull.at and before.get("updated_at") and pull.at < datetime.fromisoformat(before["updated_at"]))
    shown = dict(before) if newer else {**pull.shown, "updated_at": at}
    return {**shown, "moved_at": at if pull.builds or pull.closed else before.get("moved_at")}


def _tagged(uow: UnitOfWork, job: Job, project: Project, push: Push) -> Followed:
    if push.after is None:
        return Followed(f"tag {push.tag} was deleted")
    # an annotated tag's own id is no commit's: where the host does not tell that, the agent looks what the tag names
    row = _start(uow, project, job, PUSH, push.commit, push.before, ref=push.ref)
    return row if isinstance(row, Followed) else Followed(f"{job.path} builds tag {push.tag}", (row,))


def _start(
    uow: UnitOfWork,
    project: Project,
    job: Job,
    cause: str,
    commit: str | None,
    base: str | None,
    *,
    fork: bool = False,
    ref: str | None = None,
) -> Build | Followed:
    """The build of a commit, or why there is none."""
    if not project.enabled:
        return Followed(f"{project.name} is switched off")
    approval = NEEDED if fork else None
    try:
        row = job_builds.start(
            uow, project, job, cause=cause, ref=ref or job.ref, commit=commit, trusted=not fork, approval=approval
        )
    except DominoError as e:
        return Followed(f"{job.path} builds nothing: {e.detail}")
    # what was built last tells which paths have changed since
    row.base_commit = builds.last_built_commit(uow.session, project.id, row.branch or "", job.id) or base
    uow.session.flush()
    build_statuses.note(uow, [row])
    told = {"ref": row.ref, "commit": commit}
    about = audit.About("build", row.id, f"{row.project_name} #{row.number}")
    audit.note(uow, _host(project), "build.started", about, after=told, projects=[project.id])
    return row


def _host(project: Project) -> Principal:
    """Who acts where a repository's host has told of something."""
    return Principal("hook", project.id, f"the repository of {project.name}")


# ---- copies


def _copy(uow: UnitOfWork, known: Job | None, job: Job, project: Project, wanted: _Wanted) -> Job:
    """The copy, made now or as it was, with the job's definition of this moment; open."""
    original = jobs.definition(uow.session, job.definition_id)
    copy = known or _make(uow, job, project, wanted)
    if known is not None:
        copy.title, copy.file, copy.checkout = job.title, job.file, job.checkout
        copy.closed_at, copy.changed_at = None, uow.now
    copy.pull = dict(wanted.pull) if wanted.pull else None
    copy.definition_id = _version(uow, copy, original).id if original else None
    uow.session.flush()
    return copy


def _make(uow: UnitOfWork, job: Job, project: Project, wanted: _Wanted) -> Job:
    head = job.path.removesuffix(job.name)
    fitting = (name for name in wanted.names if len(head) + len(name) <= LONGEST_PATH)
    name = next((name for name in fitting if _free(uow, head, name, project)), None)
    if name is None:
        raise Conflict(f"{job.path} lies too deep: there is no room for the name of a copy.")
    path = f"{head}{name}"
    if before := jobs.highest_number(uow.session, path):  # an earlier job of this path has left files of its builds
        jobs.number_from(uow.session, [project.id], before + 1)
    plain = {field: getattr(job, field) for field in ("project_id", "folder_id", "title", "file", "checkout")}
    row = Job(
        id=new_id(),
        **plain,
        name=name,
        path=path,
        kind=wanted.kind,
        ref=wanted.ref,
        enabled=True,
        copied_from=job.id,
        created_by=_host(project).name[:100],
        created_at=uow.now,
        changed_at=uow.now,
    )
    jobs.add(uow.session, row)
    audit.note(
        uow, _host(project), "job.copied", audit.About("job", row.id, path), after={"ref": wanted.ref}, projects=[project.id]
    )
    return row


def _free(uow: UnitOfWork, head: str, name: str, project: Project) -> bool:
    """Whether nothing else has this path: at the top, files of other projects' builds lie under their names, too."""
    return not jobs.path_taken(uow.session, f"{head}{name}") and bool(
        head or not projects.name_taken(uow.session, name, project.id)
    )


def _version(uow: UnitOfWork, copy: Job, original: JobDefinition) -> JobDefinition:
    """The same version of the definition, with the same number, as the copy's own."""
    if known := jobs.definition_numbered(uow.session, copy.id, original.number):
        return known
    fields = {field: getattr(original, field) for field in ("number", "format", "text", "created_by")}
    row = JobDefinition(id=new_id(), job_id=copy.id, created_at=uow.now, **fields)
    jobs.add(uow.session, row)
    return row


# ---- the end of a branch or pull request


def _closed(uow: UnitOfWork, copy: Job, pull: Pull) -> Followed:
    copy.pull = _shown(pull, copy.pull)
    return _close(uow, copy, f"pull request #{pull.number}")


def _close(uow: UnitOfWork, copy: Job, what: str, at: datetime | None = None) -> Followed:
    if copy.closed_at is not None:
        return Followed(f"{copy.path} was closed before")
    copy.closed_at, copy.changed_at = at or uow.now, uow.now
    uow.session.flush()
    _withdraw(uow, copy, Reason("ref_closed", {"what": what}))
    return Followed(f"{copy.path} is closed")


def _withdraw(uow: UnitOfWork, copy: Job, reason: Reason, *, unapproved: bool = False) -> None:
    """Builds that no agent has taken yet, or only those that nobody has approved, are not to run any more."""
    waiting = [row for row in jobs.unfinished(uow.session, [copy.id]) if row.state == BuildState.QUEUED.value]
    build_stopping.withdraw(uow, [row for row in waiting if not unapproved or row.approval == NEEDED], reason)
