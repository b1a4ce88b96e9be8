"""Running a finished build once more: the same commit, ref, parameters and definition, as a build of its own."""

from typing import Any

from dominoci.domain.errors import Conflict
from dominoci.domain.states import BuildState
from dominoci.infra.models.builds import Build
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import builds, starting
from dominoci.services.access import Principal, writable_project

View = dict[str, Any]
SAME = ("commit", "base_commit", "message", "definition", "definition_id", "priority", "trusted", "approval", "approved_by")


def rerun(uow: UnitOfWork, who: Principal, build_id: str) -> View:
    """The new build. Raises Conflict, saying what to do instead, for one that has not ended, that a tree started, or that is a
    job of a run."""
    seen = builds.visible_build(uow, who, build_id)
    project = writable_project(uow, who, seen.project_id)
    _refuse(seen)
    if project.target["kind"] != starting.AGENT and not seen.job_id:
        raise Conflict(f"{project.name} is run by {project.target['kind']} now: start it there.")
    same = {field: getattr(seen, field) for field in SAME}
    return builds.again(uow, who, project, seen, same)


def _refuse(row: Build) -> None:
    if row.cause == "event":  # a root build is only linked to the event that its success opened
        where = {"tree_id": row.tree_id, "sub_id": row.sub_id}
        raise Conflict(f"This build belongs to event {row.sub_id} of a tree: rerun the event there.", **where)
    if row.parent_id:
        raise Conflict(f"This is job {row.job} of run #{row.number}: rerun the whole run.", build_id=row.parent_id)
    if not BuildState(row.state).final:
        raise Conflict(f"Build #{row.number} is {row.state}: wait for its end, or cancel it first.")
