"""The secrets of outgoing webhooks: made here, shown once, kept encrypted; the one before signs along for a day."""

import json
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from dominoci.domain.signing import mint_secret
from dominoci.infra import crypto
from dominoci.infra.models.plumbing import Webhook
from dominoci.infra.unit_of_work import UnitOfWork

OVERLAP: Final = timedelta(hours=24)


def fresh(uow: UnitOfWork, before: str | None = None) -> tuple[str, str]:
    """A new secret, and how it is kept. `before` is how the one that it replaces is kept."""
    secret = mint_secret()
    old = _opened(uow, before)[:1] if before else []
    until = (uow.now + OVERLAP).isoformat()
    kept = [[secret, None], *([one, until] for one, _ in old)]
    return secret, crypto.encrypt(uow.keys, json.dumps(kept))


def signing(uow: UnitOfWork, hook: Webhook) -> list[str]:
    """The secrets that sign now, the newest first; none when no key opens them any more."""
    known = _opened(uow, hook.secret)
    return [secret for secret, until in known if until is None or uow.now < datetime.fromisoformat(until)]


def host(url: str) -> str:
    """What people call a webhook by: where it goes, without what may be secret in its address."""
    return urlsplit(url).hostname or "?"


def _opened(uow: UnitOfWork, kept: str) -> list[tuple[str, str | None]]:
    text = crypto.decrypt(uow.keys, kept)
    return [(secret, until) for secret, until in json.loads(text)] if text else []
