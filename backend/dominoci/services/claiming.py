"""Handing a build to an agent together with what its repository is shown, of which an App's token is made anew for each build."""

from collections.abc import Callable
from typing import Any

import structlog

from dominoci.domain import credentials
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.exchange import Caller, ExchangeFailed
from dominoci.services import build_reports, repository_access
from dominoci.services.access import Principal
from dominoci.store import builds, jobs

View = dict[str, Any]
ACCESS = "access"  # in a claim's repository until its credentials are there
log = structlog.get_logger()


def repository(uow: UnitOfWork, project: Project, *, trusted: bool) -> View:
    """A repository elsewhere in a claim; strangers' code (not `trusted`) is built with what everybody may read."""
    access = repository_access.opened(uow, project) if trusted else None
    return {"url": project.repository_url, "password": None, ACCESS: access}


def source(uow: UnitOfWork, row: Build, project: Project, token: str) -> View:
    """What a claim says of where its build comes from: `repository` (None: an empty folder), the `definition` that it runs
    instead of the repository's own, and the `file` that this one stands in, where a job names it."""
    job = jobs.by_id(uow.session, row.job_id) if row.job_id else None
    version = jobs.definition(uow.session, row.definition_id)
    given = {"format": version.format, "text": version.text} if version else row.definition
    found: View = {"definition": given, "file": job.file if job and not given else None, "repository": None}
    if job is None or job.checkout or not given:
        hosted = {"url": f"/git/{project.id}.git", "password": token}
        found["repository"] = hosted if project.hosted else repository(uow, project, trusted=row.trusted)
    return found


def complete(transactions: Transactions, caller: Caller, claim: Callable[[], View | None]) -> View | None:
    """What `claim` finds (in a transaction of its own), with the credentials for its repository. A build whose credentials cannot
    be had is ended, saying why, and the next one is claimed."""
    while (found := claim()) is not None:
        access = (found["repository"] or {}).pop(ACCESS, None)
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
