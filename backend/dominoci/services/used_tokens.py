"""A signed token of a CI job is good for one thing: shown again for the same it makes a duplicate, for another it is refused."""

import hashlib
from datetime import timedelta

import structlog

from dominoci.domain.credentials import same
from dominoci.domain.errors import Unauthorized
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import INVALID_TOKEN, TOUCH_EVERY, Principal
from dominoci.store import trust

log = structlog.get_logger()
KEPT_ON = timedelta(minutes=5)  # past a token's end: clocks differ


def use(uow: UnitOfWork, who: Principal, purpose: str) -> None:
    """Notes what the caller's signed token is used for, in the transaction that does it: what is refused uses none up. Callers
    with other credentials pass. Raises Unauthorized when it was used for something else."""
    proof = who.proof
    if proof is None:
        return
    digest = hashlib.sha256(purpose.encode("utf-8", "surrogatepass")).hexdigest()
    known = trust.used(uow.session, proof.id)
    if known is None:
        row = {"id": proof.id, "purpose": digest, "detail": purpose[:200], "expires_at": proof.expires_at + KEPT_ON}
        trust.use(uow.session, row)
    elif not same(known.purpose, digest):
        log.info("signed_token_refused", because="it was used for something else", project=who.id, used_for=known.detail)
        raise Unauthorized(INVALID_TOKEN)
    trust.touch_rule(uow.session, proof.rule_id, uow.now, uow.now - TOUCH_EVERY)


def sweep(uow: UnitOfWork) -> None:
    """Forgets tokens that have expired."""
    trust.sweep(uow.session, uow.now)
