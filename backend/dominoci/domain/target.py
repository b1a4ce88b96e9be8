"""Targets: where a project's pipeline lives. Which fields and secrets each kind of CI system has, and what is missing."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

AGENT, WEBHOOK, JENKINS, GITLAB, GITHUB = "agent", "webhook", "jenkins", "gitlab", "github"
GITLAB_URL: Final = "https://gitlab.com"
GITHUB_API: Final = "https://api.github.com"
GENERIC_WEBHOOK, BUILD = "generic-webhook", "build"

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    AGENT: ("pipeline", "labels", "priority", "job"),
    WEBHOOK: ("url", "cancel_url"),
    JENKINS: ("url", "mode", "job", "user", "unstable"),
    GITLAB: ("url", "project"),
    GITHUB: ("api_url", "repository", "workflow", "event_type", "app_id", "installation_id"),
}
SECRETS: Final[Mapping[str, tuple[str, ...]]] = {
    AGENT: (),
    WEBHOOK: ("secret",),
    JENKINS: ("token", "api_token"),
    GITLAB: ("token", "api_token"),
    GITHUB: ("token", "private_key"),
}
HOOK_SECRET: Final = "hook_secret"  # noqa: S105  the name of the secret with which the CI system's own webhooks prove themselves
JOB_ID: Final = "job_id"  # kept beside an agent target's job, which may be moved: a frozen tree still finds it
HOOKED: Final = (GITLAB, GITHUB)
KINDS: Final = tuple(FIELDS)
MOST_LABELS: Final = 20


def needs(fields: Mapping[str, Any]) -> list[str] | None:
    """The labels that a target asks of agents, each once, in order; None when any agent will do."""
    return sorted(set(fields.get("labels") or ())) or None


def server(fields: Mapping[str, Any]) -> str | None:
    """The address of the CI system; None for own agents."""
    kind = fields["kind"]
    if kind == GITHUB:
        return str(fields.get("api_url") or GITHUB_API).rstrip("/")
    if kind == GITLAB:
        return str(fields.get("url") or GITLAB_URL).rstrip("/")
    return fields.get("url")


def origin(fields: Mapping[str, Any]) -> str | None:
    """Scheme, host and port of that server: who is sent the target's secrets."""
    parts = urlsplit(server(fields) or "")
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else None


def keeps_secrets(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a target that becomes another one keeps the secrets that are not given anew: only while kind and server stay,
    because whoever points a target elsewhere would be sent them."""
    return before["kind"] == after["kind"] and origin(before) == origin(after)


def key(fields: Mapping[str, Any]) -> str | None:
    """What the CI system's own webhooks name the target by, e.g. `github:github.com/owner/repo`; None where it has none."""
    kind = fields["kind"]
    named = fields.get("repository") if kind == GITHUB else fields.get("project") if kind == GITLAB else None
    return key_of(kind, str(server(fields)), str(named)) if named else None


def key_of(kind: str, address: str, named: str) -> str:
    """The same of its parts: any address on the server, and a repository's path (or, at GitLab, id)."""
    host = urlsplit(address).netloc.lower().removeprefix("api.")
    return f"{kind}:{host}/{unquote(named).strip('/').lower()}"[:300]


def missing(fields: Mapping[str, Any], secrets: Collection[str]) -> dict[str, str]:
    """What a target of this kind needs and has not, as sentences by field. `secrets` are the names of those that it has."""
    return {name: text for name, text in _needs(fields, secrets) if text}


def _needs(fields: Mapping[str, Any], secrets: Collection[str]) -> list[tuple[str, str]]:
    kind = fields["kind"]
    if kind == WEBHOOK:
        return [("url", "" if fields.get("url") else "A webhook needs an address.")]
    if kind == JENKINS:
        return [("url", "" if fields.get("url") else "Give the address of Jenkins."), _jenkins(fields, secrets)]
    if kind == GITLAB:
        token = "" if secrets else "Give a trigger token (or an API token) of the GitLab project."
        return [("project", "" if fields.get("project") else "Give the project's path or id in GitLab."), ("token", token)]
    if kind == GITHUB:
        app = fields.get("app_id") and "private_key" in secrets
        starts = fields.get("workflow") or fields.get("event_type")
        return [
            ("repository", "" if fields.get("repository") else "Give the repository as owner/name."),
            ("workflow", "" if starts else "Give the workflow's file (deploy.yml), or an event_type for repository_dispatch."),
            ("token", "" if app or "token" in secrets else "Give a token, or an App's id and its private key."),
        ]
    return []


def _jenkins(fields: Mapping[str, Any], secrets: Collection[str]) -> tuple[str, str]:
    if fields.get("mode") == BUILD:
        return "job", "" if fields.get("job") else "Give the job's path (folder/name)."
    return "token", "" if "token" in secrets else "Give the token of the Generic Webhook Trigger."


def jenkins_path(job: str) -> str:
    """A job's path as Jenkins spells it in addresses: `folder/name` is `job/folder/job/name`."""
    return "/".join(f"job/{quote(part, safe='')}" for part in job.strip("/").split("/"))
