"""Which tokens of CI jobs speak for a project: what the platforms' claims mean, and how a project's rule is held against them.

Claims after the platforms' manuals (GitHub "OpenID Connect reference", GitLab "OpenID Connect ID tokens"). Jobs are told by ids;
`sub` is never taken apart, because users can change its form at both.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dominoci.domain.globs import matches

Claims = Mapping[str, Any]
GITHUB, GITLAB, OTHER = "github", "gitlab", "other"
KINDS: Final = (GITHUB, GITLAB, OTHER)
# offered to admins; none is on by itself
OFFERED: Final[Mapping[str, tuple[str, str]]] = {
    GITHUB: ("https://token.actions.githubusercontent.com", "GitHub Actions"),
    GITLAB: ("https://gitlab.com", "GitLab.com"),
}
SUBJECTS: Final[Mapping[str, str]] = {GITHUB: "repository_id", GITLAB: "project_id", OTHER: "sub"}
# what is checked for every token, or names nobody by an id: no rule may match on it
RESERVED: Final = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})
LONGEST_SUBJECT: Final = 200
LONGEST_SHOWN: Final = 200
MOST_SHOWN: Final = 50
NO_PULL_REQUEST: Final = "no pull or merge request"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:/-]{0,99}")


@dataclass(frozen=True)
class Failure:
    """A claim that is not as a rule wants it; `found` is None where the token does not have it."""

    claim: str
    wanted: str
    found: str | None


def text_of(value: Any) -> str | None:
    """A claim as text: ids come as strings or numbers, flags as strings or booleans. None for what is missing or no scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else None


def shown(claims: Claims) -> dict[str, str]:
    """The scalar claims as they may be shown, cut, and not more than a few dozen."""
    texts = ((name, text_of(value)) for name, value in list(claims.items())[:MOST_SHOWN])
    return {name[:LONGEST_SHOWN]: text[:LONGEST_SHOWN] for name, text in texts if text is not None}


def subject_of(kind: str, claims: Claims) -> str | None:
    """The id by which the job's repository is known; None when the token has none that can be used."""
    text = text_of(claims.get(SUBJECTS[kind]))
    return text if text and text.isprintable() and len(text) <= LONGEST_SUBJECT else None


def subject_problem(kind: str, subject: str) -> str | None:
    """Why no token of this kind can have this subject, as a sentence; None when one can."""
    if kind == OTHER or (subject.isascii() and subject.isdigit()):
        return None
    return f"Must be a number: the repository's id over there ({SUBJECTS[kind]}), not its name."


def failures(kind: str, claims: Claims, subject: str, wanted: Mapping[str, str], *, pull_requests: bool) -> list[Failure]:
    """Why a rule does not hold for a token; empty when it does."""
    name = SUBJECTS[kind]
    found = [] if subject_of(kind, claims) == subject else [Failure(name, subject, _cut(claims.get(name)))]
    if not pull_requests and (claim := pull_request_claim(kind, claims)):
        found.append(Failure(claim, NO_PULL_REQUEST, _cut(claims.get(claim))))
    return [*found, *_differing(claims, wanted)]


def _differing(claims: Claims, wanted: Mapping[str, str]) -> Iterator[Failure]:
    for name, pattern in sorted(wanted.items()):
        text = text_of(claims.get(name))
        if text is None or not matches(pattern, text):
            yield Failure(name, pattern, _cut(text))


def _cut(value: Any) -> str | None:
    text = text_of(value)
    return None if text is None else text[:LONGEST_SHOWN]


def pull_request_claim(kind: str, claims: Claims) -> str | None:
    """The claim that says, or leaves open, that a job runs for a pull or merge request; None when it surely does not. Other
    issuers' tokens say nothing of that."""
    if kind == GITHUB:
        return _first(claims, _GITHUB)
    return _first(claims, _GITLAB) if kind == GITLAB else None


Suspect = Callable[[str, Claims], bool]  # whether this text of a claim (empty: missing) speaks of a pull request


def _gitlab_source(text: str, claims: Claims) -> bool:
    """A child pipeline names its parent's pipeline and not what that one was started by: only a protected ref clears it."""
    if text == "parent_pipeline":
        return text_of(claims.get("ref_protected")) != "true"
    return not text or text in ("merge_request_event", "external_pull_request_event")


_GITHUB: Final[Sequence[tuple[str, Suspect]]] = (
    ("event_name", lambda text, _: not text or text.startswith("pull_request")),
    ("ref", lambda text, _: text.startswith("refs/pull/")),
    ("head_ref", lambda text, _: bool(text)),
    ("base_ref", lambda text, _: bool(text)),
)
_GITLAB: Final[Sequence[tuple[str, Suspect]]] = (
    ("pipeline_source", _gitlab_source),
    ("ref", lambda text, _: text.startswith("refs/merge-requests/")),
    ("ref_path", lambda text, _: text.startswith("refs/merge-requests/")),
)


def _first(claims: Claims, suspects: Sequence[tuple[str, Suspect]]) -> str | None:
    return next((name for name, speaks in suspects if speaks(text_of(claims.get(name)) or "", claims)), None)


def claim_problem(name: str) -> str | None:
    """Why a rule cannot ask for a claim of this name, as a sentence; None when it can."""
    if name in RESERVED:
        return f"{name} cannot be matched: it is checked for every token, or has no fixed form."
    return None if _NAME.fullmatch(name) else "Must be the name of a claim: letters, digits and _ . : / -"


def addressee(public_url: str, audience: Any) -> tuple[bool, str | None]:
    """Whether a token was made for this arbiter alone, and the project (name or id) that its audience names, if it does.

    The audience is the public address, or `<public address>/projects/<name or id>`. One that names others too is not for us: each
    of them could show it here.
    """
    audiences = audience if isinstance(audience, list) else [audience]
    if len(audiences) != 1 or not isinstance(audiences[0], str):
        return False, None
    address = audiences[0].rstrip("/")
    if address == public_url:
        return True, None
    project = address.removeprefix(f"{public_url}/projects/")
    named = project != address and 0 < len(project) <= 100 and "/" not in project
    return named, project if named else None
