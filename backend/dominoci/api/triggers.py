"""What starts a job beside people, and the address that a job's webhook is called at."""

from typing import Any

from flask import request

from dominoci.api.context import read, site, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes, header, whole_body
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.triggers import (
    ScheduleCheck,
    ScheduleChecked,
    Trigger,
    TriggerCreate,
    TriggerTaken,
    TriggerUpdate,
    TriggerWithSecret,
)
from dominoci.domain.hook_call import Call
from dominoci.services import trigger_hooks, triggers

blp = Routes("triggers", "What starts a job: a webhook, a schedule, a look at its repository (docs/triggers.md).", url_prefix="")
J = "/api/v1/jobs/<path:job>/triggers"
MAX_HOOK = 4 << 20  # a push with many commits
ONCE = {"Cache-Control": {"schema": {"type": "string"}}}
SECRET_ONCE = {"Cache-Control": "no-store"}
NIGHTLY = {"kind": "schedule", "cron": "30 3 * * 1-5", "zone": "Europe/Berlin", "parameters": {"LEVEL": "full"}}
WithHeaders = tuple[dict[str, Any], int, dict[str, str]]
PROOFS = {
    "parameters": [
        header("Authorization", "Bearer and the trigger's secret."),
        header("X-Gitlab-Token", "The secret, as GitLab sends it."),
        header("X-Hub-Signature-256", "sha256= and the HMAC of the raw body, as GitHub, Gitea and Forgejo send it."),
        header("Idempotency-Key", "The caller's own name for this call: the same again starts nothing."),
    ]
}


@blp.get(J)
@allow("user", refuses=(404,))
@blp.response(200, list_of(Trigger))
def listing(job: str) -> dict[str, Any]:
    """A job's triggers, newest first: at most 20, so that all are on one page."""
    return read(triggers.of_job, job)


@blp.post(J)
@allow("user", refuses=(404, 409))
@blp.arguments(TriggerCreate, example=NIGHTLY)
@blp.response(201, TriggerWithSecret, headers=ONCE)
def create(body: dict[str, Any], job: str) -> WithHeaders:
    """A new trigger; of a webhook only this answer shows the secret."""
    return write(triggers.create, job, body), 201, SECRET_ONCE


@blp.post(f"{J}/check")
@allow("user", refuses=(404,))
@blp.arguments(ScheduleCheck)
@blp.response(200, ScheduleChecked)
def check(body: dict[str, Any], job: str) -> dict[str, Any]:
    """When a schedule would run, before it is saved; 422 names the field that is wrong."""
    return read(triggers.check, job, body)


@blp.get(f"{J}/<trigger>")
@allow("user", refuses=(404,))
@blp.response(200, Trigger)
def one(job: str, trigger: str) -> dict[str, Any]:
    """One trigger, with its next five turns and what came of the last."""
    return read(triggers.get, job, trigger)


@blp.patch(f"{J}/<trigger>")
@allow("user", refuses=(404,))
@blp.arguments(TriggerUpdate, example={"enabled": False})
@blp.response(200, Trigger)
def update(body: dict[str, Any], job: str, trigger: str) -> dict[str, Any]:
    """Changes a trigger. A schedule that is switched on again makes up for nothing."""
    return write(triggers.change, job, trigger, body)


@blp.delete(f"{J}/<trigger>")
@allow("user", refuses=(404,))
@blp.response(204)
def remove(job: str, trigger: str) -> None:
    """Removes a trigger; what it has started goes on."""
    write(triggers.remove, job, trigger)


@blp.post(f"{J}/<trigger>/rotate")
@allow("user", refuses=(404, 409))
@blp.response(201, TriggerWithSecret, headers=ONCE)
def rotate(job: str, trigger: str) -> WithHeaders:
    """A new secret for a job's webhook; the old one ends at once."""
    return write(triggers.rotate, job, trigger), 201, SECRET_ONCE


@blp.post("/hooks/job/<trigger>")
@allow("anyone", refuses=(401, 409, 413))
@blp.response(201, TriggerTaken, description="A build was started")
@blp.alt_response(200, schema=TriggerTaken, description="Nothing is to be started, or the same call came before", success=True)
@blp.doc(**PROOFS)
def call(trigger: str) -> tuple[dict[str, Any], int]:
    """A job's own webhook. The body may be empty, or a JSON object with `ref`, `commit` and `parameters`; of a push at GitHub,
    GitLab or Gitea it takes the ref and its new commit. Whatever else it holds is let be."""
    request.max_content_length = MAX_HOOK
    headers = {name.lower(): value for name, value in request.headers.items()}
    called = Call(trigger, headers, whole_body(request), request.remote_addr)
    site().container.read(trigger_hooks.believe, called)  # who proves nothing gets no transaction that writes
    status, answer = site().container.write(trigger_hooks.take, called)
    return answer, status
