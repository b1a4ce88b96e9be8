"""A repository's webhooks at GitHub, and what became of their deliveries (docs.github.com, "REST API endpoints for repository
webhooks"). Needs "Webhooks: read and write"."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dominoci.domain.repository_events import moment
from dominoci.outbound.client import Answer
from dominoci.outbound.exchange import Exchange, ExchangeFailed
from dominoci.vendors.github import GitHub
from dominoci.vendors.github_wire import Reading, coded, content

OF_REPOSITORY: Final = ("push", "pull_request")
EVENTS: Final = (*OF_REPOSITORY, "workflow_run")
PAGE: Final = 100
MOST_PAGES: Final = 10  # of deliveries, at a time
LONG: Final = 4 << 20  # bytes of an answer: a delivery holds the whole payload
_CURSOR: Final = re.compile(r'<[^>]*[?&]cursor=([\w%.~-]+)[^>]*>;\s*rel="next"')


@dataclass(frozen=True)
class Delivery:
    """One delivery as GitHub lists it. `guid` is the X-GitHub-Delivery of all deliveries of that event."""

    number: int
    guid: str
    event: str
    at: datetime | None


def make(github: GitHub, url: str, secret: str, events: Sequence[str] = EVENTS) -> str:
    """Makes the webhook that posts to `url`, or gives the one that is there this secret and these events; answers its id."""
    config = {"url": url, "content_type": "json", "secret": secret, "insecure_ssl": "0"}
    shown = {"events": list(events), "config": {**config, "secret": "…"}}
    told = {"active": True, "events": list(events), "config": config}
    # looked for first: an answer that was lost may have been that of a webhook which was made
    if (known := _at(github, url)) is not None:
        github.ask("PATCH", f"/hooks/{known}", told, shown, _own(github))
        return known
    answer, exchange = github.ask("POST", "/hooks", {"name": "web", **told}, shown, _own(github))
    return _id(content(answer, exchange), exchange)


def _at(github: GitHub, url: str) -> str | None:
    answer, exchange = github.ask("GET", f"/hooks?per_page={PAGE}", None, None, _own(github), most=LONG)
    for hook in _listed(answer, exchange):
        config = hook.get("config")
        if isinstance(config, dict) and config.get("url") == url:
            return _id(hook, exchange)
    return None


def deliveries(github: GitHub, hook_id: str, since: datetime) -> list[Delivery]:
    """The deliveries since then, newest first, at most MOST_PAGES; one that was sent again stands there again."""
    found: list[Delivery] = []
    path, cursor = f"/hooks/{hook_id}/deliveries?per_page={PAGE}", ""
    for _ in range(MOST_PAGES):
        answer, exchange = github.ask("GET", f"{path}{cursor}", None, None, _own(github), most=LONG)
        page = [one for told in _listed(answer, exchange) if (one := _delivery(told))]
        found.extend(page)
        older = _CURSOR.search(answer.headers.get("link", ""))
        if older is None or not page or (page[-1].at or since) < since:
            break
        cursor = f"&cursor={older[1]}"
    return found


def _delivery(told: dict[str, Any]) -> Delivery | None:
    number, guid, event = told.get("id"), told.get("guid"), told.get("event")
    if isinstance(number, int) and isinstance(guid, str) and isinstance(event, str):
        return Delivery(number, guid, event, moment(told.get("delivered_at")))
    return None


def payload(github: GitHub, hook_id: str, number: int) -> dict[str, Any]:
    """What a delivery said: the JSON of its body."""
    answer, exchange = github.ask("GET", f"/hooks/{hook_id}/deliveries/{number}", None, None, _own(github), most=LONG)
    request = content(answer, exchange).get("request")
    told = request.get("payload") if isinstance(request, dict) else None
    if not isinstance(told, dict):
        raise ExchangeFailed("GitHub's answer holds no payload.", exchange=exchange, retry=False)
    return told


def _listed(answer: Answer, exchange: Exchange) -> Sequence[dict[str, Any]]:
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, list):
        raise ExchangeFailed("GitHub's answer is no list.", exchange=exchange, retry=True)
    return [one for one in told if isinstance(one, dict)]


def _id(hook: dict[str, Any], exchange: Exchange) -> str:
    number = hook.get("id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise ExchangeFailed("GitHub's answer names no webhook.", exchange=exchange, retry=True)
    return str(number)


def _own(github: GitHub) -> dict[int, Reading]:
    hidden = f"GitHub shows no webhooks of {github.repository} to this token or App (404): it needs Webhooks: read and write."
    return {404: lambda _words: hidden, 422: lambda words: f"GitHub takes no such webhook ({coded(422, words)})."}
