"""What GitLab's webhooks tell of a repository (docs.gitlab.com, "Webhook events"): push, tag push, merge request."""

from collections.abc import Mapping
from typing import Any, Final

from dominoci.domain.addresses import link
from dominoci.domain.repository_events import Happening, Pull, commit, line, moment, push

Json = Mapping[str, Any]
PUSHES: Final = ("Push Hook", "Tag Push Hook")
MERGE_REQUEST: Final = "Merge Request Hook"


def read(kind: str, told: Json) -> Happening | None:
    """What happened; None for an event that changes nothing here. Raises ValueError for what GitLab does not send."""
    if kind in PUSHES:
        return push(told, _object(told, "project").get("default_branch"), told.get("checkout_sha"))
    return _merge_request(told) if kind == MERGE_REQUEST else None


def _merge_request(told: Json) -> Pull:
    about = _object(told, "object_attributes")
    number, sha = about.get("iid"), commit(_object(about, "last_commit").get("id"))
    if not isinstance(number, int) or isinstance(number, bool) or number < 1 or sha is None:
        raise ValueError("the merge request has no iid, or no commit")
    action, state = about.get("action"), about.get("state")
    fork = about.get("source_project_id") != about.get("target_project_id")
    user = told.get("user")
    shown = {
        "number": number,
        "title": line(about.get("title"), 200),
        "author": line(user.get("username") if isinstance(user, dict) else "", 100),
        "url": link(about.get("url")),
        "head": sha,
        "head_ref": line(about.get("source_branch"), 255),
        "base_ref": line(about.get("target_branch"), 255),
        "fork": fork,
        "merged": state == "merged",
        "state": "closed" if state in ("closed", "merged", "locked") else "open",
    }
    return Pull(
        number=number,
        ref=f"refs/merge-requests/{number}/head",
        head=sha,
        base=None,
        fork=fork,
        # an update names the commit that was the head before only where its commits are others now
        builds=action in ("open", "reopen") or (action == "update" and bool(about.get("oldrev"))),
        closed=shown["state"] == "closed",
        at=moment(about.get("updated_at")),
        shown=shown,
    )


def _object(told: Json, name: str) -> Json:
    found = told.get(name)
    if not isinstance(found, dict):
        raise ValueError(f"it has no {name}")
    return found
