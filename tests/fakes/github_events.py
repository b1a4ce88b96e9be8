"""Webhooks as GitHub sends them of a repository (docs.github.com, "Webhook events and payloads"), cut to what matters and some of
what does not."""

import hashlib
import hmac
import json
from typing import Any
from uuid import uuid4

NOTHING = "0" * 40


def commit(letter: str) -> str:
    """A commit's id that a reader knows again."""
    return letter * 40


def repository(name: str = "octo-org/app") -> dict[str, Any]:
    """A repository."""
    shown = {"id": 186853002, "name": name.rpartition("/")[2], "full_name": name, "private": True}
    return {**shown, "html_url": f"https://github.com/{name}", "default_branch": "main", "fork": False}


def push(ref: str, after: str, before: str = NOTHING, **more: Any) -> dict[str, Any]:
    """`push`: a branch or tag (its full ref) points to `after` now; all zeros: it is gone."""
    head = None if after == NOTHING else {"id": after, "message": "Fix the frobnicator", "timestamp": "2026-11-21T10:00:00Z"}
    told = {"ref": ref, "before": before, "after": after, "created": before == NOTHING, "deleted": after == NOTHING}
    people = {"pusher": {"name": "ada"}, "sender": {"login": "ada", "id": 21031067}}
    return {**told, "forced": False, "base_ref": None, "head_commit": head, "repository": repository(), **people, **more}


def pull(action: str, head: str, *, number: int = 25, fork: bool = False, at: str = "10:00", **more: Any) -> dict[str, Any]:
    """`pull_request` of a branch of the repository, or of a fork."""
    closed = action == "closed"
    theirs = {"id": 99, "full_name": "stranger/app"} if fork else {"id": 186853002, "full_name": "octo-org/app"}
    about = {
        "number": number,
        "state": "closed" if closed else "open",
        "title": "Update the README with new information",
        "html_url": f"https://github.com/octo-org/app/pull/{number}",
        "user": {"login": "stranger" if fork else "ada", "id": 5},
        "head": {"ref": "changes", "sha": head, "repo": theirs},
        "base": {"ref": "main", "sha": commit("0")[:39] + "1", "repo": {"id": 186853002, "full_name": "octo-org/app"}},
        "updated_at": f"2026-11-21T{at}:00Z",
        "merged": closed,
        **more,
    }
    return {"action": action, "number": number, "pull_request": about, "repository": repository(), "sender": {"id": 5}}


def installation(action: str, *names: str, sender: int = 21031067) -> dict[str, Any]:
    """`installation`: the App is at octo-org, with these repositories."""
    account = {"login": "octo-org", "id": 6811672, "type": "Organization", "html_url": "https://github.com/octo-org"}
    listed = [{"id": n, "name": name.rpartition("/")[2], "full_name": name, "private": True} for n, name in enumerate(names)]
    about = {"id": 987, "account": account, "app_id": 12345, "events": ["push"], "permissions": {"contents": "read"}}
    return {"action": action, "installation": about, "repositories": listed, "sender": {"login": "ada", "id": sender}}


def headers(event: str, raw: bytes, secret: str, delivery: str | None = None) -> dict[str, str]:
    """The headers with which GitHub sends a body."""
    signature = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    told = {"X-GitHub-Event": event, "X-GitHub-Delivery": delivery or str(uuid4()), "X-Hub-Signature-256": signature}
    return {**told, "Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/044aadd"}


def encoded(body: Any) -> bytes:
    """A body as it is signed."""
    return json.dumps(body).encode()
