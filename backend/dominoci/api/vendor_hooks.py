"""Webhooks of CI systems themselves, and the secret with which a project's prove themselves."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from dominoci.adapters import github_hook, gitlab_hook
from dominoci.adapters.hook import Hook
from dominoci.api.context import site, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes, whole_body
from dominoci.api.schemas.hooks import HookAddress, HookSecret, HookTaken
from dominoci.domain.errors import BadRequest
from dominoci.services import hook_secrets, vendor_hooks

blp = Routes(
    "vendor_hooks",
    "Webhooks of GitLab and GitHub: pushes and pull requests, and how runs end that do not call back.",
    url_prefix="",
)
MAX_HOOK = 4 << 20  # a pipeline's webhook lists all of its jobs, and all variables twice
Read = Callable[[Mapping[str, str], bytes], Hook]


@blp.post("/hooks/gitlab")
@allow("anyone", refuses=(401,))
@blp.arguments(HookAddress, location="query")
@blp.response(200, HookTaken)
def gitlab(_address: dict[str, Any]) -> dict[str, Any]:
    """A webhook of a GitLab project (push, tag, merge request and pipeline events), proven by `X-Gitlab-Token`. What changes
    nothing here is ignored with 200: GitLab switches hooks off that are refused."""
    return _take(gitlab_hook.read)


@blp.post("/hooks/github")
@allow("anyone", refuses=(401,))
@blp.arguments(HookAddress, location="query")
@blp.response(200, HookTaken)
def github(_address: dict[str, Any]) -> dict[str, Any]:
    """A webhook of a GitHub repository or App (`push`, `pull_request`, `workflow_run`, `installation`, `ping`), proven by
    `X-Hub-Signature-256` over the raw body. The same `X-GitHub-Delivery` again changes nothing."""
    return _take(github_hook.read)


def _take(read: Read) -> dict[str, Any]:
    request.max_content_length = MAX_HOOK
    try:
        hook = read({name.lower(): value for name, value in request.headers.items()}, whole_body(request))
    except ValueError as error:
        raise BadRequest(f"This webhook cannot be read: {error}.") from error
    site().container.read(vendor_hooks.speaks_for, hook)  # who proves nothing gets no transaction that writes
    return site().container.write(vendor_hooks.take, hook)


@blp.post("/api/v1/projects/<project>/hook-secret")
@allow("user", refuses=(404, 409))
@blp.response(201, HookSecret, headers={"Cache-Control": {"schema": {"type": "string"}}})
def make_secret(project: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """A new secret for the webhook of a project's GitLab project or GitHub repository, shown this once; the old one ends at once.
    For own agents it is that of the repository that they build. 409 for targets of other kinds, and for repositories here."""
    return write(hook_secrets.make, project), 201, {"Cache-Control": "no-store"}
