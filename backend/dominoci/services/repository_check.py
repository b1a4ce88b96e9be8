"""Testing the access to a repository: step by step, changing nothing there."""

import threading
import time
from typing import Any
from urllib.parse import urlsplit

from dominoci.adapters.base import Finding
from dominoci.adapters.checking import Steps
from dominoci.domain import repository_access as rules
from dominoci.domain.errors import Conflict, TooMany
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.exchange import NOTHING_SENT, ExchangeFailed
from dominoci.services import repository_access
from dominoci.services.access import Principal, writable_project
from dominoci.services.repository_access import Access, Repositories

View = dict[str, Any]
AT_ONCE = 2  # tests in one process: each holds a web thread
SSH_PORT = 22
# what to do about a step that did not hold
FIXES = {
    "address": "Correct the repository's address, or have an administrator open its host with DOMINOCI_ALLOWED_HOSTS.",
    "credentials": "Look at the App's id and key, and whether it is installed on this repository and may read contents.",
    "repository": "Look whether the address is right, and whether the token or key may read this repository.",
}

_running = threading.BoundedSemaphore(AT_ONCE)


def probe(transactions: Transactions, repositories: Repositories, who: Principal, key: str) -> View:
    """Whether the arbiter can read the project's repository with the access that is kept. No transaction is open while it is
    asked. Raises TooMany while others test theirs, Conflict for a repository that is here."""
    if not _running.acquire(blocking=False):
        raise TooMany("Other connections are being tested right now. Try again in a few seconds.", 5)
    begin = time.monotonic()
    try:
        url, branch, access = transactions.read(_prepare, who, key)
        findings = _steps(repositories, url, branch, access)
    finally:
        _running.release()
    return {
        "ok": all(finding.ok for finding in findings),
        "duration_ms": round((time.monotonic() - begin) * 1000),
        "findings": [_view(finding) for finding in findings],
    }


def _prepare(uow: UnitOfWork, who: Principal, key: str) -> tuple[str, str, Access | None]:
    project = writable_project(uow, who, key)
    if project.hosted:
        raise Conflict(repository_access.HOSTED)
    return project.repository_url, project.default_branch, repository_access.opened(uow, project)


def _steps(repositories: Repositories, url: str, branch: str, access: Access | None) -> list[Finding]:
    taken, caller = Steps(), repositories.caller
    if not taken.address(caller.client, _as_web(url)):
        return taken.findings

    def credentials() -> str:
        repository_access.shown(access, url, caller)
        return "GitHub gave a token that may read this repository, for one hour."

    def repository() -> str:
        origin = rules.origin(url)
        if not repositories.has_branch(url, branch, access):
            reading = f"{origin} lets us in, but the repository has no branch {branch}."
            raise ExchangeFailed(reading, exchange=NOTHING_SENT, retry=False)
        how = "" if access else " Anybody may: no access is set."
        unsure = access is not None and access.kind == rules.SSH and not access.fields.get("known_hosts")
        return f"The repository can be read, and has the branch {branch}.{how}{UNSURE if unsure else ''}"

    if access is None or access.kind != rules.APP or taken.take("credentials", credentials):
        taken.take("repository", repository)
    return taken.findings


UNSURE = " Without known hosts nobody can say whether it is the right server: add what `ssh-keyscan` prints."


def _as_web(url: str) -> str:
    """The address as the guard reads one: for ssh, only the host and port count."""
    where = rules.origin(url)
    if not where.startswith("ssh:"):
        return url
    port = "" if urlsplit(where).port else f":{SSH_PORT}"
    return f"http://{where.removeprefix('ssh://')}{port}/"


def _view(finding: Finding) -> View:
    fix = None if finding.ok else FIXES[finding.step]
    fields = ("step", "ok", "detail", "duration_ms")
    return {**{name: getattr(finding, name) for name in fields}, "fix": fix}
