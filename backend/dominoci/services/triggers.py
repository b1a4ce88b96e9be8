"""What starts a job beside people: a webhook of its own, a schedule, a look at its repository. Maintainers keep them."""

from collections.abc import Mapping
from datetime import datetime
from secrets import token_urlsafe
from typing import Any, Final

from dominoci.domain import schedule
from dominoci.domain import triggers as rules
from dominoci.domain.errors import Conflict, Invalid, NotFound
from dominoci.domain.ids import new_id
from dominoci.infra import crypto
from dominoci.infra.models.builds import Build
from dominoci.infra.models.jobs import Job, Trigger
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, jobs, views
from dominoci.services.access import Principal
from dominoci.store import statements
from dominoci.store import triggers as store
from dominoci.store.paging import listing as page_view

View = dict[str, Any]
MOST: Final = 20  # triggers of one job
SHOWN: Final = 5  # moments to come
HOSTED: Final = (
    "The arbiter hosts this repository itself: it hears of every push at once. Point the project's target at the job instead."
)


def of_job(uow: UnitOfWork, who: Principal, key: str) -> View:
    """A job's triggers, newest first; there are never more than one page."""
    job = jobs.visible(uow, who, key)[0]
    return page_view(store.of_job(uow.session, job.id), None, lambda row: _view(uow, job, row))


def get(uow: UnitOfWork, who: Principal, key: str, trigger_id: str) -> View:
    """One trigger with its next turns and what came of the last."""
    job, row = _its(uow, who, key, trigger_id)
    return _view(uow, job, row)


def check(uow: UnitOfWork, who: Principal, key: str, body: Mapping[str, Any]) -> View:
    """When a schedule would run that is only being written. Raises Invalid by field."""
    jobs.visible(uow, who, key)
    _refuse(schedule.problems(body["cron"], body["zone"], uow.now))
    return {"text": schedule.in_words(body["cron"]), "next": schedule.upcoming(body["cron"], body["zone"], uow.now, SHOWN)}


def create(uow: UnitOfWork, who: Principal, key: str, body: Mapping[str, Any]) -> View:
    """A new trigger; the `secret` of a webhook is in the answer this once. Raises Invalid, or Conflict where the job has very
    many or its repository needs no looking at."""
    job, project = jobs.writable(uow, who, key)
    kind = body["kind"]
    config = _checked(uow, kind, body, rules.configured(kind, body))
    if kind == rules.POLL and project.hosted:
        raise Conflict(HOSTED)
    if store.count(uow.session, job.id) >= MOST:
        raise Conflict(f"A job has at most {MOST} triggers. Remove one that is not needed any more.")
    secret = token_urlsafe(32) if kind == rules.WEBHOOK else None
    row = Trigger(
        id=new_id(),
        job_id=job.id,
        kind=kind,
        config=config,
        parameters=body["parameters"],
        enabled=body["enabled"],
        secret=crypto.encrypt(uow.keys, secret) if secret else None,
        created_by=who.name[:100],
        created_at=uow.now,
    )
    row.next_at = first_turn(row, uow.now)
    store.add(uow.session, row)
    _note(uow, who, "trigger.added", job, row, None, _for_audit(row))
    return {**_view(uow, job, row), "secret": secret}


def change(uow: UnitOfWork, who: Principal, key: str, trigger_id: str, body: Mapping[str, Any]) -> View:
    """Changes what is named. A schedule that is switched on again runs at its next moment, and makes up for nothing."""
    job, row = _its(uow, who, key, trigger_id, write=True)
    before = _for_audit(row)
    config = _checked(uow, row.kind, body, rules.configured(row.kind, body, row.config))
    new: View = {"config": config, "parameters": body.get("parameters", row.parameters)}
    new["enabled"] = body.get("enabled", row.enabled)
    other = row.kind == rules.POLL and config["branches"] != row.config["branches"]
    moved = config != row.config or new["enabled"] != row.enabled
    statements.change(uow.session, row, **new, **({"seen": None} if other else {}))
    if moved:
        statements.change(uow.session, row, next_at=first_turn(row, uow.now))
    _note(uow, who, "trigger.changed", job, row, before, _for_audit(row))
    return _view(uow, job, row)


def remove(uow: UnitOfWork, who: Principal, key: str, trigger_id: str) -> None:
    """Deletes a trigger; what it has started goes on."""
    job, row = _its(uow, who, key, trigger_id, write=True)
    before = _for_audit(row)
    store.remove(uow.session, row)
    _note(uow, who, "trigger.removed", job, row, before, None)


def rotate(uow: UnitOfWork, who: Principal, key: str, trigger_id: str) -> View:
    """A new secret for a webhook; the one before ends at once. Raises Conflict for triggers of other kinds."""
    job, row = _its(uow, who, key, trigger_id, write=True)
    if row.kind != rules.WEBHOOK:
        raise Conflict(f"A trigger of kind {row.kind} has no secret.")
    secret = token_urlsafe(32)
    statements.change(uow.session, row, secret=crypto.encrypt(uow.keys, secret))
    _note(uow, who, "trigger.rotated", job, row)
    return {**_view(uow, job, row), "secret": secret}


def first_turn(row: Trigger, now: datetime) -> datetime | None:
    """When a trigger that was made or changed now is due; None when it waits for nothing."""
    if not row.enabled or row.kind == rules.WEBHOOK:
        return None
    return schedule.following(row.config["cron"], row.config["zone"], now) if row.kind == rules.SCHEDULE else now


def outcome(now: datetime, kind: str, text: str, before: Mapping[str, Any] | None = None) -> View:
    """What came of a turn, as the trigger's row keeps it; of one that started nothing, with the build that the last one did."""
    made = {name: before[name] for name in ("build_id", "number") if before and name in before}
    return {"at": now.isoformat(), "outcome": kind, "text": text[:500], **made}


def started(now: datetime, build: Build) -> View:
    """The same of a turn that has started this build."""
    text = f"Started #{build.number} of {build.ref}."
    return outcome(now, rules.STARTED, text, {"build_id": build.id, "number": build.number})


def _its(uow: UnitOfWork, who: Principal, key: str, trigger_id: str, *, write: bool = False) -> tuple[Job, Trigger]:
    job = (jobs.writable if write else jobs.visible)(uow, who, key)[0]
    # a turn that is being booked must not be written over
    row = store.lock(uow.session, trigger_id) if write else store.of_id(uow.session, trigger_id)
    if row is None or row.job_id != job.id:
        raise NotFound("This job has no such trigger.")
    return job, row


def _checked(uow: UnitOfWork, kind: str, given: Mapping[str, Any], config: View) -> View:
    faults = rules.faults(kind, given, config)
    if kind == rules.SCHEDULE and not faults:
        faults = schedule.problems(config["cron"], config["zone"], uow.now)
    _refuse(faults)
    return config


def _refuse(faults: Mapping[str, str]) -> None:
    if faults:
        raise Invalid("The trigger cannot be used.", {name: [text] for name, text in faults.items()})


def _note(
    uow: UnitOfWork,
    who: Principal,
    action: str,
    job: Job,
    row: Trigger,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    about = audit.About("trigger", row.id, f"{row.kind} of job {job.path}")
    audit.note(uow, who, action, about, before, after, projects=[job.project_id])


def _for_audit(row: Trigger) -> View:
    return {**row.config, "enabled": row.enabled, "parameters": dict(row.parameters)}


def _view(uow: UnitOfWork, job: Job, row: Trigger) -> View:
    config, cron = row.config, row.config.get("cron")
    fields = ("id", "kind", "enabled", "created_by", "created_at")
    told = {name: config.get(name) for name in ("ref", "cron", "zone", "missed", "every_s")}
    return {
        **{name: getattr(row, name) for name in fields},
        **told,
        "job": {"id": job.id, "path": job.path},
        "branches": list(config.get("branches") or ()),
        "parameters": dict(row.parameters),
        "text": schedule.in_words(cron) if cron else None,
        "url": f"{uow.settings.public_url}/hooks/job/{row.id}" if row.kind == rules.WEBHOOK else None,
        "next": _next(row, uow.now),
        "last": _last(uow, row.last),
    }


def _next(row: Trigger, now: datetime) -> list[datetime]:
    """What is due already, and has not been taken yet, comes first."""
    if row.next_at is None:
        return []
    if row.kind != rules.SCHEDULE:
        return [row.next_at]
    return [row.next_at, *schedule.upcoming(row.config["cron"], row.config["zone"], max(row.next_at, now), SHOWN - 1)]


def _last(uow: UnitOfWork, last: Mapping[str, Any] | None) -> View | None:
    if last is None:
        return None
    id_ = last.get("build_id")
    build = {"id": id_, "number": last["number"], "url": views.build_url(uow.settings, id_)} if id_ else None
    return {"at": datetime.fromisoformat(last["at"]), "outcome": last["outcome"], "text": last["text"], "build": build}
