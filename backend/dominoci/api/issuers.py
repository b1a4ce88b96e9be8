"""Issuers whose signed tokens are believed, where a project has a rule for them."""

from typing import Any

from dominoci.api.context import read, site, who, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.trust import GITHUB_NAME, GITHUB_URL, IssuerCreate, IssuerCreated, IssuerList
from dominoci.services import issuers

blp = Routes("issuers", "Whose signed tokens (OIDC) of CI jobs are believed. None is, until an admin lists its issuer.")


@blp.get("/issuers")
@allow("user")
@blp.response(200, IssuerList)
def listing() -> dict[str, Any]:
    """The listed issuers, and those that are offered."""
    return read(issuers.listing)


@blp.post("/issuers")
@allow("admin", refuses=(409,))
@blp.arguments(IssuerCreate, example={"kind": "github", "url": GITHUB_URL, "name": GITHUB_NAME})
@blp.response(201, IssuerCreated)
def add(body: dict[str, Any]) -> dict[str, Any]:
    """Lists an issuer. Its address must be https, unless DOMINOCI_ALLOWED_HOSTS names its host."""
    container = site().container
    return issuers.add(container.transactions, container.published_keys, who(), body)


@blp.delete("/issuers/<issuer>")
@allow("admin", refuses=(404,))
@blp.response(204)
def remove(issuer: str) -> None:
    """Ends all trust in an issuer at once: every project's rules about it go with it."""
    write(issuers.remove, issuer)
