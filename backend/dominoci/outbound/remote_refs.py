"""Whether a branch exists in a repository elsewhere: `git ls-remote` under the rules of the guarded client. Git reads no
configuration, runs no hook, asks nobody for a password, and talks only to the addresses that were checked."""

import re
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from dominoci.domain import globs
from dominoci.domain.refs import is_ref_name
from dominoci.outbound import destination, git_process
from dominoci.outbound.allowlist import AllowList, literal
from dominoci.outbound.destination import Destination
from dominoci.outbound.errors import OutboundError, Refused, Unreachable
from dominoci.outbound.git_process import Ended
from dominoci.outbound.networks import Address
from dominoci.outbound.shown import Shown
from dominoci.outbound.wire import Resolver, look_up

TIMEOUT_S: Final = 10.0
log = structlog.get_logger()

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_STATUS: Final = re.compile(r"returned error: (\d{3})$")
_REASON: Final = re.compile(r"unable to access '.*?': (.*)")
_LOGIN: Final = re.compile(r"could not read (?:Username|Password)|Authentication failed")
_NO_REPOSITORY: Final = re.compile(r"repository '.*' not found$|not valid: .*is this a git repository\?$")
_USER, _HOST, _PATH = r"[A-Za-z0-9_][A-Za-z0-9_.-]*", r"[A-Za-z0-9][A-Za-z0-9.-]*", r"[^\s\x00-\x1f\\]*"
_SSH: Final = re.compile(rf"ssh://(?:{_USER}@)?(?P<host>{_HOST})(?::(?P<port>\d{{1,5}}))?/(?!-){_PATH}", re.IGNORECASE)
_SCP: Final = re.compile(rf"{_USER}@(?P<host>{_HOST}):(?![-:]){_PATH}")
_OTHER_HOST_KEY: Final = re.compile(r"Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED")
_KEY_REFUSED: Final = re.compile(r"Permission denied \(|Too many authentication failures")
_NO_CONNECTION: Final = re.compile(r"^ssh: connect to host \S+ port \d+: (.{1,80}?)\s*$", re.MULTILINE)
_NO_SSH: Final = re.compile(r"ssh: not found|cannot run ssh")
_NOTHING_SHOWN: Final = Shown()
_HEADS: Final = "refs/heads/"
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class RefsUnknown(OutboundError):
    """Nobody can say now whether the branch exists. `retry`: whether asking again later can help."""

    def __init__(self, text: str, *, retry: bool) -> None:
        super().__init__(text)
        self.retry = retry


@dataclass(frozen=True)
class _Question:
    """Where it goes, the repository's address as git is given it, and what it is shown."""

    where: Destination
    url: str
    shown: Shown

    @property
    def over_ssh(self) -> bool:
        return self.where.scheme == "ssh"

    @contextmanager
    def settings(self, addresses: list[Address]) -> Iterator[dict[str, str]]:
        """git's settings that bind it to the checked addresses and to these credentials; good inside the block."""
        where = self.where
        base = {"credential.helper": "", "http.followRedirects": "false"}
        if self.over_ssh:
            with self.shown.ssh(where.host, where.port, addresses[0]) as more:
                yield base | more
        else:
            with self.shown.http(where.origin) as more:
                yield base | _pinned(where, addresses) | more


class RemoteRefs:
    """Asks repositories about their refs. Any thread may use one; each question is a process of its own."""

    def __init__(self, allowed_hosts: tuple[str, ...] = (), resolver: Resolver = socket.getaddrinfo) -> None:
        """`allowed_hosts` as for the guarded client; ValueError for another form."""
        self._allowed = AllowList.parse(allowed_hosts)
        self._resolver = resolver

    def has_branch(self, url: str, branch: str, timeout_s: float = TIMEOUT_S, shown: Shown = _NOTHING_SHOWN) -> bool:
        """Whether the repository at `url` (http or https; with a key also ssh) has this branch now; known within `timeout_s`
        seconds, else RefsUnknown. What cannot be a branch's name is in no repository: for that nobody is asked."""
        if not is_ref_name(branch):
            return False
        ref = f"{_HEADS}{branch}"
        return ref in self._heads(url, [ref], timeout_s, shown)

    def branches(
        self, url: str, patterns: Sequence[str], timeout_s: float = TIMEOUT_S, shown: Shown = _NOTHING_SHOWN
    ) -> dict[str, str]:
        """The commits of the branches that fit one of these globs, by branch; under the same rules."""
        # no branch's name holds what git's own globs mean more by than ours
        asked = [f"{_HEADS}{pattern}" for pattern in patterns if not set(pattern) & set("[\\")]
        heads = self._heads(url, asked, timeout_s, shown) if asked else {}
        named = {ref.removeprefix(_HEADS): commit for ref, commit in heads.items() if ref.startswith(_HEADS)}
        return {name: commit for name, commit in named.items() if any(globs.matches(one, name) for one in patterns)}

    def _heads(self, url: str, patterns: Sequence[str], timeout_s: float, shown: Shown) -> dict[str, str]:
        """What the repository answers to these patterns, as commits by full ref: git also takes one for the end of a ref."""
        started = time.monotonic()
        outcome: dict[str, object] = {"outcome": "failed"}
        asked = _question(url, shown)
        try:
            found = self._ask(asked, patterns, started + timeout_s)
            outcome = {"outcome": "answered", "found": bool(found)}
            return found
        except RefsUnknown as error:
            outcome = {"outcome": "unknown", "retry": error.retry}
            raise
        finally:
            # paths can be secrets: only the origin is logged
            log.info("outbound.ls_remote", origin=asked.where.origin, duration_ms=_ms(started), **outcome)

    def _ask(self, asked: _Question, patterns: Sequence[str], deadline: float) -> dict[str, str]:
        addresses = self._checked(asked.where, deadline)
        arguments = ["ls-remote", "--heads", "--", asked.url, *patterns]
        try:
            with asked.settings(addresses) as settings:
                left = max(deadline - time.monotonic(), 0.1)
                ended = git_process.run(arguments, settings, left, "ssh" if asked.over_ssh else "https:http")
        except git_process.NoGit as error:
            raise RefsUnknown(str(error), retry=False) from None
        if ended.code != 0:
            raise _failure(asked, ended)
        lines = (line.partition("\t") for line in ended.said.splitlines())
        return {ref: commit for commit, tab, ref in lines if tab and _COMMIT.fullmatch(commit)}

    def _checked(self, where: Destination, deadline: float) -> list[Address]:
        try:
            destination.check_name(self._allowed, where)
            return look_up(self._resolver, self._allowed, where, deadline - time.monotonic())
        except Refused as error:
            raise RefsUnknown(str(error), retry=False) from error
        except Unreachable as error:
            raise RefsUnknown(str(error), retry=True) from error


def _question(url: str, shown: Shown) -> _Question:
    try:
        if shown.private_key and (ssh := _SSH.fullmatch(url) or _SCP.fullmatch(url)):
            # git gets it as it was typed, because host and path mean something else in each form; both were read whole
            port = int(ssh.groupdict().get("port") or 22)
            host = destination.parse(f"http://{ssh['host']}:{port}/").host
            return _Question(Destination("ssh", host, port, b""), url, shown)
        where = _web(url)
        # git gets what was parsed and checked, not the text as it was typed: there is nothing left to read differently
        return _Question(where, where.origin + where.target.decode("ascii"), shown)
    except Refused as error:
        raise RefsUnknown(str(error), retry=False) from error


def _web(url: str) -> Destination:
    scheme = _SCHEME.match(url)
    if scheme is None or scheme[1].lower() not in destination.DEFAULT_PORTS:
        kind = f"over {scheme[1].lower()}" if scheme else "at an address without http:// or https://"
        raise RefsUnknown(
            f"Whether a branch exists can be asked over http and https only, not {kind}; "
            "give the project an SSH key for its repository, or let the dependency use the default branch or a fixed ref.",
            retry=False,
        )
    return destination.parse(url)


def _pinned(where: Destination, addresses: list[Address]) -> dict[str, str]:
    """The setting that has git connect to the checked addresses, under the name that the certificate is for."""
    if literal(where.host) is not None:
        return {}
    listed = ",".join(f"[{one}]" if one.version == 6 else str(one) for one in addresses)
    return {"http.curloptResolve": f"{where.host}:{where.port}:{listed}"}


def _failure(asked: _Question, ended: Ended) -> RefsUnknown:
    origin = asked.where.origin
    if not ended.in_time:
        return RefsUnknown(f"{origin} did not list its branches in time.", retry=True)
    if not ended.whole:
        return RefsUnknown(f"{origin} says more than the question for one branch can need.", retry=True)
    return (asked.over_ssh and _ssh_failure(origin, ended.said)) or _git_failure(asked, ended)


def _git_failure(asked: _Question, ended: Ended) -> RefsUnknown:
    """What git's last words mean. Only its own line counts: those of the server begin with `remote:`."""
    origin = asked.where.origin
    words = next((line for line in reversed(ended.said.splitlines()) if line.startswith("fatal:")), "")
    known = _STATUS.search(words)
    status = int(known[1]) if known else 0
    if _LOGIN.search(words) or status in (401, 403):
        return RefsUnknown(_closed(asked), retry=False)
    if _NO_REPOSITORY.search(words) or status in (404, 410):
        return RefsUnknown(f"{origin} has no git repository at this address.", retry=False)
    if 300 <= status < 400:
        return RefsUnknown(f"{origin} answers with a redirect, which is not followed: give the final address.", retry=False)
    reason = _REASON.search(words)
    why = "".join(c for c in reason[1] if c.isprintable())[:200] if reason else f"git ended with {ended.code}"
    return RefsUnknown(f"{origin} could not be asked for its branches: {why}.", retry=True)


def _closed(asked: _Question) -> str:
    if asked.shown.password:
        return f"{asked.where.origin} does not take the credentials that the project has for its repository."
    return f"{asked.where.origin} asks for credentials to list the branches, and the arbiter has none for it."


def _ssh_failure(origin: str, said: str) -> RefsUnknown | None:
    """What ssh's words mean, which stand before git's last ones."""
    if _NO_SSH.search(said):
        return RefsUnknown("ssh is not installed on the arbiter's machine.", retry=False)
    if away := _NO_CONNECTION.search(said):
        return RefsUnknown(f"No connection to {origin} came about: {away[1]}.", retry=True)
    if _OTHER_HOST_KEY.search(said):
        text = f"{origin} has another host key than the project's known hosts say; nothing was sent there."
        return RefsUnknown(text, retry=False)
    if _KEY_REFUSED.search(said):
        return RefsUnknown(f"{origin} does not take the SSH key of the project.", retry=False)
    if "does not appear to be a git repository" in said or "Repository not found" in said:
        return RefsUnknown(f"{origin} has no git repository at this address, or none for this key.", retry=False)
    return None


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
