"""Webhooks of CI systems themselves: what GitLab and GitHub say of runs that the arbiter started there."""

from collections.abc import Sequence
from secrets import token_urlsafe
from typing import Any

import structlog

from dominoci.adapters.base import Told
from dominoci.adapters.hook import Hook
from dominoci.domain import credentials
from dominoci.domain import target as rules
from dominoci.domain.errors import Conflict, Unauthorized
from dominoci.infra import crypto
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, observing, targets
from dominoci.services.access import Principal, writable_project
from dominoci.store import runs, trees

log = structlog.get_logger()
Known = tuple[str, str, int]  # tree, event, attempt


def take(uow: UnitOfWork, hook: Hook) -> dict[str, Any]:
    """Books what a webhook says. Raises Unauthorized, in the same words for an unknown repository and a wrong signature."""
    believed = speaks_for(uow, hook)
    known = _whose(uow, hook.told, believed) if hook.told else None
    if hook.told is None or known is None:
        said = "it is about no run that was started from here" if hook.told else f"{hook.kind} says nothing of a run"
    else:
        said = observing.observe(uow, *known, hook.told.run, observing.WEBHOOK)
    log.info("vendor_hook", kind=hook.kind, delivery=hook.delivery_id, project=believed[0].name, outcome=said)
    return {"accepted": known is not None, "reason": said}


def speaks_for(uow: UnitOfWork, hook: Hook) -> list[Project]:
    """The projects whose secret proves a webhook. Raises Unauthorized for none."""
    believed = [project for project in runs.known_by(uow.session, hook.keys) if _holds(uow, project, hook)]
    if not believed:
        raise Unauthorized("This webhook is not one of a known repository, signed with the secret that was made for it here.")
    return believed


def make_secret(uow: UnitOfWork, who: Principal, key: str) -> dict[str, str]:
    """A new secret for the webhook of a project's CI system. Raises Conflict where that system has none."""
    project = writable_project(uow, who, key)
    kind = project.target["kind"]
    if kind not in rules.HOOKED:
        raise Conflict(f"A target of kind {kind} has no webhook of its own: its pipelines call back.")
    secret = token_urlsafe(32)
    targets.set_secret(uow, project, rules.HOOK_SECRET, secret)
    audit.note(uow, who, "project.hook_secret", audit.About("project", project.id, project.name))
    return {"url": f"{uow.settings.public_url}/hooks/{kind}", "secret": secret}


def _holds(uow: UnitOfWork, project: Project, hook: Hook) -> bool:
    kept = (project.target_secrets or {}).get(rules.HOOK_SECRET)
    secret = crypto.decrypt(uow.keys, kept["value"]) if kept else None
    return secret is not None and hook.holds(secret)


def _whose(uow: UnitOfWork, told: Told, believed: Sequence[Project]) -> Known | None:
    """The attempt that a run belongs to, of one of the projects that the webhook speaks for."""
    ids = {project.id for project in believed}
    claim = credentials.read_event(uow.keys, told.event_token) if told.event_token else None
    if claim is None and told.run.ref and (found := runs.called(uow.session, ids, told.run.ref)):
        return found.tree_id, found.event_id, found.number
    tree_id, sub_id = (claim.tree_id, claim.sub_id) if claim else (told.tree_id, told.sub_id)
    event = trees.event(uow.session, tree_id, sub_id) if tree_id and sub_id else None
    if event is None or event.project_id not in ids:
        return None
    return event.tree_id, event.id, claim.attempt if claim else told.attempt or 1
