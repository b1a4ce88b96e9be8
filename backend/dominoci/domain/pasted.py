"""Addresses as people paste them: of a repository in any spelling, of a page about a run, of a page that compares commits."""

import re
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

_SCP = re.compile(r"[\w.-]+@([\w.-]+):(?!/)(\S+)")  # git's own user@host:path
_BARE = re.compile(r"([\w-]+(?:\.[\w-]+)+)(?::\d+)?/(\S+)")
_SUFFIX = ".git"
# what follows owner and repository in the address of a page: GitHub, Gitea, Bitbucket; GitLab sets its own off with /-/
_PAGES = frozenset(
    {
        *("tree", "blob", "raw", "src", "blame", "commit", "commits", "compare", "branches", "tags", "releases", "wiki"),
        *("pull", "pulls", "pull-requests", "merge_requests", "issues", "actions", "settings", "projects", "security", "graphs"),
    }
)
_COMPARE = "/compare/"
_COMPARING = {"gitlab": f"/-{_COMPARE}", "github": _COMPARE, "gitea": _COMPARE, "forgejo": _COMPARE, "codeberg": _COMPARE}
_TRIMMED = 3  # /job/123 behind a run, /console, /testReport/junit: no CI system shows its pages deeper than this below a run


def repository(text: str) -> str | None:
    """The repository that an address means, as `host/path`: without scheme, user, port, `www.`, `.git` and whatever page of it
    was copied. None for what is no address; an address without a path is its host alone."""
    found = _split(text.strip())
    if found is None:
        return None
    host, path = found
    return "/".join([host.lower().removeprefix("www."), *_repository_path(path)])


def _split(text: str) -> tuple[str, str] | None:
    """Host and path."""
    if "://" in text:
        try:
            parts = urlsplit(text)
            return (parts.hostname, parts.path) if parts.hostname else None
        except ValueError:
            return None
    plain = re.split(r"[?#]", text, maxsplit=1)[0]
    found = _SCP.fullmatch(plain) or _BARE.fullmatch(plain)
    return (found[1], found[2]) if found else None


def _repository_path(path: str) -> list[str]:
    """The parts of a path that name a repository."""
    parts = [part for part in path.split("/") if part]
    for place, part in enumerate(parts):
        if part.endswith(_SUFFIX) and part != _SUFFIX:
            return [*parts[:place], part.removesuffix(_SUFFIX)]
        if place >= 2 and (part == "-" or part in _PAGES):
            return parts[:place]
    return parts


def run_addresses(text: str) -> Sequence[str]:
    """The addresses under which a run may be known of which a page was pasted, the most exact first: as it is, without its
    query, without and with a last `/`, and without the last few parts of its path. Empty for what is no web address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ()
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ()
    path = parts.path.rstrip("/")
    found = [text]
    for _ in range(_TRIMMED + 1):
        found += [f"{parts.scheme}://{parts.netloc}{path}{end}" for end in ("", "/")]
        path = path.rpartition("/")[0]
        if path.count("/") < 2:
            break
    return tuple(dict.fromkeys(found))


def compare_url(repository_url: str | None, old: str | None, new: str | None) -> str | None:
    """The page that shows what lies between two commits of a repository; None for hosts of which it is not known where they
    have it."""
    if not (repository_url and old and new):
        return None
    host, _, path = (repository(repository_url) or "").partition("/")
    infix = next((infix for name, infix in _COMPARING.items() if any(p.startswith(name) for p in host.split("."))), None)
    if infix is None or "/" not in path:
        return None
    page = f"https://{_web_host(repository_url) or host}/{quote(path, safe='/%')}{infix}"
    return f"{page}{quote(old, safe='')}...{quote(new, safe='')}"


def _web_host(repository_url: str) -> str | None:
    """The host with its port, if the port is that of web pages: git over ssh has another."""
    return urlsplit(repository_url).netloc.rpartition("@")[2] if repository_url.startswith("https://") else None
