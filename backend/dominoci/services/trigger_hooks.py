"""The webhook of a job: an address and a secret of its own, for whatever can send a POST."""

import hashlib
from typing import Any, Final

import structlog

from dominoci.domain import globs
from dominoci.domain import triggers as rules
from dominoci.domain.errors import Conflict, Unauthorized
from dominoci.domain.hook_call import Asked, Call, read
from dominoci.domain.refs import split_ref
from dominoci.infra import crypto
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import HookDelivery, Job, Trigger
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, job_builds, job_starts, triggers, views
from dominoci.services.access import Principal
from dominoci.store import builds, jobs, projects, statements
from dominoci.store import triggers as store

View = dict[str, Any]
log = structlog.get_logger()
UNPROVEN: Final = (
    "There is no such webhook, or its secret is wrong: send it as Authorization: Bearer or X-Gitlab-Token, or sign the raw body "
    "with it (X-Hub-Signature-256)."
)
PUSHES: Final = ("push", "Push Hook", "Tag Push Hook")


def believe(uow: UnitOfWork, call: Call) -> None:
    """Raises Unauthorized, in the same words for an unknown webhook and a wrong secret."""
    _proven(uow, call, store.of_id(uow.session, call.trigger_id))


def take(uow: UnitOfWork, call: Call) -> tuple[int, View]:
    """201 with the build that was started; 200 where none was, and why. Raises Unauthorized, Invalid, BadRequest."""
    row = _proven(uow, call, store.lock(uow.session, call.trigger_id))  # locked: the same delivery may come twice at once
    digest = hashlib.sha256(f"job:{row.id}:{call.delivery}".encode()).hexdigest()
    if call.delivery and (before := store.delivery(uow.session, digest)):
        return 200, _again(uow, before)
    asked = read(call)
    job, project = _whose(uow, row)
    because = _ignored(row, job, project, call, asked)
    build = None if because else _start(uow, row, job, project, asked)
    told = triggers.started(uow.now, build) if build else triggers.outcome(uow.now, rules.SKIPPED, because or "", row.last)
    statements.change(uow.session, row, last=told)
    if call.delivery:
        kept = {"text": told["text"], "builds": [build.id] if build else []}
        store.add(uow.session, _delivery(uow, row, call, digest, kept))
    if build:
        _note(uow, row, job, build, call)
    log.info("job_webhook", trigger=row.id, job=job.path, delivery=call.delivery, build=build.id if build else None)
    answer = {"started": build is not None, "duplicate": False, "reason": because, "build": _shown(uow, build)}
    return (201 if build else 200), answer


def _proven(uow: UnitOfWork, call: Call, row: Trigger | None) -> Trigger:
    secret = crypto.decrypt(uow.keys, row.secret) if row and row.secret else None
    if row is None or secret is None or not call.proves(secret):
        raise Unauthorized(UNPROVEN)
    return row


def _whose(uow: UnitOfWork, row: Trigger) -> tuple[Job, Project]:
    job = jobs.by_id(uow.session, row.job_id)
    project = projects.by_id(uow.session, job.project_id) if job else None
    if job is None or project is None or job.deleted_at or project.deleted_at:
        raise Unauthorized(UNPROVEN)
    return job, project


def _again(uow: UnitOfWork, before: HookDelivery) -> View:
    ids = before.outcome.get("builds") or [None]
    build = builds.build(uow.session, ids[0]) if ids[0] else None
    reason = None if build else str(before.outcome.get("text"))
    return {"started": False, "duplicate": True, "reason": reason, "build": _shown(uow, build)}


def _shown(uow: UnitOfWork, build: Build | None) -> View | None:
    return {"id": build.id, "number": build.number, "url": views.build_url(uow.settings, build.id)} if build else None


def _delivery(uow: UnitOfWork, row: Trigger, call: Call, digest: str, outcome: View) -> HookDelivery:
    known = {"repository": f"job:{row.id}", "event": call.event or "trigger", "delivery": (call.delivery or "")[:100]}
    return HookDelivery(id=digest, **known, outcome=outcome, received_at=uow.now)


def _note(uow: UnitOfWork, row: Trigger, job: Job, build: Build, call: Call) -> None:
    caller = Principal("hook", row.id, f"the webhook of job {job.path}", address=call.address)
    about = audit.About("build", build.id, f"{build.project_name} #{build.number}")
    audit.note(uow, caller, "build.started", about, after={"ref": build.ref}, projects=[build.project_id])


def _start(uow: UnitOfWork, row: Trigger, job: Job, project: Project, asked: Asked) -> Build:
    parameters = {**row.parameters, **asked.parameters}
    fixed = row.config.get("ref")
    ref, commit = (fixed, None) if fixed else (asked.ref, asked.commit)
    return job_starts.start(uow, project, job, "webhook", parameters, ref=ref, commit=commit)


def _ignored(row: Trigger, job: Job, project: Project, call: Call, asked: Asked) -> str | None:
    """Why a call starts nothing though it is to be believed; None when it starts a build. No refusal: GitLab switches webhooks
    off that are refused a few times."""
    if not row.enabled:
        return "This webhook is switched off."
    try:
        job_builds.refuse(job)
    except Conflict as error:
        return error.detail
    if call.event is not None and call.event not in PUSHES:
        return f"Only pushes start builds, and this tells of {call.event}."
    if asked.gone:
        return f"{asked.ref} was deleted."
    branches = row.config.get("branches") or []
    if not branches:
        return None
    branch = split_ref(asked.ref or row.config.get("ref") or job.ref or project.default_branch)[0]
    fits = branch is not None and any(globs.matches(pattern, branch) for pattern in branches)
    return None if fits else f"{branch or asked.ref} is none of the branches that this webhook is for."
