"""Where a project's repository is, and whether the project's access to it may do more than read: set statuses, keep webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from dominoci.config import Settings
from dominoci.domain import repository_access as rules
from dominoci.domain.target import GITHUB, GITLAB
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import repository_access
from dominoci.services.repository_access import Access


@dataclass(frozen=True)
class Host:
    """A repository at GitHub or GitLab with what is shown to its API (never logged or stored). `fields` and `secrets` are named
    as those of a target of that kind."""

    kind: str
    fields: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)


def opened(uow: UnitOfWork, project: Project) -> Host | None:
    """The host's API with the project's access; None where the host is none that is known, or the access is for git alone."""
    access = repository_access.opened(uow, project)
    return of(access, uow.settings) if access else None


def of(access: Access, settings: Settings) -> Host | None:
    """The same of an access."""
    url = access.repository_url
    kind = GITHUB if access.kind == rules.APP else kind_of(url, settings)
    if kind is None or access.kind == rules.SSH or not access.secrets:
        return None
    if kind == GITLAB:
        server = _server(url, settings)
        project = url.removeprefix(server).strip("/").removesuffix(".git") if url.startswith(server) else rules.path(url)
        return Host(kind, {"kind": kind, "url": server, "project": project}, {"api_token": access.secrets["token"]})
    api = str(access.fields.get("api_url") or rules.api_of(url))
    app = {name: access.fields.get(name) for name in ("app_id", "installation_id")}
    return Host(kind, {"kind": kind, "api_url": api, "repository": rules.path(url), **app}, access.secrets)


def kind_of(address: str, settings: Settings) -> str | None:
    """Whether a repository's address, or `host/path`, is one at GitHub or GitLab; None for neither."""
    host = urlsplit(address if "//" in address else f"//{address}").hostname or address.rpartition("@")[2].partition(":")[0]
    for kind, known in ((GITHUB, settings.github_url), (GITLAB, settings.gitlab_url)):
        if host == urlsplit(known).hostname or host == f"{kind}.com" or host.startswith(f"{kind}."):
            return kind
    return None


def _server(url: str, settings: Settings) -> str:
    """The GitLab that a repository is at: one below a path of its host is known by the settings."""
    return settings.gitlab_url if url.startswith(f"{settings.gitlab_url}/") else rules.origin(url)
