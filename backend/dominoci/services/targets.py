"""Targets: opened to be used, their secrets kept, and whether one can be used, asked when it is saved: outside any transaction,
because names are looked up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dominoci.adapters.base import Target
from dominoci.domain import target as rules
from dominoci.domain.errors import Invalid
from dominoci.domain.signing import secret_bytes
from dominoci.infra import crypto
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.errors import Refused
from dominoci.services.access import Principal
from dominoci.store import jobs

ADDRESSES = ("url", "cancel_url", "api_url")


def opened(uow: UnitOfWork, fields: Mapping[str, Any], project: Project) -> Target:
    """A target with its secrets in the clear: the project's present ones, so that a rotated secret works at once. A tree that was
    frozen with another kind or server gets none: they are not that server's."""
    same = rules.keeps_secrets(project.target, fields)
    found = {name: crypto.decrypt(uow.keys, kept["value"]) for name, kept in (project.target_secrets or {}).items() if same}
    return Target(fields["kind"], fields, {name: secret for name, secret in found.items() if secret})


def save(uow: UnitOfWork, project: Project, body: Mapping[str, Any]) -> None:
    """Gives a project this target, which may keep secrets that it does not name. Raises Invalid, naming what is missing."""
    names = rules.SECRETS.get(body["kind"], ())
    fields = {name: value for name, value in body.items() if name not in names and value is not None}
    kept = project.target and rules.keeps_secrets(project.target, fields)
    secrets = dict(project.target_secrets or {}) if kept else {}
    secrets |= {name: _kept(uow, body[name]) for name in names if body.get(name)}
    if errors := rules.missing(fields, secrets.keys() - {rules.HOOK_SECRET}):
        raise Invalid("The target cannot be used.", {f"target.{name}": [text] for name, text in errors.items()})
    if fields["kind"] == rules.AGENT and fields.get("job"):
        fields |= _job(uow, project, fields["job"])
    project.target, project.target_secrets, project.target_key = fields, secrets or None, rules.key(fields)


def _job(uow: UnitOfWork, project: Project, key: str) -> dict[str, str]:
    """The job that events of the project are to run, by its present path and by its id."""
    row = jobs.find(uow.session, key)
    if row is None or row.project_id != project.id:
        text = f"There is no job {key} of this project."
    elif row.copied_from or not row.enabled:
        text = f"Job {row.path} is a copy, or switched off: events would not run it."
    else:
        return {"job": row.path, rules.JOB_ID: row.id}
    raise Invalid("The target cannot be used.", {"target.job": [text]})


def check_priority(
    uow: UnitOfWork, who: Principal, target: Mapping[str, Any] | None, before: Mapping[str, Any] | None = None
) -> None:
    """Raises Invalid for a priority above the admin's limit; admins themselves may go beyond, and what one of them gave may stay:
    `before` is the target as it was."""
    most, given = uow.settings.max_priority, (target or {}).get("priority") or 0
    if given > most and not who.is_admin and given != (before or {}).get("priority"):
        text = f"is at most {most} here (DOMINOCI_MAX_PRIORITY); an admin may give more"
        raise Invalid("The target cannot be used.", {"target.priority": [text]})


def set_secret(uow: UnitOfWork, project: Project, name: str, secret: str) -> None:
    """Gives a project's target one more secret, or another one of this name."""
    project.target_secrets = {**(project.target_secrets or {}), name: _kept(uow, secret)}


def _kept(uow: UnitOfWork, secret: str) -> dict[str, str]:
    return {"value": crypto.encrypt(uow.keys, secret), "at": uow.now.isoformat()}


def for_audit(project: Project) -> dict[str, str | None]:
    """The secrets as they are kept, under names that the audit log knows for secrets."""
    known = project.target_secrets or {}
    names = {rules.HOOK_SECRET, *(name for kind in rules.KINDS for name in rules.SECRETS[kind])}
    return {f"target_{name}": known[name]["value"] if name in known else None for name in sorted(names)}


def view(project: Project) -> dict[str, Any]:
    """A target in the API: of its secrets only which are set, and since when."""
    kept = sorted((project.target_secrets or {}).items())
    secrets = [{"name": name, "set_at": datetime.fromisoformat(secret["at"]) if secret["at"] else None} for name, secret in kept]
    return {**project.target, "secrets": secrets}


def check(outbound: GuardedClient, target: Mapping[str, Any] | None) -> None:
    """Raises Invalid, naming the field, for an address that the arbiter would never send to or a secret that cannot sign."""
    if not target:
        return
    errors: dict[str, list[str]] = {}
    for field in ADDRESSES:
        try:
            if target.get(field):
                outbound.check_url(target[field])
        except Refused as e:
            errors[f"target.{field}"] = [str(e)]
    try:
        if target.get("secret"):
            secret_bytes(target["secret"])
    except ValueError as e:
        errors["target.secret"] = [f"cannot be used: {e}"]
    if errors:
        raise Invalid("The target cannot be used.", errors)
