"""Access to a private repository: the kinds, what each needs, and for which repository its secrets are good."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

TOKEN, SSH, APP = "token", "ssh", "app"
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    TOKEN: ("username",),
    SSH: ("username", "known_hosts"),
    APP: ("app_id", "installation_id", "api_url"),
}
SECRETS: Final[Mapping[str, tuple[str, ...]]] = {TOKEN: ("token",), SSH: ("private_key",), APP: ("private_key",)}
KINDS: Final = tuple(FIELDS)
# as whom GitHub takes an installation's token, and most forges any token
APP_USER: Final = "x-access-token"
_SCP: Final = re.compile(r"(?:[^@/:]+@)([^/:]+):(?!//)")
_HOST_LINE: Final = re.compile(
    r"(?:@(?:cert-authority|revoked)[ \t]+)?\S+[ \t]+(?:ssh|ecdsa|sk)-[a-z0-9@.-]+[ \t]+[A-Za-z0-9+/]{20,}={0,3}(?:[ \t].*)?"
)


def origin(repository_url: str) -> str:
    """Scheme, host and port of a repository's address: who is shown its secrets. `git@host:path` is ssh."""
    scp = None if "://" in repository_url else _SCP.match(repository_url)
    if scp:
        return f"ssh://{scp[1].lower()}"
    parts = urlsplit(repository_url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


def path(repository_url: str) -> str:
    """The repository's path without `.git`, as GitHub calls it: `owner/name`."""
    return urlsplit(repository_url).path.strip("/").removesuffix(".git")


def api_of(repository_url: str) -> str:
    """The address of the API of the GitHub that a repository is at; an Enterprise server's stands below /api/v3."""
    at = origin(repository_url)
    return "https://api.github.com" if at == "https://github.com" else f"{at}/api/v3"


def keeps_secrets(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
    """Whether access that is changed keeps the secrets that are not given anew: not where another kind, or another API, which is
    shown what the App has signed, comes in."""
    return before is not None and before["kind"] == after["kind"] and before.get("api_url") == after.get("api_url")


def missing(fields: Mapping[str, Any], secrets: Collection[str], repository_url: str) -> dict[str, str]:
    """What is wrong with this access to that repository, as sentences by field. `secrets` are the names of those that it has."""
    kind, scheme = fields["kind"], origin(repository_url).partition(":")[0]
    found: dict[str, str] = {}
    if kind == SSH and scheme != "ssh":
        found["kind"] = "An SSH key is of no use at this address: make the repository's address ssh://… or git@host:path."
    elif kind != SSH and scheme not in ("http", "https"):
        found["kind"] = "A token is of no use at this address: make the repository's address https://…, or use an SSH key."
    if kind == TOKEN and "token" not in secrets:
        found |= {"token": "Give the token or password."}
    if kind == SSH and "private_key" not in secrets:
        found["private_key"] = "Give the private key, or let one be made."
    if kind == APP:
        found |= {"app_id": "Give the App's id."} if not fields.get("app_id") else {}
        found |= {"private_key": "Give the App's private key (the .pem file)."} if "private_key" not in secrets else {}
        if path(repository_url).count("/") != 1:
            found.setdefault("kind", "GitHub Apps are for repositories at GitHub: https://github.com/owner/name.")
    return found


def known_hosts_problem(text: str) -> str | None:
    """Why ssh could not read this as known hosts, as a sentence; None when it can."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#") and not _HOST_LINE.fullmatch(line.strip()):
            return f"Line {number} is no host key. Paste what `ssh-keyscan HOST` prints: host, kind of key, key."
    return None
