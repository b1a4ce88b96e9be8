"""Repositories elsewhere: their webhooks, what those told, the jobs that they are linked to, and approvals of forks."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import PageQuery
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.builds import Build
from dominoci.api.schemas.hooks import Approval, HookDelivery, LinkBody, RepositoryHook, RepositoryLink
from dominoci.services import approvals, hook_deliveries, hook_keeping, repository_links

blp = Routes(
    "repository-hooks", "Repositories at GitHub and GitLab: webhooks, links to jobs, approvals of forks (docs/hooks.md)."
)
P = "/projects/<project>"
LINKS = "/jobs/<path:job>/links"


@blp.get(f"{P}/repository-hook")
@allow("user", refuses=(404,))
@blp.response(200, RepositoryHook)
def hook(project: str) -> dict[str, Any]:
    """How the webhook of the project's repository stands."""
    return read(hook_keeping.get, project)


@blp.post(f"{P}/repository-hook")
@allow("user", refuses=(404, 409))
@blp.response(202, RepositoryHook)
def make_hook(project: str) -> dict[str, Any]:
    """Has the webhook made, or made anew, with the access that the project has; within seconds `state` says what came of it. 409
    where the access can read only: then make it by hand (`POST …/hook-secret`)."""
    return write(hook_keeping.ask, project)


@blp.get(f"{P}/hook-deliveries")
@allow("user", refuses=(404,))
@blp.arguments(PageQuery, location="query")
@blp.response(200, list_of(HookDelivery))
def deliveries(query: dict[str, Any], project: str) -> dict[str, Any]:
    """The webhooks of GitHub and GitLab that were taken for the project, newest first; kept for 30 days."""
    return read(hook_deliveries.of_project, project, page_of(query))


@blp.get(LINKS)
@allow("user", refuses=(404,))
@blp.response(200, list_of(RepositoryLink))
def links(job: str) -> dict[str, Any]:
    """The repositories that a job is linked to."""
    return read(repository_links.of_job, job)


@blp.put(LINKS)
@allow("user", refuses=(404, 409))
@blp.arguments(LinkBody)
@blp.response(200, RepositoryLink)
def put_link(body: dict[str, Any], job: str) -> dict[str, Any]:
    """Links a repository to a job; a link of this kind to another job of yours is replaced. 409 where the job's builds check out
    another repository, or the repository is linked to somebody else's job."""
    return write(repository_links.put_for, job, body["repository"], body["kind"])


@blp.delete(f"{LINKS}/<link>")
@allow("user", refuses=(404,))
@blp.response(204)
def remove_link(job: str, link: str) -> None:
    """Ends a link; the copies that there are stay as they are."""
    write(repository_links.remove, link, job)


@blp.post("/builds/<build>/approve")
@allow("user", refuses=(404, 409))
@blp.arguments(Approval)
@blp.response(200, Build)
def approve(body: dict[str, Any], build: str) -> dict[str, Any]:
    """Lets a build of a fork's commit run, without secrets. It counts for this commit: a newer push needs its own."""
    return write(approvals.approve, build, body["commit"])
