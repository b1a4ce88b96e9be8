"""Webhooks of GitHub: signed over the raw body (docs.github.com, "Validating webhook deliveries"), and what they tell of runs and
of repositories."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from dominoci.adapters import github_events
from dominoci.adapters.base import Told
from dominoci.adapters.github_run import marker, run_of
from dominoci.adapters.hook import Hook
from dominoci.domain import pasted
from dominoci.domain import target as rules
from dominoci.domain.repository_events import account_address

RUN: Final = "workflow_run"
ACTIONS: Final = ("requested", "in_progress", "completed")
LONGEST_NAME: Final = 100
FORM: Final = "application/x-www-form-urlencoded"


def read(headers: Mapping[str, str], body: bytes) -> Hook:
    """A webhook; names of headers in lower case. Raises ValueError for what GitHub would not send. Nothing of it is proven before
    `holds` has said so: until then only the repository may be used, to find the secret."""
    kind = _header(headers, "x-github-event")
    if kind is None:
        raise ValueError("the header X-GitHub-Event is missing")
    shown = _json(headers, body)
    keys = _keys(shown.get("repository"))
    signature = headers.get("x-hub-signature-256", "")
    return Hook(
        keys=keys,
        delivery_id=_header(headers, "x-github-delivery"),
        kind=kind,
        holds=lambda secret: proven(secret, signature, body),
        told=_told(keys, shown) if kind == RUN and keys else None,
        repository=_repository(shown["repository"]) if keys else None,
        tells=lambda: github_events.read(kind, shown),
        by_github=True,
        installation=_number(shown, "installation"),
        account=_account(shown["repository"]) if keys else None,
    )


def proven(secret: str, signature: str, body: bytes) -> bool:
    """Whether the secret made this `sha256=…` of the raw body; constant time. X-Hub-Signature, with SHA-1, is not looked at."""
    wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))


def _json(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The body, which is JSON, or a form with JSON in it: GitHub's page offers the form first."""
    try:
        text = body.decode()
        if headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
            text = parse_qs(text, max_num_fields=2).get("payload", [""])[0]
        shown = json.loads(text)
    except (ValueError, RecursionError) as e:
        raise ValueError("its body is not JSON") from e
    if not isinstance(shown, dict):
        raise ValueError("its body is not a JSON object")
    return shown


def _keys(repository: Any) -> tuple[str, ...]:
    if not isinstance(repository, dict):
        return ()
    page, name = repository.get("html_url"), repository.get("full_name")
    if not isinstance(page, str) or not isinstance(name, str):
        return ()
    try:
        return (rules.key_of(rules.GITHUB, page, name),)
    except ValueError:  # an address that is none
        return ()


def _repository(shown: Mapping[str, Any]) -> str | None:
    return (pasted.repository(shown["html_url"]) or "").lower() or None


def _number(shown: Mapping[str, Any], name: str) -> str | None:
    about = shown.get(name)
    number = about.get("id") if isinstance(about, dict) else None
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else None


def _account(repository: Mapping[str, Any]) -> str | None:
    host, number = (_repository(repository) or "").partition("/")[0], _number(repository, "owner")
    return account_address(host, number) if host and number else None


def _told(keys: tuple[str, ...], shown: Mapping[str, Any]) -> Told | None:
    about = shown.get(RUN)
    if shown.get("action") not in ACTIONS or not isinstance(about, dict):
        return None
    run, named = run_of(about), marker(about)
    if run.ref is None:
        return None
    return Told(keys, run, None, named.tree_id, named.sub_id, named.attempt) if named else Told(keys, run)


def _header(headers: Mapping[str, str], name: str) -> str | None:
    value = headers.get(name, "")
    return value if value and len(value) <= LONGEST_NAME and value.isprintable() else None
