"""Calling git: by argument list only, with no configuration but ours, and credentials that it can read only while it runs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit, urlunsplit

from dominoci_agent.runtime.credentials import NOTHING, Credentials
from dominoci_agent.runtime.stop import Stop

SCHEMES = ("http", "https", "ssh")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock(?:/|$)))[^-/.\x00-\x20~^:?*\[\\\x7f][^\x00-\x20~^:?*\[\\\x7f]*(?<![/.])")
# how scp writes an address: user@host:path
_SCP = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*)@([A-Za-z0-9][A-Za-z0-9.-]*):(?![-:])[^\x00-\x20]+")
_ASK_EVERY_S = 0.25
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTPS_PROXY", "NO_PROXY", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
            "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSH_AUTH_SOCK")  # fmt: skip

# what git says when asking again cannot help
_PERMANENT = re.compile(
    r"not our ref|unadvertised object|couldn't find remote ref|could not read Username|Authentication failed|not found"
    r"|returned error: 40[134]"
    r"|transport '.*' not allowed|not a valid"
    r"|does not appear to be a git repository|invalid refspec|invalid path|Permission denied|Host key verification failed"
    r"|No space left on device|Disk quota exceeded",
    re.IGNORECASE,
)

# what git and ssh say when the other side does not let us in
_OTHER_HOST_KEY = re.compile(r"Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED")
_KEY_UNREADABLE = re.compile(r"Load key .*: (?!Permission denied)")
_KEY_REFUSED = re.compile(r"Permission denied \(|Too many authentication failures")
_PASSWORD_REFUSED = re.compile(r"Authentication failed|could not read (?:Username|Password)|returned error: 40[13]")

# what git says when its own files are spoiled
_DAMAGED = re.compile(r"corrupt|unable to read (?!askpass)|bad object|inflate|unpack failed|is empty|missing blob", re.IGNORECASE)

SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.sshCommand": "ssh -oBatchMode=yes",
    "core.fsmonitor": "false",
    "core.attributesFile": "/dev/null",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "submodule.recurse": "false",
    # a mirror is a cache: what a power cut spoils is fetched again, and an fsync can take longer than the build
    "core.fsync": "none",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1",
    "http.lowSpeedTime": "60",
    # many wanted objects in one request: below this size it goes with a length, not chunked
    "http.postBuffer": str(32 * 1024 * 1024),
    "protocol.version": "2",
    "advice.detachedHead": "false",
}


class GitError(Exception):
    """git failed; the text is its own last words. `permanent`: asking again cannot help. `damaged`: the local copy is."""

    def __init__(self, text: str, *, permanent: bool) -> None:
        super().__init__(text)
        self.permanent = permanent
        self.damaged = bool(_DAMAGED.search(text))


class RefusedError(GitError):
    """Refused before git was asked: an address or a name that no build may use."""

    def __init__(self, text: str) -> None:
        super().__init__(text, permanent=True)


@dataclass(frozen=True)
class Remote:
    """Where a repository is, and what it is shown. Secrets are not part of the text forms."""

    url: str
    credentials: Credentials = NOTHING

    @classmethod
    def at(cls, url: str, shown: Credentials | str | None) -> Remote:
        """A remote for http(s) or ssh, also as `user@host:path`; `shown` may be a password alone. RefusedError for other schemes
        (`file:`, `ext::`) and for option-like parts."""
        credentials = shown if isinstance(shown, Credentials) else Credentials(password=shown)
        if _SCP.fullmatch(url) and "://" not in url:
            return cls(url, replace(credentials, user=None, password=None))
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise RefusedError(f"a repository may be read over {', '.join(SCHEMES)} only")
        if parts.hostname.startswith("-") or parts.path.lstrip("/").startswith("-") or re.search(r"[\x00-\x20]", url):
            raise RefusedError("the repository's address is not usable")
        if parts.scheme == "ssh":
            return cls(url, replace(credentials, user=None if parts.username else credentials.user, password=None))
        bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        user = credentials.user or unquote(parts.username or "") or None
        password = credentials.password or unquote(parts.password or "") or None
        return cls(bare, replace(credentials, user=user, password=password, ssh_key=None))

    @property
    def origin(self) -> str:
        """Scheme, host and port: all that is said of an address, and all that credentials are good for."""
        scp = _SCP.fullmatch(self.url)
        if scp and "://" not in self.url:
            return f"ssh://{scp[2]}"
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    def settings(self) -> dict[str, str]:
        """git settings to fetch from here, also objects that a checkout finds missing; without the credentials (see `run`)."""
        return {
            "remote.origin.url": self.url,
            "remote.origin.promisor": "true",
            "remote.origin.partialclonefilter": "blob:none",
        }

    def opened(self) -> AbstractContextManager[dict[str, str]]:
        """The settings with which git finds the credentials; they hold good inside the block."""
        return self.credentials.settings(self.origin)


def is_commit(text: str) -> bool:
    """Whether it is a full commit id (SHA-1 or SHA-256)."""
    return bool(_COMMIT.fullmatch(text))


def check_ref(name: str) -> str:
    """The name, when git could have such a branch or tag and it is no option; else RefusedError."""
    if len(name) > 512 or not _REF.fullmatch(name):
        raise RefusedError(f"{name[:80]!r} is not the name of a branch or tag")
    return name


def environment(settings: Mapping[str, str], **more: str) -> dict[str, str]:
    """The whole environment of a git process: nothing of the user's or the machine's git configuration counts."""
    everything = {**SETTINGS, **settings}
    result = {name: os.environ[name] for name in _PROXIES if name in os.environ}
    result |= {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "LC_MESSAGES": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "GIT_ALLOW_PROTOCOL": ":".join(SCHEMES),
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_CONFIG_COUNT": str(len(everything)),
    }
    for number, (key, value) in enumerate(everything.items()):
        result[f"GIT_CONFIG_KEY_{number}"] = key
        result[f"GIT_CONFIG_VALUE_{number}"] = value
    return {**result, **more}


def run(
    arguments: Sequence[str],
    settings: Mapping[str, str],
    stop: Stop,
    *,
    remote: Remote | None = None,
    data: bytes | None = None,
    **more: str,
) -> bytes:
    """`git ARGUMENTS` with `more` in its environment, and with the credentials of `remote` where it may talk to that; its output.
    GitError when it fails, or when `stop` is thrown (then the process group is killed)."""
    with remote.opened() if remote else nullcontext({}) as access:
        code, output, errors = _ended({**settings, **access}, arguments, stop, data, more)
    if code:
        raise _error(code, errors, remote)
    return output


def outcome(arguments: Sequence[str], settings: Mapping[str, str], stop: Stop, **more: str) -> tuple[int, bytes, bytes]:
    """The same for a command whose exit code is an answer: the code and both outputs. GitError when `stop` is thrown."""
    return _ended(settings, arguments, stop, None, more)


def _ended(
    settings: Mapping[str, str], arguments: Sequence[str], stop: Stop, data: bytes | None, more: Mapping[str, str]
) -> tuple[int, bytes, bytes]:
    """git's exit code and both its outputs."""
    process = subprocess.Popen(
        ["git", *arguments],
        env=environment(settings, **more),
        cwd="/",
        stdin=subprocess.DEVNULL if data is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while True:
        try:
            output, errors = process.communicate(data, timeout=_ASK_EVERY_S)
            return process.returncode, output, errors
        except subprocess.TimeoutExpired:
            data = None
            if stop:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise GitError("stopped", permanent=True) from None


def _error(code: int, errors: bytes, remote: Remote | None) -> GitError:
    text = errors.decode(errors="replace")
    lines = [line for line in text.splitlines() if line.startswith(("fatal:", "error:", "remote:"))]
    words = " ".join(lines[-2:]) or text.strip()[-300:] or f"git ended with {code}"
    told = _not_let_in(text, remote) if remote else None
    return GitError((told or words)[:600], permanent=bool(told or _PERMANENT.search(text)))


def _not_let_in(text: str, remote: Remote) -> str | None:
    """What it means that the other side does not let us in, or is not who it should be; None for any other trouble."""
    origin, shown = remote.origin, remote.credentials
    if _OTHER_HOST_KEY.search(text):
        said = "the project's known hosts say" if shown.known_hosts else "it had at the first contact"
        return f"{origin} has another host key than {said}; nothing was sent there."
    if _KEY_UNREADABLE.search(text):
        return f"ssh cannot read the SSH key with which {origin} is to be asked: give the project another one."
    if _KEY_REFUSED.search(text):
        return f"{origin} does not take {'the SSH key of the project' if shown.ssh_key else 'the SSH keys of the agent'}."
    if _PASSWORD_REFUSED.search(text):
        if shown.password:
            return f"{origin} does not take the password or token that the build has for this repository."
        return f"{origin} asks for credentials: give the project access to its repository (Settings, Repository access)."
    return None
