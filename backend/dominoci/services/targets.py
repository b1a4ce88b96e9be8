"""Targets: opened to be used, and whether one can be used, asked when it is saved: outside any transaction, because names are
looked up."""

from collections.abc import Mapping
from typing import Any

from dominoci.adapters.base import Target
from dominoci.domain.errors import Invalid
from dominoci.domain.signing import secret_bytes
from dominoci.infra import crypto
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.errors import Refused


def opened(uow: UnitOfWork, fields: Mapping[str, Any], project: Project) -> Target:
    """A target with its secret in the clear: the project's present one, so that a rotated secret works at once."""
    secret = crypto.decrypt(uow.keys, project.target_secret) if project.target_secret else None
    return Target(fields["kind"], fields, secret)


def check(outbound: GuardedClient, target: Mapping[str, Any] | None) -> None:
    """Raises Invalid, naming the field, for an address that the arbiter would never send to or a secret that cannot sign."""
    if not target or target.get("kind") != "webhook":
        return
    errors: dict[str, list[str]] = {}
    for field in ("url", "cancel_url"):
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
