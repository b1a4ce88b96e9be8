"""A project's webhooks at GitLab (docs.gitlab.com, "Project webhooks API"). Needs the scope api and the role Maintainer."""

import json
from typing import Any, Final
from urllib.parse import urlencode

from dominoci.outbound.client import Answer
from dominoci.outbound.exchange import Exchange, ExchangeFailed
from dominoci.vendors import gitlab_answers as answers
from dominoci.vendors.gitlab import FORM, GitLab

EVENTS: Final = ("push_events", "tag_push_events", "merge_requests_events", "pipeline_events")
LONG: Final = 1 << 20  # bytes of an answer


def make(gitlab: GitLab, url: str, secret: str) -> str:
    """Makes the webhook that posts to `url`, or gives the one that is there this secret and these events; answers its id."""
    told = {"url": url, **dict.fromkeys(EVENTS, "true"), "enable_ssl_verification": "true"}
    known = next((hook for hook in _read(*gitlab.ask("GET", "hooks?per_page=100", most=LONG), list) if _is(hook, url)), None)
    method, path = ("PUT", f"hooks/{known['id']}") if known else ("POST", "hooks")
    content = urlencode({**told, "token": secret}).encode()
    answer, exchange = gitlab.ask(method, path, content, json.dumps({**told, "token": "…"}), headers=FORM)
    number = _read(answer, exchange, dict).get("id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise ExchangeFailed("GitLab's answer names no webhook.", exchange=exchange, retry=True)
    return str(number)


def _is(hook: Any, url: str) -> bool:
    return isinstance(hook, dict) and hook.get("url") == url and isinstance(hook.get("id"), int)


def _read(answer: Answer, exchange: Exchange, kind: type[Any]) -> Any:
    try:
        told = answers.document(answer)
    except ValueError:
        told = None
    if not isinstance(told, kind):
        raise ExchangeFailed("Answered with something that GitLab's API does not answer.", exchange=exchange, retry=True)
    return told
