"""Whether a branch exists in a repository elsewhere: `git ls-remote` under the rules of the guarded client. Git reads no
configuration, runs no hook, asks nobody for a password, and talks only to the addresses that were checked."""

import re
import socket
import time
from typing import Final

import structlog

from dominoci.domain.refs import is_ref_name
from dominoci.outbound import destination, git_process
from dominoci.outbound.allowlist import AllowList, literal
from dominoci.outbound.destination import Destination
from dominoci.outbound.errors import OutboundError, Refused, Unreachable
from dominoci.outbound.git_process import Ended
from dominoci.outbound.networks import Address
from dominoci.outbound.wire import Resolver, look_up

TIMEOUT_S: Final = 10.0
log = structlog.get_logger()

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_STATUS: Final = re.compile(r"returned error: (\d{3})$")
_REASON: Final = re.compile(r"unable to access '.*?': (.*)")
_LOGIN: Final = re.compile(r"could not read (?:Username|Password)|Authentication failed")
_NO_REPOSITORY: Final = re.compile(r"repository '.*' not found$|not valid: .*is this a git repository\?$")


class RefsUnknown(OutboundError):
    """Nobody can say now whether the branch exists. `retry`: whether asking again later can help."""

    def __init__(self, text: str, *, retry: bool) -> None:
        super().__init__(text)
        self.retry = retry


class RemoteRefs:
    """Asks repositories about their refs. Any thread may use one; each question is a process of its own."""

    def __init__(self, allowed_hosts: tuple[str, ...] = (), resolver: Resolver = socket.getaddrinfo) -> None:
        """`allowed_hosts` as for the guarded client; ValueError for another form."""
        self._allowed = AllowList.parse(allowed_hosts)
        self._resolver = resolver

    def has_branch(self, url: str, branch: str, timeout_s: float = TIMEOUT_S) -> bool:
        """Whether the repository at `url` (http or https) has this branch now; known within `timeout_s` seconds, else
        RefsUnknown. What cannot be a branch's name is in no repository: for that nobody is asked."""
        if not is_ref_name(branch):
            return False
        started = time.monotonic()
        outcome: dict[str, object] = {"outcome": "failed"}
        where = _destination(url)
        try:
            found = self._ask(where, f"refs/heads/{branch}", started + timeout_s)
            outcome = {"outcome": "answered", "found": found}
            return found
        except RefsUnknown as error:
            outcome = {"outcome": "unknown", "retry": error.retry}
            raise
        finally:
            # paths can be secrets: only the origin is logged
            log.info("outbound.ls_remote", origin=where.origin, duration_ms=_ms(started), **outcome)

    def _ask(self, where: Destination, ref: str, deadline: float) -> bool:
        addresses = self._checked(where, deadline)
        # git gets what was parsed and checked, not the text as it was typed: there is nothing left to read differently
        url = where.origin + where.target.decode("ascii")
        settings = {"credential.helper": "", "http.followRedirects": "false", **_pinned(where, addresses)}
        arguments = ["ls-remote", "--heads", "--", url, ref]
        try:
            ended = git_process.run(arguments, settings, max(deadline - time.monotonic(), 0.1))
        except git_process.NoGit as error:
            raise RefsUnknown(str(error), retry=False) from None
        if ended.code != 0:
            raise _failure(where, ended)
        return any(line.partition("\t")[2] == ref for line in ended.said.splitlines())

    def _checked(self, where: Destination, deadline: float) -> list[Address]:
        try:
            destination.check_name(self._allowed, where)
            return look_up(self._resolver, self._allowed, where, deadline - time.monotonic())
        except Refused as error:
            raise RefsUnknown(str(error), retry=False) from error
        except Unreachable as error:
            raise RefsUnknown(str(error), retry=True) from error


def _destination(url: str) -> Destination:
    scheme = _SCHEME.match(url)
    if scheme is None or scheme[1].lower() not in destination.DEFAULT_PORTS:
        kind = f"over {scheme[1].lower()}" if scheme else "at an address without http:// or https://"
        raise RefsUnknown(
            f"Whether a branch exists can be asked over http and https only, not {kind}; "
            "let the dependency use the default branch or a fixed ref.",
            retry=False,
        )
    try:
        return destination.parse(url)
    except Refused as error:
        raise RefsUnknown(str(error), retry=False) from error


def _pinned(where: Destination, addresses: list[Address]) -> dict[str, str]:
    """The setting that has git connect to the checked addresses, under the name that the certificate is for."""
    if literal(where.host) is not None:
        return {}
    listed = ",".join(f"[{one}]" if one.version == 6 else str(one) for one in addresses)
    return {"http.curloptResolve": f"{where.host}:{where.port}:{listed}"}


def _failure(where: Destination, ended: Ended) -> RefsUnknown:
    """What git's last words mean. Only its own line counts: those of the server begin with `remote:`."""
    origin = where.origin
    if not ended.in_time:
        return RefsUnknown(f"{origin} did not list its branches in time.", retry=True)
    if not ended.whole:
        return RefsUnknown(f"{origin} says more than the question for one branch can need.", retry=True)
    words = next((line for line in reversed(ended.said.splitlines()) if line.startswith("fatal:")), "")
    known = _STATUS.search(words)
    status = int(known[1]) if known else 0
    if _LOGIN.search(words) or status in (401, 403):
        text = f"{origin} asks for credentials to list the branches, and the arbiter has none for it."
        return RefsUnknown(text, retry=False)
    if _NO_REPOSITORY.search(words) or status in (404, 410):
        return RefsUnknown(f"{origin} has no git repository at this address.", retry=False)
    if 300 <= status < 400:
        return RefsUnknown(f"{origin} answers with a redirect, which is not followed: give the final address.", retry=False)
    reason = _REASON.search(words)
    why = "".join(c for c in reason[1] if c.isprintable())[:200] if reason else f"git ended with {ended.code}"
    return RefsUnknown(f"{origin} could not be asked for its branches: {why}.", retry=True)


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
