"""The test connection of a GitHub target: what is asked, step by step. Nothing is started, and nothing is changed."""

import re
from typing import Any, Final

from dominoci.adapters.base import Finding, Target
from dominoci.adapters.checking import Steps
from dominoci.adapters.github_payload import INPUT
from dominoci.outbound.exchange import NOTHING_SENT, Caller, ExchangeFailed
from dominoci.vendors.github import DISPATCH, REPOSITORY_DISPATCH, GitHub
from dominoci.vendors.github_wire import HEADERS, NO_API, failure, limit_s

_DISPATCH: Final = re.compile(rf"\b{DISPATCH}\b")
_INPUT: Final = re.compile(rf"^[ \t]+{INPUT}[ \t]*:", re.MULTILINE)
_MARKED: Final = re.compile(r"^run-name[ \t]*:.*\[domino:", re.MULTILINE)


def steps(caller: Caller, target: Target) -> list[Finding]:
    """What each step found; the first that does not hold is the last."""
    taken = Steps()
    api = str(GitHub.address(target.fields))
    if not (taken.address(caller.client, api) and taken.take("connection", lambda: _connection(caller, api))):
        return taken.findings
    workflow = str(target.fields.get("workflow") or "")
    shown: dict[str, Any] = {}

    def github() -> GitHub:
        return GitHub.of(caller, target.fields, target.secrets)

    if (
        taken.take("credentials", lambda: _credentials(github()))
        and taken.take("target", lambda: _target(github(), workflow, shown))
        and (not workflow or taken.take("parameters", lambda: _parameters(github(), shown)))
    ):
        taken.take("callback", lambda: _runs(github(), workflow))
    return taken.findings


def _connection(caller: Caller, api: str) -> str:
    """Without credentials; to be refused is an answer too."""
    answer, exchange = caller.ask("GET", f"{api}/rate_limit", headers=HEADERS)
    if answer.status >= 500 or 300 <= answer.status < 400 or limit_s(answer, caller.clock()) is not None:
        raise failure(caller, answer, exchange, {})
    if "json" not in answer.headers.get("content-type", "").lower():
        raise ExchangeFailed(NO_API, exchange=exchange, retry=False)
    return "GitHub's API answers."


def _credentials(github: GitHub) -> str:
    answer = github.rate_limit()
    who = "The App's installation" if github.app else "The token"
    end = answer.headers.get("github-authentication-token-expiration", "")[:30]
    until = f" until {end}" if end.isprintable() and end else ""
    left = answer.headers.get("x-ratelimit-remaining", "")[:8]
    return f"{who} is taken{until}." + (f" {left} requests are left this hour." if left.isdecimal() else "")


def _target(github: GitHub, workflow: str, shown: dict[str, Any]) -> str:
    """Asks for the repository, and keeps what the workflow is in `shown`."""
    repository = github.details()
    if repository.get("archived") is True:
        raise _not_so(f"{github.repository} is archived: nothing runs there.")
    branch = str(repository.get("default_branch"))[:100]
    if not workflow:
        return f"{github.repository} is there; its default branch {branch} is what runs."
    shown.update(github.workflow(workflow))
    if shown.get("state") != "active":
        raise _not_so(f"{workflow} is switched off ({str(shown.get('state'))[:40]}): enable it on the repository's Actions page.")
    return f"{workflow} of {github.repository} is there and active; the default branch is {branch}."


def _parameters(github: GitHub, shown: dict[str, Any]) -> str:
    """Looks into the workflow on the default branch, with no more than a glance: only GitHub itself reads it as it will run."""
    path = str(shown.get("path") or "")
    text = github.file(path) if path.startswith(".github/") and ".." not in path else None
    if text is None:
        return "Not looked at: the credentials may not read the repository's contents."
    if not _DISPATCH.search(text):
        raise _not_so(f"{path} has no `{DISPATCH}` under `on:`.")
    if not _INPUT.search(text):
        raise _not_so(f"{path} does not declare the input `{INPUT}`: it would run, but could not report.")
    named = "" if _MARKED.search(text) else " Its run-name has no [domino:…]: a run whose start got no answer is not found again."
    return f"{path} listens to {DISPATCH} and declares the input `{INPUT}`.{named}"


def _runs(github: GitHub, workflow: str) -> str:
    github.runs(DISPATCH if workflow else REPOSITORY_DISPATCH, None, workflow or None, size=1)
    return "Runs can be asked for, so one that never reports is followed by its state at GitHub."


def _not_so(reading: str) -> ExchangeFailed:
    return ExchangeFailed(reading, exchange=NOTHING_SENT, retry=False)
