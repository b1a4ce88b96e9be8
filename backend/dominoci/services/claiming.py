"""Handing a build to an agent together with what its repository is shown, of which an App's token is made anew for each build."""

from collections.abc import Callable
from typing import Any

import structlog

from dominoci.domain import credentials
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.exchange import Caller, ExchangeFailed
from dominoci.services import build_reports, repository_access
from dominoci.services.access import Principal
from dominoci.store import builds

View = dict[str, Any]
ACCESS = "access"  # in a claim's repository until its credentials are there
log = structlog.get_logger()


def repository(uow: UnitOfWork, project: Project, *, trusted: bool) -> View:
    """A repository elsewhere in a claim; strangers' code (not `trusted`) is built with what everybody may read."""
    access = repository_access.opened(uow, project) if trusted else None
    return {"url": project.repository_url, "password": None, ACCESS: access}


def complete(transactions: Transactions, caller: Caller, claim: Callable[[], View | None]) -> View | None:
    """What `claim` finds (in a transaction of its own), with the credentials for its repository. A build whose credentials cannot
    be had is ended, saying why, and the next one is claimed."""
    while (found := claim()) is not None:
        access = found["repository"].pop(ACCESS, None)
        try:
            if access is not None:
                found["repository"] |= _credentials(access, caller)
            return found
        except ExchangeFailed as error:
            log.warning("claim.no_credentials", build=found["id"], detail=error.reading)
            because = f"There are no credentials for the repository: {error.reading}"
            transactions.write(_end, found, {"code": "infrastructure", "text": because[:1000]})
    return None


def _end(uow: UnitOfWork, found: View, reason: View) -> None:
    """Asking may take longer than a lease: what another agent has taken since is not ended."""
    holder = builds.by_token(uow.session, credentials.fingerprint(found["token"]))
    if holder and holder.id == found["id"]:
        build_reports.finish(uow, Principal("build", found["id"]), found["id"], {"status": "FAILED", "reason": reason})


def _credentials(access: repository_access.Access, caller: Caller) -> View:
    try:
        shown = repository_access.shown(access, access.repository_url, caller)
    except ExchangeFailed as error:
        if not error.retry:
            raise
        shown = repository_access.shown(access, access.repository_url, caller)
    names = {"username": shown.username, "password": shown.password, "known_hosts": shown.known_hosts}
    return {**names, "ssh_key": shown.private_key}
