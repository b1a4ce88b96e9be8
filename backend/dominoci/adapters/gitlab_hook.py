"""GitLab's webhooks (https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events): a pipeline that the
arbiter started echoes its DOMINO_* variables, and so tells which event it belongs to without having been changed."""

import json
from collections.abc import Mapping
from typing import Any, Final

from dominoci.adapters import gitlab_events
from dominoci.adapters.base import Told
from dominoci.adapters.gitlab import run
from dominoci.adapters.hook import Hook
from dominoci.domain import pasted
from dominoci.domain import target as rules
from dominoci.domain.addresses import link
from dominoci.domain.credentials import same
from dominoci.vendors import gitlab_answers as answers
from dominoci.vendors.gitlab import API, TRIGGER

PIPELINE: Final = "Pipeline Hook"
MAX_DELIVERY_ID: Final = 100
MAX_TOKEN: Final = 1024
MAX_ID: Final = 200
Json = dict[str, Any]


def read(headers: Mapping[str, str], body: bytes) -> Hook:
    """A webhook as it came; `headers` by lower-case names. Raises ValueError for what GitLab does not send."""
    kind = answers.text(headers.get("x-gitlab-event"), 100)
    if kind is None:
        raise ValueError("no X-Gitlab-Event")
    told, token = _object(body), headers.get("x-gitlab-token", "")
    keys = _keys(told.get("project"))
    return Hook(
        keys=keys,
        delivery_id=_delivery_id(headers),
        kind=kind,
        # an empty secret would be proved by a webhook that has none
        holds=lambda secret: bool(secret) and same(token, secret),
        told=_told(keys, told) if kind == PIPELINE else None,
        repository=(pasted.repository(told["project"]["web_url"]) or "").lower() if keys else None,
        tells=lambda: gitlab_events.read(kind, told),
    )


def _object(body: bytes) -> Json:
    try:
        told = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(told, dict):
        raise ValueError("not an object")
    return told


def _delivery_id(headers: Mapping[str, str]) -> str | None:
    """Idempotency-Key is the same over retries (from 17.4). X-Gitlab-Event-UUID is not asked: webhooks that one request sets off
    share it, and the last of them may be the one that tells of the end."""
    named = headers.get("idempotency-key") or headers.get("x-gitlab-webhook-uuid")
    return answers.text(named, MAX_DELIVERY_ID)


def _keys(project: Any) -> tuple[str, ...]:
    """By path, and by id; none for a webhook of a group that is about no project."""
    if not isinstance(project, dict):
        return ()
    url, path = link(project.get("web_url")), answers.text(project.get("path_with_namespace"), MAX_ID)
    if url is None or path is None:
        raise ValueError("a project without web_url and path_with_namespace")
    number = answers.identifier(project.get("id"))
    return tuple(rules.key_of(rules.GITLAB, url, named) for named in (path, number))


def _told(keys: tuple[str, ...], told: Json) -> Told | None:
    """What is told of a run; None of a pipeline that nothing of ours can have started: a child pipeline may have been handed its
    parent's variables, and its end is not the parent's."""
    attributes = told.get("object_attributes")
    if not isinstance(attributes, dict):
        raise ValueError("a pipeline without object_attributes")
    pipeline = answers.pipeline(attributes)
    if attributes.get("source") not in (TRIGGER, API):
        return None
    sent = answers.variables(attributes.get("variables") or [])
    return Told(
        keys,
        run(pipeline),
        event_token=answers.text(sent.get("DOMINO_EVENT_TOKEN"), MAX_TOKEN),
        tree_id=answers.text(sent.get("DOMINO_TREE_ID"), MAX_ID),
        sub_id=answers.text(sent.get("DOMINO_SUB_ID"), MAX_ID),
        attempt=_attempt(sent.get("DOMINO_ATTEMPT", "")),
    )


def _attempt(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
