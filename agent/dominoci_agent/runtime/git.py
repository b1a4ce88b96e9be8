"""Calling git: by argument list only, with no configuration but ours, and credentials in its environment alone."""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from dominoci_agent.runtime.stop import Stop

SCHEMES = ("http", "https", "ssh")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock(?:/|$)))[^-/.\x00-\x20~^:?*\[\\\x7f][^\x00-\x20~^:?*\[\\\x7f]*(?<![/.])")
_ASK_EVERY_S = 0.25
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTPS_PROXY", "NO_PROXY", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
            "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSH_AUTH_SOCK")  # fmt: skip

# what git says when asking again cannot help
_PERMANENT = re.compile(
    r"not our ref|couldn't find remote ref|could not read Username|Authentication failed|not found|returned error: 40[134]"
    r"|transport '.*' not allowed|not a valid"
    r"|does not appear to be a git repository|invalid refspec|invalid path|Permission denied",
    re.IGNORECASE,
)

# what git says when its own files are spoiled
_DAMAGED = re.compile(r"corrupt|unable to read (?!askpass)|bad object|inflate|unpack failed|is empty|missing blob", re.IGNORECASE)

SETTINGS = {
    "core.hooksPath": "/dev/null",
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
    """Where a repository is, and the credential for it. The credential is not part of the text forms."""

    url: str
    header: str | None = field(default=None, repr=False)

    @classmethod
    def at(cls, url: str, password: str | None) -> Remote:
        """A remote for http(s) or ssh. RefusedError for other schemes (`file:`, `ext::`) and for option-like parts."""
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise RefusedError(f"a repository may be read over {', '.join(SCHEMES)} only")
        if parts.hostname.startswith("-") or parts.path.lstrip("/").startswith("-") or re.search(r"[\x00-\x20]", url):
            raise RefusedError("the repository's address is not usable")
        if parts.scheme == "ssh":
            return cls(url)
        user, secret = parts.username or "dominoci", password or unquote(parts.password or "")
        bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        token = base64.b64encode(f"{unquote(user)}:{secret}".encode()).decode()
        return cls(bare, f"Authorization: Basic {token}" if secret else None)

    def settings(self) -> dict[str, str]:
        """git settings to fetch from here, also objects that a checkout finds missing. The header is bound to this address
        and sent at once, which saves the round trip of a 401."""
        found = {
            "remote.origin.url": self.url,
            "remote.origin.promisor": "true",
            "remote.origin.partialclonefilter": "blob:none",
        }
        if self.header:
            found[f"http.{self.url}.extraHeader"] = self.header
        return found


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
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
        "GIT_ALLOW_PROTOCOL": ":".join(SCHEMES),
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_CONFIG_COUNT": str(len(everything)),
    }
    for number, (key, value) in enumerate(everything.items()):
        result[f"GIT_CONFIG_KEY_{number}"] = key
        result[f"GIT_CONFIG_VALUE_{number}"] = value
    return {**result, **more}


def run(arguments: Sequence[str], settings: Mapping[str, str], stop: Stop, *, data: bytes | None = None, **more: str) -> bytes:
    """`git ARGUMENTS` with `more` in its environment; its output. GitError when it fails, or when `stop` is thrown
    (then the process group is killed)."""
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
            break
        except subprocess.TimeoutExpired:
            data = None
            if stop:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise GitError("stopped", permanent=True) from None
    if process.returncode:
        raise _error(process.returncode, errors)
    return output


def _error(code: int, errors: bytes) -> GitError:
    text = errors.decode(errors="replace")
    lines = [line for line in text.splitlines() if line.startswith(("fatal:", "error:", "remote:"))]
    words = " ".join(lines[-2:]) or text.strip()[-300:] or f"git ended with {code}"
    return GitError(words[:600], permanent=bool(_PERMANENT.search(text)))
