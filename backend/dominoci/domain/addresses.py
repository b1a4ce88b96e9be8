"""Which addresses may be stored: for browsers, and for git to clone from."""

from typing import Final
from urllib.parse import urlsplit

GIT_SCHEMES: Final = frozenset({"http", "https", "ssh", "git"})
WEB_SCHEMES: Final = frozenset({"http", "https"})
MAX_LINK: Final = 2000


def web_problem(address: str) -> str | None:
    """Why a browser cannot be sent to `address`, as a sentence; None when it can: http or https with a host."""
    return _problem(address, WEB_SCHEMES)


def link(told: object) -> str | None:
    """An address that another system told, if it may become a link on a page; None for anything else."""
    if not isinstance(told, str) or len(told) > MAX_LINK or not told.isprintable() or web_problem(told):
        return None
    return told


def git_problem(address: str) -> str | None:
    """Why git may not clone from `address`, as a sentence; None when it may: http, https, ssh, git, or `user@host:path`; never a
    command or a local file."""
    user, at, rest = address.partition("@")
    host, colon, path = rest.partition(":")
    scp_like = at and colon and host and path and not path.startswith(":") and "/" not in user + host
    if scp_like and "://" not in address and user[:1].isalnum() and host[0].isalnum():
        return None
    return _problem(address, GIT_SCHEMES)


def _problem(address: str, schemes: frozenset[str]) -> str | None:
    if " " in address or "\\" in address:
        return "An address holds no spaces or backslashes."
    try:
        parts = urlsplit(address)
        usable = parts.scheme in schemes and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or (parts.hostname or "").startswith("-"):
        return f"Must be an address with a host ({', '.join(sorted(schemes))})."
    return "Must not hold a password; put it into the target's secret." if parts.password else None
