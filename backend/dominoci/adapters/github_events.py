"""What GitHub's webhooks tell of a repository (docs.github.com, "Webhook events and payloads"): push, pull_request, installation,
installation_repositories."""

from collections.abc import Mapping
from typing import Any, Final

from dominoci.domain import pasted
from dominoci.domain.addresses import link
from dominoci.domain.repository_events import (
    MOST_REPOSITORIES,
    Happening,
    Installation,
    Pull,
    commit,
    line,
    moment,
    push,
)

Json = Mapping[str, Any]
BUILT: Final = ("opened", "reopened", "synchronize")
CAME, WENT = ("created", "unsuspend", "added"), ("deleted", "suspend", "removed")
PAGE: Final = "https://github.com"


def read(kind: str, shown: Json) -> Happening | None:
    """What happened; None for an event that changes nothing here. Raises ValueError for what GitHub does not send."""
    if kind == "push":
        return push(shown, _object(shown, "repository").get("default_branch"), _maybe(shown, "head_commit").get("id"))
    if kind == "pull_request":
        return _pull(shown)
    return _installation(kind, shown) if kind in ("installation", "installation_repositories") else None


def _pull(shown: Json) -> Pull:
    about, action = _object(shown, "pull_request"), shown.get("action")
    head, base = _object(about, "head"), _object(about, "base")
    number, sha = _number(about.get("number")), commit(head.get("sha"))
    if sha is None:
        raise ValueError("the pull request has no head")
    theirs, ours = _id(head.get("repo")), _id(base.get("repo"))
    told = {
        "number": number,
        "title": line(about.get("title"), 200),
        "author": line(_maybe(about, "user").get("login"), 100),
        "url": link(about.get("html_url")),
        "head": sha,
        "head_ref": line(head.get("ref"), 255),
        "base_ref": line(base.get("ref"), 255),
        "fork": theirs is None or theirs != ours,
        "merged": about.get("merged") is True,
        "state": "closed" if about.get("state") == "closed" else "open",
    }
    return Pull(
        number=number,
        ref=f"refs/pull/{number}/head",
        head=sha,
        base=commit(base.get("sha")),
        # a fork that was deleted since is shown as null: whose code it was nobody can say any more
        fork=bool(told["fork"]),
        builds=action in BUILT,
        closed=told["state"] == "closed",
        at=moment(about.get("updated_at")),
        shown=told,
    )


def _installation(kind: str, shown: Json) -> Installation | None:
    action = shown.get("action")
    if action not in (*CAME, *WENT):
        return None
    about = _object(shown, "installation")
    account = _object(about, "account")
    gone = action in WENT
    listed = shown.get("repositories_removed" if gone else "repositories_added", shown.get("repositories"))
    page = link(account.get("html_url")) or PAGE
    host = (pasted.repository(page) or "").partition("/")[0]
    found = [name for one in (listed if isinstance(listed, list) else []) if (name := _full_name(host, one))]
    return Installation(
        host=host,
        number=str(_number(about.get("id"))),
        account=str(_number(account.get("id"))),
        named=line(account.get("login"), 100),
        sender=_id(shown.get("sender")),
        gone=gone,
        repositories=found[:MOST_REPOSITORIES],
        more=max(len(found) - MOST_REPOSITORIES, 0),
        whole=kind == "installation",
    )


def _full_name(host: str, shown: Any) -> str | None:
    name = line(shown.get("full_name"), 200) if isinstance(shown, dict) else ""
    return f"{host}/{name}" if name.count("/") == 1 and " " not in name else None


def _object(shown: Json, name: str) -> Json:
    found = shown.get(name)
    if not isinstance(found, dict):
        raise ValueError(f"it has no {name}")
    return found


def _maybe(shown: Json, name: str) -> Json:
    found = shown.get(name)
    return found if isinstance(found, dict) else {}


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10**18:
        raise ValueError("a number is missing")
    return value


def _id(shown: Any) -> str | None:
    value = shown.get("id") if isinstance(shown, dict) else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
