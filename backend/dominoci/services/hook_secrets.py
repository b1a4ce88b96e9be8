"""The secrets with which webhooks of GitLab and GitHub prove themselves: of a project's CI system, or of the repository that own
agents build."""

from secrets import token_urlsafe

from dominoci.domain import target as rules
from dominoci.domain.errors import Conflict
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, hook_deliveries, hook_keeping, repository_access, repository_host, targets
from dominoci.services.access import Principal, writable_project

HOSTED = "This repository is hosted here, and its pushes are known: link a job to a repository elsewhere first."


def make(uow: UnitOfWork, who: Principal, key: str) -> dict[str, str]:
    """A new secret, and where the webhook is to be sent. Raises Conflict where there is nothing that could send any."""
    project, secret = writable_project(uow, who, key), token_urlsafe(32)
    kind = project.target["kind"]
    if kind in rules.HOOKED:
        targets.set_secret(uow, project, rules.HOOK_SECRET, secret)
        _note(uow, who, project)
    elif kind != rules.AGENT:
        raise Conflict(f"A target of kind {kind} has no webhook of its own: its pipelines call back.")
    elif places := hook_deliveries.repositories(uow, project):
        kind = repository_host.kind_of(min(places), uow.settings) or rules.GITHUB  # Gitea and others sign as GitHub does
        put(uow, who, project, secret)
    else:
        raise Conflict(HOSTED)
    return {"url": f"{uow.settings.public_url}/hooks/{kind}", "secret": secret}


def put(uow: UnitOfWork, who: Principal, project: Project, secret: str) -> None:
    """The webhook of the project's repository proves itself by this secret from now on; one that was made from here is told."""
    repository_access.set_hook_secret(uow, project, secret)
    hook_keeping.tell_secret(uow, project)
    uow.session.flush()
    _note(uow, who, project)


def _note(uow: UnitOfWork, who: Principal, project: Project) -> None:
    audit.note(uow, who, "project.hook_secret", audit.About("project", project.id, project.name))
