"""What every request to GitHub has, and how its answers are read: JSON, and refusals with the sentence that says what to do."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from dominoci.outbound.client import Answer
from dominoci.outbound.exchange import Caller, Exchange, ExchangeFailed, refusal, retry_after

HEADERS: Final = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
# github.com reads a body without it; Gitea, whose API is much the same, does not
JSON: Final = {"content-type": "application/json"}
MOST_SAID: Final = 200
NO_API: Final = "What answers is no GitHub API: on an Enterprise Server its address ends in /api/v3."
LIMITED: Final = (403, 429)
# without either header GitHub asks for a minute at least ("Rate limits for the REST API")
SECONDARY_S: Final = 60.0
_BY_ID: Final = re.compile(r"/repositories/(\d{1,20})(?:/|$)")

Reading = Callable[[str], str]
"""Makes a sentence of GitHub's own words."""


def encoded(body: Mapping[str, Any] | None) -> bytes:
    """A request's body."""
    return b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def genuine(answer: Answer, exchange: Exchange) -> tuple[Answer, Exchange]:
    """A success that may be GitHub's. Raises ExchangeFailed for a page, which its API never answers with."""
    if "html" in answer.headers.get("content-type", "").lower():
        raise ExchangeFailed(NO_API, exchange=exchange, retry=False)
    return answer, exchange


def content(answer: Answer, exchange: Exchange) -> dict[str, Any]:
    """The JSON object of an answer. Raises ExchangeFailed (worth another try) for anything else."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        why = "is longer than is read" if answer.truncated else "is no JSON object"
        raise ExchangeFailed(f"GitHub answered {answer.status}, but its answer {why}.", exchange=exchange, retry=True)
    return told


def said(answer: Answer) -> str:
    """GitHub's own words for what is wrong, on one line and cut; they go to whoever may see the target."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    message = told.get("message") if isinstance(told, dict) else None
    line = " ".join(message.split()) if isinstance(message, str) else ""
    return "".join(c for c in line if c.isprintable())[:MOST_SAID]


def failure(caller: Caller, answer: Answer, exchange: Exchange, own: Mapping[int, Reading]) -> ExchangeFailed:
    """What an answer that is no success means. `own` are the readings of one request, by status."""
    wait = limit_s(answer, caller.clock())
    if wait is not None:
        reading = f"GitHub's rate limit is used up ({answer.status}); it asks for {wait:.0f} s of peace."
        return ExchangeFailed(reading, exchange=exchange, retry=True, retry_after_s=wait)
    return caller.failure(answer, exchange, _reading(answer, own))


def limit_s(answer: Answer, now: datetime) -> float | None:
    """How many seconds to leave GitHub in peace when this answer says that a rate limit is used up, else None. The primary limit
    names its end (`x-ratelimit-reset`, by GitHub's clock), the secondary ones say `retry-after` or nothing."""
    if answer.status not in LIMITED:
        return None
    asked = retry_after(answer.headers.get("retry-after", ""), now)
    if asked is not None:
        return asked
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdecimal() and len(reset) < 12:
        return max(float(reset) - clock(answer, now).timestamp(), 1.0)
    return SECONDARY_S if answer.status == 429 or "rate limit" in said(answer).lower() else None


def clock(answer: Answer, now: datetime) -> datetime:
    """What GitHub's clock showed; `now`, ours, where it does not say."""
    try:
        at = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return now
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def moved_to(answer: Answer) -> str | None:
    """The id of the repository that this redirect leads to: GitHub answers so for one that was renamed or transferred."""
    found = _BY_ID.search(answer.headers.get("location", "")) if answer.status in (301, 302, 307, 308) else None
    return found[1] if found else None


def coded(status: int, words: str) -> str:
    """A status with GitHub's words for it, if any."""
    return f"{status}: {words}" if words else str(status)


def _reading(answer: Answer, own: Mapping[int, Reading]) -> str:
    words = said(answer)
    if answer.status in own:
        return own[answer.status](words)
    if answer.status == 401:
        return f"GitHub does not take the credentials ({coded(401, words)}): give the target a new token, or the App's own key."
    if answer.status == 403:
        return _forbidden(answer, words)
    return f"GitHub answered {answer.status}: {words}" if words else refusal(answer.status)


def _forbidden(answer: Answer, words: str) -> str:
    if answer.headers.get("x-github-sso", "").startswith("required"):
        return "GitHub refuses the token (403): authorise it for the organisation's single sign-on."
    wanted = "".join(c for c in answer.headers.get("x-accepted-github-permissions", "") if c.isprintable())[:100]
    needs = f" It needs the permission {wanted}." if wanted else " Give it the permissions that the documentation lists."
    return f"GitHub does not allow this to the token or App ({coded(403, words)}).{needs}"
