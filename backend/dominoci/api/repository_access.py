"""How private repositories are read, and the secrets of builds. Both are written and never shown."""

from typing import Any

from dominoci.api.context import read, site, who, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.repository_access import (
    AccessBody,
    AccessKeyBody,
    AccessTest,
    ProjectSecret,
    RepositoryAccess,
    SecretBody,
)
from dominoci.domain.errors import Invalid
from dominoci.domain.names import variable_problem
from dominoci.outbound.errors import Refused
from dominoci.services import hook_keeping, project_secrets, repository_access, repository_check

blp = Routes("repository-access", "What private repositories are read with, and secrets for builds: written, never shown.")
P = "/projects/<project>/repository-access"
S = "/projects/<project>/secrets"
LONGEST_NAME = 100


@blp.get(P)
@allow("user", refuses=(404,))
@blp.response(200, RepositoryAccess)
def get(project: str) -> dict[str, Any]:
    """How the project's repository is read; of secrets only which are set, and since when."""
    return read(repository_access.get, project)


@blp.put(P)
@allow("user", refuses=(404, 409))
@blp.arguments(AccessBody, example={"kind": "token", "username": "dominoci", "token": "glpat-…"})
@blp.response(200, RepositoryAccess)
def put(body: dict[str, Any], project: str) -> dict[str, Any]:
    """Sets how the repository is read. A token or App that may is also used to make the repository's webhook, where own agents
    build the project. 409 where the arbiter hosts the repository."""
    if address := body.get("api_url"):
        try:
            site().container.outbound.check_url(address)
        except Refused as error:
            raise Invalid("The access cannot be used.", {"api_url": [str(error)]}) from None
    return write(hook_keeping.put_access, project, body)


@blp.delete(P)
@allow("user", refuses=(404,))
@blp.response(204)
def remove(project: str) -> None:
    """Takes the access away, with its secrets."""
    write(repository_access.remove, project)


@blp.post(f"{P}/key")
@allow("user", refuses=(404, 409))
@blp.arguments(AccessKeyBody, example={})
@blp.response(201, RepositoryAccess)
def make_key(body: dict[str, Any], project: str) -> tuple[dict[str, Any], int]:
    """Makes a new SSH key (ed25519) for the project; give `public_key` to its repository as a deploy key that may read."""
    return write(repository_access.make_key, project, body), 201


@blp.post(f"{P}/test")
@allow("user", refuses=(404, 409, 429))
@blp.response(200, AccessTest)
def test(project: str) -> dict[str, Any]:
    """Whether the arbiter can read the repository with the access that is kept, step by step. 429 while others test."""
    container = site().container
    return repository_check.probe(container.transactions, container.repositories, who(), project)


@blp.get(S)
@allow("user", refuses=(404,))
@blp.response(200, list_of(ProjectSecret))
def secrets(project: str) -> dict[str, Any]:
    """The secrets that the project's builds may ask for, by name."""
    return read(project_secrets.listing, project)


@blp.put(f"{S}/<secret>")
@allow("user", refuses=(404, 409))
@blp.arguments(SecretBody, example={"value": "npm_…"})
@blp.response(200, ProjectSecret)
@blp.alt_response(201, schema=ProjectSecret, description="It is new", success=True)
def put_secret(body: dict[str, Any], project: str, secret: str) -> tuple[dict[str, Any], int]:
    """Sets a secret: a new one (201), or another value (200). At most 100 a project."""
    problem = variable_problem(secret) if len(secret) <= LONGEST_NAME else f"At most {LONGEST_NAME} characters."
    if problem:
        raise Invalid("A secret cannot have this name.", {"name": [problem]})
    shown, new = write(project_secrets.put, project, secret, body["value"])
    return shown, 201 if new else 200


@blp.delete(f"{S}/<secret>")
@allow("user", refuses=(404,))
@blp.response(204)
def remove_secret(project: str, secret: str) -> None:
    """Removes a secret; a step that asks for it fails from now on."""
    write(project_secrets.remove, project, secret)
