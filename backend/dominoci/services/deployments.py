"""The koalaCI API: a deployment is a build of the builder's definition, in a project that is made for its user's `project_id`.

Callers prove themselves with a token that names a `user_id`; whoever signs these tokens (Koalafy's own backend) is trusted to
name the right one. What a user named is found again by that user alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dominoci.domain.errors import Conflict, Invalid, NotFound
from dominoci.domain.ids import new_id
from dominoci.domain.states import BuildState
from dominoci.infra.files import BuildFiles
from dominoci.infra.models.builds import Build
from dominoci.infra.models.jobs import Deployment
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import build_logs, build_waiting, builds, definitions, koala_projects, views
from dominoci.services.access import ARBITER, Principal
from dominoci.services.build_logs import StepLog
from dominoci.store import builds as build_store
from dominoci.store import deployments as store
from dominoci.store import statements

STATES: Final[Mapping[str, str]] = {
    BuildState.QUEUED.value: "BUILDING",
    BuildState.RUNNING.value: "BUILDING",
    BuildState.SUCCESS.value: "READY",
    BuildState.CANCELLED.value: "CANCELED",
}
ERROR: Final = "ERROR"  # every other end
OK, CANCELLING, NOTHING_TO_CANCEL = "OK", "Queued for cancellation", "Nothing to cancel"
RUNNING: Final = "Current job is running"
UNKNOWN: Final = "There is no such job"
MOST_LOG: Final = 4 << 20  # bytes of one answer; of a longer log its end is told


@dataclass(frozen=True)
class Whole:
    """All that there is to be told of a deployment's log: what its steps wrote, and in a sentence what they cannot say."""

    logs: list[StepLog]
    note: str | None


def create(uow: UnitOfWork, user_id: str, address: str | None, payload: Mapping[str, str]) -> str:
    """Starts a deployment, or starts it anew when it has ended. Raises Conflict while it is being built, Invalid for a payload
    that the builder would refuse."""
    text = _definition(uow, payload)
    row = store.of_user(uow.session, user_id, payload["deployment_id"], lock=True)
    if row and not _has_ended(_build(uow, row)):
        raise Conflict(RUNNING)
    who = _caller(user_id, address)
    project = koala_projects.of(uow, who, user_id, payload)
    started = builds.start(uow, who, project.id, payload["project_branch"], {}, {"format": "builder", "text": text})
    build = build_store.build(uow.session, started["id"])
    if build is not None:
        statements.change(uow.session, build, cause="api")
    if row:
        koala_projects.remember(uow, user_id, row, project)
        statements.change(uow.session, row, build_id=started["id"], created_at=uow.now)
    else:
        made = {"user_id": user_id, "deployment_id": payload["deployment_id"], "build_id": started["id"]}
        store.add(uow.session, Deployment(id=new_id(), **made, created_at=uow.now))
    return OK


def status(uow: UnitOfWork, user_id: str, deployment_id: str) -> str:
    """BUILDING, READY, ERROR or CANCELED."""
    return STATES.get(_its(uow, user_id, deployment_id).state, ERROR)


def cancel(uow: UnitOfWork, user_id: str, deployment_id: str, address: str | None) -> str:
    """Has a deployment stopped. Raises NotFound where nothing of it runs."""
    build = _its(uow, user_id, deployment_id)
    if _has_ended(build):
        raise NotFound(NOTHING_TO_CANCEL)
    builds.cancel(uow, _caller(user_id, address), build.id)
    return CANCELLING


def whole_log(uow: UnitOfWork, user_id: str, deployment_id: str) -> Whole:
    """Where a deployment's log lies. Raises Gone when it was removed after the time for which logs are kept."""
    build = _its(uow, user_id, deployment_id)
    return Whole(build_logs.places(uow, ARBITER, build.id, None), _note(uow, build))


def log_text(found: Whole, files: BuildFiles) -> str:
    """The log as one text; of a long one its last MOST_LOG bytes."""
    parts, left = [f"{found.note}\n"] if found.note else [], MOST_LOG
    for one in reversed(found.logs):
        size = files.size(one.place, one.path)
        part = files.read(one.place, one.path, max(size - left, 0), left)
        left -= len(part)
        text = part.decode("utf-8", "replace")
        parts.append(text if not text or text.endswith("\n") else f"{text}\n")
        if left <= 0:
            parts.append("[what was written before is left out]\n")
            break
    return "".join(reversed(parts))


def _note(uow: UnitOfWork, build: Build) -> str | None:
    """What no step has written: why the build waits, or how it ended."""
    if build.state == BuildState.QUEUED.value:
        waiting = build_waiting.why(uow, build)
        reason: Mapping[str, Any] | None = waiting.view() if waiting else None
    else:
        reason = views.reason(build.reason_code, build.reason_params)
    return f"[{reason['text']}]" if reason and build.state != BuildState.SUCCESS.value else None


def _its(uow: UnitOfWork, user_id: str, deployment_id: str) -> Build:
    row = store.of_user(uow.session, user_id, deployment_id)
    if row is None or (row.user_id, row.deployment_id) != (user_id, deployment_id):
        raise NotFound(UNKNOWN)
    return _build(uow, row)


def _build(uow: UnitOfWork, row: Deployment) -> Build:
    build = build_store.build(uow.session, row.build_id)
    if build is None:
        raise NotFound(UNKNOWN)
    return build


def _has_ended(build: Build) -> bool:
    return BuildState(build.state).final


def _caller(user_id: str, address: str | None) -> Principal:
    """Whoever signs the tokens may do with these projects what it likes."""
    return Principal("user", "koala", f"{user_id[:80]} of koalaCI", is_admin=True, address=address)


def _definition(uow: UnitOfWork, payload: Mapping[str, str]) -> str:
    """The payload as a definition, with what the admin says of where it runs."""
    settings = uow.settings.koala
    more = {"executor": settings.executor, **({"image": settings.image} if settings.image else {})}
    text = json.dumps({**payload, **more}, indent=2)
    problems = definitions.check_text("builder", text)["problems"]
    if problems:
        raise Invalid(" ".join(f"{str(problem['message']).rstrip('.')}." for problem in problems))
    return text
