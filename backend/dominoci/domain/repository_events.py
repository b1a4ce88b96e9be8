"""What the host of a repository tells: pushes, pull requests, installations of an App. GitHub and GitLab alike; no text of theirs
goes further than its bounds here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from dominoci.domain.refs import is_ref_name

BRANCH, PULL_REQUEST = "branch", "pull_request"
LINK_KINDS: Final = (BRANCH, PULL_REQUEST)
HEADS, TAGS = "refs/heads/", "refs/tags/"
MOST_REPOSITORIES: Final = 100  # that one installation may bring at a time
LONGEST_REF: Final = 255
_SHA: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NONE: Final = re.compile(r"0+")


@dataclass(frozen=True)
class Push:
    """A branch or tag (its full ref) points to another commit; `after` is None when it was deleted, `before` when it is new.

    Of an annotated tag, `after` is the id of the tag itself: `commit` is what it names, None where that was not told."""

    ref: str
    before: str | None
    after: str | None
    default_branch: str | None = None
    commit: str | None = None

    @property
    def branch(self) -> str | None:
        """The branch; None for a tag."""
        return self.ref.removeprefix(HEADS) if self.ref.startswith(HEADS) else None

    @property
    def tag(self) -> str | None:
        """The tag; None for a branch."""
        return self.ref.removeprefix(TAGS) if self.ref.startswith(TAGS) else None


@dataclass(frozen=True)
class Pull:
    """A pull request (GitLab: merge request) as it stands. `builds`: it was opened or reopened, or its commits are others now;
    `closed`: closed or merged. `fork`: its commits lie in another repository than the one that it is for. `ref` is under which
    the host keeps its head, `shown` what is kept of it for people."""

    number: int
    ref: str
    head: str
    base: str | None
    fork: bool
    builds: bool
    closed: bool
    at: datetime | None
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Installation:
    """An App was installed at an account, or is there no more. `repositories` are those that came (`gone`: went), as host/path;
    `account` and `sender` are the host's own ids, `named` is what the account is called."""

    host: str
    number: str
    account: str
    named: str
    sender: str | None
    gone: bool
    repositories: Sequence[str]
    more: int = 0
    """How many repositories there were beyond those that one webhook may bring."""
    whole: bool = False
    """Whether it is about the installation as such, and not about some of its repositories."""


@dataclass(frozen=True)
class Unheard:
    """Something that was well told, and of which nothing can come here; `text` says why. No refusal: GitLab switches webhooks off
    that are refused."""

    text: str


Happening = Push | Pull | Installation | Unheard
UNUSABLE: Final = Unheard("the ref is no branch and no tag that could be kept: its name is too long, or holds what no name may")


def account_address(host: str, number: str) -> str:
    """What an account is known by here, whatever it is called: the group of its installation is made of it."""
    return f"https://{host}/accounts/{number}"


def commit(value: Any) -> str | None:
    """A full commit id; None for all zeros. Raises ValueError for anything else."""
    if not isinstance(value, str) or not _SHA.fullmatch(value):
        raise ValueError("a commit id is missing or is none")
    return None if _NONE.fullmatch(value) else value


def push(told: Mapping[str, Any], default_branch: Any, head: Any = None) -> Push | Unheard:
    """A push, of which GitHub and GitLab tell alike but for `head`, the commit that there is now. Raises ValueError for what
    neither of them sends."""
    ref = told.get("ref")
    if not isinstance(ref, str):
        raise ValueError("the ref is missing")
    before, after = commit(told.get("before")), commit(told.get("after"))
    known = ref.startswith((HEADS, TAGS)) and len(ref) <= LONGEST_REF and is_ref_name(ref.removeprefix(HEADS).removeprefix(TAGS))
    named = head if isinstance(head, str) and _SHA.fullmatch(head) and not _NONE.fullmatch(head) else None
    return Push(ref, before, after, line(default_branch, 200) or None, named) if known else UNUSABLE


def moment(value: Any) -> datetime | None:
    """A time as GitHub (`2026-11-21T10:00:00Z`) or GitLab (the same, or `2026-11-21 10:00:00 UTC`) writes it."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value.removesuffix(" UTC").strip())
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def line(value: Any, longest: int) -> str:
    """A text on one line, cut; without control characters, and without those that turn the direction of what is around them."""
    words = " ".join(value.split()) if isinstance(value, str) else ""
    return "".join(c for c in words if c.isprintable())[:longest]
