"""Approving strangers' code: the build of a fork's pull request waits until a maintainer has looked at its commit."""

from typing import Any

from dominoci.domain.approval import GIVEN, NEEDED
from dominoci.domain.errors import Conflict, NotFound
from dominoci.domain.permission import Role
from dominoci.domain.states import BuildState
from dominoci.infra.models.builds import Build
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, build_feed, build_locks, build_statuses, builds
from dominoci.services.access import Principal, require_roles

View = dict[str, Any]


def approve(uow: UnitOfWork, who: Principal, build_id: str, commit: str) -> View:
    """Lets agents take this build of `commit`, still without secrets: takes a maintainer. A newer push makes a build of its own,
    which needs an approval of its own.

    Raises Conflict where the build is of another commit, needs no approval, or is not waiting any more.
    """
    seen = builds.visible_build(uow, who, build_id)
    require_roles(uow, who, Role.MAINTAINER, {seen.project_id: seen.project_name})
    locked = build_locks.lock(uow, build_id)
    if locked is None:
        raise NotFound("There is no such build, or you may not see it.")
    row = locked.row
    _refuse(row, commit)
    if row.approval == NEEDED:
        row.approval, row.approved_by = GIVEN, who.name[:100]
        about = audit.About("build", row.id, f"{row.project_name} #{row.number}")
        audit.note(uow, who, "build.approved", about, after={"commit": commit, "ref": row.ref}, projects=[row.project_id])
        build_feed.publish(uow, row)
        build_statuses.note(uow, [row])
        uow.session.flush()
        uow.wake_agents()
    return builds.get(uow, who, build_id)


def _refuse(row: Build, commit: str) -> None:
    if row.approval is None:
        raise Conflict("This build needs no approval.")
    if row.commit != commit:
        raise Conflict(f"This build is of commit {row.commit}, not {commit}: look at that one.", commit=row.commit)
    if row.approval == NEEDED and row.state != BuildState.QUEUED.value:
        raise Conflict("This build does not wait any more: a newer push took its place, or its pull request was closed.")
